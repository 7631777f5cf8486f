"""Lines are saved whole or by cell, two people lose nothing, and every accepted change leaves what was there before."""

import uuid

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from case_factories import a_case
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.business_cases.lines.specs import BENEFITS, MILESTONES, SHARED_SOLUTIONS
from portfolio.business_cases.lines.specs_money import COSTS, FUNDING, PARTICIPANTS
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.base import new_id
from portfolio.people.models import Institution
from portfolio.strategy.models import Call

from .conftest import Desk

CLOUD = {
    "description": "Cloud",
    "category": "cloud",
    "budget_line": "1.3",
    "nature": "current",
    "tax_included": "no",
    "is_digital": "yes",
    "y2027": "1,000.10",
    "y2028": "",
}


def test_several_new_lines_are_saved_at_once_and_totals_include_tax(desk: Desk) -> None:
    page = desk.save("costs", CLOUD, {**CLOUD, "description": "Team", "tax_included": "yes", "y2028": "50"})
    assert page.status == 303, page.main
    assert [line.values["description"] for line in desk.lines(COSTS)] == ["Cloud", "Team"]
    assert desk.lines(COSTS)[0].amounts == {2027: 100010}
    totals = desk.totals()
    assert totals.by_year[2027].minor == 115012 + 100010  # 15 % of 1.000,10 is 150,015: half up
    assert totals.whole_life.minor == 115012 + 100010 + 5000
    shown = desk.visitor.get(page.location)
    assert "2,200.22" in shown.main
    assert "The table was saved." in shown.main


def test_a_bad_cell_saves_nothing_and_keeps_everything_typed(desk: Desk) -> None:
    good, bad = str(new_id()), str(new_id())
    page = desk.save("costs", {**CLOUD, "id": good}, {**CLOUD, "id": bad, "y2027": "12x", "category": "Clouds"})
    assert page.status == 422
    assert page.value(f"{good}.description") == "Cloud"
    assert page.value(f"{bad}.y2027") == "12x"
    assert "Enter a number" in page.error(f"{bad}-y2027")
    assert page.error(f"{bad}-category") == "Choose one of the options"
    assert page.value(f"{bad}.category") == "Clouds"
    assert desk.lines(COSTS) == []


def test_a_cell_makes_its_line_and_the_next_one_changes_it(desk: Desk) -> None:
    line = new_id()
    first = desk.cell("costs", line, "description", "Cloud", 0)
    assert first.status == 200
    assert first.headers["content-type"].startswith("application/json")
    again = desk.cell("costs", line, "description", "Cloud", 0)  # the answer was lost, the browser tries again
    assert again.status == 200
    amount = desk.cell("costs", line, "y2027", "12.50", desk.lines(COSTS)[0].version)
    assert amount.status == 200
    assert desk.lines(COSTS)[0].amounts == {2027: 1250}
    assert '"version":"' + str(desk.lines(COSTS)[0].version) in amount.text.replace(" ", "")
    cleared = desk.cell("costs", line, "y2027", "", desk.lines(COSTS)[0].version)
    assert cleared.status == 200
    assert desk.lines(COSTS)[0].amounts == {}


def test_a_cell_that_cannot_be_kept_says_why(desk: Desk) -> None:
    page = desk.cell("costs", new_id(), "y2027", "1.234.5", 0)
    assert page.status == 422
    assert "error" in page.text
    assert desk.cell("costs", new_id(), "nonsense", "1", 0).status == 422
    assert desk.lines(COSTS) == []


def test_two_people_on_one_line_are_told_and_lose_nothing(desk: Desk) -> None:
    line = new_id()
    desk.cell("milestones", line, "title", "Pilot", 0)
    version = desk.lines(MILESTONES)[0].version
    luis = desk.visitors.of(desk.colleague.person_id)
    assert desk.cell("milestones", line, "title", "Pilot in Arica", version, luis).status == 200
    page = desk.cell("milestones", line, "title", "Pilot in Iquique", version)
    assert page.status == 409
    assert "Pilot in Arica" in page.text
    assert "Pilot in Iquique" in page.text
    assert desk.lines(MILESTONES)[0].values["title"] == "Pilot in Arica"
    base = page.by_id(f"conflict-{line}-title").get("data-version")
    assert desk.cell("milestones", line, "title", "Pilot in Iquique", int(base)).status == 200


def test_a_whole_form_on_an_older_line_shows_both_texts_and_saving_again_is_a_choice(desk: Desk) -> None:
    line = new_id()
    desk.cell("milestones", line, "title", "Pilot", 0)
    old = desk.lines(MILESTONES)[0].version
    desk.cell("milestones", line, "title", "Theirs", old)
    page = desk.save("milestones", {"id": line, "version": old, "title": "Mine"})
    assert page.status == 409
    assert page.value(f"{line}.title") == "Mine"
    assert "Theirs" in page.main
    new = page.value("line").rpartition(":")[2]  # type: ignore[union-attr]
    assert desk.save("milestones", {"id": line, "version": int(new), "title": "Mine"}).status == 303
    assert desk.lines(MILESTONES)[0].values["title"] == "Mine"


def test_an_unchanged_old_form_is_no_conflict(desk: Desk) -> None:
    line = new_id()
    desk.cell("milestones", line, "title", "Pilot", 0)
    assert desk.save("milestones", {"id": line, "version": 1, "title": "Pilot", "due_on": ""}).status == 303


def test_a_line_taken_away_stays_in_the_revisions_and_order_can_be_changed(desk: Desk) -> None:
    desk.save("costs", {**CLOUD, "description": "A"}, {**CLOUD, "description": "B"})
    first, second = desk.lines(COSTS)
    moved = desk.save("costs", act=f"up:{second.id}")
    assert moved.status == 303
    assert [line.values["description"] for line in desk.lines(COSTS)] == ["B", "A"]
    desk.save("costs", act=f"remove:{second.id}")
    assert [line.values["description"] for line in desk.lines(COSTS)] == ["A"]
    removed = next(row for row in desk.revisions() if row.field == f"costs:{second.id}")
    assert '"2027": 100010' in removed.before
    assert desk.save("costs", act=f"remove:{second.id}").status == 303  # gone already
    assert desk.lines(COSTS)[0].id == first.id


def test_each_change_has_a_revision_and_the_trail_one_event(desk: Desk) -> None:
    line = new_id()
    desk.cell("benefits", line, "beneficiaries", "Farmers", 0)
    for text in ("Farmers of the north", "Everybody"):
        version = desk.lines(BENEFITS)[0].version
        desk.cell("benefits", line, "beneficiaries", text, version)
    assert [(row.before, row.after) for row in desk.revisions()] == [
        ("", "Farmers"),
        ("Farmers", "Farmers of the north"),
        ("Farmers of the north", "Everybody"),
    ]
    assert {row.field for row in desk.revisions()} == {f"benefits:{line}:beneficiaries"}
    with desk.database.reading() as session:
        query = select(func.count()).where(col(AuditEvent.action) == Tag.CASE_EDITED.value)
        assert session.scalar(query) in (1, 2)  # two only when the ten minutes end in between


def test_a_locked_case_refuses_in_words_and_the_form_keeps_what_was_typed(desk: Desk) -> None:
    desk.set_status(CaseStatus.ALIGNING)
    line = str(new_id())
    page = desk.save("costs", {**CLOUD, "id": line})
    assert page.status == 409
    assert "being signed off" in page.main
    assert page.value(f"{line}.description") == "Cloud"
    assert desk.cell("costs", new_id(), "description", "x", 0).status == 422
    assert desk.lines(COSTS) == []


def test_a_returned_case_opens_only_the_sections_that_were_named(desk: Desk) -> None:
    desk.set_status(CaseStatus.INCOMPLETE, "funding")
    assert desk.save("costs", CLOUD).status == 409
    source = {"source": "loan", "nature": "external", "y2027": "10"}
    assert desk.save("funding", source).status == 303
    assert desk.lines(FUNDING)[0].amounts == {2027: 1000}


def test_shared_solutions_are_the_eight_and_no_more(desk: Desk) -> None:
    lines = desk.lines(SHARED_SOLUTIONS)
    assert len(lines) == 8
    assert all(line.version == 0 for line in lines)
    assert desk.cell("shared_solutions", lines[1].id, "use", "reused", 0).status == 200
    assert desk.save("shared_solutions", {"id": new_id(), "use": "reused"}).status == 303
    after = desk.lines(SHARED_SOLUTIONS)
    assert [line.values["solution"] for line in after] == [line.values["solution"] for line in lines]
    assert [line.values["use"] for line in after].count("reused") == 1
    assert desk.cell("shared_solutions", new_id(), "use", "reused", 0).status == 422
    assert desk.save("shared_solutions", act=f"remove:{lines[1].id}").status == 409


def test_lines_of_another_case_cannot_be_reached_through_this_one(desk: Desk) -> None:
    line = new_id()
    desk.cell("milestones", line, "title", "Pilot", 0)
    stranger = desk.visitors.of(desk.stranger.person_id)
    assert desk.cell("milestones", line, "title", "Mine now", 1, stranger).status == 404
    assert stranger.get(desk.at("milestones")).status == 404
    assert desk.visitor.get(desk.at("nothing")).status == 404
    assert desk.cell("milestones", uuid.UUID(int=0), "title", "x" * 201, 0).status == 422


def test_an_institution_of_the_list_takes_part_with_its_amount(desk: Desk) -> None:
    page = desk.save("participants", {"institution_id": "ministerio de salud", "amount_minor": "0"})
    assert page.status == 303, page.main
    assert desk.lines(PARTICIPANTS)[0].values["amount_minor"] == 0
    own = desk.save("participants", {"institution_id": "Servicio de Registro"})
    assert own.status == 422


@pytest.mark.parametrize("text", ["\u202e<script>alert(1)</script>", "=HYPERLINK(1)", "𝕏" * 200, "a'b\"c&d"])
def test_hostile_text_is_kept_as_text(desk: Desk, text: str) -> None:
    line = new_id()
    assert desk.cell("milestones", line, "title", text, 0).status == 200
    page = desk.visitor.get(desk.at("milestones"))
    assert page.value(f"{line}.title") == text
    assert "<script>alert" not in page.text


def test_a_line_is_one_thing_so_an_amount_alone_makes_a_new_version(desk: Desk) -> None:
    line = new_id()
    desk.cell("costs", line, "description", "Cloud", 0)
    old = desk.lines(COSTS)[0].version
    assert desk.cell("costs", line, "y2027", "5", old).status == 200
    late = desk.cell("costs", line, "tax_included", "no", old)
    assert late.status == 409
    assert desk.lines(COSTS)[0].values["tax_included"] is True


def test_the_key_of_a_line_elsewhere_makes_no_line_here(desk: Desk) -> None:
    line = new_id()
    desk.cell("milestones", line, "title", "Pilot", 0)
    with desk.database.writing() as session:
        case = session.get_one(BusinessCase, desk.case_id)
        institution = session.get_one(Institution, case.institution_id)
        call = session.get_one(Call, case.call_id)
        other = a_case(session, institution, desk.lead, call).id
    data = {"field": f"{line}.title", "value": "Taken", "version": "0"}
    assert desk.visitor.post(f"/cases/{other}/lines/milestones/cell", data).status == 404
    assert [row.values["title"] for row in desk.lines(MILESTONES)] == ["Pilot"]


def test_a_line_with_something_wrong_in_it_can_be_taken_away(desk: Desk) -> None:
    line = new_id()
    desk.cell("costs", line, "description", "Cloud", 0)
    data = {"line": f"{line}:1", f"{line}.y2027": "a lot"}
    assert desk.save("costs", **data, act="").status == 422
    assert desk.save("costs", **data, act=f"remove:{line}").status == 303
    assert desk.lines(COSTS) == []
