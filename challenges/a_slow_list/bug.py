"""The bugs of the slow list, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, LIST = "loans/views.py", "LoanListCreateView.get"

VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Each loan on the list reads its customer, user, current task and tasks one by one, without pages.",
        (
            Binding("strip_eager_loading", VIEWS, LIST, hits=2),
            Binding("drop_pagination", VIEWS, LIST),
        ),
    ),
]
