"""The modification of a decided amount as people meet it: look at the effect, propose, confirm, and what the institution sees."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from conftest import NOW
from decision_stage import MILLION, a_stage, an_envelope
from modification_stage import funded, give_password
from portfolio.approvals.models import BudgetEntry, BudgetModification
from portfolio.approvals.terms import CountersignState, EntryKind
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from visitors import PASSWORD


class Scene:
    def __init__(self, database):
        with database.writing() as session:
            session.info["now"] = NOW
            self.stage = a_stage(session)
            give_password(session, self.stage.decider, self.stage.budget_analyst)
            an_envelope(session, self.stage, MILLION * 2)
            self.case_id = funded(session, self.stage).id
        self.address = f"/cases/{self.case_id}/modification"


@pytest.fixture
def scene(database):
    return Scene(database)


def fields(page, amount="600,000", **more):
    return {
        "kind": "cut",
        "act_type": "decree",
        "act_number": "412",
        "act_date": "2026-08-03",
        "effective_on": "2026-08-03",
        "firm_through": "2027",
        "reasons": "Less revenue",
        "year-0": "2027",
        "tranche-0": "1",
        "line-0": "",
        "amount-0": amount,
        "mark": page.value("mark"),
        **more,
    }


def test_the_effect_is_seen_before_anything_is_proposed(scene, visitors, database):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.address)
    assert page.value("amount-0") == "1,000,000.00"
    look = analyst.post(scene.address, {**fields(page), "act": "look"})
    assert look.status == 200
    assert "600,000.00" in look.main
    assert "-400,000.00" in look.main
    assert "Envelope of Ministry of Health in 2027" in look.main
    with database.reading() as session:
        assert session.scalar(select(BudgetModification)) is None


def test_what_is_missing_is_said_beside_its_field(scene, visitors):
    analyst = visitors.of(scene.stage.budget_analyst.person_id)
    page = analyst.get(scene.address)
    answer = analyst.post(scene.address, {**fields(page, reasons="", act_number=""), "act": "propose"})
    assert answer.status == 422
    assert answer.error("reasons")
    assert answer.error("act_number")
    wrong = analyst.post(scene.address, {**fields(page, amount="2,000,000.01"), "act": "propose"})
    assert wrong.status == 422
    assert "A cut takes money away" in wrong.main


def test_two_persons_and_what_the_institution_sees(scene, visitors, database):
    analyst, decider = visitors.of(scene.stage.budget_analyst.person_id), visitors.of(scene.stage.decider.person_id)
    lead = visitors.of(scene.stage.lead.person_id)
    page = analyst.get(scene.address)
    assert analyst.post(scene.address, {**fields(page), "act": "propose"}).status == 303
    decision = f"/cases/{scene.case_id}/decision"
    assert "412" not in lead.get(decision).main, "a proposal is nothing that the institution is told"
    assert lead.get(scene.address).status == 403
    shown = decider.get(scene.address)
    assert "Less revenue" in shown.main
    confirm = {"digest": shown.value("digest"), "password": "surely not this one"}
    assert decider.post(f"{scene.address}/confirm", confirm).error("password")
    assert decider.post(f"{scene.address}/confirm", {**confirm, "digest": "0" * 64, "password": PASSWORD}).status == 409
    assert decider.post(f"{scene.address}/confirm", {**confirm, "password": PASSWORD}).status == 303
    told = lead.get(decision).main
    assert "412" in told
    assert "600,000.00" in told
    assert "-400,000.00" in told
    with database.reading() as session:
        assert session.get_one(BusinessCase, scene.case_id).status is CaseStatus.DECIDED
        kinds = [row.kind for row in session.scalars(select(BudgetEntry).order_by(col(BudgetEntry.created_at)))]
        assert kinds[-1] is EntryKind.MODIFICATION
    history = lead.get(f"/cases/{scene.case_id}/history").main
    assert "Decided amount modified" in history
    assert "Amount: from 1,000,000.00 USD to 600,000.00 USD" in history
    assert "Modification of the decided amount proposed" not in history
    assert "Decided amount modified" in lead.get(f"/cases/{scene.case_id}").main


def test_sent_back_and_the_second_person_finds_it_among_what_waits(scene, visitors, database):
    analyst, decider = visitors.of(scene.stage.budget_analyst.person_id), visitors.of(scene.stage.decider.person_id)
    page = analyst.get(scene.address)
    assert analyst.post(scene.address, {**fields(page), "act": "propose"}).status == 303
    assert scene.address in decider.get("/").text
    assert scene.address not in analyst.get("/").text
    assert decider.post(f"{scene.address}/back", {"reason": ""}).status == 422
    assert decider.post(f"{scene.address}/back", {"reason": "Which decree?"}).status == 303
    with database.reading() as session:
        assert session.scalar(select(col(BudgetModification.state))) is CountersignState.REFUSED
    assert "Which decree?" in analyst.get(f"/cases/{scene.case_id}/decision").main


def test_the_directive_body_reads_and_changes_nothing(scene, visitors):
    head = visitors.of(scene.stage.head.person_id)
    assert head.post(scene.address, {"act": "propose"}).status == 403
    assert "You do not change this amount" in head.get(scene.address).main
