"""Keys of the dict `REST_FRAMEWORK` in a settings module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from challenges.injection.code import assignments, with_items
from challenges.injection.edits import Edit
from challenges.injection.source import Source


def entries(source: Source, keys: Iterable[str]) -> Iterator[tuple[cst.Dict, cst.DictElement]]:
    """The entries of these keys, each with its dict."""
    wanted = set(keys)
    for _, assign in assignments(source, "REST_FRAMEWORK"):
        if isinstance(assign.value, cst.Dict):
            for element in assign.value.elements:
                if isinstance(element, cst.DictElement) and key(element) in wanted:
                    yield assign.value, element


def key(element: cst.DictElement) -> object:
    return element.key.evaluated_value if isinstance(element.key, cst.SimpleString) else None


def dropped_keys(source: Source, keys: Iterable[str]) -> Iterator[Edit]:
    for whole, element in entries(source, keys):
        kept = [other for other in whole.elements if other is not element]
        yield Edit(((whole, with_items(whole, "elements", kept)),), about=element)
