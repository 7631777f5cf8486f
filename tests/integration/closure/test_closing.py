"""Closing a project: what the record answers by itself, what people say, the exception, the evaluation, and the gate behind them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from closing_stage import WRITTEN, a_lesson, a_service, evaluate, make_closable, settle_items
from life_stage import MILLION, Scene, a_code, a_scene, later, propose, walk_to
from modification_stage import SECRET
from portfolio.approvals.code_terms import CodeState
from portfolio.audit.models import AuditEvent
from portfolio.closure.checklist import (
    answer_item,
    checklist,
    closing_facts,
    except_items,
    exception_digest,
    today_of,
)
from portfolio.closure.evaluating import hand_in, review_evaluation, save_evaluation
from portfolio.closure.terms import EvaluationState, ItemState, Judged
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.execution.models import Contract, Invoice
from portfolio.execution.terms import ContractState, InvoiceState
from portfolio.kpis.actions import add_indicator
from portfolio.kpis.forms import IndicatorFields
from portfolio.notifications.models import Notice
from visitors import PASSWORD


@pytest.fixture
def scene(session) -> Scene:
    return a_scene(session)


def state_of(session, scene, code):
    return next(line for line in checklist(session, scene.pack, scene.project) if line.item.code == code)


def test_nothing_is_done_before_anybody_did_anything(session, scene):
    lines = {line.item.code: line.state for line in checklist(session, scene.pack, scene.project)}
    assert set(lines) >= {"deliverables", "contracts", "codes", "assets", "risks", "benefits", "lessons", "service"}
    said = [code for code, item in scene.pack.life.closing.items() if item.reads is None]
    assert {lines[code] for code in said} == {ItemState.OPEN}
    assert lines["lessons"] is lines["service"] is ItemState.OPEN


def test_a_code_with_an_open_balance_keeps_its_item_open_and_nobody_can_type_it_done(session, scene):
    assert state_of(session, scene, "codes").state is ItemState.DONE
    code = a_code(session, scene)
    assert state_of(session, scene, "codes").open == (code.code,)
    with pytest.raises(FieldRefused, match="record answers this"):
        answer_item(session, scene.stage.lead, scene.pack, scene.project, "codes", ItemState.DONE, "I say so")
    with pytest.raises(FieldRefused, match="applies to every project"):
        answer_item(session, scene.stage.lead, scene.pack, scene.project, "codes", ItemState.NOT_APPLICABLE, "No")
    code.state = CodeState.EXHAUSTED
    session.flush()
    assert state_of(session, scene, "codes").state is ItemState.DONE


def test_an_indicator_without_an_owner_after_the_closure_keeps_the_item_open(session, scene):
    today = today_of(session, scene.pack)
    fields = IndicatorFields(
        name="Hours saved", family="operational", kind="benefit", unit_kind="count", unit="hours", direction="up",
        frequency="yearly", curve="linear", measured_from=today, owner_id=scene.stage.lead.person_id,
        on_1=today + timedelta(days=700), value_1=Decimal(100), tolerance=Decimal(0),
    )  # fmt: skip
    indicator = add_indicator(session, scene.stage.lead, scene.project, fields, today)
    assert state_of(session, scene, "benefits").state is ItemState.DONE
    indicator.owner_id = None
    session.flush()
    assert "nobody owns it" in state_of(session, scene, "benefits").open[0]
    indicator.owner_id, indicator.stopped_on = None, today
    session.flush()
    assert state_of(session, scene, "benefits").state is ItemState.DONE


def test_what_is_said_of_an_item_stays_and_the_newest_counts(session, scene):
    lead = scene.stage.lead
    with pytest.raises(FieldRefused) as refused:
        answer_item(session, lead, scene.pack, scene.project, "assets", ItemState.DONE, " ")
    assert refused.value.field == "words"
    for short in ("ok", "Inventory", "a b c"):
        with pytest.raises(FieldRefused, match="look it up"):
            answer_item(session, lead, scene.pack, scene.project, "assets", ItemState.DONE, short)
    row = answer_item(session, lead, scene.pack, scene.project, "assets", ItemState.DONE, "Inventory of the 3rd")
    later(session)
    answer_item(session, lead, scene.pack, scene.project, "assets", ItemState.OPEN, "")
    assert state_of(session, scene, "assets").state is ItemState.OPEN
    with pytest.raises(NotFound):
        answer_item(session, lead, scene.pack, scene.project, "nothing", ItemState.DONE, "x")
    session.commit()
    row.words = "Other words"
    with pytest.raises(DatabaseError, match="append-only"):
        session.flush()
    session.rollback()


def test_the_gate_to_closed_opens_only_behind_a_complete_close_out_and_a_reviewed_evaluation(session, scene):
    walk_to(session, scene, "begin_operating")
    with pytest.raises(Refused) as refused:
        propose(session, scene, "close")
    assert any("close-out is not complete" in reason for reason in refused.value.reasons)
    assert any("evaluation was reviewed" in reason for reason in refused.value.reasons)
    make_closable(session, scene.pack, scene.project, scene.stage.lead, scene.stage.analyst)
    assert closing_facts(session, scene.pack, scene.project).open == ()
    propose(session, scene, "close")


def test_the_directive_head_excepts_what_is_open_now_and_nothing_that_opens_later(session, scene):
    settle_items(session, scene.pack, scene.project, scene.stage.lead)
    a_service(session, scene.pack, scene.project, scene.stage.lead)
    evaluate(session, scene.pack, scene.project, scene.stage.lead, scene.stage.analyst)
    assert closing_facts(session, scene.pack, scene.project).open == ("Lessons recorded",)
    shown = exception_digest(scene.project, checklist(session, scene.pack, scene.project))
    arguments = (session, scene.stage.head, scene.pack, SECRET, scene.project)
    with pytest.raises(FieldRefused, match="reason"):
        except_items(*arguments, " ", PASSWORD, shown)
    session.commit()  # a wrong password takes back whatever is pending
    with pytest.raises(FieldRefused):
        except_items(*arguments, "The team is gone", "not the password", shown)
    except_items(*arguments, "The team is gone", PASSWORD, shown)
    assert closing_facts(session, scene.pack, scene.project).open == ()
    a_code(session, scene)
    assert closing_facts(session, scene.pack, scene.project).open == (
        "Contracts received, paid and closed",
        "Approval codes used up or released",
    )
    session.commit()
    assert "closing.excepted" in set(session.scalars(select(col(AuditEvent.action))))


def test_an_exception_is_bound_to_what_was_shown(session, scene):
    shown = exception_digest(scene.project, checklist(session, scene.pack, scene.project))
    a_lesson(session, scene.stage.lead, scene.project)
    with pytest.raises(Refused, match="changed while you were looking"):
        except_items(session, scene.stage.head, scene.pack, SECRET, scene.project, "Why", PASSWORD, shown)


def test_an_evaluation_is_whole_when_it_is_handed_in_and_its_facts_are_frozen(session, scene):
    lead, pack, project = scene.stage.lead, scene.pack, scene.project
    save_evaluation(session, lead, project, WRITTEN.model_copy(update={"users": None}))
    with pytest.raises(FieldRefused) as refused:
        hand_in(session, lead, pack, project, WRITTEN.model_copy(update={"users": None}))
    assert refused.value.field == "users"
    row = hand_in(session, lead, pack, project, WRITTEN)
    assert row.facts["decided"] == MILLION
    assert row.facts["committed"] is None
    with pytest.raises(Refused, match="not changed any more"):
        save_evaluation(session, lead, project, WRITTEN)
    owed = session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "evaluation_handed_in"))
    assert scene.stage.analyst.person_id in set(owed)


def test_somebody_from_elsewhere_reviews_and_may_send_it_back(session, scene):
    lead, pack, project = scene.stage.lead, scene.pack, scene.project
    row = hand_in(session, lead, pack, project, WRITTEN)
    for reviewer in (lead, scene.stage.cio):
        with pytest.raises(Refused, match=r"does not review it|another institution"):
            review_evaluation(
                session, reviewer, pack, SECRET, project, row, Judged.AGREED, "Fine", PASSWORD, row.digest
            )
    arguments = (session, scene.stage.analyst, pack, SECRET, project, row)
    review_evaluation(*arguments, Judged.SENT_BACK, "Say how many were asked", PASSWORD, row.digest)
    assert row.state is EvaluationState.SENT_BACK
    first = row.digest
    later(session)
    hand_in(session, lead, pack, project, WRITTEN.model_copy(update={"users": "Of 200 asked, 180 finish alone"}))
    with pytest.raises(Refused, match="changed while you were looking"):
        review_evaluation(*arguments, Judged.AGREED, "Fine", PASSWORD, first)
    review_evaluation(*arguments, Judged.AGREED, "Fine", PASSWORD, row.digest)
    assert closing_facts(session, pack, project).is_evaluated


def test_contracts_are_read_and_nobody_types_that_they_are_paid(session, scene):
    assert state_of(session, scene, "contracts").state is ItemState.DONE
    with pytest.raises(FieldRefused, match="record answers this"):
        answer_item(
            session, scene.stage.lead, scene.pack, scene.project, "contracts", ItemState.DONE, "All of them paid"
        )
    contract = Contract(
        project_id=scene.project.id, reference="C-7", title="Development", supplier="ACME", signed_on=date(2026, 2, 1),
        amount_minor=100_000_000, currency="USD",
    )  # fmt: skip
    session.add(contract)
    session.flush()
    invoice = Invoice(contract_id=contract.id, number="F-1", issued_on=date(2026, 3, 1), amount_minor=100_000_000)
    session.add(invoice)
    session.flush()
    line = state_of(session, scene, "contracts")
    assert line.state is ItemState.OPEN
    assert line.open[0] == "Contract C-7, Development: in force"
    assert line.open[1].startswith("Invoice F-1 of contract C-7")
    contract.state = ContractState.ENDED
    session.flush()
    assert len(state_of(session, scene, "contracts").open) == 1, (
        "an unpaid invoice of a contract that ended is still owed"
    )
    invoice.state = InvoiceState.PAID
    session.flush()
    assert state_of(session, scene, "contracts").state is ItemState.DONE


def test_commitments_without_any_contract_on_record_keep_the_item_open(session, scene):
    code = a_code(session, scene)
    code.committed_minor = 5
    session.flush()
    assert code.code in state_of(session, scene, "contracts").open[0]
