"""The bugs of the double tasks, and how each is made of the healthy app."""

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE = "loans/views.py", "TaskCreateView.post"

# Whatever the view does, the constraint keeps the rule: it goes with each lock, and so does its answer.
UNGUARDED = (
    Binding("strip_constraint", "loans/models.py", "TaskExecution"),
    Binding("drop_exception_handler", "interview/settings.py"),
)

IMPORT, CACHE = "from django.db import transaction", "from django.core.cache import cache"
INSERT = "task = TaskExecution.objects.create(loan=loan, task_type=task_type)"
ALONE = f"""key = f"task-for-loan-{{loan.id}}"
if not cache.add(key, True, timeout=10):
    return Response({{"detail": "The loan is busy."}}, status=status.HTTP_409_CONFLICT)
try:
    {INSERT}
finally:
    cache.delete(key)"""


def _instead(lock: str) -> tuple[Binding, Binding]:
    """Some other statement than the row lock, before the insert."""
    return (
        Binding("strip_row_lock", VIEWS, CREATE),
        Binding("replace_code", VIEWS, CREATE, options={"old": INSERT, "new": f"{lock}\n{INSERT}"}),
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
        (*_instead("list(loan.tasks.select_for_update())"), *UNGUARDED),
    ),
    Variant(
        "lock_in_the_cache",
        "mid",
        "The lock is an entry in the cache, and by default each process has a cache to itself.",
        (
            Binding("strip_row_lock", VIEWS, CREATE),
            Binding("replace_code", VIEWS, options={"old": IMPORT, "new": f"{CACHE}\n{IMPORT}"}),
            Binding("replace_code", VIEWS, CREATE, options={"old": INSERT, "new": ALONE}),
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
        (*_instead("Loan.objects.select_for_update().filter(id=loan.id).count()"), *UNGUARDED),
    ),
]
