"""The sheet, the workbook, the confirmation and the pages of a case, as people meet them in the browser."""

import io
import re
import zipfile

import openpyxl
import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from decision_stage import MILLION, a_case_for, a_condition, a_stage, an_envelope, an_observation, an_opinion
from portfolio.approvals.models import BudgetDecision, DecisionDraft, Opinion, OpinionDraft
from portfolio.approvals.terms import CountersignState, DecisionChoice, OpinionOutcome
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from visitors import PASSWORD


class Scene:
    """Committed rows and their ids."""

    def __init__(self, database):
        with database.writing() as session:
            session.info["now"] = NOW
            self.stage = a_stage(session)
            an_envelope(session, self.stage, MILLION * 2)
            self.cases = [a_case_for(session, self.stage, CaseStatus.RECOMMENDED, priority=n) for n in (1, 2)]
            for case in self.cases:
                an_opinion(session, self.stage, case, recommended=MILLION)
            self.against = a_case_for(session, self.stage, CaseStatus.UNFAVOURABLE)
            opinion = an_opinion(session, self.stage, self.against, OpinionOutcome.UNFAVOURABLE)
            self.condition = a_condition(session, self.against, opinion).id
            self.checking = a_case_for(session, self.stage)
            self.observation = an_observation(session, self.stage, self.checking).id
            self.ids = [case.id for case in self.cases]
            self.call, self.checking_id, self.against_id = self.stage.call.id, self.checking.id, self.against.id
        self.sheet = f"/decisions?call={self.call}"


@pytest.fixture
def scene(database):
    return Scene(database)


def mark(page, case_id):
    return page.value(f"mark-{case_id}")


def row(page, case_id, amount="1,000,000.00", choice="fund", reason="", following=""):
    return {
        f"mark-{case_id}": mark(page, case_id),
        f"choice-{case_id}": choice,
        f"amount-{case_id}": amount,
        f"following-{case_id}": following,
        f"reason-{case_id}": reason,
    }


def drafts(database):
    with database.reading() as session:
        return {d.case_id: (d.choice, d.lines, d.reasons) for d in session.scalars(select(DecisionDraft))}


def test_the_sheet_shows_a_row_a_case_and_saves_them_all_without_script(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.sheet)
    assert page.status == 200
    assert "2,000,000" in page.main
    fields = row(page, scene.ids[0]) | row(page, scene.ids[1], "six", reason="Less")
    answer = analyst.post(scene.sheet, {**fields, "act": "save"})
    assert answer.status == 422
    assert "Enter an amount" in answer.main
    assert answer.value(f"amount-{scene.ids[1]}") == "six"
    assert set(drafts(database)) == {scene.ids[0]}
    page = analyst.get(scene.sheet)
    answer = analyst.post(scene.sheet, {**row(page, scene.ids[1], "600,000", reason="Less"), "act": "save"})
    assert answer.status == 303
    line = {"year": 2027, "tranche": 1, "budget_line": "", "minor": 60_000_000}
    assert drafts(database)[scene.ids[1]] == (DecisionChoice.FUND, [line], "Less")


def test_a_row_that_somebody_else_changed_is_not_overwritten(scene, visitors, database):
    first, second = visitors.of(scene.stage.budget_analyst.person_id), visitors.of(scene.stage.decider.person_id)
    page = first.get(scene.sheet)
    stale = row(page, scene.ids[0], "1")
    assert second.post(scene.sheet, {**row(page, scene.ids[0], "2"), "act": "save"}).status == 303
    answer = first.post(scene.sheet, {**stale, "act": "save"})
    assert answer.status == 422
    assert "Somebody else changed this row" in answer.main
    assert answer.value(f"amount-{scene.ids[0]}") == "1"
    again = first.post(scene.sheet, {**stale, f"mark-{scene.ids[0]}": mark(answer, scene.ids[0]), "act": "save"})
    assert again.status == 303
    assert drafts(database)[scene.ids[0]][1][0]["minor"] == 100


def test_a_field_saves_itself_and_a_conflict_shows_the_other_text(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.sheet)
    version = re.search(rf'name="amount-{scene.ids[0]}"[^>]*data-version="(\w+)"', page.text).group(1)
    address = f"/decisions/field?call={scene.call}"
    sent = {"field": f"amount-{scene.ids[0]}", "value": "5", "version": version}
    assert analyst.post(address, sent).status == 200
    answer = analyst.post(address, {**sent, "value": "6"})
    assert answer.status == 409
    assert "It now says: 5" in answer.text
    assert analyst.post(address, {**sent, "value": "much"}).status in (409, 422)
    assert drafts(database)[scene.ids[0]][1][0]["minor"] == 500


def test_what_was_stored_field_by_field_is_no_conflict_with_oneself(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.sheet)
    fields = row(page, scene.ids[0], "1234", reason="As the bill says.")
    address = f"/decisions/field?call={scene.call}"
    for name in ("choice", "amount", "reason"):
        full = f"{name}-{scene.ids[0]}"
        version = re.search(rf'name="{full}"[^>]*data-version="(\w+)"', page.text).group(1)
        assert analyst.post(address, {"field": full, "value": fields[full], "version": version}).status == 200
    answer = analyst.post(scene.sheet, {**fields, "act": "propose"})
    assert answer.status == 303, answer.main
    assert drafts(database)[scene.ids[0]][1][0]["minor"] == 123_400


def test_over_the_envelope_nothing_is_proposed_and_what_was_entered_is_kept(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.sheet)
    fields = row(page, scene.ids[0]) | row(page, scene.ids[1], "1,000,000.01", reason="More")
    answer = analyst.post(scene.sheet, {**fields, "act": "propose"})
    assert answer.status == 422
    assert "0.01 USD too much" in answer.main
    assert len(drafts(database)) == 2


def propose(scene, visitors):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.sheet)
    answer = analyst.post(scene.sheet, {**row(page, scene.ids[0]), **row(page, scene.ids[1]), "act": "propose"})
    assert answer.status == 303, answer.main


def test_the_second_person_confirms_exactly_what_the_page_shows(scene, visitors, database):
    propose(scene, visitors)
    decider = visitors.of(scene.stage.decider.person_id)
    page = decider.get(f"/decisions/confirm?call={scene.call}")
    fields = {"shown": [str(i) for i in scene.ids], "chosen": [str(scene.ids[0])], "digest": page.value("digest")}
    assert decider.post(page.url, {**fields, "password": "wrong one, surely"}).error("password")
    assert decider.post(page.url, {**fields, "digest": "0" * 64, "password": PASSWORD}).status == 409
    nothing = decider.post(page.url, {"shown": fields["shown"], "digest": fields["digest"], "password": PASSWORD})
    assert (nothing.status, nothing.error("chosen")) == (422, "Tick at least one case.")
    links = decider.get(f"/cases/{scene.ids[0]}/decision").text
    assert f"/decisions/confirm?call={scene.call}" in links
    answer = decider.post(page.url, {**fields, "password": PASSWORD})
    assert answer.status == 303
    with database.reading() as session:
        states = dict(session.execute(select(col(BudgetDecision.case_id), col(BudgetDecision.state))).all())
        assert states == {scene.ids[0]: CountersignState.CONFIRMED, scene.ids[1]: CountersignState.PROPOSED}
        assert session.get_one(BusinessCase, scene.ids[0]).status is CaseStatus.DECIDED
    lead = visitors.of(scene.stage.lead.person_id)
    assert "Funded" in lead.get(f"/cases/{scene.ids[0]}/decision").main
    assert "No decision has been made known" in lead.get(f"/cases/{scene.ids[1]}/decision").main


def test_a_proposal_is_sent_back_with_its_reason(scene, visitors, database):
    propose(scene, visitors)
    decider = visitors.of(scene.stage.decider.person_id)
    with database.reading() as session:
        proposal = session.scalar(select(BudgetDecision))
    assert decider.post(f"/decisions/proposals/{proposal.id}/back", {"reason": ""}).status == 422
    assert decider.post(f"/decisions/proposals/{proposal.id}/back", {"reason": "Less"}).status == 303


def changed(content, case_id, **values):
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    titles = {cell.value: cell.column for cell in sheet[1]}
    for line in sheet.iter_rows(min_row=2):
        if line[titles["Row key"] - 1].value == str(case_id):
            for title, value in values.items():
                line[titles[title] - 1].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_workbook_comes_back_and_only_accepted_rows_are_taken(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    content = analyst.raw(f"/decisions/workbook?call={scene.call}").content
    edit = {"Decision": "Financiar", "Decide 2027": 750000.5, "Reason": "Cut"}
    back = changed(changed(content, scene.ids[0], **edit), scene.ids[1], **edit)
    page = analyst.get(scene.sheet)
    analyst.post(scene.sheet, {**row(page, scene.ids[1], "3"), "act": "save"})
    address = f"/decisions/workbook/back?call={scene.call}"
    answer = analyst.post(address, files={"file": ("d.xlsx", back)})
    assert answer.status == 200
    assert "750,000.50" in answer.main
    assert "Changed on the sheet after the download" in answer.main
    ticked = re.findall(r'name="accept" value="([\w-]+)"[^>]* checked', answer.text)
    assert ticked == [str(scene.ids[0])]
    fields = {"accept": ticked}
    for case_id in scene.ids:
        for name in ("mark", "choice", "amount", "following", "reason"):
            fields[f"{name}-{case_id}"] = answer.value(f"{name}-{case_id}")
    assert analyst.post(f"/decisions/workbook/accept?call={scene.call}", fields).status == 303
    found = drafts(database)
    assert found[scene.ids[0]][1][0]["minor"] == 75_000_050
    assert found[scene.ids[1]][1][0]["minor"] == 300
    assert analyst.post(address, files={"file": ("d.xlsx", b"no workbook")}).status == 422
    assert analyst.post(address).status == 422


def test_the_workbook_says_what_the_sheet_says(scene, visitors):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    content = analyst.raw(f"/decisions/workbook?call={scene.call}&state=to_decide").content
    answer = analyst.post(f"/decisions/workbook/back?call={scene.call}", files={"file": ("d.xlsx", content)})
    assert "The workbook says what the sheet says" in answer.main
    assert zipfile.is_zipfile(io.BytesIO(content))


def test_amounts_by_year_tranche_and_budget_line_on_the_page_of_the_case(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    address = f"/cases/{scene.ids[0]}/decision"
    page = analyst.get(address)
    fields = {"mark": page.value("mark"), "choice": "fund", "reasons": "Two tranches", "act": "propose"}
    grid = {
        "year-0": "2027",
        "tranche-0": "1",
        "line-0": "2.2",
        "amount-0": "400,000",
        "year-1": "2027",
        "tranche-1": "2",
    }
    bad = analyst.post(address, {**fields, **grid, "line-1": "9.9", "amount-1": "100,000"})
    assert bad.status == 422
    assert bad.value("amount-0") == "400,000"
    assert analyst.post(address, {**fields, **grid, "line-1": "1.3", "amount-1": "100,000"}).status == 303
    assert "2.2" in visitors.of(scene.stage.decider.person_id).get(f"/decisions/confirm?call={scene.call}").main
    assert "in detail" not in analyst.get(scene.sheet).error("x")


def test_only_the_named_authority_sees_the_override_form(scene, visitors):
    address = f"/cases/{scene.against_id}/decision"
    assert visitors.of(scene.stage.decider.person_id).get(address).by_id("number") is None
    offered = 'name="choice" type="radio" value="fund"'
    budget = visitors.of(scene.stage.budget_analyst.person_id)
    assert offered not in budget.get(address).text
    chair = visitors.of(scene.stage.chair.person_id)
    page = chair.get(address)
    fields = {"number": "Decree 7", "dated_on": "2026-08-01", "reasons": "Need", "digest": page.value("digest")}
    assert chair.post(f"/cases/{scene.against_id}/override", {**fields, "password": "no, not this"}).error("password")
    assert chair.post(f"/cases/{scene.against_id}/override", {**fields, "password": PASSWORD}).status == 303
    assert "Decree 7" in chair.get(address).main
    assert offered in budget.get(address).text


def test_an_opinion_is_written_field_by_field_passed_on_and_signed(scene, visitors, database):
    analyst, head = visitors.of(scene.stage.analyst.person_id), visitors.of(scene.stage.head.person_id)
    address = f"/cases/{scene.checking_id}/opinion"
    assert "Not begun" in analyst.get("/opinions").main
    saved = analyst.post(f"{address}/field", {"field": "reasons", "value": "It is needed", "version": "0"})
    assert saved.status == 200
    key = f"observation:{scene.observation}"
    fields = {
        "version": "1",
        "outcome": "favourable",
        "recommended": "900,000",
        "reasons": "It is needed",
        "ground": key,
    }
    assert analyst.post(address, {**fields, "recommended": "much", "act": "save"}).error("recommended")
    loose = analyst.post(address, {**fields, "ground": "", f"note-{key}": "See page 4", "act": "save"})
    assert (loose.status, "Tick this ground too" in loose.main, loose.value(f"note-{key}")) == (422, True, "See page 4")
    lacking = analyst.post(address, {**fields, "ground": "", "act": "pass_on"})
    assert lacking.status == 422
    assert "without its source" in lacking.main
    version = lacking.value("version")
    made = analyst.post(address, {**fields, "version": version, "act": "pass_on"})
    assert made.status == 303, made.main
    page = head.get(address)
    assert "It is needed" in page.main
    assert head.post(f"{address}/sign", {"digest": page.value("digest"), "password": PASSWORD}).status == 303
    with database.reading() as session:
        assert session.get_one(BusinessCase, scene.checking_id).status is CaseStatus.RECOMMENDED
        assert session.scalar(select(OpinionDraft)) is None
        assert (
            session.scalar(select(Opinion).where(col(Opinion.case_id) == scene.checking_id)).recommended_minor
            == 90_000_000
        )
    assert "Favourable" in visitors.of(scene.stage.cio.person_id).get(address).main


def test_pages_of_letters_conditions_and_reconsideration(scene, visitors):
    analyst, cio = visitors.of(scene.stage.analyst.person_id), visitors.of(scene.stage.cio.person_id)
    letters = f"/letters?call={scene.call}"
    assert analyst.post(letters, {"institution": str(scene.stage.ministry.id)}).status == 303
    page = cio.get(letters)
    address = re.search(r"/letters/[\w-]+/file", page.text).group(0)
    assert cio.raw(address).content.startswith(b"PK")
    digest = re.search(r"letter-\d+-(\w+)", cio.raw(address).headers["content-disposition"]).group(1)
    assert "No letter has this digest" in cio.get(f"/letters/check?digest={digest}").main
    assert cio.get(f"/conditions/{scene.condition}").status == 200
    assert cio.post(f"/conditions/{scene.condition}/evidence", {"text": "Report 7"}).status == 303
    assert analyst.post(f"/conditions/{scene.condition}/settle", {"state": "met", "note": ""}).status == 422
    assert analyst.post(f"/conditions/{scene.condition}/settle", {"state": "met", "note": "Fine"}).status == 303
    assert "Fine" in cio.get(f"/conditions/{scene.condition}").main
    ask = f"/cases/{scene.against_id}/reconsideration"
    assert cio.get(ask).status == 200
    assert visitors.of(scene.stage.lead.person_id).post(ask, {"reasons": "x"}).status == 403
