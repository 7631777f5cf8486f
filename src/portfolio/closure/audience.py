"""Who hears of closing and of services, and whether somebody comes from elsewhere."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.memo import row_of
from portfolio.notifications.outbox import owe
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project

AGENCY = (Role.CASE_LEAD, Role.AGENCY_CIO, Role.HEAD_OF_SERVICE)


def institution_of(session: Session, project: Project) -> uuid.UUID:
    return row_of(session, Initiative, project.initiative_id).institution_id


def agency_people(session: Session, project: Project, today: date) -> set[uuid.UUID]:
    """Those of the institution who close projects and own services."""
    institution_id = institution_of(session, project)
    return {person for role in AGENCY for person in holders(session, role, today, institution_id)}


def holders_of(session: Session, permission: Permission, today: date) -> set[uuid.UUID]:
    """Everybody who holds a role with this permission, anywhere."""
    roles = [role for role, granted in GRANTS.items() if permission in granted]
    return {person for role in roles for person in holders(session, role, today)}


def is_from_there(session: Session, actor: Viewer, project: Project) -> bool:
    """Whether this person belongs to the institution whose project it is."""
    return institution_of(session, project) in actor.homes


def tell(session: Session, project: Project, kind: str, people: Iterable[uuid.UUID], path: str, **params: Any) -> int:
    """Owe one notice on a project to each; how many are new."""
    initiative = row_of(session, Initiative, project.initiative_id)
    return owe(
        session,
        kind,
        people,
        subject_id=project.case_id or project.id,
        path=path,
        number=initiative.reference,
        title=initiative.title or "",
        **params,
    )
