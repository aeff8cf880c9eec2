"""The bugs of the stale pointer, and how each is made of the healthy app."""

from textwrap import indent

from challenges.injection.binding import Binding, Variant

VIEWS, CREATE, COMPLETE = "loans/views.py", "TaskCreateView.post", "TaskCompleteView.post"

# The conditional UPDATE of a state machine, as it is written by those who have none.
READ_AND_SAVE = {
    "old": "loan.move_to(Loan.Status.IN_PROGRESS, task)",
    "new": "loan.current_task = task\nloan.status = Loan.Status.IN_PROGRESS\nloan.save()",
}

PAID_OUT = "paid_out = task.task_type == TaskExecution.Type.DISBURSEMENT"
FINISH = """if paid_out and loan.can_become(Loan.Status.COMPLETED) and not loan.has_open_task():
    loan.status = Loan.Status.COMPLETED"""
SETTLE = f"loan.current_task = None\n{PAID_OUT}\n{FINISH}\nloan.save()"
IF_CURRENT = f"if loan.current_task_id == task.id:\n{indent(SETTLE, '    ')}"
DONE = "task.is_completed = True\ntask.completed_at = timezone.now()\ntask.save()"
ONCE = f"""if task.is_completed:
    raise Conflict("The task is completed already.")
{DONE}"""
UNLESS_DONE = f"if not task.is_completed:\n{indent(DONE, '    ')}"


def _settling(new: str) -> Binding:
    """Another way to settle the loan whose current task is completed."""
    return Binding("replace_code", VIEWS, COMPLETE, options={"old": SETTLE, "new": new})


VARIANTS = [
    Variant(
        "classic",
        "classic",
        "Completing a task leaves the loan as it was: the pointer stays, the status never moves on.",
        (
            Binding("replace_code", VIEWS, CREATE, options=READ_AND_SAVE),
            Binding("strip_transaction", VIEWS, COMPLETE),
            Binding("drop_statement", VIEWS, COMPLETE, options={"code": "loan = Loan.objects"}),
            Binding("drop_statement", VIEWS, COMPLETE, where="refresh_from_db"),
            Binding("drop_guard", VIEWS, COMPLETE, where="if task.is_completed"),
            Binding("drop_pointer_clearing", VIEWS, COMPLETE),
        ),
    ),
    Variant(
        "pointer_stays",
        "mid",
        "Completing a task leaves its loan as it was: the pointer stays on what is done.",
        (Binding("drop_pointer_clearing", VIEWS, COMPLETE),),
    ),
    Variant(
        "repeat_moves_the_time",
        "mid",
        "Nothing looks whether the task is completed already, so a repeat overwrites its time.",
        (Binding("drop_guard", VIEWS, COMPLETE, where="if task.is_completed"),),
    ),
    Variant(
        "never_completed",
        "mid",
        "A loan that is paid out stays IN_PROGRESS for ever.",
        (Binding("replace_code", VIEWS, COMPLETE, options={"old": f"{PAID_OUT}\n{FINISH}", "new": ""}),),
    ),
    Variant(
        "only_payout_clears",
        "senior",
        "The pointer is cleared together with the status, so only the last task of a loan clears it.",
        (_settling(f"{PAID_OUT}\n{FINISH}\n    loan.current_task = None\nloan.save()"),),
    ),
    Variant(
        "pointer_not_saved",
        "senior",
        "The loan is saved with update_fields that leave the cleared pointer out.",
        (_settling(f'loan.current_task = None\n{PAID_OUT}\n{FINISH}\nloan.save(update_fields=["status"])'),),
    ),
    Variant(
        "repeat_clears_next_pointer",
        "senior",
        "A repeat is accepted and clears the pointer, which is on the next, open task by then.",
        (
            Binding("replace_code", VIEWS, COMPLETE, options={"old": ONCE, "new": UNLESS_DONE}),
            Binding("replace_code", VIEWS, COMPLETE, options={"old": IF_CURRENT, "new": SETTLE}),
        ),
    ),
]
