"""Every operator does what its examples say, and leaves alone what it says."""

import ast

import pytest

from challenges.injection.catalogue import Operator, operators
from challenges.injection.edits import apply
from challenges.injection.source import Source

EXAMPLES = [(name, i) for name, op in operators().items() for i in range(len(op.examples))]
LEAVES = [(name, i) for name, op in operators().items() for i in range(len(op.leaves))]


def injected(operator: Operator, code: str) -> str:
    """The first site's code, and where that is what the operator does there, what it leaves."""
    source = Source(code)
    sites = operator.sites(source, **operator.options)
    assert sites, f"{operator.name} finds no site in\n{code}"
    return apply(source, sites[:1])


@pytest.mark.parametrize(("name", "index"), EXAMPLES)
def test_an_example_becomes_what_it_says(name: str, index: int) -> None:
    operator = operators()[name]
    before, after = operator.examples[index]
    assert injected(operator, before) == after
    ast.parse(after)
    assert not operator.words or operator.may_find(before)


@pytest.mark.parametrize(("name", "index"), LEAVES)
def test_what_looks_alike_is_left_alone(name: str, index: int) -> None:
    operator = operators()[name]
    assert operator.sites(Source(operator.leaves[index]), **operator.options) == []


@pytest.mark.parametrize("name", operators())
def test_an_operator_says_what_it_is(name: str) -> None:
    operator = operators()[name]
    assert operator.summary.endswith((".", ":")) and len(operator.summary) < 200
    assert operator.level in ("mid", "senior")
    assert operator.examples and operator.leaves
