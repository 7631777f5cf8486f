"""Who leads a case and who writes it: handing it over to another lead of the institution, taking off the team, bringing in.

Everybody of the institution whose role writes cases may write this one, until they are taken off its team. What people wrote
stays theirs: an authorship that ended still counts for the separation of duties.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase, CaseHandOver
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.models import Account
from portfolio.notifications.outbox import owe
from portfolio.people.models import Duty, Person, Recusal
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.queries import holders, names
from portfolio.people.terms import DutyKind, Role
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import country_zone

ENDED = frozenset({CaseStatus.WITHDRAWN, CaseStatus.NOT_FUNDED, CaseStatus.CLOSED})
MANAGERS = frozenset({Role.HEAD_OF_SERVICE, Role.USER_MANAGER})
"""Who may hand a case of their institution over beside its lead: the lead may be gone."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who wrote in the case: since when, and until when for those who left."""

    person_id: uuid.UUID
    name: str
    since: datetime
    until: datetime | None
    is_lead: bool


def why_not_manage(actor: Viewer, case: BusinessCase) -> str:
    """Why this person may not change who leads and writes the case; nothing when they may."""
    if case.status in ENDED:
        return _("The case is closed: nobody writes it any more.")
    roles = {grant.role for grant in actor.grants if grant.institution_id == case.institution_id}
    if roles & MANAGERS or (actor.person_id == case.lead_id and Role.CASE_LEAD in roles):
        return ""
    return _("The lead of the case, the head of service or the institution's user manager changes this.")


def hand_over(session: Session, actor: Viewer, case: BusinessCase, to_id: uuid.UUID, reason: str) -> CaseHandOver:
    """Another case lead of the institution leads from now on; who led so far reads it and no longer writes it.

    Both are told. Raises `Refused`, or `FieldRefused("to_id", …)` for somebody who cannot lead it.
    """
    lock_for_move(session, case)
    if why := why_not_manage(actor, case):
        raise Refused(why)
    if to_id not in may_lead(session, case):
        raise FieldRefused("to_id", _("Choose another case lead of the institution"))
    before, at = case.lead_id, now(session)
    row = CaseHandOver(case_id=case.id, from_id=before, to_id=to_id, by_id=actor.person_id, reason=reason, handed_at=at)
    session.add(row)
    case.lead_id = to_id
    _begin(session, case, to_id, at)
    _end(session, case, before, at)
    record(session, actor, Tag.CASE_HANDED_OVER, case, words=reason, before=before, after=to_id)
    told: dict[str, Any] = {"title": case.title, "by": actor.name, "reason": reason}
    path = f"/cases/{case.id}/formulation"
    owe(session, "case_received", [to_id], subject_id=case.id, path=path, **told)
    owe(session, "case_given_away", [before], subject_id=case.id, path=path, to=_name(session, to_id), **told)
    session.flush()
    return row


def change_team(
    session: Session, actor: Viewer, case: BusinessCase, person_id: uuid.UUID, act: str, reason: str
) -> None:
    """`act`: "join" or "leave". Raises `Refused`, or `FieldRefused("change", …)` for somebody whom it cannot concern."""
    lock_for_move(session, case)
    if why := why_not_manage(actor, case):
        raise Refused(why)
    joins = act == "join"
    if person_id not in (may_join(session, case) if joins else may_leave(session, case)):
        raise FieldRefused("change", _("Choose one of the people of the list"))
    at = now(session)
    (_begin if joins else _end)(session, case, person_id, at)
    record(session, actor, Tag.CASE_TEAM_CHANGED, case, words=reason, person=person_id, change=act)
    owe(
        session,
        "team_joined" if joins else "team_left",
        [person_id],
        subject_id=case.id,
        path=f"/cases/{case.id}/formulation",
        title=case.title,
        by=actor.name,
        reason=reason,
    )
    session.flush()


def members_of(session: Session, case: BusinessCase) -> list[Member]:
    """The lead first, then who writes in the order in which they came, then who left."""
    rows = _authorships(session, case)
    known = names(session, [case.lead_id, *(row.person_id for row in rows)])
    found: dict[uuid.UUID, Member] = {}
    for row in rows:
        earlier = found.get(row.person_id)
        since = row.began_at if earlier is None else earlier.since
        found[row.person_id] = Member(
            row.person_id, known.get(row.person_id, ""), since, row.ended_at, row.person_id == case.lead_id
        )
    if case.lead_id not in found:
        found[case.lead_id] = Member(case.lead_id, known.get(case.lead_id, ""), case.created_at, None, True)
    return sorted(
        found.values(), key=lambda one: (not one.is_lead, one.until is not None, one.since, str(one.person_id))
    )


def may_lead(session: Session, case: BusinessCase) -> Mapping[uuid.UUID, str]:
    """Other people who hold the role of case lead in the institution today, with names; not the recused nor the shut out."""
    return _named(session, case, _holding(session, case, [Role.CASE_LEAD]) - {case.lead_id})


def may_join(session: Session, case: BusinessCase) -> Mapping[uuid.UUID, str]:
    """People whose role writes cases of the institution and who are not on the team now."""
    writing = [role for role, granted in GRANTS.items() if Permission.CASE_WRITE in granted]
    present = {row.person_id for row in _authorships(session, case) if row.ended_at is None}
    return _named(session, case, _holding(session, case, writing) - present - {case.lead_id})


def may_leave(session: Session, case: BusinessCase) -> Mapping[uuid.UUID, str]:
    """Everybody on the team save the lead, who hands the case over instead."""
    present = {row.person_id for row in _authorships(session, case) if row.ended_at is None}
    return names(session, present - {case.lead_id})


def hand_overs_of(session: Session, case: BusinessCase) -> Sequence[CaseHandOver]:
    """Newest first."""
    return session.scalars(
        select(CaseHandOver)
        .where(col(CaseHandOver.case_id) == case.id)
        .order_by(col(CaseHandOver.handed_at).desc(), col(CaseHandOver.id).desc())
    ).all()


def first_lead(session: Session, case: BusinessCase) -> uuid.UUID:
    """Who started the case, whoever leads it now."""
    rows = hand_overs_of(session, case)
    return rows[-1].from_id if rows else case.lead_id


def _authorships(session: Session, case: BusinessCase) -> Sequence[Duty]:
    return session.scalars(
        select(Duty)
        .where(col(Duty.subject_id) == case.id, col(Duty.kind) == DutyKind.AUTHOR)
        .order_by(col(Duty.began_at), col(Duty.id))
    ).all()


def _begin(session: Session, case: BusinessCase, person_id: uuid.UUID, at: datetime) -> None:
    if not any(row.person_id == person_id and row.ended_at is None for row in _authorships(session, case)):
        session.add(Duty(person_id=person_id, subject_id=case.id, kind=DutyKind.AUTHOR, began_at=at))
        session.flush()


def _end(session: Session, case: BusinessCase, person_id: uuid.UUID, at: datetime) -> None:
    """A lead who never wrote gets an authorship that ended, by which they are known to be off the team."""
    _begin(session, case, person_id, at)
    for row in _authorships(session, case):
        if row.person_id == person_id and row.ended_at is None:
            row.ended_at = at


def _holding(session: Session, case: BusinessCase, roles: Iterable[Role]) -> set[uuid.UUID]:
    today = now(session).astimezone(country_zone()).date()
    return {person for role in roles for person in holders(session, role, today, case.institution_id)}


def _named(session: Session, case: BusinessCase, people: set[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """By name; without the recused, and without those whose account is disabled."""
    recused = set(session.scalars(select(col(Recusal.person_id)).where(col(Recusal.subject_id) == case.id)))
    shut_out = set(
        session.scalars(
            select(col(Account.person_id)).where(
                col(Account.person_id).in_(people), col(Account.disabled_at).is_not(None)
            )
        )
    )
    known = names(session, people - recused - shut_out)
    return dict(sorted(known.items(), key=lambda item: (item[1], str(item[0]))))


def _name(session: Session, person_id: uuid.UUID) -> str:
    return session.get_one(Person, person_id).name
