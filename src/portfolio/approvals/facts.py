"""Gathers, by queries, everything that the gate's guards judge. Nothing here decides."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.case_record import (
    conditions_on_record,
    confirmed_decisions,
    reconsideration_of,
    returns_of,
    signed_opinions,
)
from portfolio.approvals.deadlines import is_opinion_overdue
from portfolio.approvals.guards import CaseFacts
from portfolio.approvals.models import BudgetDecision, Opinion
from portfolio.approvals.sign_off_board import read_board
from portfolio.approvals.standards_facts import mandatory_standards
from portfolio.approvals.terms import ReconsiderationState
from portfolio.business_cases.completeness import missing, standing
from portfolio.business_cases.content import read_content
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import OpinionEffect
from portfolio.packs.tracks import Track
from portfolio.peer_review.models import CaseReturn, Observation
from portfolio.peer_review.queries import review_facts
from portfolio.peer_review.terms import ObservationKind, ObservationState
from portfolio.strategy.models import Call
from portfolio.strategy.queries import waivers_of
from portfolio.strategy.rules import is_open, to_the_second

WRITING = frozenset({CaseStatus.DRAFT, CaseStatus.ALIGNING, CaseStatus.INCOMPLETE})
"""While the content may still change, what is missing and unsigned counts; afterwards it is frozen."""


def case_facts(session: Session, pack: CountryPack, case: BusinessCase, now: datetime) -> CaseFacts:
    """The facts of one case at an instant (aware). Reads the content only while it may still change."""
    found: dict[str, Any] = {}
    if case.status in WRITING:
        found |= _draft_facts(session, pack, case, now)
    if case.track:
        found |= _track_facts(pack.track(case.track))
    if case.submitted_at is not None:
        found |= _review_facts(session, pack, case)
        found |= _standards_facts(session, pack, case, now)
        found |= _decision_facts(session, pack, case, now)
    return CaseFacts(**found)


def _draft_facts(session: Session, pack: CountryPack, case: BusinessCase, now: datetime) -> dict[str, Any]:
    state = standing(session, pack, case)
    board = read_board(session, pack, state, read_content(session, pack, case))
    call = session.get_one(Call, case.call_id)
    return {
        **_track_facts(state.track),
        "missing": len(missing(session, pack, case, state)),
        "sign_offs_demanded": board.demanded,
        "sign_offs_held": board.held,
        "sections_unsigned": len(board.unsigned),
        "is_call_open": is_open(call, now),
        "is_late_waived": late_until(session, case, now) is not None,
    }


def late_until(session: Session, case: BusinessCase, now: datetime) -> datetime | None:
    """Until when a recorded waiver lets this case in after the closing; nothing when there is none in force."""
    ends = [waiver.until for waiver in waivers_of(session, case.id) if waiver.call_id == case.call_id]
    in_force = [until for until in ends if to_the_second(now) <= to_the_second(until)]
    return max(in_force, default=None)


def _track_facts(track: Track) -> dict[str, Any]:
    return {
        "reviews_demanded": track.reviews,
        "demands_check": track.standards_check,
        "demands_opinion": track.opinion,
        "demands_decision": track.decision,
    }


def _review_facts(session: Session, pack: CountryPack, case: BusinessCase) -> dict[str, Any]:
    returned = open_return(session, case.id)
    reviews = review_facts(session, pack, case)
    waiting = session.execute(_OBSERVATIONS, {"case": case.id}).one()
    return {
        "returned_from": CaseStatus(returned.from_status) if returned else None,
        "observations_open": waiting.every,
        "blocking_open": waiting.blocking or 0,
        "reviews_filed": reviews.filed,
        "reviews_outstanding": reviews.outstanding,
        "is_third_review_needed": reviews.third_needed,
    }


_OBSERVATIONS = select(
    func.count().label("every"),
    func.sum(case_when((col(Observation.kind) == ObservationKind.BLOCKING, 1), else_=0)).label("blocking"),
).where(
    col(Observation.case_id) == bindparam("case", type_=Uuid()), col(Observation.state) != ObservationState.RESOLVED
)


def open_return(session: Session, case_id: uuid.UUID) -> CaseReturn | None:
    """The return that the institution has not answered by resubmitting yet."""
    return next((row for row in returns_of(session, case_id) if row.came_back_at is None), None)


def _standards_facts(session: Session, pack: CountryPack, case: BusinessCase, now: datetime) -> dict[str, Any]:
    if case.track is None or not pack.track(case.track).standards_check or case.status is not CaseStatus.CHECKING:
        return {}
    unchecked, unmet = mandatory_standards(session, pack, case, now)
    return {"standards_unchecked": len(unchecked), "standards_unmet": len(unmet)}


def _decision_facts(session: Session, pack: CountryPack, case: BusinessCase, now: datetime) -> dict[str, Any]:
    opinion = present_opinion(session, case.id)
    decision = newest_decision(session, case.id)
    asked_again = reconsideration_of(session, case.id)
    conditions = conditions_on_record(session, case.id) if opinion else ()
    return {
        "opinion": None if opinion is None else opinion.outcome,
        "conditions": sum(row.opinion_id == opinion.id for row in conditions) if opinion else 0,
        "opinion_binds": pack.opinion.effect is OpinionEffect.BINDING,
        "is_opinion_overdue": opinion is None and is_opinion_overdue(session, pack, case, now),
        "reconsideration": None if asked_again is None else asked_again.state,
        "decision": None if decision is None else decision.outcome,
        "has_override": decision is not None and decision.overrides_opinion and decision.override_act_id is not None,
    }


def present_opinion(session: Session, case_id: uuid.UUID) -> Opinion | None:
    """The newest signed opinion, unless a reconsideration reopened it and a new one is awaited."""
    newest = next(iter(signed_opinions(session, case_id)), None)
    asked_again = reconsideration_of(session, case_id) if newest else None
    if newest is None or asked_again is None or asked_again.opinion_id != newest.id:
        return newest
    return None if asked_again.state is ReconsiderationState.REOPENED else newest


def newest_decision(session: Session, case_id: uuid.UUID) -> BudgetDecision | None:
    """The newest budget decision that a second person confirmed."""
    return next(iter(confirmed_decisions(session, case_id)), None)
