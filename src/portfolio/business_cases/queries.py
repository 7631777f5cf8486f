"""Lists of cases and of what a draft said before."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.actions import UNSUBMITTED
from portfolio.business_cases.models import BusinessCase, CaseAnswer, CaseRevision
from portfolio.business_cases.visibility import visible_to
from portfolio.people.models import Duty, Institution, Person, Unit
from portfolio.people.terms import DutyKind
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call

MOST_CASES = 200
"""A list longer than this belongs to the portfolio, which pages and filters."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case with what its row names."""

    case: BusinessCase
    number: str | None
    institution: str
    call: Call
    lead: str


def list_cases(session: Session, viewer: Viewer, call_id: uuid.UUID | None = None) -> list[ListedCase]:
    """Visible cases, unsubmitted first, then those that moved last; at most `MOST_CASES`."""
    query = (
        select(BusinessCase, col(Initiative.number), col(Institution.name), Call, col(Person.name))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .join(Institution, col(Institution.id) == col(BusinessCase.institution_id))
        .join(Call, col(Call.id) == col(BusinessCase.call_id))
        .join(Person, col(Person.id) == col(BusinessCase.lead_id))
        .where(visible_to(viewer))
        .order_by(
            col(BusinessCase.status).in_(UNSUBMITTED).desc(),
            col(BusinessCase.status_since).desc(),
            col(BusinessCase.id),
        )
        .limit(MOST_CASES)
    )
    if call_id is not None:
        query = query.where(col(BusinessCase.call_id) == call_id)
    return [ListedCase(case, number, place, call, lead) for case, number, place, call, lead in session.execute(query)]


def writers_for_call(session: Session, call_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """Leads and authors of cases of a call that are not submitted: who must hear of its closing."""
    open_cases = select(col(BusinessCase.id)).where(
        col(BusinessCase.call_id) == call_id, col(BusinessCase.status).in_(UNSUBMITTED)
    )
    leads = session.scalars(select(col(BusinessCase.lead_id)).where(col(BusinessCase.id).in_(open_cases)))
    authors = session.scalars(
        select(col(Duty.person_id)).where(
            col(Duty.subject_id).in_(open_cases), col(Duty.kind) == DutyKind.AUTHOR, col(Duty.ended_at).is_(None)
        )
    )
    return sorted({*leads, *authors}, key=str)


def authors_of(session: Session, case_id: uuid.UUID) -> Sequence[str]:
    """Names of whoever wrote in a case, in the order in which they came."""
    rows = session.execute(
        select(col(Person.id), col(Person.name))
        .join(Duty, col(Duty.person_id) == col(Person.id))
        .where(col(Duty.subject_id) == case_id, col(Duty.kind) == DutyKind.AUTHOR)
        .order_by(col(Duty.began_at), col(Duty.id))
    )
    return list({row.id: row.name for row in rows}.values())  # whoever came back to the team stands once


def units_of(session: Session, institutions: Sequence[uuid.UUID]) -> Sequence[Unit]:
    return session.scalars(
        select(Unit)
        .where(col(Unit.institution_id).in_(institutions), col(Unit.valid_to).is_(None))
        .order_by(col(Unit.name), col(Unit.id))
    ).all()


def answers_of(session: Session, case_id: uuid.UUID, section: str) -> dict[str, CaseAnswer]:
    """The rows of one section by question."""
    rows = session.scalars(
        select(CaseAnswer)
        .where(col(CaseAnswer.case_id) == case_id, col(CaseAnswer.section) == section)
        .order_by(col(CaseAnswer.question))
    )
    return {row.question: row for row in rows}


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a field said after one save."""

    text: str
    before: str
    by: str
    at: datetime


def revisions_of(session: Session, case_id: uuid.UUID, section: str, question: str) -> Sequence[Earlier]:
    """The saves of one field, newest first."""
    rows = session.execute(
        select(col(CaseRevision.after), col(CaseRevision.before), col(Person.name), col(CaseRevision.created_at))
        .join(Person, col(Person.id) == col(CaseRevision.by_id))
        .where(
            col(CaseRevision.case_id) == case_id,
            col(CaseRevision.section) == section,
            col(CaseRevision.field) == question,
        )
        .order_by(col(CaseRevision.created_at).desc(), col(CaseRevision.id).desc())
        .limit(100)
    )
    return [Earlier(*row) for row in rows]
