#!/usr/bin/env bash
# Gradescope runs this once, when the autograder's image is made.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends python3.11 python3.11-venv git
cd /autograder/source
python3.11 -m grader.setup python -c "print('ready')"
