"""Drop the throttle: in the settings of Django REST framework, or in a view.

One client in a loop then keeps the servers busy.
https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/
"""

from collections.abc import Iterator

from challenges.injection.code import assignments
from challenges.injection.edits import Edit, remove
from challenges.injection.settings import dropped_keys
from challenges.injection.source import Source

LEVEL = "mid"
KEYS = ("DEFAULT_THROTTLE_CLASSES", "DEFAULT_THROTTLE_RATES")
ATTRIBUTES = ("throttle_scope", "throttle_classes")
WORDS = (*KEYS, *ATTRIBUTES)
EXAMPLES = [
    (
        """
        REST_FRAMEWORK = {
            "DEFAULT_THROTTLE_CLASSES": [
                "a.Throttle",
            ],
        }
        """,
        "REST_FRAMEWORK = {}\n",
    ),
    (
        """
        class View(APIView):
            throttle_scope = "a"

            def get(self):
                pass
        """,
        """
        class View(APIView):
            def get(self):
                pass
        """,
    ),
]
LEAVES = [
    'throttle_scope = "a"\n',
    """
    class View(APIView):
        throttle_classes = []
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    yield from dropped_keys(source, KEYS)
    for name in ATTRIBUTES:
        for line, assign in assignments(source, name):
            if source.symbol(line) and source.text(assign.value) not in ("[]", "()", "None"):
                yield remove(line)
