"""The bugs of the stale pointer, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE, COMPLETE = "loans/views.py", "TaskCreateView.post", "TaskCompleteView.post"

# The conditional UPDATE of a state machine, as it is written by those who have none.
READ_AND_SAVE = {
    "old": "loan.move_to(Loan.Status.IN_PROGRESS, task)",
    "new": "loan.current_task = task\nloan.status = Loan.Status.IN_PROGRESS\nloan.save()",
}

VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Completing a task leaves the loan as it was: the pointer stays, the status never moves on.",
        (
            Binding("replace_code", VIEWS, CREATE, options=READ_AND_SAVE),
            Binding("strip_transaction", VIEWS, COMPLETE),
            Binding("drop_statement", VIEWS, COMPLETE, options={"code": "loan = get_object_or_404"}),
            Binding("drop_statement", VIEWS, COMPLETE, where="refresh_from_db"),
            Binding("drop_guard", VIEWS, COMPLETE),
            Binding("drop_pointer_clearing", VIEWS, COMPLETE),
        ),
    ),
]
