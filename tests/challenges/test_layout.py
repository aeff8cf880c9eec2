"""What an edit leaves reads as if it had been written so."""

import libcst as cst
import pytest

from challenges.injection.edits import apply, edit, remove
from challenges.injection.imports import without_unused
from challenges.injection.source import Source


def without(code: str, begin: str) -> str:
    """The code without the statements that begin so, and without the imports that only they used."""
    source = Source(code)
    lines = [
        node
        for kind in (cst.SimpleStatementLine, cst.If)
        for node in source.find(kind)
        if source.text(node.with_changes(leading_lines=[])).startswith(begin)
    ]
    return without_unused(code, apply(source, [remove(*lines)]))


@pytest.mark.parametrize(
    ("before", "begin", "after"),
    [
        ("class A:\n    a = 1\n\n    b = 2\n", "a", "class A:\n    b = 2\n"),
        ("a()\n\n# Why.\nb()\nc()\n", "b", "a()\n\nc()\n"),
        ("def a():\n    b()\n", "b", "def a():\n    pass\n"),
        ("import os\nimport sys\n\nos.a()\nsys.a()\n", "os.a", "import sys\n\nsys.a()\n"),
        ("from a import b, c\n\nb()\nc()\n", "b", "from a import c\n\nc()\n"),
        ("from a import (\n    b,\n    c,\n)\n\nb()\nc()\n", "c", "from a import (\n    b,\n)\n\nb()\n"),
        (
            "import a\n\nfrom .b import c\nfrom .d import e\n\nc(a)\ne(a)\n",
            "c",
            "import a\n\nfrom .d import e\n\ne(a)\n",
        ),
        ("import never\nimport a\n\na()\nb()\n", "a", "import never\n\nb()\n"),
    ],
)
def test_what_a_statement_leaves_behind_is_mended(before: str, begin: str, after: str) -> None:
    assert without(before, begin) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = f(\n    old, b\n)\n", "x = f(new, b)\n"),
        ("x = f(\n    old,\n    b,\n)\n", "x = f(\n    new,\n    b,\n)\n"),
        ("x = f(  # Why.\n    old\n)\n", "x = f(  # Why.\n    new\n)\n"),
        (f"x = f(\n    old, {'b' * 80}\n)\n", f"x = f(\n    new, {'b' * 80}\n)\n"),
    ],
)
def test_an_edited_call_is_on_one_line_where_it_fits(before: str, after: str) -> None:
    source = Source(before)
    old = next(node for node in source.find(cst.Name) if node.value == "old")
    assert apply(source, [edit(old, cst.Name("new"))]) == after
