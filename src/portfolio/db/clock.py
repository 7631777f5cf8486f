"""What time it is for the rules: real time, moved only in a demonstration, and fixed in tests."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col

from portfolio.db.base import utc_now

OFFSET = "clock_offset_seconds"
MOVED_FROM = timedelta(hours=1)
"""From here on a difference to real time is a moved clock, not a long transaction."""


class InstallationFact(SQLModel, table=True):
    """A fact about this installation: its chain's id, a demonstration's clock."""

    __tablename__ = "installation_fact"

    key: str = Field(primary_key=True, max_length=60)
    value: str = Field(max_length=400)


_OFFSET = select(col(InstallationFact.value)).where(col(InstallationFact.key) == OFFSET)
"""Every request asks it: made once."""


def now(session: Session) -> datetime:
    """The present instant, aware UTC; the same within one session, so that one act has one time."""
    fixed: datetime | None = session.info.get("now")
    if fixed is None:
        fixed = utc_now() + offset(session)
        session.info["now"] = fixed
    return fixed


def fix(session: Session, at: datetime) -> None:
    """Give a session the instant of another one of the same request, so that it need not ask again."""
    session.info["now"] = at


def moved_instant(session: Session) -> datetime | None:
    """The present instant of a clock that was moved (a demonstration's, or a test's); nothing where it tells real time."""
    at = now(session)
    return at if abs(at - utc_now()) > MOVED_FROM else None


def offset(session: Session) -> timedelta:
    """How far a demonstration's clock is moved; zero everywhere else."""
    with session.no_autoflush:  # asking the time must not send half of somebody's work to the database
        found = session.scalar(_OFFSET)
    return timedelta(seconds=int(found)) if found else timedelta()


def was_moved(session: Session) -> bool:
    """Whether this installation's clock was ever moved, or a test fixed it: only then do events tell another time than their own."""
    with session.no_autoflush:
        return session.scalar(_OFFSET) is not None or moved_instant(session) is not None


def move(session: Session, to: datetime) -> None:
    """Move the clock of a demonstration so that the present instant is `to`."""
    seconds = str(int((to - utc_now()).total_seconds()))
    row = session.get(InstallationFact, OFFSET)
    if row is None:
        session.add(InstallationFact(key=OFFSET, value=seconds))
    else:
        row.value = seconds
    session.info.pop("now", None)
