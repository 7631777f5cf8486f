"""Owed mail goes out: leased by one process at a time, sent outside any transaction, marked, tried again, or given up.

At least once: a process that dies between sending and marking lets its lease run out, and the mail goes a second time
with the same Message-ID. Nothing waits for a mail server while it holds a lock of the database.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from urllib.parse import urlsplit

from jinja2 import Template
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.i18n import gettext, language
from portfolio.notifications.mail import Mailer, Postponed, Undeliverable, Unreachable, mail_settings, open_mailer
from portfolio.notifications.models import Notice
from portfolio.notifications.sealed import forget, path_of
from portfolio.notifications.showing import words_of
from portfolio.people.models import Person
from portfolio.resources import folder
from portfolio.settings import Settings
from portfolio.web.templates import make_environment

LEASE = timedelta(minutes=10)
"""Longer than a batch can take."""
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440))
"""After each failed try; when they are used up, the mail is given up."""
BATCH = 50
MAX_SUBJECT = 200


@dataclass(slots=True)
class Tally:
    """What a delivery did: mails sent, put off, given up."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    trouble: str = ""

    def __str__(self) -> str:
        counts = f"sent {self.sent}, put off {self.put_off}, given up {self.given_up}"
        return f"{counts}; {self.trouble}" if self.trouble else counts


@dataclass(frozen=True, slots=True)
class _Letter:
    """All that is needed to send without the database."""

    notice_id: uuid.UUID
    message: EmailMessage | None
    trouble: str = ""


def deliver(database: Database, settings: Settings, limit: int = BATCH) -> Tally:
    """Send the mail that is due, at most `limit`. Safe to run in several processes at once. Raises `ConfigurationError`."""
    mail = mail_settings(settings.mail_url, settings.base_url)
    tally = Tally()
    with database.writing() as session:
        letters = [_letter(settings, mail.sender, *row) for row in _lease(session, limit, utc_now())]
    waiting = list(letters)
    try:
        if waiting:
            with open_mailer(mail) as mailer:
                while waiting:
                    _send(database, mailer, waiting[0], tally)
                    waiting.pop(0)
    except Unreachable as error:
        tally.trouble = str(error)
        _put_off_all(database, [letter.notice_id for letter in waiting], str(error), tally)
    return tally


def is_mail_due(session: Session) -> bool:
    """Whether a delivery would find anything: asked before a slot is claimed."""
    return session.scalar(select(col(Notice.id)).where(_is_due(utc_now())).limit(1)) is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(Notice.by_mail),
        col(Notice.mailed_at).is_(None),
        col(Notice.given_up_at).is_(None),
        or_(col(Notice.next_attempt_at).is_(None), col(Notice.next_attempt_at) <= now),
    )


def _lease(session: Session, limit: int, now: datetime) -> Sequence[tuple[Notice, Person]]:
    """Take what is due for this process alone; the others pass it by."""
    due = (
        select(Notice, Person)
        .join(Person, col(Person.id) == col(Notice.person_id))
        .where(_is_due(now))
        .order_by(col(Notice.id))
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    )
    rows = [(notice, person) for notice, person in session.execute(due)]
    for notice, _ in rows:
        notice.next_attempt_at = now + LEASE
    return rows


def _letter(settings: Settings, sender: str, notice: Notice, person: Person) -> _Letter:
    try:
        return _Letter(notice.id, message_of(settings, sender, notice, person))
    except (ValueError, KeyError, TypeError, IndexError, MessageError) as error:
        return _Letter(notice.id, None, f"{type(error).__name__}: {error}")


@cache
def _template() -> Template:
    environment = make_environment(folder("templates"))
    environment.autoescape = False  # plain text, never HTML
    return environment.get_template("emails/notice.txt")


def message_of(settings: Settings, sender: str, notice: Notice, person: Person) -> EmailMessage:
    """The mail of one notice in its recipient's language. Raises `ValueError` for an address that is none."""
    with language(person.language):
        words = words_of(notice)
        path = path_of(settings.secret_key, notice)
        text = _template().render(
            product_name=gettext("Digital portfolio"),
            person_name=person.name,
            body=words.body,
            link=f"{settings.base_url}{path}" if path else "",
            notices=f"{settings.base_url}/notices",
        )
        message = EmailMessage(policy=SMTP)
        message["Subject"] = words.subject[:MAX_SUBJECT]
        message["From"] = Address(gettext("Digital portfolio"), addr_spec=sender)
    message["To"] = Address(" ".join(person.name.split()), addr_spec=person.email)
    message["Date"] = notice.created_at
    message["Message-ID"] = f"<{notice.id}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message["Content-Language"] = person.language
    return message


def _send(database: Database, mailer: Mailer, letter: _Letter, tally: Tally) -> None:
    """Raises `Unreachable`, with this letter still waiting."""
    if letter.message is None:
        _give_up(database, letter.notice_id, letter.trouble, tally)
        return
    try:
        mailer.send(letter.message)
    except Undeliverable as error:
        _give_up(database, letter.notice_id, str(error), tally)
    except Postponed as error:
        _put_off_all(database, [letter.notice_id], str(error), tally)
    else:
        with database.writing() as session:
            notice = session.get_one(Notice, letter.notice_id)
            notice.mailed_at, notice.next_attempt_at, notice.last_error = utc_now(), None, ""
            notice.attempts += 1
            forget(notice)
        tally.sent += 1


def _give_up(database: Database, notice_id: uuid.UUID, reason: str, tally: Tally) -> None:
    with database.writing() as session:
        notice = session.get_one(Notice, notice_id)
        notice.attempts += 1
        _end(notice, reason)
    tally.given_up += 1


def _end(notice: Notice, reason: str) -> None:
    notice.given_up_at, notice.next_attempt_at, notice.last_error = utc_now(), None, reason[:400]
    forget(notice)


def _put_off_all(database: Database, notice_ids: Sequence[uuid.UUID], reason: str, tally: Tally) -> None:
    """One more failed try for each; the mail whose waits are used up is given up, with the reason."""
    with database.writing() as session:
        rows = session.scalars(select(Notice).where(col(Notice.id).in_(notice_ids)).order_by(col(Notice.id)))
        for notice in rows.all():
            if notice.attempts >= len(WAITS):
                notice.attempts += 1
                _end(notice, reason)
                tally.given_up += 1
                continue
            notice.next_attempt_at = utc_now() + WAITS[notice.attempts]
            notice.attempts += 1
            notice.last_error = reason[:400]
            tally.put_off += 1
