"""A unified diff, file by file and line by line, for a page."""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS = {"+": "plus", "-": "minus", "@": "place"}


@dataclass(frozen=True)
class Line:
    text: str
    kind: str


@dataclass
class File:
    """The changes of one file."""

    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def added(self) -> int:
        return sum(line.kind == "plus" for line in self.lines)

    @property
    def removed(self) -> int:
        return sum(line.kind == "minus" for line in self.lines)


def files(diff: str) -> list[File]:
    """The files of a diff; what is before the first one is a file without a name."""
    found: list[File] = []
    lines = diff.splitlines()
    for place, text in enumerate(lines):
        heads = text.startswith("--- ") and lines[place + 1 : place + 2]
        if heads and heads[0].startswith("+++ "):
            found.append(File(heads[0][4:].removeprefix("b/")))
        elif not (text.startswith("+++ ") and place and lines[place - 1].startswith("--- ")):
            if not found:
                found.append(File("changes"))
            found[-1].lines.append(Line(text, KINDS.get(text[:1], "same")))
    return found
