"""Nothing closes silently: reminders before a closing, and word of the closing itself. Jobs of the clock call these."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import SYSTEM
from portfolio.strategy.audience import writers_of
from portfolio.strategy.models import Call
from portfolio.strategy.rules import has_closed, reminder_due


def remind_of_closing(session: Session, _pack: CountryPack, now: datetime) -> int:
    """Tell whoever is still writing for a call that it closes in 14, 7, 3 or 1 days or 3 hours; returns new notices.

    Once for each call, closing and step: an extension begins a new round.
    """
    told = 0
    for call in session.scalars(
        select(Call).where(col(Call.opens_at) <= now, col(Call.closes_at) >= now).order_by(col(Call.id))
    ):
        code = reminder_due(call, now)
        if code is not None:
            told += owe(
                session,
                "call_closes_soon",
                writers_of(session, call.id),
                subject_id=call.id,
                path="/cases",
                once_key=f"closing:{call.id.hex}:{call.closes_at:%y%m%d%H%M%S}:{code}",
                call=call.title,
                until=call.closes_at,
            )
    return told


def announce_closings(session: Session, _pack: CountryPack, now: datetime) -> int:
    """Record each closing once and tell whoever did not submit; returns how many calls closed."""
    closed = 0
    query = select(Call).where(
        col(Call.closes_at) < now,
        or_(col(Call.closing_announced).is_(None), col(Call.closing_announced) != col(Call.closes_at)),
    )
    for call in session.scalars(query.order_by(col(Call.id)).with_for_update(skip_locked=True)).all():
        if not has_closed(call, now):
            continue
        call.closing_announced = call.closes_at
        people = writers_of(session, call.id)
        record(session, SYSTEM, Tag.CALL_CLOSED, call, closes_at=call.closes_at, unsubmitted_writers=len(people))
        owe(
            session,
            "call_closed",
            people,
            subject_id=call.id,
            path=f"/calls/{call.id}",
            once_key=f"closed:{call.id.hex}:{call.closes_at:%y%m%d%H%M%S}",
            call=call.title,
            until=call.closes_at,
        )
        closed += 1
    return closed
