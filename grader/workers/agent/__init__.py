"""Runs inside a worker, beside the submission: answers requests that come over a pipe.

Started in an interpreter of its own, isolated (`python -I`), and never imported by the trusted process.
It needs the standard library and Django only. A request is a JSON object with an `op`; the answer is a
JSON object. What it says about the submission is evidence, never a verdict: verdicts come from the wire
and the database.
"""
