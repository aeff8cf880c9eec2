"""Creates that must be refused while a task is open, and those that must not be (contract, C)."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from grader import leads
from grader.app import App, public
from grader.calls import TASK_TYPES, Answer, Call, Person, creating
from grader.checking import expect
from grader.races.creates import creates
from grader.races.scene import overtaken, run

WHY = "Two active tasks for one loan mean two people at work on the same step, and nobody who knows."
WHY_NEXT = "Completed tasks must not block a loan, or no loan ever gets past its first step."
RULE_BROKEN = frozenset({400, 409, 422, 423})
CLOSED = ("COMPLETED", "REJECTED")
ANY_REFUSAL = range(400, 500)
NOT_ACCEPTED = range(300, 600)


def assert_refused(app: App, owner: Person, loan: int, task_type: object = "KYC", when: str = "") -> None:
    """A create is refused, and the loan and its tasks are as they were."""
    assert_call_refused(app, loan, creating(owner, loan, task_type), when)


def assert_call_refused(
    app: App, loan: int, call: Call, when: str, statuses: Container[int] = RULE_BROKEN
) -> None:
    """A call that creates a task is answered by one of these statuses, and nothing was written."""
    before = app.snapshot([loan])
    answer = app.call(call)
    after = app.snapshot([loan])
    expect(
        answer.status in statuses,
        observed=f"{answer.shown}{when}; the loan has {len(app.open_tasks(loan))} open tasks",
        expected="a refusal: 400, 409, 422 or 423" if statuses is RULE_BROKEN else "a refusal",
        why=WHY,
        before=before,
        after=after,
    )
    expect(
        before == after,
        observed=f"{answer.shown}{when}, and still something was written",
        expected="a refusal leaves the loan and its tasks as they were",
        why="A caller who is told no relies on nothing having happened.",
        before=before,
        after=after,
    )


def assert_refused_whoever_asks_and_however(app: App) -> None:
    """A create is refused to staff too, and where the id is a text, and whatever else the body says."""
    staff = app.customer(staff=True)
    loan, _ = app.loan_with(staff, {"task_type": "KYC"})
    # What staff may do is the candidate's decision, so they may get a 403.
    assert_call_refused(app, loan, creating(staff, loan), " while a task was open", ANY_REFUSAL)
    owner, loan, _ = app.owned_loan({"task_type": "KYC"})
    assert_call_refused(app, loan, creating(owner, str(loan)), " while a task was open", ANY_REFUSAL)
    call = creating(owner, loan)
    # Asked anew, of a loan that is busy: what lets a create past the rule is looked for there alone.
    if further := set(leads.names(app, call)["body"]) - set(call.body):
        more = replace(call, body={**call.body, **dict.fromkeys(sorted(further), True)})
        # A name may stand for a text; that the app has no answer to True there is not asked.
        assert_call_refused(app, loan, more, " while a task was open", NOT_ACCEPTED)


def assert_next_task_starts(app: App, owner: Person, loan: int, task_type: str, when: str) -> None:
    """A create is accepted and makes one open task; the tasks before it are as they were."""
    before = app.task_rows(loan)
    answer = app.create_task(owner, loan, task_type)
    after = app.task_rows(loan)
    expect(
        answer.accepted and len(app.open_tasks(loan)) == 1,
        observed=f"{answer.shown} {when}",
        expected="2xx and one open task",
        why=WHY_NEXT,
    )
    expect(
        len(after) == len(before) + 1 and public(after[:-1]) == public(before),
        observed=f"{answer.shown} {when}, and there are {len(after)} tasks where {len(before)} were",
        expected="one task more, and those before it as they were",
        why="What was done, and when, is the loan's record; a new task does not write over it.",
        before=before,
        after=after,
    )


def assert_starts_unless_closed(app: App, owner: Person, loan: int, when: str) -> None:
    """The same for a loan without an open task, which a rule of the submission's may have closed."""
    if app.loan_row(loan)["status"] not in CLOSED and not app.open_tasks(loan):
        assert_next_task_starts(app, owner, loan, "KYC", when)


def assert_answered_when_overtaken(app: App) -> None:
    """A create that another one overtakes between its check and its write is answered, and not by a 5xx."""
    result = run(app, creates(app, ("KYC", "CREDIT_CHECK"))(), overtaken("A"))
    expect(
        all(answer.status < 500 for answer in result.answers),
        observed=f"{result.shown}, where the second create went by the first between its check and its write",
        expected="each is accepted or refused: no call answers 5xx",
        why="What stops the second task must tell its caller so; an error page looks like a broken server.",
        **result.evidence(),
    )


def is_taken_for_a_type(app: App, loan: int, sent: str | None, answer: Answer) -> bool:
    """Whether what was sent is a type or its label in another spelling, and was stored as that type."""
    plain = re.sub(r"[\s-]+", "_", (sent or "").strip()).upper()
    stored = [task["task_type"] for task in app.task_rows(loan)]
    return answer.accepted and plain in TASK_TYPES and stored == [plain]
