"""The bugs of the double tasks, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE = "loans/views.py", "TaskCreateView.post"

# The database keeps the rule whatever the view does: each race needs its constraint gone, and what answers for it.
UNGUARDED = (
    Binding("strip_constraint", "loans/models.py", "TaskExecution"),
    Binding("drop_exception_handler", "interview/settings.py"),
)

VARIANTS = [
    Variant(
        "classic",
        "classic",
        "The loan is read and written with nothing that holds two requests apart: no lock, no constraint.",
        (
            Binding("strip_row_lock", VIEWS, CREATE),
            *UNGUARDED,
            # The lock and the all-or-nothing of D both need it, so it goes only where neither is left.
            Binding("strip_transaction", VIEWS, CREATE, beside=("d_stale_pointer",)),
        ),
    ),
]
