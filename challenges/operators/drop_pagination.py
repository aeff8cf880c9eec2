"""Drop pagination: of a view, or of the settings.

The answer then grows with the table.
https://www.django-rest-framework.org/api-guide/pagination/
"""

from collections.abc import Iterator

from challenges.injection.code import assignments, expression
from challenges.injection.edits import Edit, edit, remove
from challenges.injection.settings import dropped_keys
from challenges.injection.source import Source

LEVEL = "mid"
WORDS = ("PAGINATION_CLASS", "pagination_class", "paginate_by")
EXAMPLES = [
    (
        """
        class View:
            pagination_class = Pages
            a = 1
        """,
        """
        class View:
            pagination_class = None
            a = 1
        """,
    ),
    (
        """
        class View(ListView):
            a = 1
            paginate_by = 20
        """,
        """
        class View(ListView):
            a = 1
        """,
    ),
    (
        'REST_FRAMEWORK = {"DEFAULT_PAGINATION_CLASS": "a.Pages"}\n',
        "REST_FRAMEWORK = {}\n",
    ),
]
LEAVES = [
    "pagination_class = Pages\n",
    """
    class View:
        pagination_class = None
    """,
]


def edits(source: Source) -> Iterator[Edit]:
    yield from dropped_keys(source, ("DEFAULT_PAGINATION_CLASS",))
    for line, assign in assignments(source, "pagination_class"):
        if source.symbol(line) and source.text(assign.value) != "None":
            yield edit(assign.value, expression("None"))
    for line, _ in assignments(source, "paginate_by"):
        if source.symbol(line):
            yield remove(line)
