"""Reading the trail: what happened to a case, and what an auditor looks for. Newest first, by the events' own time-ordered ids."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import plain
from portfolio.audit.models import AuditEvent, AuditText
from portfolio.audit.terms import Chain, Tag
from portfolio.audit.trail import MOVED_CLOCK
from portfolio.db import clock
from portfolio.people.models import Person
from portfolio.web.formatting import country_zone
from portfolio.web.newest import Newest, newest

PEOPLE = 200
"""Persons that a name may match; a shorter name than that is no search."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What an auditor looks for; empty means all."""

    person: str = ""
    action: Tag | None = None
    chain: Chain | None = None
    objects: tuple[uuid.UUID, ...] = ()
    since: date | None = None
    until: date | None = None


def events_about(session: Session, case_id: uuid.UUID, tags: Collection[Tag], cursor: str) -> Newest[AuditEvent]:
    """Events of a case with one of the tags; the caller has found the case for its viewer, and chosen the tags for them."""
    query = select(AuditEvent).where(
        col(AuditEvent.about_id) == case_id, col(AuditEvent.action).in_([tag.value for tag in tags])
    )
    return newest(session, query, AuditEvent.id, lambda event: event.id, cursor)


def search_events(session: Session, wanted: EventFilter, cursor: str) -> Newest[AuditEvent]:
    """For who may read the whole trail. Days are the country's, and those of the instant that the page shows (`shown_at`)."""
    query = select(AuditEvent)
    if wanted.person:
        query = query.where(col(AuditEvent.actor_id).in_(_people(session, wanted.person)))
    if wanted.action is not None:
        query = query.where(col(AuditEvent.action) == wanted.action.value)
    if wanted.chain is not None:
        query = query.where(col(AuditEvent.chain) == wanted.chain)
    if wanted.objects:
        query = query.where(
            or_(col(AuditEvent.object_id).in_(wanted.objects), col(AuditEvent.about_id).in_(wanted.objects))
        )
    if wanted.since is not None or wanted.until is not None:
        query = query.where(_shown_between(session, wanted.since, wanted.until))
    return newest(session, query, AuditEvent.id, lambda event: event.id, cursor)


def texts(session: Session, commitments: Iterable[str]) -> dict[str, str]:
    """The words behind commitments, as far as they were not erased."""
    wanted = sorted(set(commitments))
    if not wanted:
        return {}
    rows = session.execute(
        select(col(AuditText.commitment), col(AuditText.value)).where(col(AuditText.commitment).in_(wanted))
    )
    return {row.commitment: row.value for row in rows}


def _people(session: Session, text: str) -> list[uuid.UUID]:
    query = select(col(Person.id)).where(
        or_(col(Person.name).icontains(text, autoescape=True), col(Person.email_key).contains(text, autoescape=True))
    )
    return list(session.scalars(query.order_by(col(Person.id)).limit(PEOPLE)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=country_zone())


def _shown_between(session: Session, since: date | None, until: date | None) -> ColumnElement[bool]:
    """By the id, which begins with the real instant, and, for what a moved clock told, by the instant that it told.

    The latter is read from the event itself: only where a clock was ever moved is that asked, because no index helps there.
    """
    start = None if since is None else _midnight(since)
    end = None if until is None else _midnight(until + timedelta(days=1))
    by_id = [
        *([] if start is None else [col(AuditEvent.id) >= _first_id(start)]),
        *([] if end is None else [col(AuditEvent.id) < _first_id(end)]),
    ]
    if not clock.was_moved(session):
        return and_(*by_id)
    told = _told(session)
    by_clock = [
        *([] if start is None else [told >= plain(start)]),
        *([] if end is None else [told < plain(end)]),
    ]
    return or_(and_(told.is_(None), *by_id), and_(told.is_not(None), *by_clock))


def _told(session: Session) -> ColumnElement[Any]:
    """The instant of a moved clock as the event's text holds it (UTC, to the microsecond: it sorts as it runs), or null."""
    if session.get_bind().dialect.name == "sqlite":
        return func.json_extract(col(AuditEvent.canon), f"$.detail.{MOVED_CLOCK}", type_=String())
    told: ColumnElement[Any] = cast(col(AuditEvent.canon), JSON)[("detail", MOVED_CLOCK)].as_string()
    return told


def _first_id(at: datetime) -> uuid.UUID:
    """The smallest UUIDv7 of an instant (RFC 9562: its first 48 bits are milliseconds since 1970)."""
    return uuid.UUID(int=max(0, int(at.timestamp() * 1000)) << 80)


def shown_at(at: datetime, detail: Mapping[str, Any]) -> datetime:
    """When an act took place as its readers know it: the demonstration's time where its clock was moved, else the event's own."""
    moved = detail.get(MOVED_CLOCK)
    return datetime.fromisoformat(moved) if moved else at
