"""A decided amount changed by two persons, on both databases: ledger, codes, envelope, notices, figures, and who may not."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from decision_stage import MILLION, a_case_for, a_stage, an_envelope
from factories import a_person
from modification_stage import SECRET, funded, give_password
from portfolio.approvals.code_queries import decided_for_year
from portfolio.approvals.code_states import RESUME, propose_change
from portfolio.approvals.code_terms import CodeState
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.models import ApprovalCode, BudgetEntry
from portfolio.approvals.modification_reads import effect_of, standing_mark
from portfolio.approvals.modification_rules import Asked
from portfolio.approvals.modifications import confirm_modification, propose_modification, send_back_modification
from portfolio.approvals.positions import envelope_uses
from portfolio.approvals.terms import (
    ActType,
    CountersignState,
    EntryKind,
    Firmness,
    ModificationKind,
)
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.errors import FieldRefused, Refused
from portfolio.notifications.models import Notice
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative
from visitors import PASSWORD

TODAY = date(2026, 8, 3)


@pytest.fixture
def stage(session):
    found = a_stage(session)
    give_password(session, found.decider, found.budget_analyst)
    return found


def asked(*lines, kind=ModificationKind.CUT, **more):
    values = {
        "firm_through": 2027,
        "act_type": ActType.DECREE,
        "act_number": "412",
        "act_date": TODAY,
        "effective_on": TODAY,
        "reasons": "Less revenue",
        **more,
    }
    return Asked(kind, lines, **values)


def proposed(session, stage, case, wanted, by=None):
    mark = standing_mark(session, case.id)
    return propose_modification(session, by or stage.budget_analyst, stage.pack, case, wanted, mark)


def confirmed(session, stage, case, row, by=None, password=PASSWORD):
    return confirm_modification(
        session, by or stage.decider, stage.pack, SECRET, case, row, password, row.digest
    )  # fmt: skip


def a_code(session, stage, case, ceiling, *, reserved=0, committed=0, state=CodeState.ISSUED):
    row = ApprovalCode(
        code=f"1{case.id.hex[:11]}{ceiling % 9999:04d}",
        case_id=case.id,
        institution_id=case.institution_id,
        lot_title="Licences",
        fiscal_year=2027,
        generation=ceiling % 1000 + 1,
        ceiling_minor=ceiling,
        reserved_minor=reserved,
        committed_minor=committed,
        currency=case.currency,
        state=state,
        not_before=date(2027, 1, 1),
        expires_on=date(2027, 12, 31),
        issued_at=stage.call.opens_at,
        proposed_by_id=stage.budget_analyst.person_id,
        issued_by_id=stage.decider.person_id,
    )
    session.add(row)
    record(session, stage.decider, Tag.CODE_ISSUED, row, case=case.id)
    session.flush()
    return row


def test_two_persons_change_an_amount_and_no_entry_is_overwritten(session, stage):
    case = funded(session, stage, Line(2027, MILLION), Line(2028, 500))
    earlier = {
        row.id: (row.kind, row.amount_minor)
        for row in session.scalars(select(BudgetEntry).where(col(BudgetEntry.case_id) == case.id))
    }
    buyer = a_person(session, (Role.BUYER, stage.ministry), name="Buyer")
    head = a_person(session, (Role.HEAD_OF_SERVICE, stage.ministry), name="Head of service")
    row = proposed(session, stage, case, asked(Line(2027, MILLION - 300), Line(2028, 500)))
    assert decided_for_year(session, case.id, 2027) == MILLION, "a proposal is no money"
    confirmed(session, stage, case, row)
    session.commit()
    entries = session.scalars(select(BudgetEntry).where(col(BudgetEntry.case_id) == case.id)).all()
    assert {e.id: (e.kind, e.amount_minor) for e in entries if e.id in earlier} == earlier
    [fresh] = [entry for entry in entries if entry.id not in earlier]
    assert (fresh.kind, fresh.firmness, fresh.amount_minor) == (EntryKind.MODIFICATION, Firmness.FIRM, -300)
    assert row.entries == [str(fresh.id)]
    assert case.status is CaseStatus.DECIDED
    assert decided_for_year(session, case.id, 2027) == MILLION - 300
    assert session.get_one(Initiative, case.initiative_id).decided_minor == MILLION + 200
    told = set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "decision_modified")))
    assert {stage.lead.person_id, buyer.person_id, head.person_id} <= told
    tags = set(session.scalars(select(col(AuditEvent.action)).where(col(AuditEvent.about_id) == case.id)))
    assert {Tag.MODIFICATION_PROPOSED.value, Tag.DECISION_MODIFIED.value} <= tags


def test_who_proposed_does_not_confirm_and_a_wrong_password_confirms_nothing(session, stage):
    case = funded(session, stage)
    row = proposed(session, stage, case, asked(Line(2027, 7)), by=stage.decider)
    with pytest.raises(Refused, match="another person confirms"):
        confirmed(session, stage, case, row)
    second = a_person(session, (Role.BUDGET_DECIDER, stage.finance), name="Second")
    give_password(session, second)
    with pytest.raises(FieldRefused):
        confirmed(session, stage, case, row, by=second, password="not this one")


def test_the_agency_and_the_directive_body_change_nothing(session, stage):
    case = funded(session, stage)
    for somebody in (stage.lead, stage.head):
        with pytest.raises(Refused, match="only people of"):
            proposed(session, stage, case, asked(Line(2027, 7)), by=somebody)


def test_only_what_is_decided_is_modified_and_one_proposal_at_a_time(session, stage):
    open_case = a_case_for(session, stage, CaseStatus.RECOMMENDED)
    with pytest.raises(Refused, match="Only what is decided"):
        proposed(session, stage, open_case, asked(Line(2027, 7)))
    case = funded(session, stage)
    proposed(session, stage, case, asked(Line(2027, 7)))
    with pytest.raises(Refused, match="already waits"):
        proposed(session, stage, case, asked(Line(2027, 8)))


def test_a_cut_below_what_is_drawn_is_refused_with_the_figures(session, stage):
    case = funded(session, stage)
    a_code(session, stage, case, MILLION, reserved=30_000_000, committed=40_000_000)
    with pytest.raises(Refused, match=r"700,000.00 USD is reserved or committed .* 100,000.00 USD less"):
        proposed(session, stage, case, asked(Line(2027, 60_000_000)))


def test_what_is_drawn_meanwhile_refuses_the_confirmation_too(session, stage):
    case = funded(session, stage)
    code = a_code(session, stage, case, MILLION, committed=10_000_000)
    row = proposed(session, stage, case, asked(Line(2027, 60_000_000)))
    code.committed_minor = 70_000_000
    record(session, stage.decider, Tag.CODE_DRAWN, code, case=case.id)
    session.flush()
    with pytest.raises(Refused, match="have to be released first"):
        confirmed(session, stage, case, row)


def test_a_cut_suspends_the_codes_that_hold_more_until_the_amounts_fit_again(session, stage):
    case = funded(session, stage)
    code = a_code(session, stage, case, MILLION, reserved=10_000_000, committed=40_000_000)
    wanted = asked(Line(2027, 60_000_000))
    effect = effect_of(session, stage.pack, case, wanted)
    assert [found.id for found in effect.suspended] == [code.id]
    confirmed(session, stage, case, proposed(session, stage, case, wanted))
    assert (code.state, code.ceiling_minor) == (CodeState.SUSPENDED, MILLION)
    assert "412" in code.state_reason
    with pytest.raises(Refused, match="hold more than is decided"):
        propose_change(session, stage.decider, code.id, RESUME, "Go on")
    back = asked(Line(2027, MILLION), kind=ModificationKind.SUPPLEMENT, act_number="413")
    confirmed(session, stage, case, proposed(session, stage, case, back))
    assert propose_change(session, stage.decider, code.id, RESUME, "Go on").state is CountersignState.PROPOSED


def test_a_supplement_leaves_room_for_another_code_and_touches_none(session, stage):
    case = funded(session, stage)
    code = a_code(session, stage, case, MILLION)
    wanted = asked(Line(2027, MILLION + 500), kind=ModificationKind.SUPPLEMENT)
    assert effect_of(session, stage.pack, case, wanted).to_issue == 500
    confirmed(session, stage, case, proposed(session, stage, case, wanted))
    assert (code.state, code.ceiling_minor) == (CodeState.ISSUED, MILLION)


def test_the_envelope_counts_a_proposed_rise_once_and_a_proposed_cut_not_at_all(session, stage):
    an_envelope(session, stage, MILLION + 500)
    case, other = funded(session, stage), a_case_for(session, stage, CaseStatus.RECOMMENDED)
    assert other.institution_id == case.institution_id
    cut = proposed(session, stage, case, asked(Line(2027, 5)))
    assert envelope_uses(session, stage.call)[stage.ministry.id].used == MILLION
    send_back_modification(session, stage.decider, stage.pack, case, cut, "Not now")
    with pytest.raises(Refused, match=r"0\.01 USD too much"):
        proposed(session, stage, case, asked(Line(2027, MILLION + 501), kind=ModificationKind.SUPPLEMENT))
    more = asked(Line(2027, MILLION + 500), kind=ModificationKind.SUPPLEMENT)
    row = proposed(session, stage, case, more)
    assert envelope_uses(session, stage.call)[stage.ministry.id].used == MILLION + 500
    confirmed(session, stage, case, row)
    use = envelope_uses(session, stage.call)[stage.ministry.id]
    assert (use.confirmed, use.proposed) == (MILLION + 500, 0)


def test_a_form_that_showed_another_ledger_proposes_nothing_and_a_moved_ledger_overtakes(session, stage):
    case = funded(session, stage)
    mark = standing_mark(session, case.id)
    confirmed(session, stage, case, proposed(session, stage, case, asked(Line(2027, 9))))
    with pytest.raises(Refused, match="changed while you were typing"):
        propose_modification(session, stage.budget_analyst, stage.pack, case, asked(Line(2027, 7)), mark)
    row = proposed(session, stage, case, asked(Line(2027, 7)))
    row.digest = "0" * 64
    session.flush()
    with pytest.raises(Refused, match="proposed again"):
        confirmed(session, stage, case, row)


def test_what_is_sent_back_carries_its_reason_to_who_proposed(session, stage):
    case = funded(session, stage)
    row = proposed(session, stage, case, asked(Line(2027, 9)))
    send_back_modification(session, stage.decider, stage.pack, case, row, "Which decree?")
    assert (row.state, row.refusal) == (CountersignState.REFUSED, "Which decree?")
    told = set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "modification_sent_back")))
    assert told == {stage.budget_analyst.person_id}
    assert decided_for_year(session, case.id, 2027) == MILLION


def test_the_law_of_the_next_year_makes_its_amount_firm(session, stage):
    case = funded(session, stage, Line(2027, MILLION), Line(2028, 500))
    assert decided_for_year(session, case.id, 2028) == 0
    wanted = asked(Line(2027, MILLION), Line(2028, 450), kind=ModificationKind.LAW, firm_through=2028)
    confirmed(session, stage, case, proposed(session, stage, case, replace(wanted, act_type=ActType.LAW)))
    assert decided_for_year(session, case.id, 2028) == 450
