"""Observations on the sections of a case: made by the oversight side and by reviewers, answered by the institution."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases import mandate
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import deadline_at
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import DeadlineCode, Power, SectionCode
from portfolio.peer_review.conflicts import words
from portfolio.peer_review.models import Observation, ObservationAnswer
from portfolio.peer_review.observation_rules import (
    OBSERVER_ROLES,
    Maker,
    why_not_answer,
    why_not_make,
    why_not_resolve,
)
from portfolio.peer_review.queries import own_review
from portfolio.peer_review.terms import OPEN_STATES, ObservationKind, ObservationState
from portfolio.peer_review.ties import conflicts_now
from portfolio.people.models import Membership, Recusal
from portfolio.people.queries import holders, in_force
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative

_BODIES = OBSERVER_ROLES - {Role.REVIEWER}
_POWERS = {
    Role.DIRECTIVE_ANALYST: Power.OPINION,
    Role.DIRECTIVE_HEAD: Power.OPINION,
    Role.STANDARDS_OFFICER: Power.STANDARDS_CHECK,
    Role.REVIEW_SECRETARY: Power.REVIEW_ASSIGNMENT,
}


def make_observation(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    section: SectionCode | str,
    kind: ObservationKind,
    text: str,
) -> Observation:
    """Ask, or block the opinion until resolved. The institution has the pack's term for the answer.

    Raises `FieldRefused("section", …)` for a section that the track does not show, `Refused` in a state without
    observations or for somebody who may not judge this case.
    """
    session.refresh(case, attribute_names=["status", "version"], with_for_update={"read": True})
    shown = {str(found.code.value) for found in pack.shown_sections(case.track)} if case.track else set()
    code = str(getattr(section, "value", section))
    if reason := why_not_make(case.status, section_is_shown=True):
        raise Refused(reason)
    if reason := why_not_make(case.status, code in shown):
        raise FieldRefused("section", reason)
    reasons = why_not_observe(session, actor, pack, case)
    snapshot = newest_snapshot(session, case.id)
    if reasons or snapshot is None:
        raise Refused(*reasons)
    at = now(session)
    row = Observation(
        case_id=case.id,
        snapshot_id=snapshot.id,
        section=code,
        kind=kind,
        text=text,
        made_by_id=actor.person_id,
        made_at=at,
        due_at=deadline_at(pack, at, pack.deadline_days(DeadlineCode.ANSWER)),
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.OBSERVATION_MADE, row, case=str(case.id), section=code, kind=kind.value, text=digest(text)
    )
    _tell(session, case, row, "observation_made", _agency(session, pack, case, code), due=row.due_at)
    return row


def why_not_observe(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> list[str]:
    """Why this person may not make observations on the case; for each of their chairs, and one free chair is enough."""
    roles = actor.roles & OBSERVER_ROLES
    found: list[str] = []
    for role in sorted(roles, key=lambda one: one.value):
        reasons = _against(session, actor, pack, case, role)
        if not reasons:
            return []
        found += [reason for reason in reasons if reason not in found]
    return found or [_("None of your roles allows observations.")]


def _against(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, role: Role) -> list[str]:
    if role is not Role.REVIEWER:
        return mandate.refusals(session, pack, actor, case, _POWERS[role])
    try:
        review = own_review(session, actor, case)
    except NotFound:
        return [_("You do not review this case.")]
    today = now(session).astimezone(pack.zone).date()
    reasons = [words(one) for one in conflicts_now(session, case, actor.person_id, today)]
    if review.state not in OPEN_STATES or review.no_conflict_at is None:
        reasons.append(_("A reviewer makes observations between accepting a review and filing it."))
    return reasons


def answer_observation(
    session: Session, actor: Viewer, case: BusinessCase, observation: Observation, text: str
) -> ObservationAnswer:
    """What the institution says; the maker is told once for each answer. Raises `Refused`."""
    if reason := why_not_answer(case.status, observation.state):
        raise Refused(reason)
    row = ObservationAnswer(observation_id=observation.id, text=text, by_id=actor.person_id, answered_at=now(session))
    session.add(row)
    observation.state = ObservationState.ANSWERED
    session.flush()
    record(session, actor, Tag.OBSERVATION_ANSWERED, observation, case=str(case.id), text=digest(text))
    _tell(session, case, observation, "observation_answered", {observation.made_by_id}, once=str(row.id))
    return row


def resolve_observation(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, observation: Observation, resolution: str
) -> None:
    """Closes an observation; without an answer it says why. Raises `Refused`, `FieldRefused("resolution", …)`."""
    if reason := why_not_resolved_by(session, actor, pack, observation):
        raise Refused(reason)
    if observation.state is ObservationState.OPEN and not resolution.strip():
        raise FieldRefused("resolution", _("There is no answer yet: say why it is resolved."))
    observation.state = ObservationState.RESOLVED
    observation.resolved_by_id, observation.resolved_at = actor.person_id, now(session)
    observation.resolution = resolution.strip()
    session.flush()
    record(session, actor, Tag.OBSERVATION_RESOLVED, observation, words=resolution.strip(), case=str(case.id))
    _tell(session, case, observation, "observation_resolved", {case.lead_id})


def why_not_resolved_by(session: Session, actor: Viewer, pack: CountryPack, observation: Observation) -> str | None:
    """Why this person may not resolve it, or nothing."""
    maker = maker_of(session, observation, pack)
    seats = frozenset(grant.institution_id for grant in actor.grants if grant.role in _BODIES)
    is_secretary = Role.REVIEW_SECRETARY in actor.roles
    return why_not_resolve(observation.state, maker, actor.person_id, seats, is_secretary)


def maker_of(session: Session, observation: Observation, pack: CountryPack) -> Maker:
    """The maker with the institutions in which they observed for a body when they made it."""
    rows = session.scalars(
        select(col(Membership.institution_id)).where(
            col(Membership.person_id) == observation.made_by_id,
            col(Membership.role).in_(_BODIES),
            in_force(observation.made_at.astimezone(pack.zone).date()),
        )
    )
    return Maker(observation.made_by_id, frozenset(rows))


def get_observation(session: Session, case: BusinessCase, observation_id: uuid.UUID) -> Observation:
    """Raises `NotFound` for one of another case."""
    found = session.scalar(
        select(Observation).where(col(Observation.id) == observation_id, col(Observation.case_id) == case.id)
    )
    if found is None:
        raise NotFound
    return found


def _agency(session: Session, pack: CountryPack, case: BusinessCase, section: str) -> set[uuid.UUID]:
    """The lead, and whoever answers for the section in the institution."""
    today = now(session).astimezone(pack.zone).date()
    owner = Role(pack.section(section).owner.value)
    return {case.lead_id, *holders(session, owner, today, case.institution_id)}


def _tell(
    session: Session,
    case: BusinessCase,
    observation: Observation,
    kind: str,
    people: Collection[uuid.UUID],
    once: str = "",
    due: datetime | None = None,
) -> None:
    """One notice each, never to a recused person."""
    recused: Sequence[uuid.UUID] = session.scalars(
        select(col(Recusal.person_id)).where(col(Recusal.subject_id) == case.id)
    ).all()
    params: dict[str, Any] = {} if due is None else {"due": due}
    owe(
        session,
        kind,
        set(people) - set(recused),
        subject_id=case.id,
        path=f"/cases/{case.id}/observations",
        once_key=f"{kind}:{once or observation.id}",
        title=case.title,
        number=session.get_one(Initiative, case.initiative_id).number or "",
        **params,
    )
