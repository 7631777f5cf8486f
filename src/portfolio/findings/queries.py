"""Reading findings; every list starts from the projects that a person may find."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.findings.models import Finding, FindingAnswer
from portfolio.findings.terms import FindingState
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project, visible_to

MOST = 200
"""Findings of one list: more open ones than that are another kind of trouble."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with the project it is about."""

    finding: Finding
    title: str
    number: str
    institution: str
    institution_id: uuid.UUID


def get_finding(session: Session, viewer: Viewer, finding_id: uuid.UUID) -> tuple[Finding, Project]:
    """Raises `NotFound` for one of a project that this person may not find."""
    found = session.get(Finding, finding_id)
    if found is None:
        raise NotFound
    return found, get_project(session, viewer, found.project_id)


def findings_of(session: Session, project_id: uuid.UUID) -> Sequence[Finding]:
    """Of a project, the newest first."""
    return session.scalars(
        select(Finding)
        .where(col(Finding.project_id) == project_id)
        .order_by(col(Finding.opened_at).desc(), col(Finding.id).desc())
    ).all()


def answers_of(session: Session, finding_id: uuid.UUID) -> Sequence[FindingAnswer]:
    """In the order in which they were given."""
    return session.scalars(
        select(FindingAnswer)
        .where(col(FindingAnswer.finding_id) == finding_id)
        .order_by(col(FindingAnswer.made_at), col(FindingAnswer.id))
    ).all()


def listed(session: Session, viewer: Viewer, at: datetime, state: FindingState | None = None) -> list[Listed]:
    """In the viewer's scope: unsettled ones by their day, then settled ones; at most `MOST`."""
    query: Select[*tuple[Any, ...]] = (
        select(Finding, Initiative, col(Institution.name))
        .join(Project, col(Project.id) == col(Finding.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at))
        .order_by(
            col(Finding.state) == FindingState.SETTLED, col(Finding.due_on), col(Finding.opened_at), col(Finding.id)
        )
        .limit(MOST)
    )
    if state is not None:
        query = query.where(col(Finding.state) == state)
    return [
        Listed(row[0], row[1].title or "", row[1].reference, row[2], row[1].institution_id)
        for row in session.execute(query)
    ]


def overdue(session: Session, today: date) -> Sequence[tuple[Finding, Project]]:
    """Findings that wait for an answer after their day, for the clock."""
    rows = session.execute(
        select(Finding, Project)
        .join(Project, col(Project.id) == col(Finding.project_id))
        .where(col(Finding.state) == FindingState.OPEN, col(Finding.due_on) < today)
        .order_by(col(Finding.due_on), col(Finding.id))
    )
    return [(row[0], row[1]) for row in rows]
