"""Keep a stale cache: what clears a cache goes, and what keeps an answer out of one.

Readers then see what was, or what was somebody else's.
https://docs.djangoproject.com/en/5.2/topics/cache/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import last_name, method_calls
from challenges.injection.edits import Edit, remove
from challenges.injection.source import Source

LEVEL = "senior"
CLEARS = ("delete", "delete_many", "clear", "touch", "delete_pattern")
DECORATORS = ("never_cache", "vary_on_cookie", "vary_on_headers")
WORDS = ("cache", *DECORATORS)
EXAMPLES = [
    (
        """
        def a():
            go()
            cache.delete(key)
        """,
        """
        def a():
            go()
        """,
    ),
    (
        """
        @never_cache
        def a(request):
            pass
        """,
        """
        def a(request):
            pass
        """,
    ),
]
LEAVES = [
    "loan.delete()\n",
    "cache.set(key, 1)\n",
    """
    @cached
    def a():
        pass
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for call, func in method_calls(source, CLEARS):
        line = source.statement(call)
        by_itself = isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.Expr)
        if by_itself and last_name(func.value).endswith("cache"):
            yield remove(line)
    for decorator in source.find(cst.Decorator):
        if any(last_name(node) in DECORATORS for node in _inside(decorator.decorator)):
            yield remove(decorator)


def _inside(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """`never_cache`, and what `method_decorator(never_cache, …)` decorates with."""
    yield node
    if isinstance(node, cst.Call):
        yield from (arg.value for arg in node.args)
