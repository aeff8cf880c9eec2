"""Load one hop short: the last step of a path in `select_related()` or `prefetch_related()` is left out.

The relation that is forgotten is still one query a row.
https://docs.djangoproject.com/en/5.2/ref/models/querysets/#select-related
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import expression, method_calls
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
METHODS = WORDS = ("select_related", "prefetch_related")
EXAMPLES = [
    (
        'a.select_related("customer__user", "task")\n',
        'a.select_related("customer", "task")\n',
    ),
    (
        'a.prefetch_related(Prefetch("a__b", to_attr="c"))\n',
        'a.prefetch_related(Prefetch("a", to_attr="c"))\n',
    ),
]
LEAVES = [
    'a.select_related("customer", "task")\n',
    'a.filter("a__b")\n',
    'a.select_related(f"{a}__b")\n',
]


def edits(source: Source) -> Iterator[Edit]:
    wanted = [call for call, _ in method_calls(source, METHODS)]
    for string in source.find(cst.SimpleString):
        arg = source.parent(string)
        call = source.parent(arg) if isinstance(arg, cst.Arg) and not arg.keyword else None
        text = string.raw_value
        if call and (call in wanted or source.around(call, cst.Call) in wanted) and "__" in text.strip("_"):
            shorter = text.rpartition("__")[0]
            yield edit(string, expression(f"{string.prefix}{string.quote}{shorter}{string.quote}"))
