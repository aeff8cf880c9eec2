"""Tells whether a completed_at that was set already was changed, by a trigger in the database."""

from __future__ import annotations

from grader.app import App


class Moves:
    """Notes, by a trigger of its own, each committed change of a completed_at that was set already.

    Of the value that is stored: a write that keeps it, by COALESCE or a trigger, moves nothing.
    """

    def __init__(self, app: App) -> None:
        self._inspector, self._seen = app.inspector, 0

    def __enter__(self) -> Moves:
        for statement in (
            "CREATE SCHEMA grader",
            "CREATE TABLE grader.moves (task bigint)",
            "CREATE FUNCTION grader.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
            " $$ BEGIN INSERT INTO grader.moves VALUES (NEW.id); RETURN NULL; END $$",
            "CREATE TRIGGER grader_note AFTER UPDATE ON loans_taskexecution FOR EACH ROW"
            " WHEN (OLD.completed_at IS NOT NULL AND NEW.completed_at IS DISTINCT FROM OLD.completed_at)"
            " EXECUTE FUNCTION grader.note()",
        ):
            self._inspector.execute(statement)
        return self

    def __exit__(self, *_: object) -> None:
        self._inspector.execute("DROP TRIGGER grader_note ON loans_taskexecution")
        self._inspector.execute("DROP SCHEMA grader CASCADE")

    def since_last(self) -> int:
        """How many there were since it was last asked."""
        before, self._seen = self._seen, self._inspector.rows("SELECT count(*) FROM grader.moves")[0]["count"]
        return int(self._seen - before)
