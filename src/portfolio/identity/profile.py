"""What people change about themselves, and the sessions they end."""

import uuid

from sqlalchemy import delete
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.identity.forms import ProfileFields
from portfolio.identity.models import LoginSession
from portfolio.people.models import Person
from portfolio.people.viewer import Viewer


def change_profile(session: Session, viewer: Viewer, fields: ProfileFields) -> Person:
    person = session.get_one(Person, viewer.person_id)
    changed = [name for name in ("name", "job_title", "language") if getattr(person, name) != getattr(fields, name)]
    if changed:
        person.name, person.job_title, person.language = fields.name, fields.job_title, fields.language
        record(session, viewer, Tag.PROFILE_CHANGED, person, changed=changed)
    return person


def choose_language(session: Session, viewer: Viewer, code: str) -> None:
    person = session.get_one(Person, viewer.person_id)
    if person.language != code:
        person.language = code
        record(session, viewer, Tag.PROFILE_CHANGED, person, changed=["language"])


def end_session(session: Session, viewer: Viewer, session_id: uuid.UUID) -> None:
    """One of one's own; another's, or one that has gone, is silently none."""
    session.execute(
        delete(LoginSession).where(col(LoginSession.id) == session_id, col(LoginSession.person_id) == viewer.person_id)
    )
    record(session, viewer, Tag.SIGNED_OUT, None)


def end_other_sessions(session: Session, viewer: Viewer) -> None:
    session.execute(
        delete(LoginSession).where(
            col(LoginSession.person_id) == viewer.person_id, col(LoginSession.id) != viewer.session_id
        )
    )
    record(session, viewer, Tag.SESSIONS_ENDED, None)
