"""What a statement is taken to be."""

import pytest

from grader.wire.sql import Kind, understand


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", Kind.READ),
        ('SELECT "a" FROM "t" FOR UPDATE', Kind.LOCK),
        ('SELECT "a" FROM "t" FOR NO KEY UPDATE OF "t" SKIP LOCKED', Kind.LOCK),
        ("SELECT 'FOR UPDATE'", Kind.READ),
        ("SELECT 1 -- for update", Kind.READ),
        ("WITH x AS (UPDATE t SET a = 1 RETURNING 1) SELECT * FROM x", Kind.WRITE),
        ("WITH x AS (SELECT 1) SELECT * FROM x", Kind.READ),
        ("insert into t values (1)", Kind.WRITE),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE", Kind.BEGIN),
        ("COMMIT", Kind.COMMIT),
        ('ROLLBACK TO SAVEPOINT "s1"', Kind.ROLLBACK_TO),
        ("ROLLBACK", Kind.ROLLBACK),
        ("SET LOCAL lock_timeout = '1s'", Kind.SESSION),
        ("LOCK TABLE t", Kind.OTHER),
        ("SELECT 1; DELETE FROM t", Kind.OTHER),
        ("DO $$ BEGIN END $$", Kind.OTHER),
        ("", Kind.SESSION),
    ],
)
def test_kinds(sql: str, kind: Kind) -> None:
    assert understand(sql).kind is kind


def test_words_are_the_identifiers_and_not_the_strings() -> None:
    words = understand("""SELECT "Loan"."id" FROM "Loan" WHERE name = 'loans_task' /* other */""").words
    assert {"Loan", "id", "name"} <= words
    assert not {"loans_task", "other"} & words


def test_strict_isolation_is_seen() -> None:
    assert understand("BEGIN ISOLATION LEVEL REPEATABLE READ").strict_isolation
    assert not understand("BEGIN").strict_isolation
