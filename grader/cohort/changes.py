"""What a submission changed, from its text alone: the diff, tags of how it was solved, a fingerprint.

Reads what strangers wrote, so it is called in a process that may die of it.
"""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
import keyword
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.archives import PACKAGES
from grader.rig import CHECKOUT

TAGS = Path(__file__).with_name("tags.toml")
LONGEST_DIFF = 200_000  # characters
LONGEST_FILE = 400_000
RUN = 6  # tokens in a row that count as one piece of a solution
MOST_PIECES = 300
TOKEN = re.compile(r"#.*|(?:'''|\"\"\").*|'[^'\n]*'|\"[^\"\n]*\"|\.?\w+|[^\s\w]")

Texts = dict[str, str]


def digest(tree: Path) -> str:
    """A mark of everything in a tree that is graded."""
    found = hashlib.sha256()
    for path in _files(tree):
        name = path.relative_to(tree).as_posix().encode("utf-8", "surrogateescape")
        content = path.read_bytes()
        found.update(b"%d %d " % (len(name), len(content)) + name + content)
    return found.hexdigest()


def changes(tree: Path, baseline: Path = CHECKOUT) -> dict[str, Any]:
    """The scorecard's `changes`: of `tree` against the app that was handed out."""
    old, new = _texts(baseline), _texts(tree)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    lines = [line for name in changed for line in _diff(name, old.get(name, ""), new.get(name, ""))]
    plus = [line for line in lines if line.startswith("+") and not line.startswith("+++ ")]
    minus = [line for line in lines if line.startswith("-") and not line.startswith("--- ")]
    text = "\n".join(lines)
    cut = f"\n… ({len(text):,} characters)" if len(text) > LONGEST_DIFF else ""
    return {
        "diff": text[:LONGEST_DIFF] + cut,
        "files": changed,
        "added": len(plus),
        "removed": len(minus),
        "digest": digest(tree),
        "tags": tags(old, new),
        "pieces": pieces([line[1:] for line in plus], old),
    }


def _files(tree: Path) -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((tree / package).rglob("*")):
            if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts:
                yield path


def _texts(tree: Path) -> Texts:
    found: Texts = {}
    for path in _files(tree):
        name = path.relative_to(tree).as_posix()
        content = path.read_bytes()
        if path.suffix == ".pyc":
            continue
        is_text = len(content) <= LONGEST_FILE and b"\0" not in content
        found[name] = content.decode("utf-8", "replace") if is_text else f"({len(content):,} bytes)\n"
    return found


def _diff(name: str, old: str, new: str) -> Iterator[str]:
    yield from difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm="", n=3
    )


# ---- tags


@functools.cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(TAGS.read_text(encoding="utf-8"))


def tags(old: Texts, new: Texts) -> list[str]:
    """How it was solved: tags of what the new code names and the old does not."""
    was, now = _used(old), _used(new)
    names, strings = now[0] - was[0], now[1] - was[1]
    found = [tag for tag, words in _words()["names"].items() if names.intersection(words)]
    return found + [
        tag
        for tag, words in _words()["strings"].items()
        if any(word.upper() in text.upper() for text in strings for word in words)
    ]


def _used(texts: Texts) -> tuple[set[str], set[str]]:
    """The names and the strings in some Python files; a file that is no Python has none."""
    names: set[str] = set()
    strings: set[str] = set()
    for name, text in texts.items():
        if not name.endswith(".py"):
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            names |= _names(node)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
    return names, strings


def _names(node: ast.AST) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        return {*(node.module or "").split("."), *(alias.name for alias in node.names)}
    found = (getattr(node, key, None) for key in ("id", "attr", "arg", "name"))
    words = {word for word in found if isinstance(word, str)}
    if isinstance(node, ast.Dict):
        words |= {
            key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
    return words


# ---- the fingerprint


def pieces(added: list[str], old: Texts) -> list[str]:
    """Marks of the runs of tokens in the added lines, for whoever looks for similar solutions.

    A name that is neither in the app that was handed out nor an attribute is somebody's own, and counts
    the same whatever it is called; strings and comments do not count.
    """
    known = {word for text in old.values() for word in re.findall(r"\w+", text)} | set(keyword.kwlist)
    tokens = [
        token
        for line in added
        for found in TOKEN.findall(line)
        if not found.startswith("#")
        for token in [_token(found, known)]
    ]
    runs = {" ".join(tokens[start : start + RUN]) for start in range(len(tokens) - RUN + 1)}
    marks = sorted(hashlib.blake2b(run.encode(), digest_size=5).hexdigest() for run in runs)
    return marks[:MOST_PIECES]  # the lowest: a sample that is the same for the same runs


def _token(token: str, known: set[str]) -> str:
    if token[0] in "'\"":
        return "s"
    if token[0].isalpha() or token[0] == "_":
        return token if token in known else "v"
    return token
