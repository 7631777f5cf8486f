"""Pages of the tables: within the section, in the whole window, read only, pasted, and small enough."""

import gzip
import re
from typing import Any

from portfolio.business_cases.completeness import missing, standing
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.lines.showing import read_tables
from portfolio.business_cases.lines.specs import SPECS
from portfolio.business_cases.lines.specs_money import COSTS, OPERATION
from portfolio.business_cases.models import BusinessCase, CostAmount, CostLine
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.loader import load_pack

from .conftest import Desk

PASTE = (
    "description\tcategory\tbudget_line\tnature\t2027\t2028\n"
    "Cloud\tcloud\t1.3\tcurrent\t1,200.50\t300\n"
    "Ships\tships\t1.3\tcurrent\t5\t5\n"
    "Laptops\tHardware\t2.1\tcapital\t40\t\n"
)


def test_every_table_is_on_the_page_of_its_section_and_on_its_own(desk: Desk) -> None:
    visitor = desk.visitor
    for spec in SPECS.values():
        own = visitor.get(desk.at(spec.name))
        assert own.status == 200, spec.name
        if spec is OPERATION:
            continue
        section = visitor.get(f"/cases/{desk.case_id}/sections/{spec.section.value}")
        assert section.by_id(f"lines-{spec.name}") is not None, spec.name


def test_every_cell_says_its_line_and_its_column(desk: Desk) -> None:
    page = desk.visitor.get(desk.at("costs"))
    assert 'aria-label="Cost 1, Category"' in page.text
    assert 'aria-label="Cost 2, 2028"' in page.text


def test_a_year_more_comes_with_a_button_and_stays_once_it_has_an_amount(desk: Desk) -> None:
    page = desk.save("costs", act="more_years", years="4")
    assert page.location.endswith("?years=5&done=year_added")
    wide = desk.visitor.get(page.location)
    name = re.search(r'name="([0-9a-f-]{36})\.y2031"', wide.text)
    assert name
    desk.save("costs", {"id": name[1], "description": "Later", "y2031": "5"}, years="5")
    assert desk.lines(COSTS)[0].amounts == {2031: 500}
    assert ".y2031" in desk.visitor.get(desk.at("costs")).text
    assert desk.visitor.get(desk.at("costs") + "?years=abc").status == 200


def test_a_paste_is_shown_before_anything_is_added(desk: Desk) -> None:
    address = desk.at("costs", "/paste")
    assert desk.visitor.get(address).status == 200
    seen = desk.visitor.post(address, {"text": PASTE, "act": "read"})
    assert seen.status == 200
    assert "2 rows can be added" in seen.main
    assert "Category: Choose one of the options" in seen.main
    assert desk.lines(COSTS) == []
    added = desk.visitor.post(address, {"text": PASTE, "act": "add"})
    assert added.status == 303
    assert [(line.values["description"], line.amounts) for line in desk.lines(COSTS)] == [
        ("Cloud", {2027: 120050, 2028: 30000}),
        ("Laptops", {2027: 4000}),
    ]
    assert len(desk.revisions()) == 11


def test_a_paste_of_nothing_or_of_only_bad_rows_says_so(desk: Desk) -> None:
    address = desk.at("costs", "/paste")
    assert desk.visitor.post(address, {"text": " \n", "act": "add"}).error("text") == "Paste at least one row"
    only_bad = desk.visitor.post(address, {"text": "description\tcategory\nA\tships", "act": "add"})
    assert only_bad.status == 422
    assert "1 row cannot be added" in only_bad.main
    assert only_bad.value("text").strip() == "description\tcategory\nA\tships"  # type: ignore[union-attr]
    many = "\n".join(f"Row {n}" for n in range(260))
    full = desk.visitor.post(address, {"text": "description\tcategory\n" + many, "act": "add"})
    assert full.status == 409
    assert "up to 200 lines" in full.error("text")
    assert desk.lines(COSTS) == []


def test_a_locked_table_is_read_as_words(desk: Desk) -> None:
    desk.visitor.post(desk.at("costs", "/paste"), {"text": PASTE, "act": "add"})
    desk.set_status(CaseStatus.SUBMITTED)
    page = desk.visitor.get(desk.at("costs"))
    assert "Cloud and hosting" in page.main
    assert not list(page.by_id("lines-costs").iter("{http://www.w3.org/1999/xhtml}select"))
    assert desk.visitor.get(desk.at("costs", "/paste")).status == 409


def test_sixty_lines_of_five_years_stay_under_the_limit_of_a_page(desk: Desk) -> None:
    with desk.database.writing() as session:
        for number in range(60):
            row = CostLine(
                case_id=desk.case_id,
                position=number,
                description=f"Component {number} of the registry of certificates",
                category="software_development",
                budget_line="1.3",
                nature="capital",
                recurrence="one_off",
            )
            session.add(row)
            session.flush()
            session.add_all(
                CostAmount(cost_id=row.id, fiscal_year=2027 + year, amount_minor=(number + 7) * 123_457 * (year + 3))
                for year in range(5)
            )
    page = desk.visitor.get(desk.at("costs"))
    assert page.text.count('class="app-num"') > 300
    assert len(gzip.compress(page.text.encode(), 5)) < 55_000  # beside 45 kB of styles and scripts


def test_the_operation_page_compares_with_last_year(desk: Desk) -> None:
    desk.save("operation", {"service": "Registry", "amount_minor": "120", "previous_minor": "100"})
    page = desk.visitor.get(f"/cases/{desk.case_id}/operation")
    assert "+20% against last year: a reason is needed" in page.main
    assert "120.00 USD" in page.main
    totals = desk.totals()
    assert (totals.whole_life.minor, totals.asked.minor, totals.is_balanced) == (12000, 12000, True)


def test_lines_are_part_of_the_frozen_content_and_can_be_read_from_it(desk: Desk) -> None:
    def frozen() -> dict[str, Any]:
        with desk.database.reading() as session:
            return read_content(session, load_pack("eclac"), session.get_one(BusinessCase, desk.case_id))

    before = frozen()
    desk.visitor.post(desk.at("costs", "/paste"), {"text": PASTE, "act": "add"})
    after = frozen()
    assert content_digest(before) != content_digest(after)
    assert content_digest(after) == content_digest(frozen())
    costs = after["sections"]["costs"]["lines"]["costs"]
    assert [line["description"] for line in costs] == ["Cloud", "Laptops"]
    assert {tuple(line) for line in costs} == {tuple(costs[0])}
    tables = read_tables(load_pack("eclac"), after, "costs")
    assert tables[0].rows[0][0] == "Cloud"


def test_what_is_missing_names_the_cell_and_leads_to_it(desk: Desk) -> None:
    desk.visitor.post(desk.at("costs", "/paste"), {"text": "description\t2027\nCloud\t50\n", "act": "add"})
    with desk.database.reading() as session:
        case = session.get_one(BusinessCase, desk.case_id)
        items = missing(session, load_pack("eclac"), case, standing(session, load_pack("eclac"), case))
    line = desk.lines(COSTS)[0]
    found = next(item for item in items if item.text.startswith("Cost 1"))
    assert found.href == f"/cases/{desk.case_id}/sections/costs#{line.id}-category"
    assert desk.visitor.get(f"/cases/{desk.case_id}/sections/costs").by_id(f"{line.id}-category") is not None
    assert any(item.text == "2027: 50.00 USD of the costs have no source" for item in items)
