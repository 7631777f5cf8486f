"""Who hears of a return: its leads, its sponsors, the directive body."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from portfolio.monitoring.life_notices import leads_of, people_in_roles
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.oversight import overseers
from portfolio.returns.models import ProgressReturn
from portfolio.returns.workflow import SPONSORS

_VERIFYING = frozenset(role for role, granted in GRANTS.items() if Permission.RETURN_VERIFY in granted)


def verifiers(session: Session, pack: CountryPack, project: Project) -> set[uuid.UUID]:
    return overseers(session, pack, project, _VERIFYING)


def tell(
    session: Session,
    kind: str,
    people: set[uuid.UUID],
    project: Project,
    row: ProgressReturn,
    once_key: str = "",
    **params: Any,
) -> int:
    """How many notices are new."""
    initiative = session.get_one(Initiative, project.initiative_id)
    return owe(
        session,
        kind,
        people,
        subject_id=project.case_id or project.id,
        path=f"/returns/{row.id}",
        once_key=once_key,
        number=initiative.reference,
        title=initiative.title or "",
        **params,
    )


def tell_ready(session: Session, pack: CountryPack, actor: Viewer, project: Project, row: ProgressReturn) -> None:
    people = people_in_roles(session, pack, project, SPONSORS) - {actor.person_id}
    tell(session, "return_ready", people, project, row, by=actor.name, due=row.due_on)


def tell_handed_in(session: Session, pack: CountryPack, actor: Viewer, project: Project, row: ProgressReturn) -> None:
    tell(session, "return_handed_in", verifiers(session, pack, project) - {actor.person_id}, project, row)


def tell_sent_back(
    session: Session, pack: CountryPack, actor: Viewer, project: Project, row: ProgressReturn, reason: str
) -> None:
    people = leads_of(session, project) | people_in_roles(session, pack, project, SPONSORS)
    tell(session, "return_sent_back", people - {actor.person_id}, project, row, reason=reason)


def tell_handed_back(
    session: Session, pack: CountryPack, actor: Viewer, project: Project, row: ProgressReturn, reason: str
) -> None:
    """Those who lead, and whoever wrote it."""
    people = leads_of(session, project) | ({row.filled_by_id} if row.filled_by_id else set())
    tell(session, "return_handed_back", people - {actor.person_id}, project, row, by=actor.name, reason=reason)


def agency(session: Session, pack: CountryPack, project: Project, *roles: Role) -> set[uuid.UUID]:
    return leads_of(session, project) | people_in_roles(session, pack, project, roles)
