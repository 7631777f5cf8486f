"""People, a call and cases for opinions and budget decisions; plain functions that commit nothing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from case_factories import a_call, a_submitted_case
from factories import a_person, a_unit, an_institution
from portfolio.approvals.grounds import grounds_of
from portfolio.approvals.models import Condition, Opinion
from portfolio.approvals.opinion_rules import ConditionText
from portfolio.approvals.terms import OpinionOutcome
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.models import Observation
from portfolio.peer_review.terms import ObservationKind, ObservationState
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call, Envelope

NOW = datetime(2026, 8, 3, 15, 0, tzinfo=UTC)
MILLION = 100_000_000
"""A million dollars in cents."""


@dataclass
class Stage:
    """Who acts, and on what. `other_*` are second people in the same body."""

    pack: CountryPack
    call: Call
    ministry: Institution
    finance: Institution
    planning: Institution
    lead: Viewer
    cio: Viewer
    analyst: Viewer
    head: Viewer
    judge: Viewer
    budget_analyst: Viewer
    decider: Viewer
    chair: Viewer


def a_stage(session: Session, *, embargo_until: datetime | None = None) -> Stage:
    ministry = an_institution(session, "Ministry of Health")
    digital = an_institution(session, "Ministry of Digital Government", code="DIG")
    finance = an_institution(session, "Ministry of Finance", code="FIN")
    planning = an_institution(session, "Ministry of Planning", code="PLAN")
    presidency = an_institution(session, "Presidency", code="PRES")
    call = a_call(session, "Budget 2027")
    call.embargo_until = embargo_until
    investment = a_unit(session, planning, "investment")
    return Stage(
        pack=load_pack("eclac"),
        call=call,
        ministry=ministry,
        finance=finance,
        planning=planning,
        lead=a_person(session, (Role.CASE_LEAD, ministry), name="Lead"),
        cio=a_person(session, (Role.AGENCY_CIO, ministry), name="Agency CIO"),
        analyst=a_person(session, (Role.DIRECTIVE_ANALYST, digital), name="Analyst"),
        head=a_person(session, (Role.DIRECTIVE_HEAD, digital), name="Head"),
        judge=a_person(session, (Role.DIRECTIVE_HEAD, planning), name="Judge", unit=investment),
        budget_analyst=a_person(session, (Role.BUDGET_ANALYST, finance), name="Budget analyst"),
        decider=a_person(session, (Role.BUDGET_DECIDER, finance), name="Decider"),
        chair=a_person(session, (Role.COMMISSION_CHAIR, presidency), name="Chair"),
    )


def an_envelope(session: Session, stage: Stage, minor: int, institution: Institution | None = None) -> Envelope:
    row = Envelope(
        call_id=stage.call.id,
        institution_id=(institution or stage.ministry).id,
        amount_minor=minor,
        currency=stage.call.currency,
    )
    session.add(row)
    record(session, None, Tag.ENVELOPE_SET, stage.call)
    session.flush()
    return row


def a_case_for(
    session: Session,
    stage: Stage,
    status: CaseStatus = CaseStatus.CHECKING,
    *,
    requested: int = MILLION,
    institution: Institution | None = None,
    track: str = "emergency",
    title: str = "",
    priority: int | None = None,
) -> BusinessCase:
    """A submitted case on a track without peer review, admitted on the day of submission."""
    case = a_submitted_case(
        session,
        institution or stage.ministry,
        stage.lead,
        stage.call,
        status,
        requested_minor=requested,
        track=track,
        title=title,
        priority=priority,
    )
    case.admitted_at = NOW - timedelta(days=2)
    session.flush()
    return case


def an_opinion(
    session: Session,
    stage: Stage,
    case: BusinessCase,
    outcome: OpinionOutcome = OpinionOutcome.FAVOURABLE,
    recommended: int | None = None,
) -> Opinion:
    """A signed opinion, as if the head had given it; the case's status is the caller's."""
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    row = Opinion(
        case_id=case.id,
        snapshot_id=snapshot.id,
        outcome=outcome,
        recommended_minor=recommended,
        reasons="Reasons",
        grounds=[{"kind": "observation", "id": str(case.id), "title": "T", "text": "x", "note": "", "anchor": "a"}],
        drafted_by_id=stage.analyst.person_id,
        signed_by_id=stage.head.person_id,
        signed_at=NOW,
        digest="d" * 64,
        body="directive",
    )
    session.add(row)
    record(session, stage.head, Tag.OPINION_SIGNED, row, case=case.id)
    session.flush()
    return row


def a_condition(session: Session, case: BusinessCase, opinion: Opinion, text: str = "Show the test") -> Condition:
    row = Condition(
        case_id=case.id, opinion_id=opinion.id, text=text, owner="CIO", evidence="Report", due_on=date(2026, 9, 1)
    )
    session.add(row)
    record(session, None, Tag.OPINION_SIGNED, opinion, case=case.id)
    session.flush()
    return row


def an_observation(
    session: Session,
    stage: Stage,
    case: BusinessCase,
    state: ObservationState = ObservationState.RESOLVED,
    kind: ObservationKind = ObservationKind.QUESTION,
) -> Observation:
    snapshot = newest_snapshot(session, case.id)
    assert snapshot is not None
    row = Observation(
        case_id=case.id,
        snapshot_id=snapshot.id,
        section="problem",
        kind=kind,
        text="How many people wait?",
        state=state,
        made_by_id=stage.analyst.person_id,
        made_at=NOW,
    )
    session.add(row)
    record(session, stage.analyst, Tag.OBSERVATION_MADE, row, case=case.id)
    session.flush()
    return row


def chosen_grounds(session: Session, stage: Stage, case: BusinessCase) -> list[dict[str, str]]:
    """Everything in the record, as a draft cites it."""
    return [{"kind": g.kind.value, "id": str(g.id), "note": "It holds."} for g in grounds_of(session, stage.pack, case)]


def a_condition_text(ground: str) -> ConditionText:
    return ConditionText("Show the integration test", "Agency CIO", "Report", "2026-10-01", "1", ground)
