"""A form of lines against what is stored: changes, errors, conflicts; nothing typed is lost, nothing unsent is touched."""

import uuid

from portfolio.business_cases.lines.binding import TypedLine, bind_line, bind_lines, typed_lines
from portfolio.business_cases.lines.columns import cells_of
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.grid import make_grid
from portfolio.business_cases.lines.reading import Line, blank_line
from portfolio.business_cases.lines.specs_money import COSTS
from portfolio.packs.loader import load_pack
from portfolio.web.forms import Submitted

CHILE = LineContext(load_pack("chile"), "CLP", (2027, 2028))
CELLS = cells_of(COSTS, CHILE)
ID = uuid.UUID(int=5)


def stored(version: int = 3, amounts: dict[int, int] | None = None, **values: object) -> Line:
    return Line(ID, version, {**blank_line(COSTS, ID).values, **values}, amounts or {})


def test_only_cells_that_differ_are_changes_and_unsent_ones_stay() -> None:
    bound = bind_line(
        COSTS,
        CELLS,
        CHILE,
        TypedLine(ID, 3, {"y2027": "1,500", "description": "Cloud"}),
        stored(description="Cloud", amounts={2027: 1200, 2028: 7}),
    )
    assert bound.changes == {"y2027": (1200, 1500)}
    assert not bound.errors
    assert not bound.theirs


def test_a_changed_line_of_somebody_else_is_a_conflict_only_where_both_differ() -> None:
    there = stored(version=4, description="Theirs")
    mine = bind_line(COSTS, CELLS, CHILE, TypedLine(ID, 3, {"description": "Mine"}), there)
    assert mine.theirs == {"description": "Theirs"}
    same = bind_line(COSTS, CELLS, CHILE, TypedLine(ID, 3, {"description": "Theirs"}), there)
    assert not same.theirs
    assert not same.changes


def test_blank_lines_are_no_lines_and_yes_or_no_alone_makes_none() -> None:
    blank = TypedLine(uuid.uuid4(), 0, {"description": " ", "tax_included": "yes", "y2027": ""})
    assert bind_lines(COSTS, CELLS, CHILE, [blank], {}) == []


def test_amounts_follow_a_change_of_unit() -> None:
    line = stored(amounts={2027: 12, 2028: 30})
    alone = bind_line(COSTS, CELLS, CHILE, TypedLine(ID, 3, {"unit": "UF"}), line)
    assert alone.changes == {"unit": ("", "UF"), "y2027": (12, 120_000), "y2028": (30, 300_000)}
    back = bind_line(COSTS, CELLS, CHILE, TypedLine(ID, 3, {"unit": ""}), stored(unit="UF", amounts={2027: 125_000}))
    assert "unit" in back.errors  # 12,5 UF would have to be rounded to pesos
    whole = bind_line(COSTS, CELLS, CHILE, TypedLine(ID, 3, {"unit": "UF", "y2027": "12.5", "y2028": "30"}), line)
    assert whole.changes == {"unit": ("", "UF"), "y2027": (12, 125_000), "y2028": (30, 300_000)}


def test_a_form_with_errors_shows_what_was_typed_beside_why_it_was_not_kept() -> None:
    bound = bind_lines(COSTS, CELLS, CHILE, [TypedLine(ID, 3, {"y2027": "12x", "description": "New"})], {ID: stored()})
    grid = make_grid(COSTS, CHILE, [stored()], bound=bound)
    shown = {cell.head.key: cell for cell in grid.rows[0].cells}
    assert shown["y2027"].text == "12x"
    assert "number" in shown["y2027"].error
    assert shown["description"].text == "New"
    assert grid.summary[0][0] == f"{ID}-y2027"


def test_stored_lines_that_the_form_did_not_hold_are_shown_with_the_rest() -> None:
    other = Line(uuid.UUID(int=9), 1, {**blank_line(COSTS, ID).values, "description": "Added meanwhile"}, {})
    bound = bind_lines(COSTS, CELLS, CHILE, [TypedLine(ID, 3, {"y2027": "x"})], {ID: stored(), other.id: other})
    grid = make_grid(COSTS, CHILE, [stored(), other], bound=bound)
    assert "Added meanwhile" in [cell.text for row in grid.rows for cell in row.cells]


def test_what_the_form_sends_is_read_whatever_it_holds() -> None:
    form = Submitted(
        {
            "line": [f"{ID}:3", f"{ID}:9", "nonsense", "x:y", f"{uuid.UUID(int=6)}:²"],
            f"{ID}.description": ["a", "b"],
            "nothing.description": ["c"],
            "csrf_token": ["t"],
        }
    )
    assert typed_lines(form) == [TypedLine(ID, 3, {"description": "a"})]
