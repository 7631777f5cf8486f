"""How the trail's page calls records of the rooms below, and what it says of the acts on a case."""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.subjects import Named, register_details, register_names, register_numbers
from portfolio.audit.terms import Tag
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import visible_to
from portfolio.desk import trail_objects  # noqa: F401  registers what records of delivery are called
from portfolio.desk.history_words import details_of
from portfolio.desk.trail_delivery import CONTRACTS, said_of
from portfolio.identity.models import Account
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Person
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call


def _accounts(session: Session, _viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    joined = select(col(Account.id), col(Person.name)).join(Person, col(Person.id) == col(Account.person_id))
    return {row.id: Named(row.name) for row in session.execute(joined.where(col(Account.id).in_(ids)))}


def _cases(session: Session, viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(
        select(col(BusinessCase.id), col(BusinessCase.title), col(Initiative.number))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .where(visible_to(viewer), col(BusinessCase.id).in_(ids))
    )
    return {
        row.id: Named(f"{row.number or ''} {row.title}".strip(), "desk.case", "case_id", Permission.CASE_READ)
        for row in rows
    }


def _numbered(session: Session, viewer: Viewer, typed: str) -> list[uuid.UUID]:
    """Every version of the case of that number."""
    rows = session.scalars(
        select(col(BusinessCase.id))
        .join(Initiative, col(Initiative.id) == col(BusinessCase.initiative_id))
        .where(visible_to(viewer), col(Initiative.number) == typed.upper())
        .order_by(col(BusinessCase.id))
    )
    return list(rows)


def _calls(session: Session, _viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    rows = session.execute(select(col(Call.id), col(Call.title)).where(col(Call.id).in_(ids)))
    return {row.id: Named(row.title, "strategy.call", "call_id", Permission.CALL_READ) for row in rows}


def _details(session: Session, pack: CountryPack, events: Sequence[AuditEvent]) -> Mapping[uuid.UUID, str]:
    """The auditor knows decisions, whether they are published or not."""
    about = {event.about_id for event in events if event.about_id is not None}
    cases = {case.id: case for case in session.scalars(select(BusinessCase).where(col(BusinessCase.id).in_(about)))}
    by_id = {event.id: event for event in events}
    said = {}
    for event_id, sentences in said_of(session, pack, events).items():
        event = by_id[event_id]
        tag, case = Tag(event.action), cases.get(event.about_id) if event.about_id is not None else None
        content = json.loads(event.canon)["detail"]
        if tag in CONTRACTS:
            content.pop("amount", None)
        of_case = [] if case is None else details_of(pack, case, tag, content, decision_hidden=False) or []
        said[event_id] = ". ".join(dict.fromkeys([*of_case, *sentences]))
    return said


register_names("account", _accounts)
register_names("business_case", _cases)
register_names("call", _calls)
register_numbers(_numbered)
register_details(_details)
