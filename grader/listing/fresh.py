"""Whether a list shows what was written since the last one (A)."""

from __future__ import annotations

from contextlib import suppress

from grader.app import App
from grader.calls import LOANS, Call, Person
from grader.checking import CannotDrive, NotApplicable, expect
from grader.content import differences
from grader.listing.rows import loans_with_tasks

AS_IT_IS = "the list as it is in the database now"
WHY_FRESH = "A list that is quick because it is old sends people to loans as they were."


def assert_fresh_after_writes(app: App, owner: Person) -> None:
    """What is added or changed, through the API or in the database, is in the next list of either worker."""
    ids = loans_with_tasks(app, [owner], 2)
    assert_fresh(app, owner, ids, "at first")
    ids.append(app.loan(owner))
    assert_fresh(app, owner, ids, "after a loan was added in the database")
    app.must(app.create_loan(owner))
    made = app.inspector.rows("SELECT id FROM loans_loan WHERE customer_id = %s", [owner.customer])
    ids = [row["id"] for row in made]
    assert_fresh(app, owner, ids, "after a loan was added through the API")
    app.must(app.create_task(owner, ids[2]))
    assert_fresh(app, owner, ids, "after a task was created through the API")
    app.must(app.complete_task(owner, app.newest_task(ids[2])))
    assert_fresh(app, owner, ids, "after a task was completed through the API")
    with suppress(CannotDrive):  # a fix may let tasks begin only where none is open, and open
        app.task(ids[0], "KYC", completed=True, pointer="keep")
    assert_fresh(app, owner, ids, "after a task was added in the database")
    if app.try_status(ids[1], "REJECTED"):
        assert_fresh(app, owner, ids, "after a loan was rejected in the admin")
    with suppress(NotApplicable):
        app.correct(ids[2])
        assert_fresh(app, owner, ids, "after an amount was corrected in the admin")
    app.rename(owner)
    assert_fresh(app, owner, ids, "after the customer took another username")


def assert_fresh(app: App, owner: Person, ids: list[int], when: str) -> None:
    """Each worker's list is as the database is now, also for a client that shows the tag of an older one."""
    older: set[str] = app.once(f"tags of {owner.username}", set[str])
    newer: set[str] = set()
    for worker in ("A", "B"):
        first, loans = app.list_all(owner, on=worker)
        wrong = differences(app, ids, loans)
        expect(not wrong, observed=f"{when}: {'; '.join(wrong[:3])}", expected=AS_IT_IS, why=WHY_FRESH)
        newer |= {tag for tag in (first.headers.get("etag"),) if tag}
        for tag in sorted(older):
            again = app.call(Call("GET", LOANS, by=owner, headers=(("If-None-Match", tag),)), on=worker)
            expect(again.status != 304, observed=f"{when}: {again.shown}", expected=AS_IT_IS, why=WHY_FRESH)
    older |= newer
