"""Conditions of opinions: the institution supplies evidence, the directive body settles, the clock only tells people."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import authority_refusal, lawful_people
from portfolio.approvals.condition_files import keep_evidence
from portfolio.approvals.models import Condition, Opinion
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.terms import ConditionState
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.attachments import Received
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import visible_to
from portfolio.db.clock import now
from portfolio.errors import NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative

UNSETTLED = (ConditionState.OPEN, ConditionState.OVERDUE)
MOST = 300


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition in the list of all."""

    condition: Condition
    case: BusinessCase
    number: str
    institution: str


def conditions_of(session: Session, opinion: Opinion) -> Sequence[Condition]:
    """Of one signed opinion, in the order of their days."""
    return session.scalars(
        select(Condition)
        .where(col(Condition.opinion_id) == opinion.id)
        .order_by(col(Condition.due_on), col(Condition.id))
    ).all()


def read_conditions(session: Session, viewer: Viewer, state: ConditionState | None) -> list[ConditionRow]:
    """Conditions of the cases that the person may see, the one that is due first on top."""
    query = (
        select(Condition, BusinessCase, Initiative.number, Institution.name)  # type: ignore[call-overload]
        .join(BusinessCase, col(BusinessCase.id) == col(Condition.case_id))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .join(Institution, col(Institution.id) == col(BusinessCase.institution_id))
        .where(visible_to(viewer))
        .order_by(col(Condition.due_on), col(Condition.id))
        .limit(MOST)
    )
    if state is not None:
        query = query.where(col(Condition.state) == state)
    return [ConditionRow(row[0], row[1], row[2] or "", row[3]) for row in session.execute(query)]


def get_condition(session: Session, viewer: Viewer, condition_id: uuid.UUID) -> tuple[Condition, BusinessCase]:
    """Raises `NotFound` for one whose case this person may not find."""
    found = session.execute(
        select(Condition, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(Condition.case_id))
        .where(col(Condition.id) == condition_id, visible_to(viewer))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def supply_evidence(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    condition: Condition,
    case: BusinessCase,
    text: str,
    received: Received | None = None,
) -> None:
    """The institution says how it met the condition, with a file or without; a second text replaces the first, files add up.

    Raises `Refused` when it is settled, `FieldRefused("file", …)` for a file that cannot be added.
    """
    session.flush()
    session.refresh(condition, with_for_update=True)
    if condition.state not in UNSETTLED:
        raise Refused(_("This condition is settled."))
    condition.supplied, condition.supplied_by_id, condition.supplied_at = text, actor.person_id, now(session)
    file: dict[str, Any] = {}
    if received is not None:
        row = keep_evidence(session, actor, condition, case, received)
        file = {"file": row.id, "sha256": row.sha256, "size": row.size}
    record(session, actor, Tag.CONDITION_EVIDENCED, condition, words=text, case=case.id, **file)
    owe(
        session,
        "condition_evidenced",
        lawful_people(session, pack, case, Power.OPINION, (Role.DIRECTIVE_ANALYST,)),
        subject_id=case.id,
        path=f"/conditions/{condition.id}",
        title=case.title,
        text=condition.text,
    )


def settle(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    condition: Condition,
    case: BusinessCase,
    state: ConditionState,
    note: str,
) -> None:
    """Mark a condition met (needs evidence) or waived (needs a note), once. Raises `Refused` with every reason."""
    refusals = []
    if condition.state not in UNSETTLED:
        refusals.append(_("This condition is settled."))
    if state is ConditionState.MET and not condition.supplied:
        refusals.append(_("The institution has supplied no evidence yet."))
    if not note.strip():
        refusals.append(_("A reason is required."))
    refused = authority_refusal(session, pack, actor, case, Power.OPINION)
    refusals += [refused] if refused else []
    refusals += separation_reasons(session, pack, actor, case, Duty.OBSERVE)
    if refusals:
        raise Refused(*refusals)
    condition.state = state
    condition.settled_by_id, condition.settled_at, condition.settled_note = actor.person_id, now(session), note.strip()
    record(session, actor, Tag.CONDITION_SETTLED, condition, words=note.strip(), case=case.id, state=state)


def overdue(session: Session, pack: CountryPack, at: datetime) -> int:
    """Mark what was due before the country's day of `at` (aware) and tell both sides; how many. For the timetable.

    Nothing is suspended by itself: the oversight side is told that a person may propose it.
    """
    today = at.astimezone(pack.zone).date()
    rows = session.execute(
        select(Condition, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(Condition.case_id))
        .where(col(Condition.state) == ConditionState.OPEN, col(Condition.due_on) < today)
        .order_by(col(Condition.due_on), col(Condition.id))
    ).all()
    for condition, case in rows:
        condition.state = ConditionState.OVERDUE
        record(session, SYSTEM, Tag.CONDITION_OVERDUE, condition, case=case.id, due=condition.due_on)
        agency = {case.lead_id, *holders(session, Role.AGENCY_CIO, today, case.institution_id)}
        oversight = lawful_people(session, pack, case, Power.OPINION, (Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD))
        told: dict[str, Any] = {"title": case.title, "text": condition.text, "due": condition.due_on}
        path, once = f"/conditions/{condition.id}", f"condition_overdue:{condition.id}"
        owe(session, "condition_overdue", agency, subject_id=case.id, path=path, once_key=once, **told)
        owe(
            session,
            "condition_overdue_oversight",
            oversight,
            subject_id=case.id,
            path=path,
            once_key=f"{once}:o",
            **told,
        )
    session.flush()
    return len(rows)
