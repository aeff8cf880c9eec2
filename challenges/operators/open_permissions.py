"""Open the permissions: in the settings of Django REST framework, a view, or one of its methods.

Anybody may then call it.
https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/
"""

from collections.abc import Iterator

import libcst as cst

from challenges.injection.code import assignments, expression, last_name
from challenges.injection.edits import Edit, edit, remove
from challenges.injection.settings import entries
from challenges.injection.source import Source

LEVEL = "mid"
DECORATORS = ("login_required", "permission_required", "user_passes_test")
WORDS = ("PERMISSION_CLASSES", "permission_classes", *DECORATORS)
OPEN = "AllowAny"
EXAMPLES = [
    (
        """
        REST_FRAMEWORK = {
            "DEFAULT_PERMISSION_CLASSES": [
                "a.IsAuthenticated",
            ],
        }
        """,
        """
        REST_FRAMEWORK = {
            "DEFAULT_PERMISSION_CLASSES": [
                "rest_framework.permissions.AllowAny",
            ],
        }
        """,
    ),
    (
        """
        class View(APIView):
            permission_classes = [IsAuthenticated, IsOwner]
            a = 1
        """,
        """
        class View(APIView):
            permission_classes = []
            a = 1
        """,
    ),
    (
        """
        @login_required
        def view(request):
            pass
        """,
        """
        def view(request):
            pass
        """,
    ),
]
LEAVES = [
    """
    class View(APIView):
        permission_classes = [AllowAny]
    """,
    'REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]}\n',
    "permission_classes = [IsAuthenticated]\n",
]


def edits(source: Source) -> Iterator[Edit]:
    for _, element in entries(source, ["DEFAULT_PERMISSION_CLASSES"]):
        strings = [
            e.value for e in getattr(element.value, "elements", ()) if isinstance(e.value, cst.SimpleString)
        ]
        if strings and OPEN not in strings[-1].value:
            quote = strings[-1].quote
            yield edit(strings[-1], expression(f"{quote}rest_framework.permissions.{OPEN}{quote}"))
    for line, assign in assignments(source, "permission_classes"):
        value = source.text(assign.value)
        if source.symbol(line) and OPEN not in value and value not in ("[]", "()"):
            yield edit(assign.value, expression("[]"))
    for decorator in source.find(cst.Decorator):
        if last_name(decorator.decorator) in DECORATORS:
            yield remove(decorator)
