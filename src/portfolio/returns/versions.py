"""Every version of a return that was put up or signed: kept as canonical JSON with its digest, and compared field by field."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import canonical, digest
from portfolio.db.clock import now
from portfolio.errors import NotFound
from portfolio.returns.models import ProgressReturn, ReturnVersion
from portfolio.returns.words import FIELDS

Content = Mapping[str, Any]
"""`return`, `period`, `edition`, `currency`, the twelve fields by their form names as JSON values (amounts in minor units, the
physical progress in basis points), and `confirmed` where something unusual was."""


@dataclass(frozen=True, slots=True)
class Differs:
    """A field whose value is another one, with both JSON values."""

    name: str
    before: Any
    after: Any


def text_of(row: ProgressReturn) -> str:
    """Canonical JSON of everything that is signed. `confirmed` counts only where it says something: what was signed before
    there was such a thing keeps its digest.
    """
    named = {name: getattr(row, column) for name, column in FIELDS.items()}
    said = {"confirmed": row.confirmed} if row.confirmed else {}
    return canonical(
        {"return": row.id, "period": row.period_on, "edition": row.edition, "currency": row.currency, **named, **said}
    )


def digest_of(row: ProgressReturn) -> str:
    return digest(text_of(row))


def content_of(kept: ProgressReturn | ReturnVersion) -> Content:
    """As `Content`. Raises `ValueError` for a version that is not what its digest says."""
    if isinstance(kept, ReturnVersion) and digest(kept.content) != kept.digest:
        raise ValueError(f"version {kept.id} is not what its digest says")
    found: Content = json.loads(kept.content if isinstance(kept, ReturnVersion) else text_of(kept))
    return found


def keep(session: Session, row: ProgressReturn) -> ReturnVersion:
    """The version that the return is now, kept if it was not. The caller holds the row's lock and records the event."""
    text = text_of(row)
    there = session.scalar(
        select(ReturnVersion).where(col(ReturnVersion.return_id) == row.id, col(ReturnVersion.digest) == digest(text))
    )
    if there is not None:
        return there
    last = session.scalar(select(func.max(col(ReturnVersion.number))).where(col(ReturnVersion.return_id) == row.id))
    version = ReturnVersion(
        return_id=row.id,
        number=(last or 0) + 1,
        content=text,
        digest=digest(text),
        written_by_id=row.filled_by_id,
        kept_at=now(session),
    )
    session.add(version)
    session.flush()
    return version


def versions_of(session: Session, return_id: uuid.UUID) -> Sequence[ReturnVersion]:
    """Oldest first."""
    return session.scalars(
        select(ReturnVersion).where(col(ReturnVersion.return_id) == return_id).order_by(col(ReturnVersion.number))
    ).all()


def get_version(session: Session, row: ProgressReturn, number: int) -> ReturnVersion:
    """Raises `NotFound`. The return came from `get_return`."""
    found = session.scalar(
        select(ReturnVersion).where(col(ReturnVersion.return_id) == row.id, col(ReturnVersion.number) == number)
    )
    if found is None:
        raise NotFound
    return found


def differences(before: Content, after: Content) -> list[Differs]:
    """The fields whose values differ, in the order of the form; pure."""
    return [Differs(name, before.get(name), after.get(name)) for name in FIELDS if before.get(name) != after.get(name)]
