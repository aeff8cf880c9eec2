"""Whether the tables show the trusted process what is in them: what a submission may have put in the way.

A view in a table's place, a cast or an operator of its own can show the grader other rows than there are, and
so can row security (a right design of E) where the grader has no right to read past it; a trigger that fires
even where rows are cleared can put them back.
"""

from __future__ import annotations

from typing import Any

from grader.database.inspector import ROOTS, Inspector
from grader.scrutiny import remark

ARTICLES = {"cast": "a cast", "operator": "an operator"}


def lies(inspector: Inspector) -> list[dict[str, Any]]:
    """Findings, by what the database's own catalogue says.

    Object ids below 16384 are PostgreSQL's own; what an extension brought is known (deptype e).
    """
    found = inspector.rows(
        "SELECT 'table' AS what, relname::text AS name, relkind::text AS kind, relrowsecurity AS secured"
        " FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)"
        " AND (relkind NOT IN ('r', 'p') OR relrowsecurity AND NOT ("
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user))"
        " UNION ALL SELECT 'trigger', tgname || ' on ' || tgrelid::regclass, tgenabled::text, false"
        " FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('A', 'R')"
        " UNION ALL SELECT 'cast', format_type(castsource, NULL) || ' to ' || format_type(casttarget, NULL),"
        " '', false FROM pg_cast x WHERE oid >= 16384"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = x.oid AND d.deptype = 'e')"
        " UNION ALL SELECT 'operator', oprname::text, '', false FROM pg_operator x WHERE oid >= 16384"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = x.oid AND d.deptype = 'e')",
        [list(ROOTS)],
    )
    return [remark(_text(row), interference=row["what"] != "trigger") for row in found]


def _text(row: dict[str, Any]) -> str:
    if row["what"] == "table":
        how = "is under row security" if row["secured"] else "is no table but a view or the like"
        return f"{row['name']} {how}: the grader can't rely on the rows that it reads there"
    if row["what"] == "trigger":
        return f"the trigger {row['name']} fires even where the grader clears the tables"
    return f"the database has {ARTICLES[row['what']]} of the app's own, {row['name']}: rows may be made up"
