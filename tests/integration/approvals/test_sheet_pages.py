"""A sheet of more cases than a page: totals and envelope of the whole call stay, a page is left by saving it."""

import re

import pytest
from sqlalchemy import select

from case_factories import a_call
from conftest import NOW
from decision_stage import MILLION, a_case_for, a_stage, an_envelope, an_opinion
from portfolio.approvals import routes_sheet
from portfolio.approvals.models import BudgetDecision, DecisionDraft
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus


class Scene:
    def __init__(self, database):
        with database.writing() as session:
            session.info["now"] = NOW
            self.stage = a_stage(session)
            an_envelope(session, self.stage, MILLION * 9)
            self.ids = []
            for priority in range(1, 6):
                case = a_case_for(session, self.stage, CaseStatus.RECOMMENDED, priority=priority)
                an_opinion(session, self.stage, case, recommended=MILLION)
                self.ids.append(case.id)
        self.sheet = f"/decisions?call={self.stage.call.id}"


@pytest.fixture
def scene(database, monkeypatch):
    monkeypatch.setattr(routes_sheet, "ROWS_A_PAGE", 2)
    return Scene(database)


def on_page(page):
    return re.findall(r'id="row-([\w-]+)"', page.text)


def test_pages_by_links_for_who_reads_with_the_totals_of_all(scene, visitors):
    head = visitors.of(scene.stage.head.person_id)
    seen, address = [], scene.sheet
    while address:
        page = head.get(address)
        seen += on_page(page)
        assert "All pages" in page.main
        assert "5,000,000" in page.main, "what was requested in all"
        assert "9,000,000.00 USD" in page.main, "the envelope"
        found = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = found.group(1).replace("&amp;", "&") if found else ""
    assert seen == [str(case_id) for case_id in scene.ids]


def test_who_writes_leaves_a_page_by_saving_it_and_a_fault_keeps_them_there(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.sheet)
    assert "1 to 2 of 5 cases" in page.main
    first = scene.ids[0]
    fields = {f"mark-{first}": page.value(f"mark-{first}"), f"choice-{first}": "fund", f"amount-{first}": "much"}
    wrong = analyst.post(scene.sheet, {**fields, "act": "next"})
    assert wrong.status == 422
    assert wrong.value(f"amount-{first}") == "much"
    assert f'<a href="#amount-{first}">' in wrong.text, "the top of the page leads to the cell, which may be far down"
    moved = analyst.post(scene.sheet, {**fields, f"amount-{first}": "7", f"reason-{first}": "Less", "act": "next"})
    assert moved.status == 303
    with database.reading() as session:
        assert [draft.case_id for draft in session.scalars(select(DecisionDraft))] == [first]
    second = analyst.get(moved.location)
    assert on_page(second) == [str(case_id) for case_id in scene.ids[2:4]]
    back = analyst.post(moved.location, {"act": "previous"})
    assert on_page(analyst.get(back.location)) == [str(case_id) for case_id in scene.ids[:2]]


def test_a_field_of_any_page_saves_itself_and_only_the_page_is_proposed(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    last = scene.ids[-1]
    second = analyst.get(f"{scene.sheet}&after={scene.ids[3]}")
    version = re.search(rf'name="amount-{last}"[^>]*data-version="(\w+)"', second.text).group(1)
    field = {"field": f"amount-{last}", "value": "1,000,000", "version": version}
    assert analyst.post(f"/decisions/field?call={scene.stage.call.id}", field).status == 200
    first = {f"mark-{case_id}": analyst.get(scene.sheet).value(f"mark-{case_id}") for case_id in scene.ids[:2]}
    assert analyst.post(scene.sheet, {**first, "act": "propose"}).status == 422, "nothing is entered on the first page"
    mark = analyst.get(f"{scene.sheet}&after={scene.ids[3]}").value(f"mark-{last}")
    assert analyst.post(f"{scene.sheet}&after={scene.ids[3]}", {f"mark-{last}": mark, "act": "propose"}).status == 303
    with database.reading() as session:
        assert [row.case_id for row in session.scalars(select(BudgetDecision))] == [last]


def test_what_leaves_the_filter_by_being_entered_is_proposed_and_shown_with_its_faults(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    address, case_id = f"{scene.sheet}&state=to_decide", scene.ids[0]
    page = analyst.get(address)
    names = {name: f"{name}-{case_id}" for name in ("mark", "choice", "amount", "reason")}
    fields = {names["mark"]: page.value(names["mark"]), names["choice"]: "fund", names["amount"]: "7"}
    faulty = analyst.post(address, {**fields, names["reason"]: "", "act": "propose"})
    assert faulty.status == 422
    assert faulty.value(names["amount"]) == "7"
    right = {**fields, names["mark"]: faulty.value(names["mark"]), names["reason"]: "Less"}
    assert analyst.post(address, {**right, "act": "propose"}).status == 303
    with database.reading() as session:
        assert [row.case_id for row in session.scalars(select(BudgetDecision))] == [case_id]


def test_every_field_of_a_row_has_a_label_of_its_own(scene, visitors):
    page = visitors.of(scene.stage.budget_analyst.person_id).get(scene.sheet)
    for name in ("choice", "amount", "following", "reason"):
        assert f'<label class="app-cell-label" for="{name}-{scene.ids[0]}">' in page.text


def test_the_sheet_counts_to_decide_what_waits_for_the_decider(scene, visitors):
    decider = visitors.of(scene.stage.decider.person_id)
    counted = re.search(r"To decide</a> <strong>(\d+)", decider.get(scene.sheet).text).group(1)
    assert counted == "5"
    assert re.search(r"Decide the budget\D{0,200}5", decider.get("/").main)


def test_what_waits_in_another_call_is_told_with_its_address(scene, visitors, database):
    with database.writing() as session:
        other = a_call(session, title="Open all year")
        case = a_case_for(session, scene.stage, CaseStatus.RECOMMENDED)
        case.call_id = other.id
        record(session, scene.stage.lead, Tag.CASE_MOVED, case)
    page = visitors.of(scene.stage.budget_analyst.person_id).get(scene.sheet)
    assert "Open all year 1" in page.main
    assert f'href="/decisions?call={other.id}"' in page.text
