"""One call, one effect: what a call was answered is kept by the name that its sender gave it (`Idempotency-Key`)."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.db.base import utc_now
from portfolio.errors import FieldRefused
from portfolio.i18n import gettext
from portfolio.identity.models import ApiAnswer

FIELD = "Idempotency-Key"
KEPT = timedelta(days=7)


def asked_of(address: str, body: dict[str, Any]) -> str:
    """The digest of a call: where it went and what it said."""
    return digest({"address": address, "body": body})


def earlier_answer(session: Session, key_id: uuid.UUID, call: str, asked: str) -> ApiAnswer | None:
    """The answer to the same call, if it came before. Raises `FieldRefused` when its name was given to another call."""
    found = session.scalar(select(ApiAnswer).where(col(ApiAnswer.key_id) == key_id, col(ApiAnswer.call) == call))
    if found is not None and found.asked != asked:
        raise FieldRefused(FIELD, gettext("Another call had this name. Give every new call a name of its own."))
    return found


def keep(session: Session, key_id: uuid.UUID, call: str, asked: str, status: int, body: dict[str, Any]) -> None:
    """Keep an answer in the transaction of its act: both are there, or neither."""
    session.add(ApiAnswer(key_id=key_id, call=call, asked=asked, status=status, body=body))


def purge(session: Session) -> None:
    session.execute(delete(ApiAnswer).where(col(ApiAnswer.created_at) < utc_now() - KEPT))
