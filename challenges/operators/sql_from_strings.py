"""Build SQL from strings: parameters are put into the text of a raw query.

https://docs.djangoproject.com/en/5.2/topics/security/#sql-injection-protection
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import expression, method_calls
from challenges.injection.edits import Edit, edit
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("execute(", ".raw(")
EXAMPLES = [
    (
        'cursor.execute("SELECT * FROM a WHERE b = %s AND c = %s", [b, c.d])\n',
        "cursor.execute(\"SELECT * FROM a WHERE b = '%s' AND c = '%s'\" % (b, c.d))\n",
    ),
    (
        'Loan.objects.raw("SELECT * FROM a WHERE b = %s", (b,))\n',
        "Loan.objects.raw(\"SELECT * FROM a WHERE b = '%s'\" % (b,))\n",
    ),
]
LEAVES = [
    'cursor.execute("SELECT 1")\n',
    "cursor.execute(sql, [b])\n",
    'cursor.execute("SELECT * FROM a WHERE b = %s", params)\n',
]


def edits(source: Source) -> Iterator[Edit]:
    for call, _ in method_calls(source, ["execute", "raw"]):
        if len(call.args) != 2 or any(arg.keyword for arg in call.args):
            continue
        query, values = (arg.value for arg in call.args)
        if not isinstance(query, cst.SimpleString) or not isinstance(values, (cst.List, cst.Tuple)):
            continue
        if query.value.startswith(('"', '"""')) and "%s" in query.value and "%(" not in query.value:
            items = ", ".join(source.text(element.value) for element in values.elements)
            comma = "," if len(values.elements) == 1 else ""
            text = query.value.replace("'%s'", "%s").replace("%s", "'%s'")
            yield edit(call, call.with_changes(args=[cst.Arg(expression(f"{text} % ({items}{comma})"))]))
