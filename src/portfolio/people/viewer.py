"""Who is looking: a frozen value, not a row, so it crosses sessions and threads safely."""

import uuid
from dataclasses import dataclass, field, replace

from portfolio.people.permissions import GRANTS, REACH, Permission, Reach
from portfolio.people.terms import Role


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in force today: where, and for whom if not in the holder's own right."""

    role: Role
    institution_id: uuid.UUID
    unit_id: uuid.UUID | None = None
    acting_for_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person with the roles in force today.

    `narrowed(permission)` keeps only the roles that grant it, so that for the rest of a request a lead in A who merely
    reads B is a member of A alone (house.md section 6).
    """

    person_id: uuid.UUID
    name: str
    language: str = "es"
    grants: tuple[Grant, ...] = ()
    session_id: uuid.UUID | None = field(default=None, compare=False)

    def can(self, permission: Permission) -> bool:
        if permission in (Permission.PUBLIC, Permission.SIGNED_IN):
            return True
        return any(permission in GRANTS[grant.role] for grant in self.grants)

    def narrowed(self, permission: Permission) -> "Viewer":
        if permission in (Permission.PUBLIC, Permission.SIGNED_IN):
            return self
        return replace(self, grants=tuple(g for g in self.grants if permission in GRANTS[g.role]))

    def can_in(self, permission: Permission, institution_id: uuid.UUID) -> bool:
        """Whether a role in this very institution grants it, or one that reaches every institution."""
        return any(
            permission in GRANTS[g.role] and (g.institution_id == institution_id or REACH[g.role] is not Reach.OWN)
            for g in self.grants
        )

    def roles_in(self, institution_id: uuid.UUID) -> frozenset[Role]:
        """Roles held there, and those of the oversight bodies, which reach every institution."""
        return frozenset(
            g.role for g in self.grants if g.institution_id == institution_id or REACH[g.role] is not Reach.OWN
        )

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(g.role for g in self.grants)

    @property
    def own_institutions(self) -> frozenset[uuid.UUID]:
        """Institutions whose cases a role of this person reaches as its own."""
        return frozenset(g.institution_id for g in self.grants if REACH[g.role] is Reach.OWN)

    @property
    def homes(self) -> frozenset[uuid.UUID]:
        """Every institution the person works in, whatever the role: what conflicts of interest look at."""
        return frozenset(g.institution_id for g in self.grants)

    def reaches(self, reach: Reach) -> bool:
        return any(REACH[g.role] is reach for g in self.grants)


SYSTEM = Viewer(person_id=uuid.UUID(int=0), name="system", language="es")
"""Imports, jobs and commands act as the system, never as a person."""
