"""Reads of one row under its lock: `loan = Loan.objects.select_for_update().get(…)`, and by a shortcut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from challenges.injection.chains import SHORTCUTS, stripped
from challenges.injection.code import last_name, method_calls
from challenges.injection.source import Source


@dataclass(frozen=True)
class LockedRead:
    """A statement that reads and locks one row. `lock` is the call of `select_for_update()` in it."""

    source: Source
    line: cst.SimpleStatementLine
    read: cst.Call
    lock: cst.Call
    lock_func: cst.Attribute

    def unlocked(self) -> cst.SimpleStatementLine:
        """The same read without the lock."""
        bare = stripped(self.source, self.lock, self.lock_func)
        new = self.line.deep_replace(self.lock, bare)
        assert isinstance(new, cst.SimpleStatementLine)
        return new

    def lazily(self) -> cst.Call:
        """The locked query alone, which nothing runs."""
        if last_name(self.read.func) == "get":
            assert isinstance(self.read.func, cst.Attribute)
            return self.read.with_changes(func=self.read.func.with_changes(attr=cst.Name("filter")))
        rows = cst.Attribute(self.lock, cst.Name("filter"))
        plain = [arg.with_changes(comma=cst.MaybeSentinel.DEFAULT) for arg in self.read.args[1:]]
        return cst.Call(rows, plain)


def locked_reads(source: Source) -> Iterator[LockedRead]:
    for lock, func in method_calls(source, ["select_for_update"]):
        line = source.statement(lock)
        if not isinstance(line, cst.SimpleStatementLine) or not isinstance(line.body[0], cst.Assign):
            continue
        read = line.body[0].value
        if isinstance(read, cst.Call) and last_name(read.func) in ("get", *SHORTCUTS) and len(line.body) == 1:
            yield LockedRead(source, line, read, lock, func)
