"""Read and save instead of a conditional UPDATE: the condition is no longer part of the write.

Between the read and the save another request has changed the row.
https://docs.djangoproject.com/en/5.2/ref/models/querysets/#update
"""

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m

from challenges.injection.code import block, last_name, method_calls, statements
from challenges.injection.edits import REMOVE, Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = (".update(",)
EXAMPLES = [
    (
        """
        def a(loan):
            moved = Loan.objects.filter(pk=loan.pk, status=NEW).update(status=DONE)
            if not moved:
                raise Conflict
            go()
        """,
        """
        def a(loan):
            loan.status = DONE
            loan.save()
            go()
        """,
    ),
    (
        """
        def a(loan):
            Loan.objects.filter(id=loan.id).update(a=1, b=2)
        """,
        """
        def a(loan):
            loan.a = 1
            loan.b = 2
            loan.save()
        """,
    ),
]
LEAVES = [
    "Loan.objects.filter(status=NEW).update(status=DONE)\n",
    "Loan.objects.filter(pk=1).update(status=DONE)\n",
    """
    loan = {}
    loan.update(a=1)
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    for call, func in method_calls(source, ["update"]):
        line, instance = source.statement(call), _instance(func.value)
        if instance is None or not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
            continue
        small = line.body[0]
        named = all(arg.keyword for arg in call.args)
        if named and isinstance(small, (cst.Assign, cst.Expr)) and small.value is call:
            keywords = {arg.keyword.value: source.text(arg.value) for arg in call.args if arg.keyword}
            writes = [f"{instance}.{name} = {_one(value)}" for name, value in keywords.items()]
            new = statements("\n".join([*writes, f"{instance}.save()"]))
            yield edit(line, block(new), *((node, REMOVE) for node in _check(source, line, small)))


def _one(value: str) -> str:
    """A value as it may stand in a statement of its own: in a call it may go on on the next line."""
    return f"({value})" if "\n" in value else value


def _instance(rows: cst.BaseExpression) -> str | None:
    """`loan` of `Loan.objects.filter(pk=loan.pk, …)`."""
    if not isinstance(rows, cst.Call) or last_name(rows.func) != "filter":
        return None
    for arg in rows.args:
        if (
            arg.keyword
            and arg.keyword.value in ("pk", "id")
            and m.matches(arg.value, m.Attribute(value=m.Name(), attr=m.Name("pk") | m.Name("id")))
        ):
            return last_name(arg.value.value)  # type: ignore[attr-defined]
    return None


def _check(source: Source, line: cst.SimpleStatementLine, small: cst.CSTNode) -> list[cst.CSTNode]:
    """`if not moved: raise …` below `moved = ….update(…)`."""
    if not isinstance(small, cst.Assign):
        return []
    name = last_name(small.targets[0].target)
    body = list(getattr(source.parent(line), "body", []))
    following = body[body.index(line) + 1 : body.index(line) + 2]
    return [
        node for node in following if isinstance(node, cst.If) and source.text(node.test) == f"not {name}"
    ]
