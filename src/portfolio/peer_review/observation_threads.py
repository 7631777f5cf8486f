"""Reading observations: the threads of a case as one person may see them, and what waits for an answer."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.peer_review.board import BEFORE_OPINION, audience_of
from portfolio.peer_review.models import Observation, ObservationAnswer, Review
from portfolio.peer_review.observation_rules import ANSWERING, tone, why_not_answer
from portfolio.peer_review.observations import why_not_resolved_by
from portfolio.peer_review.queries import review_facts
from portfolio.peer_review.rules import Audience, shows_names
from portfolio.peer_review.terms import WORKING_STATES, ObservationKind, ObservationState, ReviewState
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution to a thread."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """An observation with its answers. `may_answer`, `may_resolve`: what this person may do with it now."""

    id: uuid.UUID
    section: str
    section_code: str
    kind: ObservationKind
    state: ObservationState
    tone: str
    asked: Said
    answers: Sequence[Said]
    resolution: Said | None
    due_at: datetime | None
    is_late: bool
    may_answer: bool
    may_resolve: bool


def read_threads(session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase) -> list[Thread]:
    """Blocking and open ones first. `viewer` is the whole viewer, for whom the case was found.

    A reviewer does not see what other reviewers ask while the reviews are sealed.
    """
    rows = session.scalars(
        select(Observation)
        .where(col(Observation.case_id) == case.id)
        .order_by(col(Observation.made_at), col(Observation.id))
    ).all()
    reviewers = _reviewers(session, case)
    audience = audience_of(viewer, case)
    if audience is Audience.REVIEWER and review_facts(session, pack, case).is_sealed:
        rows = [row for row in rows if row.made_by_id not in reviewers or row.made_by_id == viewer.person_id]
    said = _answers(session, [row.id for row in rows])
    people = names(
        session,
        [
            *(row.made_by_id for row in rows),
            *(row.resolved_by_id for row in rows),
            *(one.by_id for found in said.values() for one in found),
        ],
    )
    hidden = set() if _names_reviewers(pack, audience, case) else reviewers - {viewer.person_id}
    at = now(session)
    threads = [_thread(session, viewer, pack, case, row, said.get(row.id, []), people, hidden, at) for row in rows]
    return sorted(threads, key=lambda one: _urgency(one.kind, one.state))


def _urgency(kind: ObservationKind, state: ObservationState) -> tuple[bool, bool]:
    return state is ObservationState.RESOLVED, kind is not ObservationKind.BLOCKING


def _thread(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    row: Observation,
    answers: Sequence[ObservationAnswer],
    people: Mapping[uuid.UUID, str],
    hidden: set[uuid.UUID],
    at: datetime,
) -> Thread:
    def who(person: uuid.UUID | None) -> str:
        if person in hidden:
            return _("A reviewer")
        return "" if person is None else people.get(person, "")

    resolved = None
    if row.resolved_at is not None:
        resolved = Said(who(row.resolved_by_id), row.resolved_at, row.resolution)
    return Thread(
        id=row.id,
        section=str(pack.section(row.section).label),
        section_code=SectionCode(row.section).value,
        kind=row.kind,
        state=row.state,
        tone=tone(row.kind, row.state),
        asked=Said(who(row.made_by_id), row.made_at, row.text),
        answers=tuple(Said(who(one.by_id), one.answered_at, one.text) for one in answers),
        resolution=resolved,
        due_at=row.due_at,
        is_late=_is_late(row, at),
        may_answer=viewer.can_in(Permission.OBSERVATION_ANSWER, case.institution_id)
        and why_not_answer(case.status, row.state) is None,
        may_resolve=viewer.can(Permission.OBSERVE) and why_not_resolved_by(session, viewer, pack, row) is None,
    )


def _is_late(row: Observation, at: datetime) -> bool:
    return row.state is ObservationState.OPEN and row.due_at is not None and row.due_at < at


def _reviewers(session: Session, case: BusinessCase) -> set[uuid.UUID]:
    states = (*WORKING_STATES, ReviewState.CLOSED, ReviewState.SUPERSEDED, ReviewState.DECLINED)
    return set(
        session.scalars(
            select(col(Review.reviewer_id)).where(col(Review.case_id) == case.id, col(Review.state).in_(states))
        )
    )


def _names_reviewers(pack: CountryPack, audience: Audience, case: BusinessCase) -> bool:
    return pack.rubric is None or shows_names(pack.rubric, audience, case.status not in BEFORE_OPINION)


def _answers(session: Session, observations: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ObservationAnswer]]:
    found: dict[uuid.UUID, list[ObservationAnswer]] = {}
    rows = session.scalars(
        select(ObservationAnswer)
        .where(col(ObservationAnswer.observation_id).in_(observations))
        .order_by(col(ObservationAnswer.answered_at), col(ObservationAnswer.id))
    )
    for row in rows:
        found.setdefault(row.observation_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class WaitingObservation:
    """An observation that somebody waits for, with its case."""

    case: BusinessCase
    observation: Observation
    section: str
    is_late: bool


def waiting_for_answer(session: Session, viewer: Viewer, pack: CountryPack) -> list[WaitingObservation]:
    """Open ones on cases of the person's own institutions, those due first."""
    return _waiting(session, viewer, pack, ObservationState.OPEN, own=True)


def waiting_to_be_resolved(session: Session, viewer: Viewer, pack: CountryPack) -> list[WaitingObservation]:
    """Answered ones that this person, or their body, made; those answered longest ago first."""
    answered = _waiting(session, viewer, pack, ObservationState.ANSWERED, own=False)
    return [one for one in answered if why_not_resolved_by(session, viewer, pack, one.observation) is None]


def _waiting(
    session: Session, viewer: Viewer, pack: CountryPack, state: ObservationState, *, own: bool
) -> list[WaitingObservation]:
    query = (
        select(BusinessCase, Observation)
        .join(Observation, col(Observation.case_id) == col(BusinessCase.id))
        .where(visible_to(viewer), col(Observation.state) == state)
        .order_by(col(Observation.due_at).nulls_last(), col(Observation.id))
    )
    if own:
        query = query.where(
            col(BusinessCase.institution_id).in_(viewer.own_institutions), col(BusinessCase.status).in_(ANSWERING)
        )
    at = now(session)
    return [
        WaitingObservation(case, row, str(pack.section(row.section).label), _is_late(row, at))
        for case, row in session.execute(query)
    ]
