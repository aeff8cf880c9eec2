"""Lets migrations follow the models: what a model has lost, its migrations lose, too.

A constraint is known by its name, a field by its model and its own. In a tidy app an operation that changes
nothing then goes, a migration without operations goes, and those that come after it move up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import libcst as cst

from challenges.injection.code import argument, calls, last_name, without
from challenges.injection.edits import Edit, apply, edit, remove
from challenges.injection.imports import without_unused
from challenges.injection.source import Source, parsed

FIELD_OPERATIONS = ("CreateModel", "AddField", "AlterField")
BOUND = re.compile(r"(\w+Validator)\((-?\d+)\)")
NUMBER = re.compile(r"^(\d{4})_")


@dataclass(frozen=True)
class Field:
    """A model's field, and the code of what makes it, without layout."""

    model: str
    name: str
    code: str


def follow(tree: dict[str, str], models: str, before: str, folder: str, *, tidy: bool) -> None:
    """Let the migrations in `folder` follow a changed models module.

    `tidy` drops those that do nothing then, and renumbers; a project that has them applied must keep them.
    """
    old, new = parsed(before), parsed(tree[models])
    for name in sorted(constraint_names(old) - constraint_names(new)):
        _edit_all(tree, folder, lambda source, name=name: _constraints(source, name))  # type: ignore[misc]
    now = {(field.model, field.name): field for field in fields(new)}
    for field in fields(old):
        changed = now.get((field.model, field.name))
        if changed and changed.code != field.code:
            _retrace(tree, folder, field, changed, tidy=tidy)
    if tidy:
        _drop_empty(tree, folder)


def constraint_names(source: Source) -> set[str]:
    kinds = ("UniqueConstraint", "CheckConstraint", "ExclusionConstraint")
    named = (argument(call, "name") for call in calls(source, kinds))
    return {source.text(name.value).strip("\"'") for name in named if name}


def fields(source: Source) -> Iterator[Field]:
    for line in source.find(cst.SimpleStatementLine):
        small, model = line.body[0], source.around(line, cst.ClassDef)
        if isinstance(small, cst.Assign) and isinstance(small.value, cst.Call) and model:
            name = last_name(small.targets[0].target)
            yield Field(model.name.value, name, source.text(small.value))


def migrations(tree: dict[str, str], folder: str) -> list[str]:
    paths = sorted(path for path in tree if path.startswith(f"{folder}/"))
    return [path for path in paths if NUMBER.match(PurePosixPath(path).name)]


def _edit_all(tree: dict[str, str], folder: str, find: object) -> None:
    for path in migrations(tree, folder):
        source = parsed(tree[path])
        edits = list(find(source))  # type: ignore[operator]
        if edits:
            tree[path] = without_unused(tree[path], apply(source, edits))


def _constraints(source: Source, name: str) -> Iterator[Edit]:
    """The operations that add or remove a constraint of this name."""
    for call in calls(source, ("AddConstraint", "RemoveConstraint")):
        inner = argument(call, "constraint")
        named = argument(call, "name") or (
            argument(inner.value, "name") if inner and isinstance(inner.value, cst.Call) else None
        )
        element = source.parent(call)
        if named and source.text(named.value).strip("\"'") == name and element:
            yield remove(element)


def _retrace(tree: dict[str, str], folder: str, old: Field, new: Field, *, tidy: bool) -> None:
    """Let a field's migrations lose what the field has lost; an alteration that alters nothing goes.

    Arguments are known by keyword, validators by name: a migration spells the rest in a way of its own.
    """
    lost = _keywords(old.code) - _keywords(new.code)
    numbers = _numbers(old.code, new.code)
    before = ""
    for path in migrations(tree, folder):
        source = parsed(tree[path])
        edits: list[Edit] = []
        for operation, made in _makers(source, old.model, old.name):
            kept = without(made, "args", lambda arg: not (arg.keyword and arg.keyword.value in lost))  # type: ignore[attr-defined]
            shape, element = _keyed(source, kept), source.parent(operation)
            if tidy and last_name(operation) == "AlterField" and shape == before and element:
                edits.append(remove(element))
            elif lost and kept is not made and len(kept.args) != len(made.args):  # type: ignore[attr-defined]
                edits.append(edit(made, kept))
            edits += _renumbered(source, made, numbers)
            before = shape
        if edits:
            tree[path] = without_unused(tree[path], apply(source, edits))


def _numbers(old: str, new: str) -> dict[tuple[str, str], str]:
    """The bounds that differ: by name and old number, the new one."""
    pairs = zip(BOUND.findall(old), BOUND.findall(new), strict=False)
    return {one: other[1] for one, other in pairs if one[0] == other[0] and one[1] != other[1]}


def _renumbered(source: Source, made: cst.Call, numbers: dict[tuple[str, str], str]) -> list[Edit]:
    inside = [call for call in source.find(cst.Call) if made in source.above(call) and call.args]
    return [
        edit(call.args[0].value, cst.parse_expression(new))
        for call in inside
        if (new := numbers.get((last_name(call.func), source.text(call.args[0].value))))
    ]


def _makers(source: Source, model: str, name: str) -> Iterator[tuple[cst.Call, cst.Call]]:
    """The operations that make or alter a field, each with the call that makes the field."""
    for operation in calls(source, FIELD_OPERATIONS):
        word = {kind: argument(operation, kind) for kind in ("name", "model_name", "field", "fields")}
        text = {kind: source.text(arg.value).strip("\"'").lower() for kind, arg in word.items() if arg}
        made = word["field"]
        if made and text.get("model_name") == model.lower() and text.get("name") == name:
            if isinstance(made.value, cst.Call):
                yield operation, made.value
        elif word["fields"] and text.get("name") == model.lower():
            for element in getattr(word["fields"].value, "elements", ()):
                first, second = (e.value for e in element.value.elements)
                if source.text(first).strip("\"'") == name:
                    yield operation, second


def _keyed(source: Source, call: cst.CSTNode) -> str:
    return "".join(source.text(call).split()).replace(",)", ")")


def _keywords(code: str) -> set[str]:
    call = cst.parse_expression(code)
    assert isinstance(call, cst.Call)
    return {arg.keyword.value for arg in call.args if arg.keyword}


def _drop_empty(tree: dict[str, str], folder: str) -> None:
    """Drop the migrations that do nothing now, and close the gaps that they leave."""
    app = PurePosixPath(folder).parent.name
    for path in reversed(migrations(tree, folder)):
        if re.search(r"operations = \[\s*\]", tree[path]):
            previous = re.search(rf'\("{app}", "(\w+)"\)', tree[path])
            assert previous is not None
            _rename(tree, folder, PurePosixPath(path).stem, previous[1])
            del tree[path]
    for place, path in enumerate(migrations(tree, folder), 1):
        stem = PurePosixPath(path).stem
        if (moved := f"{place:04}_{NUMBER.sub('', stem)}") != stem:
            _rename(tree, folder, stem, moved)
            tree[f"{folder}/{moved}.py"] = tree.pop(path)


def _rename(tree: dict[str, str], folder: str, old: str, new: str) -> None:
    for path in migrations(tree, folder):
        tree[path] = tree[path].replace(f'"{old}"', f'"{new}"')
