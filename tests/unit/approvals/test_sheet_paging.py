"""Pages of the decision sheet: every row on one page exactly, forward and back, also when the filter lost the cursor's row."""

import uuid
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portfolio.approvals.sheet_paging import Cursor, page_of


@dataclass(frozen=True)
class Row:
    name: int
    case_id: uuid.UUID = field(default_factory=uuid.uuid4)


@given(st.integers(0, 40), st.integers(1, 9), st.sets(st.integers(0, 39)))
def test_going_forward_shows_each_row_once_and_going_back_the_same_pages(count, size, hidden):
    every = [Row(n) for n in range(count)]
    wanted = [row for row in every if row.name not in hidden]
    seen, cursor, pages = [], Cursor(), []
    while True:
        rows, span = page_of(every, wanted, cursor, size)
        pages.append((rows, span))
        seen += rows
        assert [span.first, span.last, span.of] == [len(seen) - len(rows) + bool(rows), len(seen), len(wanted)]
        if span.next is None:
            break
        cursor = Cursor(after=span.next)
    assert seen == wanted
    for (rows, _), (_, later) in pairwise(pages):
        back, _ = page_of(every, wanted, Cursor(before=later.previous), size)
        assert list(back) == list(rows)


def test_a_cursor_that_left_the_filter_still_says_where_to_go_on():
    every = [Row(n) for n in range(6)]
    wanted = [row for row in every if row.name != 2]
    rows, span = page_of(every, wanted, Cursor(after=every[2].case_id), 2)
    assert [row.name for row in rows] == [3, 4]
    assert (span.first, span.is_whole) == (3, False)


def test_an_unknown_cursor_or_the_end_gives_the_first_page():
    every = [Row(n) for n in range(3)]
    for cursor in (Cursor(after=uuid.uuid4()), Cursor(after=every[-1].case_id), Cursor(before=every[0].case_id)):
        rows, span = page_of(every, every, cursor, 2)
        assert [row.name for row in rows] == [0, 1]
        assert span.previous is None
