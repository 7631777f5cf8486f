"""What a move writes together, who may make it on this very case, and what happens when two come at once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import col

from case_factories import a_snapshot, a_submitted_case
from conftest import NOW
from factories import a_person, a_unit, an_institution
from gate_stage import PACK, Stage, a_stage
from portfolio.approvals.authorities import acting_body, authority_refusal, lawful_people
from portfolio.approvals.deadlines import due_at, is_opinion_overdue, stopped_days
from portfolio.approvals.facts import case_facts, present_opinion
from portfolio.approvals.lineages import lineages_of
from portfolio.approvals.models import BudgetDecision, BudgetEntry, Opinion, Reconsideration
from portfolio.approvals.moves import TransitionRefused, move_case, offered_moves
from portfolio.approvals.separation import Act
from portfolio.approvals.terms import (
    BudgetOutcome,
    CountersignState,
    EntryKind,
    Firmness,
    OpinionOutcome,
    ReconsiderationState,
)
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.notifications.models import Notice
from portfolio.packs.calendar import deadline_at
from portfolio.packs.terms import Power
from portfolio.peer_review.models import CaseReturn
from portfolio.people.models import Duty, Membership, Recusal
from portfolio.people.terms import DutyKind, RecusalKind, Role
from portfolio.people.viewer import SYSTEM, Grant, Viewer
from portfolio.projects.models import Initiative

S = CaseStatus


def told(session: Session, kind: str) -> set[object]:
    return set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == kind)))


def a_case_in(session: Session, stage: Stage, status: CaseStatus, track: str = "full") -> BusinessCase:
    case = a_submitted_case(session, stage.agency, stage.lead, stage.call, status, track=track)
    if status is not S.SUBMITTED:
        case.admitted_at = NOW
    session.flush()
    return case


def sign_opinion(
    session: Session, stage: Stage, case: BusinessCase, outcome: OpinionOutcome, **more: object
) -> Opinion:
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    row = Opinion(
        case_id=case.id,
        snapshot_id=snapshot.id,
        outcome=outcome,
        drafted_by_id=stage.analyst.person_id,
        signed_by_id=stage.director.person_id,
        signed_at=NOW,
        **more,
    )
    session.add(row)
    record(session, stage.director, Tag.OPINION_SIGNED, case)
    session.flush()
    return row


def confirm_decision(
    session: Session,
    stage: Stage,
    case: BusinessCase,
    outcome: BudgetOutcome,
    amounts: tuple[int, ...] = (),
    **more: object,
) -> BudgetDecision:
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    proposer = a_person(session, (Role.BUDGET_ANALYST, stage.budget))
    row = BudgetDecision(
        **{
            "case_id": case.id,
            "snapshot_id": snapshot.id,
            "snapshot_digest": snapshot.digest,
            "outcome": outcome,
            "state": CountersignState.CONFIRMED,
            "proposed_by_id": proposer.person_id,
            "proposed_at": NOW,
            "confirmed_by_id": stage.decider.person_id,
            "confirmed_at": NOW,
            **more,
        }
    )
    session.add(row)
    session.flush()
    for year, amount in enumerate(amounts, start=2027):
        session.add(
            BudgetEntry(
                decision_id=row.id,
                case_id=case.id,
                kind=EntryKind.LAW,
                firmness=Firmness.FIRM,
                fiscal_year=year,
                amount_minor=amount,
                currency="USD",
                entered_on=NOW.date(),
            )
        )
    record(session, stage.decider, Tag.DECISION_CONFIRMED, case)
    session.flush()
    return row


def test_admitting_writes_status_terms_event_and_notices_together(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    move_case(session, stage.analyst, PACK, case, "admit", digest="d" * 64)
    session.commit()
    assert case.status is S.IN_REVIEW
    assert case.status_since == case.admitted_at == NOW
    assert case.due_at == deadline_at(PACK, NOW, PACK.deadline_days("review"))
    assert session.get_one(Initiative, case.initiative_id).state == "in_review"
    event = session.scalars(select(AuditEvent).where(col(AuditEvent.action) == Tag.CASE_MOVED.value)).one()
    assert '"move":"admit"' in event.canon
    assert '"before":"submitted"' in event.canon
    assert told(session, "case_admit") == {
        stage.lead.person_id, stage.finance.person_id, stage.expert.person_id, stage.cio.person_id,
        stage.head.person_id, stage.secretary.person_id,
    }  # fmt: skip
    duty = session.scalars(select(Duty).where(col(Duty.person_id) == stage.analyst.person_id)).one()
    assert duty.kind is DutyKind.ANALYST


def test_a_refused_move_changes_nothing_and_says_every_reason(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.CHECKING)
    with pytest.raises(TransitionRefused) as refused:
        move_case(session, stage.decider, PACK, case, "not_fund")
    assert len(refused.value.reasons) == 3  # no decision, no opinion, no reason
    assert case.status is S.CHECKING
    assert session.scalar(select(Notice).limit(1)) is None


def test_a_role_in_another_institution_moves_nothing(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    stranger = a_person(session, (Role.AGENCY_CIO, an_institution(session)))
    with pytest.raises(TransitionRefused):
        move_case(session, stranger, PACK, case, "withdraw", "Not ours")
    move_case(session, stage.cio, PACK, case, "withdraw", "The need has passed")
    assert case.status is S.WITHDRAWN


def test_whoever_moves_a_case_that_somebody_else_just_changed_is_told(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    session.execute(text("UPDATE business_case SET version = version + 1"))
    with pytest.raises(StaleDataError):
        move_case(session, stage.analyst, PACK, case, "admit")


def test_the_second_of_two_equal_moves_is_refused_in_words(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    move_case(session, stage.analyst, PACK, case, "admit")
    with pytest.raises(TransitionRefused, match="no longer possible"):
        move_case(session, stage.analyst, PACK, case, "admit")


def test_the_substitute_acts_where_the_holders_own_house_is_concerned(session: Session) -> None:
    stage = a_stage(session)
    agency = an_institution(session, "Digital Agency", code="ADG", parent=stage.directive)
    planning = an_institution(session, "Planning", code="PLAN")
    investment = a_unit(session, planning, "Dirección de Inversiones")
    programming = a_unit(session, planning, "programming")
    substitute = a_person(session, (Role.DIRECTIVE_ANALYST, planning), unit=investment)
    elsewhere = a_person(session, (Role.DIRECTIVE_ANALYST, planning), unit=programming)
    case = a_submitted_case(session, agency, a_person(session, (Role.CASE_LEAD, agency)), stage.call)
    assert lineages_of(session, [case.id]) == {case.id: [("ADG", "DIG")]}
    for outsider in (stage.analyst, elsewhere):
        reason = authority_refusal(session, PACK, outsider, case, Power.ADMISSIBILITY)
        assert reason == "On this case only people of Investment Directorate may do this."
        with pytest.raises(TransitionRefused):
            move_case(session, outsider, PACK, case, "admit")
    found = acting_body(session, PACK, substitute, case, Power.ADMISSIBILITY)
    assert found is not None
    assert (found.body.code, found.is_substitute) == ("planning", True)
    assert lawful_people(session, PACK, case, Power.ADMISSIBILITY, [Role.DIRECTIVE_ANALYST]) == [substitute.person_id]
    move_case(session, substitute, PACK, case, "admit")
    assert case.status is S.IN_REVIEW


def test_who_worked_for_the_agency_within_two_years_may_not_judge_its_cases(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    row = Membership(
        person_id=stage.analyst.person_id,
        institution_id=stage.agency.id,
        role=Role.CASE_LEAD,
        valid_from=date(2020, 1, 1),
        valid_to=date(2024, 8, 3),
    )
    session.add(row)
    session.flush()
    assert len(separation_reasons(session, PACK, stage.analyst, case, Act.ADMIT)) == 1
    with pytest.raises(TransitionRefused):
        move_case(session, stage.analyst, PACK, case, "admit")
    row.valid_to = date(2024, 8, 2)
    session.flush()
    move_case(session, stage.analyst, PACK, case, "admit")


def test_a_substitute_of_somebody_tied_to_the_case_may_not_act_for_them(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    deputy = a_person(session)
    grant = Grant(Role.DIRECTIVE_ANALYST, stage.directive.id, None, stage.analyst.person_id)
    acting = Viewer(deputy.person_id, deputy.name, "en", (grant,))
    session.add(Duty(person_id=stage.analyst.person_id, subject_id=case.id, kind=DutyKind.ADVISER, began_at=NOW))
    session.flush()
    with pytest.raises(TransitionRefused, match="you act for"):
        move_case(session, acting, PACK, case, "admit")


def test_recused_people_are_told_nothing(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    session.add(
        Recusal(person_id=stage.secretary.person_id, subject_id=case.id, kind=RecusalKind.DECLARED, reason="Family")
    )
    session.flush()
    move_case(session, stage.analyst, PACK, case, "admit")
    assert stage.secretary.person_id not in told(session, "case_admit")


def test_the_opinion_moves_the_case_and_shows_in_lists(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.CHECKING, track="carry_over")
    with pytest.raises(TransitionRefused):
        move_case(session, stage.director, PACK, case, "recommend")
    sign_opinion(session, stage, case, OpinionOutcome.FAVOURABLE, recommended_minor=9_000)
    with pytest.raises(TransitionRefused):
        move_case(session, stage.director, PACK, case, "recommend_against")
    move_case(session, stage.director, PACK, case, "recommend")
    assert case.status is S.RECOMMENDED
    assert session.get_one(Initiative, case.initiative_id).recommended_minor == 9_000
    assert case.due_at == deadline_at(PACK, NOW, PACK.deadline_days("decision"))


def test_mandatory_standards_without_a_finding_bar_the_opinion(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.CHECKING, track="self_declaration")
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    snapshot.track = "self_declaration"
    sign_opinion(session, stage, case, OpinionOutcome.FAVOURABLE)
    facts = case_facts(session, PACK, case, NOW)
    assert facts.standards_unchecked > 0
    assert facts.standards_unchecked == facts.standards_unmet
    with pytest.raises(TransitionRefused, match="no finding yet"):
        move_case(session, stage.director, PACK, case, "recommend")


def test_a_reopened_opinion_no_longer_counts(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.UNFAVOURABLE)
    opinion = sign_opinion(session, stage, case, OpinionOutcome.UNFAVOURABLE)
    assert present_opinion(session, case.id) == opinion
    row = Reconsideration(
        case_id=case.id, opinion_id=opinion.id, reasons="New facts", asked_by_id=stage.cio.person_id, asked_at=NOW
    )
    session.add(row)
    session.flush()
    assert present_opinion(session, case.id) == opinion
    row.state = ReconsiderationState.REOPENED
    session.flush()
    assert present_opinion(session, case.id) is None


def test_funding_sums_the_ledger_and_the_confirmer_is_not_the_proposer(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.RECOMMENDED)
    sign_opinion(session, stage, case, OpinionOutcome.FAVOURABLE)
    decision = confirm_decision(session, stage, case, BudgetOutcome.PARTLY, (1_000, 2_500))
    decision.proposed_by_id = stage.decider.person_id
    session.flush()
    with pytest.raises(TransitionRefused, match="another person confirms"):
        move_case(session, stage.decider, PACK, case, "fund")
    decision.proposed_by_id = stage.analyst.person_id
    session.flush()
    move_case(session, stage.decider, PACK, case, "fund")
    assert case.status is S.DECIDED
    assert case.due_at is None
    assert session.get_one(Initiative, case.initiative_id).decided_minor == 3_500


def test_who_gave_the_opinion_does_not_decide_on_the_money_nor_does_their_unit(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.RECOMMENDED)
    sign_opinion(
        session,
        stage,
        case,
        OpinionOutcome.FAVOURABLE,
    )
    session.add(
        Membership(
            person_id=stage.director.person_id,
            institution_id=stage.budget.id,
            role=Role.DIRECTIVE_HEAD,
            valid_from=date(2020, 1, 1),
        )
    )
    session.flush()
    assert separation_reasons(session, PACK, stage.decider, case, Act.CONFIRM) == [
        "The unit that gave the opinion does not decide on the money."
    ]


def test_without_an_opinion_money_waits_for_the_end_of_its_term_less_the_time_at_the_agency(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.IN_REVIEW)
    confirm_decision(session, stage, case, BudgetOutcome.FUNDED, (500,))
    last = deadline_at(PACK, NOW, PACK.opinion.overdue_after)
    assert not is_opinion_overdue(session, PACK, case, last)
    assert is_opinion_overdue(session, PACK, case, last + timedelta(seconds=1))
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    session.add(
        CaseReturn(
            case_id=case.id,
            snapshot_id=snapshot.id,
            sections="costs",
            reason="r",
            from_status="in_review",
            returned_at=NOW + timedelta(days=1),
            returned_by_id=stage.analyst.person_id,
            came_back_at=NOW + timedelta(days=8),
        )
    )
    record(session, SYSTEM, Tag.CASE_MOVED, case)
    session.flush()
    assert stopped_days(session, PACK, case.id, NOW, last) == 5
    later = deadline_at(PACK, NOW, PACK.opinion.overdue_after + 5)
    assert not is_opinion_overdue(session, PACK, case, later)
    with pytest.raises(TransitionRefused, match="term has not run out"):
        move_case(session, stage.decider, PACK, case, "fund")
    session.info["now"] = later + timedelta(seconds=1)
    move_case(session, stage.decider, PACK, case, "fund")
    assert case.status is S.DECIDED


def test_a_binding_unfavourable_opinion_needs_the_act_of_the_authority_named(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.UNFAVOURABLE)
    sign_opinion(session, stage, case, OpinionOutcome.UNFAVOURABLE)
    decision = confirm_decision(session, stage, case, BudgetOutcome.FUNDED, (500,))
    with pytest.raises(TransitionRefused, match="unfavourable and binding"):
        move_case(session, stage.decider, PACK, case, "fund")
    assert not decision.overrides_opinion


def test_an_older_version_leaves_the_initiative_as_the_newest_one_says(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    newer = BusinessCase(
        **{**case.model_dump(exclude={"id", "version", "created_at"}), "case_version": 2, "status": S.DRAFT}
    )
    session.add(newer)
    initiative = session.get_one(Initiative, case.initiative_id)
    initiative.state = "draft"
    session.flush()
    move_case(session, stage.cio, PACK, case, "withdraw", "Replaced")
    assert initiative.state == "draft"


def test_buttons_come_from_the_table_with_what_stands_against_each(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.SUBMITTED)
    offered = {one.name: one for one in offered_moves(session, stage.analyst, PACK, case)}
    assert set(offered) == {"return_for_completion", "admit", "admit_to_check", "register"}
    assert offered["admit"].is_open
    assert not offered["register"].is_open
    assert offered["return_for_completion"].needs_reason
    assert offered_moves(session, stage.decider, PACK, case) == []


def test_terms_follow_the_state(session: Session) -> None:
    stage = a_stage(session)
    case = a_case_in(session, stage, S.CHECKING)
    a_snapshot(session, case, stage.lead, number=2)
    assert due_at(session, PACK, case, S.CHECKING, NOW) == deadline_at(PACK, NOW, PACK.deadline_days("opinion"))
    for state in (S.DRAFT, S.INCOMPLETE, S.DECIDED, S.CLOSED):
        assert due_at(session, PACK, case, state, NOW) is None
    case.status = S.UNFAVOURABLE
    found = due_at(session, PACK, case, S.CHECKING, NOW)
    assert found == deadline_at(PACK, NOW, PACK.deadline_days("reconsideration"))
