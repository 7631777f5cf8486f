"""Which people of the bodies above the institutions hear of a project: asked by every room of delivery, answered by `approvals`.

Who examines the projects of a house is said by the country's pack: another body stands in where the directive body would judge
itself. Those facts lie in `approvals`, above the plan and the risks; it registers its answer when it is wired.
"""

import uuid
from collections.abc import Callable, Collection, Iterable

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.packs.schema import CountryPack
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.projects.models import Project

DIRECTIVE = frozenset({Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD})
"""Roles of which the pack names the body that is lawful for a case."""

Answer = Callable[[Session, CountryPack, uuid.UUID, Collection[Role]], Iterable[uuid.UUID]]
"""By the case of a project: who holds these roles in its lawful bodies, without the recused."""

_answers: list[Answer] = []


def register_lawful(answer: Answer) -> None:
    _answers[:] = [answer]


def overseers(session: Session, pack: CountryPack, project: Project, roles: Iterable[Role]) -> set[uuid.UUID]:
    """Holders today of roles above the institutions: of the directive body's only those whom the pack names for this project.

    A project that no case brought (an imported one) is everybody's who holds the role.
    """
    wanted = set(roles)
    lawful = wanted & DIRECTIVE if project.case_id is not None and _answers else set()
    today = now(session).astimezone(pack.zone).date()
    found = {person for role in wanted - lawful for person in holders(session, role, today)}
    if lawful and project.case_id is not None:
        found |= set(_answers[0](session, pack, project.case_id, lawful))
    return found
