"""Drop the exception handler: Django REST framework's settings no longer name the project's own.

What it turned into an answer is an error 500 again.
https://www.django-rest-framework.org/api-guide/exceptions/
"""

from collections.abc import Iterator

from challenges.injection.edits import Edit
from challenges.injection.settings import dropped_keys
from challenges.injection.source import Source

LEVEL = "senior"
WORDS = ("EXCEPTION_HANDLER",)
EXAMPLES = [
    (
        """
        REST_FRAMEWORK = {
            "PAGE_SIZE": 10,
            "EXCEPTION_HANDLER": "loans.handle",
        }
        """,
        """
        REST_FRAMEWORK = {
            "PAGE_SIZE": 10,
        }
        """,
    ),
]
LEAVES = [
    'OTHER = {"PAGE_SIZE": 10}\n',
    'REST_FRAMEWORK = {"PAGE_SIZE": "EXCEPTION_HANDLER"}\n',
]


def edits(source: Source) -> Iterator[Edit]:
    yield from dropped_keys(source, ("EXCEPTION_HANDLER",))
