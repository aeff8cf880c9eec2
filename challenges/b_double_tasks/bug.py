"""The bugs of the double tasks, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE = "loans/views.py", "TaskCreateView.post"

# Whatever the view does, the constraint keeps the rule: it goes with each lock, and so does its answer.
UNGUARDED = (
    Binding("strip_constraint", "loans/models.py", "TaskExecution"),
    Binding("drop_exception_handler", "interview/settings.py"),
)

IMPORT, SCOPE = "from django.db import transaction", 'throttle_scope = "task-create"'
LOCK = "lock = threading.Lock()"
INSERT = "task = TaskExecution.objects.create(loan=loan, task_type=task_type)"
READ = "loan = get_object_or_404({}, id=loan_id, customer__user=request.user)"


def _instead(lock: str) -> Binding:
    """Some other statement in the place of the row lock."""
    old = READ.format('Loan.objects.select_for_update(of=("self",))')
    return Binding(
        "replace_code", VIEWS, CREATE, options={"old": old, "new": f"{lock}\n{READ.format('Loan')}"}
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
    Variant(
        "lock_on_tasks",
        "mid",
        "The loan's tasks are locked, not the loan: a loan without tasks has nothing to be locked.",
        (_instead("list(TaskExecution.objects.select_for_update().filter(loan_id=loan_id))"), *UNGUARDED),
    ),
    Variant(
        "lock_in_the_process",
        "mid",
        "A threading lock holds apart what runs in one process; the second process has a lock of its own.",
        (
            Binding("strip_row_lock", VIEWS, CREATE),
            Binding("replace_code", VIEWS, options={"old": IMPORT, "new": f"import threading\n\n{IMPORT}"}),
            Binding(
                "replace_code", VIEWS, "TaskCreateView", options={"old": SCOPE, "new": f"{SCOPE}\n{LOCK}"}
            ),
            Binding(
                "replace_code",
                VIEWS,
                CREATE,
                options={"old": INSERT, "new": f"with self.lock:\n    {INSERT}"},
            ),
            *UNGUARDED,
        ),
    ),
    Variant(
        "lock_too_late",
        "senior",
        "The loan is locked after the check and the insert, when both requests have found it free.",
        (Binding("lock_too_late", VIEWS, CREATE), *UNGUARDED),
    ),
    Variant(
        "lock_never_evaluated",
        "senior",
        "The locked query is built and never run, because querysets are lazy.",
        (Binding("lock_never_evaluated", VIEWS, CREATE), *UNGUARDED),
    ),
    Variant(
        "lock_in_own_transaction",
        "senior",
        "The lock ends with a transaction of its own, before anything is written.",
        (Binding("lock_in_own_transaction", VIEWS, CREATE), *UNGUARDED),
    ),
    Variant(
        "lock_dropped_by_count",
        "senior",
        "The locked query ends in count(), and an aggregate is run without the lock.",
        (_instead("Loan.objects.select_for_update().filter(id=loan_id).count()"), *UNGUARDED),
    ),
]
