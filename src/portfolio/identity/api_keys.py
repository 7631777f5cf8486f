"""Keys of institutions' information systems: made, found, used, revoked. A key is shown once and kept as its digest."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import new_id, utc_now
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import gettext
from portfolio.identity.forms import ApiKeyFields
from portfolio.identity.models import ApiKey
from portfolio.identity.people_scope import institutions_where, reaches_all
from portfolio.identity.sessions import digest_of
from portfolio.people.models import Institution, Person
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.terms import Role
from portfolio.people.viewer import Grant, Viewer
from portfolio.web.formatting import day

BEGINNING = "pfk_"
"""How every key begins, so that one that leaked into a text is recognised."""
LONGEST = timedelta(days=366)
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as its list shows it; `is_over` once it was revoked or its last day has passed."""

    key: ApiKey
    name: str
    institution: str
    made_by: str
    revoked_by: str
    is_over: bool


def keys_page(session: Session, viewer: Viewer, on: date) -> list[KeyRow]:
    """Keys of the institutions where the viewer may read people, those that work first, the newest first."""
    homes = None if reaches_all(viewer) else institutions_where(viewer, Permission.PEOPLE_READ)
    query = (
        select(ApiKey, col(Person.name), col(Institution.name))
        .join(Person, col(Person.id) == col(ApiKey.person_id))
        .join(Institution, col(Institution.id) == col(ApiKey.institution_id))
        .order_by(col(ApiKey.id).desc())
    )
    if homes is not None:
        query = query.where(col(ApiKey.institution_id).in_(homes))
    rows = session.execute(query).all()
    people = names(session, [person for key, _name, _place in rows for person in (key.made_by_id, key.revoked_by_id)])
    found = [
        KeyRow(
            key,
            name,
            place,
            people.get(key.made_by_id, ""),
            people.get(key.revoked_by_id, "") if key.revoked_by_id else "",
            not works(key, on),
        )
        for key, name, place in rows
    ]
    return sorted(found, key=lambda row: row.is_over)


def works(key: ApiKey, on: date) -> bool:
    return key.revoked_at is None and on <= key.expires_on


def make_key(session: Session, actor: Viewer, fields: ApiKeyFields, on: date) -> tuple[str, ApiKey]:
    """A new key and its row; the key itself is nowhere else. The caller has proved who asks.

    Raises `FieldRefused` for an institution that the actor does not manage, or a last day that is past or too far.
    """
    homes = institutions_where(actor, Permission.PEOPLE_MANAGE)
    body = session.get(Institution, fields.institution)
    if body is None or (homes is not None and body.id not in homes):
        raise FieldRefused("institution", gettext("Choose one of the options"))
    if not on <= fields.expires_on <= on + LONGEST:
        raise FieldRefused("expires_on", gettext("Choose a day from today to %(last)s") % {"last": day(on + LONGEST)})
    token = BEGINNING + secrets.token_urlsafe(32)
    key_id = new_id()
    address = f"{key_id}@api.invalid"
    person = Person(name=fields.name, email=address, email_key=address, language=actor.language)
    session.add(person)
    session.flush()
    key = ApiKey(
        id=key_id,
        institution_id=body.id,
        person_id=person.id,
        start=token[:12],
        key_hash=digest_of(token),
        scope=fields.scope,
        expires_on=fields.expires_on,
        made_by_id=actor.person_id,
    )
    session.add(key)
    session.flush()
    record(
        session, actor, Tag.API_KEY_MADE, key, words=fields.name,
        institution=body.id, scope=fields.scope, until=fields.expires_on, acts_as=person.id,
    )  # fmt: skip
    return token, key


def get_key(session: Session, viewer: Viewer, key_id: uuid.UUID, *, for_writing: bool = False) -> ApiKey:
    """Locked for whoever writes. Raises `NotFound` for one of an institution that the viewer does not manage."""
    homes = institutions_where(viewer, Permission.PEOPLE_MANAGE)
    query = select(ApiKey).where(col(ApiKey.id) == key_id)
    found = session.scalar(query.with_for_update() if for_writing else query)
    if found is None or (homes is not None and found.institution_id not in homes):
        raise NotFound
    return found


def revoke(session: Session, actor: Viewer, key: ApiKey, reason: str) -> None:
    """At once and for good: the next call of the system is refused. Raises `Refused` for one that was revoked already."""
    if key.revoked_at is not None:
        raise Refused(gettext("This key was revoked already."))
    key.revoked_at, key.revoked_by_id, key.revoke_reason = utc_now(), actor.person_id, reason
    record(session, actor, Tag.API_KEY_REVOKED, key, words=reason, institution=key.institution_id)


def find(session: Session, token: str) -> ApiKey | None:
    """The row of a key, whether it still works or not."""
    return session.scalar(select(ApiKey).where(col(ApiKey.key_hash) == digest_of(token)))


def viewer_of(session: Session, key: ApiKey) -> Viewer:
    """Who acts by a key: the information system, in its institution alone."""
    person = session.get_one(Person, key.person_id)
    return Viewer(person.id, person.name, person.language, (Grant(Role.INTERFACE, key.institution_id),))


def touch(session: Session, key_id: uuid.UUID) -> None:
    """Note that a key is in use, at most once a minute."""
    key, at = session.get_one(ApiKey, key_id), utc_now()
    if key.last_used_at is None or at - key.last_used_at > USED_EVERY:
        key.last_used_at = at
