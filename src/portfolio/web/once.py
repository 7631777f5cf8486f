"""A form's one-time key: a double click, a retry after a lost answer, are one act and lead to the same place."""

import secrets

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portfolio.db.base import utc_now

FIELD = "form_key"
_KEY = "form_key"


class AlreadyDone(Exception):
    """This very form was sent before; `location` is where its act led."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def new_key() -> str:
    return secrets.token_urlsafe(18)


def claim(session: Session, key: str, person_id: str) -> None:
    """Take the key in this transaction; raises `AlreadyDone` when it was taken by a committed one."""
    if not key or len(key) > 64:
        return
    found = session.execute(
        text("SELECT location FROM form_key WHERE key = :key"), {"key": f"{person_id}:{key}"[-64:]}
    ).one_or_none()
    if found is not None:
        raise AlreadyDone(found.location)
    session.info[_KEY] = (f"{person_id}:{key}"[-64:], person_id)


def led_to(session: Session, location: str) -> None:
    """Store where the act led, in the act's own transaction. Raises `AlreadyDone` to the slower of two equal requests."""
    claimed: tuple[str, str] | None = session.info.pop(_KEY, None)
    if claimed is None:
        return
    key, person_id = claimed
    person = person_id.replace("-", "") if session.get_bind().dialect.name == "sqlite" else person_id
    try:
        with session.begin_nested():
            session.execute(
                text("INSERT INTO form_key (key, person_id, location, used_at) VALUES (:key, :person, :location, :at)"),
                {"key": key, "person": person, "location": location[:400], "at": utc_now()},
            )
    except IntegrityError:
        session.rollback()
        found = session.execute(text("SELECT location FROM form_key WHERE key = :key"), {"key": key}).one()
        raise AlreadyDone(found.location) from None
