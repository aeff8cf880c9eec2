"""Drop a guard: an `if …: raise …` that refuses what must not be, without an else.

The rule is then kept by nobody.
https://cwe.mitre.org/data/definitions/754.html
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.edits import Edit, remove
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("raise ", "return Response(")
EXAMPLES = [
    (
        """
        def a(self):
            # Once only.
            if done:
                raise Conflict()
            go()
        """,
        """
        def a(self):
            go()
        """,
    ),
    (
        """
        def a(self):
            if done:
                return Response(status=409)
            go()
        """,
        """
        def a(self):
            go()
        """,
    ),
]
LEAVES = [
    """
    if done:
        log()
        raise Conflict()
    """,
    """
    def a(self):
        if done:
            raise Conflict()
        else:
            go()
    """,
    """
    def a(self):
        if done:
            return Response(data)
        go()
    """,
]
REFUSALS = ("40", "42", "HTTP_4")


def edits(source: Source) -> Iterator[Edit]:
    for node in source.find(cst.If):
        body = node.body.body
        is_first = not isinstance(source.parent(node), (cst.If, cst.Else))
        if node.orelse or len(body) != 1 or not is_first or source.around(node, cst.FunctionDef) is None:
            continue
        line = source.text(body[0]).strip()
        if line.startswith("raise ") or (line.startswith("return Response(") and _refuses(line)):
            yield remove(node)


def _refuses(line: str) -> bool:
    _, found, status = line.partition("status=")
    return bool(found) and any(part in status for part in REFUSALS)
