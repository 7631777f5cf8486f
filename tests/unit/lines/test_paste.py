"""A paste is read cell by cell, with or without titles, and what cannot be read is listed with its reason."""

from hypothesis import given
from hypothesis import strategies as st

from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.paste import Pasted, read_paste
from portfolio.business_cases.lines.specs import MILESTONES
from portfolio.business_cases.lines.specs_money import COSTS
from portfolio.i18n import language
from portfolio.packs.loader import load_pack

CONTEXT = LineContext(load_pack("eclac"), "USD", (2027, 2028))
SPANISH = (
    "Descripción\tCategoría\tLínea presupuestaria\tTipo raro\t2027\t2028\n"
    "Nube\tNube y alojamiento\t1.3\tx\t1.200,50\t\n"
    "Equipos\tNaves\t2.1\tx\t1.2.3\t7\n"
    '"Con\nsalto"\thardware\t2.1\t\t10\t20\n'
)


def changes(pasted: Pasted) -> list[dict[str, object]]:
    return [{key: after for key, (_before, after) in row.line.changes.items()} for row in pasted.rows]


def test_titles_are_known_by_name_or_label_and_order_does_not_matter() -> None:
    pasted = read_paste(COSTS, CONTEXT, "2028\tcategory\tDescription\n30\tcloud\tHosting\n")
    assert pasted.has_titles
    assert changes(pasted) == [{"y2028": 3000, "category": "cloud", "description": "Hosting"}]


def test_a_bad_row_is_listed_with_every_reason_and_the_good_ones_are_kept() -> None:
    with language("es"):
        text = SPANISH.replace("Descripción", "description").replace("Categoría", "category")
        pasted = read_paste(COSTS, CONTEXT, text.replace("Línea presupuestaria", "budget_line"))
    assert [row["description"] for row in changes(pasted)] == ["Nube", "Con salto"]
    assert changes(pasted)[0]["y2027"] == 120050
    assert [(row.number, len(row.reasons)) for row in pasted.rejected] == [(3, 2)]
    assert "1.2.3" in pasted.rejected[0].raw
    assert pasted.unknown == ("Tipo raro",)


def test_without_titles_cells_are_taken_in_the_order_of_the_table() -> None:
    pasted = read_paste(MILESTONES, CONTEXT, "Pilot;2027-05-01;First office\nRoll-out;31/12/2027;All offices")
    assert not pasted.has_titles
    assert [row.words[0] for row in pasted.rows] == ["Pilot", "Roll-out"]
    assert pasted.rejected == ()


def test_surplus_cells_and_rows_that_say_nothing_are_rejected_never_dropped() -> None:
    pasted = read_paste(MILESTONES, CONTEXT, "A\t2027-05-01\tB\tsurplus\nC\t\t\n\n\t\t\n")
    assert [row.number for row in pasted.rejected] == [1]
    assert [row.number for row in pasted.rows] == [2]


@given(st.text(alphabet='ab;\t\n"1.,2027', max_size=80))
def test_every_row_with_something_in_it_is_either_added_or_rejected(text: str) -> None:
    pasted = read_paste(COSTS, CONTEXT, text)
    numbers = [row.number for row in pasted.rows] + [row.number for row in pasted.rejected]
    assert len(numbers) == len(set(numbers))
    assert bool(numbers) or pasted.has_titles or not text.strip().strip(';"\t\n ')
