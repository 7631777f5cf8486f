"""A frozen content is read as tables without the database: words of the reader, amounts of then, nothing stated is blank."""

import uuid
from typing import Any

from portfolio.business_cases.lines.content import content_line
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import Line, blank_line
from portfolio.business_cases.lines.showing import read_table, read_tables, read_value
from portfolio.business_cases.lines.specs import OPTIONS
from portfolio.business_cases.lines.specs_money import COSTS, PARTICIPANTS
from portfolio.i18n import language
from portfolio.packs.loader import load_pack

PACK = load_pack("chile")
HEALTH = uuid.UUID(int=7)
CONTEXT = LineContext(PACK, "CLP", (2027, 2028), {HEALTH: "Ministerio de Salud"})


def content(spec: Any, *lines: Line) -> dict[str, Any]:
    found = [content_line(spec, CONTEXT, line) for line in lines]
    return {"case": {"currency": "CLP"}, "sections": {spec.section.value: {"lines": {spec.name: found}}}}


def a_cost(amounts: dict[int, int], **values: Any) -> Line:
    return Line(uuid.uuid4(), 1, {**blank_line(COSTS, HEALTH).values, **values}, amounts)


def test_costs_are_shown_in_their_unit_and_added_up_as_they_counted_then() -> None:
    lines = [
        a_cost({2027: 1000, 2028: 500}, description="Nube", category="cloud", nature="current"),
        a_cost({2027: 10_000}, description="Arriendo", unit="UF"),
    ]
    frozen = content(COSTS, *lines)
    with language("es"):
        table = read_table(PACK, frozen, COSTS)
    assert [head.label for head in table.heads if head.is_amount][:2] == ["2027", "2028"]
    assert table.rows[0][:2] == ("Nube", "Nube y alojamiento")
    place = [head.label for head in table.heads].index("2027")
    assert table.rows[0][place] == "1.000"
    assert table.rows[1][place] == "1,0000"
    uf = frozen["sections"]["costs"]["lines"]["costs"][1]["counted"]["2027"]
    assert sum(int(text.replace(".", "")) for text in table.foot[place : place + 2]) == 1500 + uf
    assert table.foot[-1] == table.foot[-1].strip() != ""


def test_columns_that_nobody_filled_take_no_room_and_old_contents_may_lack_a_table() -> None:
    labels = [head.label for head in read_table(PACK, content(COSTS, a_cost({2027: 1})), COSTS).heads]
    assert "Unit" not in labels
    assert "Category" in labels
    assert read_tables(PACK, {"case": {"currency": "CLP"}, "sections": {}}, "costs") == []


def test_a_participant_is_shown_by_the_name_it_had_then() -> None:
    line = Line(uuid.uuid4(), 1, {"institution_id": HEALTH, "part": "", "amount_minor": 0})
    table = read_table(PACK, content(PARTICIPANTS, line), PARTICIPANTS)
    assert table.rows[0] == ("Ministerio de Salud", "0")


def test_values_are_put_in_words_for_differences() -> None:
    assert read_value(COSTS, PACK, "CLP", "amounts", {"2028": 5, "2027": 1000}) == "2027: 1,000; 2028: 5"
    assert read_value(COSTS, PACK, "CLP", "category", "cloud") == "Cloud and hosting"
    assert read_value(OPTIONS, PACK, "CLP", "is_preferred", True) == "Yes"
    assert read_value(OPTIONS, PACK, "CLP", "whole_life_minor", None) == ""
