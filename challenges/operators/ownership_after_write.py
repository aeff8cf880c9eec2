"""Check ownership after the write: the refusal comes, and what was refused stays done.

https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import last_name, statements, without_argument
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("request.user",)
EXAMPLES = [
    (
        """
        def a(request):
            loan = get_object_or_404(Loan, id=1, owner__user=request.user)
            go(loan)
            return Response(status=status.HTTP_200_OK)
        """,
        """
        def a(request):
            loan = get_object_or_404(Loan, id=1)
            go(loan)
            if loan.owner.user != request.user:
                return Response(status=status.HTTP_404_NOT_FOUND)
            return Response(status=status.HTTP_200_OK)
        """,
    ),
]
LEAVES = [
    """
    def a(request):
        loan = get_object_or_404(Loan, id=1, owner=request.user)
        return Response(loan)
    """,
    """
    def a(request):
        loan = get_object_or_404(Loan, id=1)
        go()
        return Response(loan, status=status.OK)
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    if "Response(" not in source.code or "status.HTTP_" not in source.code:
        return
    for line in source.find(cst.SimpleStatementLine):
        small, body = line.body[0], source.parent(line)
        if not isinstance(small, cst.Assign) or not isinstance(small.value, cst.Call):
            continue
        is_function = isinstance(source.parent(body) if body else None, cst.FunctionDef)
        if not isinstance(body, cst.IndentedBlock) or not is_function or not _returns(body):
            continue
        for arg in small.value.args:
            owned = arg.keyword and source.text(arg.value).endswith("request.user")
            if owned and last_name(small.value.func) == "get_object_or_404" and body.body[-2] is not line:
                yield _moved(source, line, small, arg, body)


def _returns(body: cst.IndentedBlock) -> bool:
    last = body.body[-1]
    return isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[0], cst.Return)


def _moved(
    source: Source, line: cst.SimpleStatementLine, small: cst.Assign, arg: cst.Arg, body: cst.IndentedBlock
) -> Edit:
    assert arg.keyword is not None and isinstance(small.value, cst.Call)
    owner = arg.keyword.value.replace("__", ".")
    late = f"if {source.text(small.targets[0].target)}.{owner} != {source.text(arg.value)}:\n"
    check = statements(f"{late}    return Response(status=status.HTTP_404_NOT_FOUND)")
    last = body.body[-1]
    return edit(small.value, without_argument(small.value, arg), (last, cst.FlattenSentinel([*check, last])))
