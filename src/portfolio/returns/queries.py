"""Reading returns. The project came from `get_project`; lists across projects start from `visible_to`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.errors import NotFound
from portfolio.people.models import Institution
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.visibility import get_project, visible_to
from portfolio.returns.models import ProgressReturn, ReturnMove
from portfolio.returns.rules import Handed
from portfolio.returns.terms import ReturnState

SIGNED = (ReturnState.SUBMITTED, ReturnState.VERIFIED, ReturnState.PUBLISHED)
"""States in which the signature stands."""


EARLIEST, NEWEST, LATEST, PROJECT = "due", "newest", "late", "project"
_OPEN_FIRST = col(ProgressReturn.submitted_on).is_not(None)
ORDERS: dict[str, tuple[Any, ...]] = {
    EARLIEST: (col(ProgressReturn.due_on),),
    NEWEST: (col(ProgressReturn.period_on).desc(), col(ProgressReturn.edition).desc()),
    LATEST: (_OPEN_FIRST, col(ProgressReturn.due_on)),
    PROJECT: (col(Initiative.sort_key), col(ProgressReturn.period_on).desc()),
}
"""Orders of a list of returns; `LATEST`: what was never handed in first, the longest overdue on top."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A return with the project it is of."""

    row: ProgressReturn
    title: str
    number: str
    institution: str
    institution_id: uuid.UUID


def get_return(session: Session, viewer: Viewer, return_id: uuid.UUID) -> tuple[ProgressReturn, Project]:
    """Raises `NotFound` for one of a project that this person may not find."""
    found = session.get(ProgressReturn, return_id)
    if found is None:
        raise NotFound
    return found, get_project(session, viewer, found.project_id)


def returns_of(session: Session, project_id: uuid.UUID) -> Sequence[ProgressReturn]:
    """Of a project, the newest period and edition first."""
    return session.scalars(
        select(ProgressReturn)
        .where(col(ProgressReturn.project_id) == project_id)
        .order_by(col(ProgressReturn.period_on).desc(), col(ProgressReturn.edition).desc())
    ).all()


def last_signed(session: Session, row: ProgressReturn) -> ProgressReturn | None:
    """The newest earlier return of the project that was handed in: what «since» counts from."""
    return session.scalar(
        select(ProgressReturn)
        .where(
            col(ProgressReturn.project_id) == row.project_id,
            col(ProgressReturn.id) != row.id,
            col(ProgressReturn.period_on) <= row.period_on,
            col(ProgressReturn.state).in_(SIGNED),
        )
        .order_by(col(ProgressReturn.period_on).desc(), col(ProgressReturn.edition).desc())
        .limit(1)
    )


def period_before(session: Session, row: ProgressReturn) -> ProgressReturn | None:
    """The last signed return of an earlier period: what a declaration is compared with. A correction does not compare with what
    it corrects.
    """
    return session.scalar(
        select(ProgressReturn)
        .where(
            col(ProgressReturn.project_id) == row.project_id,
            col(ProgressReturn.period_on) < row.period_on,
            col(ProgressReturn.state).in_(SIGNED),
        )
        .order_by(col(ProgressReturn.period_on).desc(), col(ProgressReturn.edition).desc())
        .limit(1)
    )


def moves_of(session: Session, return_id: uuid.UUID) -> Sequence[ReturnMove]:
    """In the order in which they were made."""
    return session.scalars(
        select(ReturnMove)
        .where(col(ReturnMove.return_id) == return_id)
        .order_by(col(ReturnMove.made_at), col(ReturnMove.id))
    ).all()


def listed(
    session: Session,
    viewer: Viewer,
    at: datetime,
    *,
    states: Sequence[ReturnState] = (),
    period: date | None = None,
    overdue_on: date | None = None,
    order: str = EARLIEST,
    most: int = 200,
) -> list[Listed]:
    """In the viewer's scope; `states`: none means all; `overdue_on`: only what was never
    handed in and was due before that day; `order`: a key of `ORDERS`.
    """
    query: Select[*tuple[Any, ...]] = (
        select(ProgressReturn, Initiative, col(Institution.name))
        .join(Project, col(Project.id) == col(ProgressReturn.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .join(Institution, col(Institution.id) == col(Initiative.institution_id))
        .where(visible_to(viewer, at))
        .order_by(*ORDERS[order], col(Initiative.sort_key), col(ProgressReturn.id))
        .limit(most)
    )
    if overdue_on is not None:
        query = query.where(col(ProgressReturn.submitted_on).is_(None), col(ProgressReturn.due_on) < overdue_on)
    if states:
        query = query.where(col(ProgressReturn.state).in_(states))
    if period is not None:
        query = query.where(col(ProgressReturn.period_on) == period)
    return [
        Listed(row[0], row[1].title or "", row[1].reference, row[2], row[1].institution_id)
        for row in session.execute(query)
    ]


def handed(session: Session, project_id: uuid.UUID) -> list[tuple[ProgressReturn, Handed]]:
    """First editions of a project, the earliest due first: what lateness is counted from."""
    rows = session.scalars(
        select(ProgressReturn)
        .where(col(ProgressReturn.project_id) == project_id, col(ProgressReturn.edition) == 1)
        .order_by(col(ProgressReturn.due_on), col(ProgressReturn.id))
    )
    return [(row, Handed(row.due_on, row.submitted_on)) for row in rows]
