"""What a SELECT fetches is read off its select list, and off nothing else."""

from __future__ import annotations

import pytest

from grader.wire.selected import columns, is_aggregate, select_list


@pytest.mark.parametrize(
    ("sql", "items"),
    [
        ('SELECT "a"."x", b.y AS z FROM a', ('"a"."x"', "b.y AS z")),
        ("SELECT f(sum(x), 0), (SELECT max(y) FROM b) FROM a", ("f(sum(x), 0)", "(SELECT max(y) FROM b)")),
        ("SELECT 'from, a' AS \"a, from\", x FROM a", ("'from, a' AS \"a, from\"", "x")),
        ("SELECT from_date, x\nFROM a", ("from_date", "x")),
        ("SELECT 1", ("1",)),
        ("UPDATE a SET x = 1", ()),
        ("WITH b AS (SELECT 1) SELECT x FROM b", ()),
    ],
)  # fmt: skip
def test_the_select_list_is_cut_at_its_own_commas(sql: str, items: tuple[str, ...]) -> None:
    assert select_list(sql) == items


def test_a_column_is_one_that_is_fetched_as_it_is() -> None:
    sql = 'SELECT "t"."amount", t.amount / t.months AS rate, CASE WHEN x THEN y END, "id" AS "n" FROM t'
    assert columns(sql) == [("t", "amount"), ("", "id")]


@pytest.mark.parametrize(
    ("item", "is_one"),
    [
        ('COUNT("t"."id") AS "n"', True),
        ("max (x)", True),
        ("COUNT(*) OVER () AS n", False),
        ("counted", False),
        ('"t"."count"', False),
    ],
)
def test_an_aggregate_is_none_over_a_window(item: str, is_one: bool) -> None:
    assert is_aggregate(item) is is_one
