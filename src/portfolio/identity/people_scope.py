"""Which people and institutions a viewer may see and manage: administrators all, others those of their own institution."""

import uuid

from sqlalchemy import ColumnElement, select, union
from sqlmodel import col

from portfolio.identity.models import ApiKey
from portfolio.people.models import Membership, Person, RoleProposal
from portfolio.people.permissions import GRANTS, NOT_FOR_PEOPLE, Permission
from portfolio.people.rules import AGENCY_ROLES
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer

EVERYWHERE = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


def reaches_all(viewer: Viewer) -> bool:
    return bool(viewer.roles & EVERYWHERE)


def visible_people(viewer: Viewer) -> ColumnElement[bool]:
    """Persons who hold, held or are proposed for a role in an institution where this viewer may read people; an information
    system that acts by a key is none of them.
    """
    if reaches_all(viewer):
        return col(Person.id).not_in(select(col(ApiKey.person_id)))
    homes = [grant.institution_id for grant in viewer.grants if Permission.PEOPLE_READ in GRANTS[grant.role]]
    there = union(
        select(col(Membership.person_id)).where(col(Membership.institution_id).in_(homes)),
        select(col(RoleProposal.person_id)).where(col(RoleProposal.institution_id).in_(homes)),
    )
    return col(Person.id).in_(there)


def institutions_where(viewer: Viewer, permission: Permission) -> frozenset[uuid.UUID] | None:
    """Where a role of this viewer grants it; nothing stands for everywhere, which the command line reaches too."""
    if viewer is SYSTEM or Role.ADMINISTRATOR in viewer.roles:
        return None
    return frozenset(grant.institution_id for grant in viewer.grants if permission in GRANTS[grant.role])


def may_propose(viewer: Viewer, role: Role, institution_id: uuid.UUID) -> bool:
    """Administrators any role anywhere; a user manager the agency's roles in the own institution."""
    if role in NOT_FOR_PEOPLE:
        return False
    homes = institutions_where(viewer, Permission.PEOPLE_MANAGE)
    return homes is None or (institution_id in homes and role in AGENCY_ROLES)


def may_confirm_there(viewer: Viewer, role: Role, institution_id: uuid.UUID) -> bool:
    homes = institutions_where(viewer, Permission.PEOPLE_CONFIRM)
    return homes is None or (institution_id in homes and role in AGENCY_ROLES)
