"""Roles in tests: the form as it is sent, the proposal it makes, the second person's answer, what somebody holds today."""

from sqlalchemy import select
from sqlmodel import col

from accounts import field
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.models import Institution, Membership, RoleProposal
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from visitors import PASSWORD, Page, Visitor

TODAY = utc_now().date()


def role(**fields: object) -> dict[str, object]:
    return {"role": "case_lead", "holding": "direct", "valid_from": TODAY.isoformat(), **fields}


def propose(visitor: Visitor, person: Viewer, home: Institution, **fields: object) -> Page:
    return visitor.post(f"/people/{person.person_id}/roles/new", {"institution": str(home.id), **role(**fields)})


def proposal(database: Database) -> RoleProposal:
    with database.reading() as session:
        return session.scalars(select(RoleProposal).order_by(col(RoleProposal.id).desc())).first()  # type: ignore[return-value]


def answer(visitor: Visitor, row: RoleProposal, answer: str = "grant", **fields: str) -> Page:
    path = f"/people/proposals/{row.id}"
    shown = visitor.get(path)
    if 'name="digest"' in shown.text:
        fields = {"digest": field(shown, "digest"), **fields}
    return visitor.post(path, {"answer": answer, "password": PASSWORD, "digest": "0", **fields})


def roles_now(database: Database, person: Viewer) -> list[Role]:
    with database.reading() as session:
        rows = session.scalars(select(Membership).where(col(Membership.person_id) == person.person_id))
        return [row.role for row in rows if row.valid_to is None or row.valid_to >= TODAY]
