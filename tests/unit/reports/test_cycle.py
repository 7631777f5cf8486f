"""The arithmetic of the cycle book, on frames made by hand."""

import polars as pl

from portfolio.reports import cycle
from portfolio.reports.portfolio_frame import AMOUNTS


def frame(*rows):
    names = ["initiative", "number", "institution", "theme", "state", "currency", *AMOUNTS]
    types = {name: pl.Int64() if name in AMOUNTS else pl.String() for name in names}
    return pl.DataFrame(rows, schema=types, orient="row")


FRAME = frame(
    ("a", "1", "Salud", "datos", "decided", "USD", 100, 90, 80, None),
    ("b", "2", "Salud", "datos", "submitted", "USD", 50, None, None, None),
    ("c", "3", "Salud", "datos", "submitted", "CLP", None, None, None, None),
    ("d", "4", "Agua", None, "submitted", "USD", 7, 7, 0, 0),
)


def test_sums_by_institution_and_theme_keep_currencies_apart_and_missing_missing():
    found = cycle.by_institution_and_theme(FRAME).rows()
    assert found == [
        ("Agua", "", "USD", 1, 0, 7, 7, 0, 0),
        ("Salud", "datos", "CLP", 1, 1, None, None, None, None),
        ("Salud", "datos", "USD", 2, 0, 150, 90, 80, None),
    ]


def test_firm_and_indicative_amounts_by_year_and_by_line():
    entries = pl.DataFrame(
        [
            ("a", "USD", 2027, "firm", "31", 60),
            ("a", "USD", 2028, "indicative", "31", 20),
            ("d", "USD", 2027, "firm", "22", 5),
            ("d", "CLP", 2027, "firm", "22", 9),
        ],
        schema=cycle.ENTRIES,
        orient="row",
    )
    assert cycle.by_year(entries).rows() == [
        (2027, "CLP", 9, None),
        (2027, "USD", 65, None),
        (2028, "USD", None, 20),
    ]
    asked = pl.DataFrame(
        [("a", "USD", "31", 100), ("b", "USD", "31", 50), ("b", "USD", "", 3)], schema=cycle.ASKED, orient="row"
    )
    assert cycle.by_budget_line(asked, entries).rows() == [
        ("", "USD", 3, None, None),
        ("22", "CLP", None, 9, None),
        ("22", "USD", None, 5, None),
        ("31", "USD", 150, 60, 20),
    ]


def test_changes_tell_new_gone_and_changed_and_leave_out_the_rest():
    before = {
        "a": ["1", "decided", "USD", 100, 90, 70, None],
        "b": ["2", "submitted", "USD", 50, None, None, None],
        "d": ["4", "draft", "USD", 7, 7, 0, 0],
        "z": ["9", "submitted", "USD", 1, None, None, None],
    }
    found = cycle.changes(FRAME, before)
    assert found.select("number", "change", "decided_before", "decided_now").rows() == [
        ("1", "changed", 70, 80),
        ("3", "new", None, None),
        ("4", "changed", 0, 0),
        ("9", "gone", None, None),
    ]
    assert found.columns == cycle.CHANGES.names()
    assert cycle.changes(FRAME, {r[0]: [r[1], *r[4:]] for r in FRAME.rows()}).is_empty()


def test_a_book_of_nothing_has_empty_tables():
    empty = FRAME.clear()
    assert cycle.by_institution_and_theme(empty).is_empty()
    assert cycle.by_year(pl.DataFrame(schema=cycle.ENTRIES)).is_empty()
    assert cycle.changes(empty, {}).is_empty()
