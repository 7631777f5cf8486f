"""A lost second factor: one person asks, an administrator who is neither of the two confirms, and the person starts anew.

What the person had is gone: the secret, the recovery codes, every session. For a day nothing that binds is done in their
name (`step_up.prove`), so that whoever took somebody's place is noticed before they sign (security.md, T11).
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import row_digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record, row_state
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext
from portfolio.identity import sessions
from portfolio.identity.models import Account, FactorReset, RecoveryCode
from portfolio.identity.people_queries import today
from portfolio.identity.people_scope import institutions_where
from portfolio.notifications.outbox import owe
from portfolio.people.models import Institution, Membership, Person
from portfolio.people.permissions import Permission
from portfolio.people.queries import holders, in_force
from portfolio.people.terms import ProposalState, Role
from portfolio.people.viewer import Viewer

COOL_DOWN = timedelta(hours=24)


def why_not_ask(session: Session, actor: Viewer, person: Person) -> str | None:
    """The reason this viewer cannot ask; the command line, which acts as the system, can for anybody."""
    account = _account(session, person.id)
    if account is None or account.totp_confirmed_at is None:
        return gettext("This person has no second factor.")
    if person.id == actor.person_id:
        return gettext("Nobody asks for a reset of an own factor: use a recovery code, or ask your user manager.")
    if not _works_where_managed(session, actor, person):
        return gettext("The person holds no role where you manage people; ask an administrator.")
    if _waiting(session, person.id) is not None:
        return gettext("A reset was already asked for and waits for a second person.")
    return None


def ask_reset(session: Session, actor: Viewer, person: Person, reason: str) -> FactorReset:
    """Store the request, tell the person and the administrators. Raises `Refused`."""
    refusal = why_not_ask(session, actor, person)
    if refusal is not None:
        raise Refused(refusal)
    row = FactorReset(person_id=person.id, reason=reason, asked_by_id=actor.person_id if actor.person_id.int else None)
    session.add(row)
    session.flush()
    record(session, actor, Tag.FACTOR_RESET_ASKED, row, words=reason, person=str(person.id))
    owe(session, "factor_reset_asked", [person.id], path="/profile")
    deciders = set(holders(session, Role.ADMINISTRATOR, today(session))) - {actor.person_id, person.id}
    place = _place(session, person.id)
    owe(session, "factor_reset_waits", deciders, path=f"/people/factor-resets/{row.id}", institution=place)
    return row


def digest_of(row: FactorReset) -> str:
    """What the second person confirms: every column of the request."""
    return row_digest(FactorReset.__tablename__, row_state(row))


def why_not_decide(viewer: Viewer, row: FactorReset) -> str | None:
    """The reason this viewer may not confirm or refuse it."""
    if row.state is not ProposalState.PROPOSED:
        return gettext("This request was already decided.")
    if viewer.person_id == row.person_id:
        return gettext("Nobody decides on an own factor.")
    if viewer.person_id == row.asked_by_id:
        return gettext("You asked for this reset: a second person decides.")
    if Role.ADMINISTRATOR not in viewer.roles:
        return gettext("Only an administrator decides this.")
    return None


def decide_reset(session: Session, actor: Viewer, row: FactorReset, digest: str, *, grant: bool, reason: str) -> None:
    """The second person's answer. Raises `Refused`, or `FieldRefused` for a refusal without a reason."""
    refusal = why_not_decide(actor, row)
    if refusal is not None:
        raise Refused(refusal)
    if digest != digest_of(row):
        raise Refused(gettext("The request is not the one that was shown. Reload the page."))
    if not grant and not reason:
        raise FieldRefused("reason", gettext("Say why it is refused"))
    row.decided_by_id, row.decided_at, row.decision_reason = actor.person_id, now(session), reason
    if grant:
        _reset(session, actor, row)
        return
    row.state = ProposalState.REFUSED
    record(session, actor, Tag.FACTOR_RESET_REFUSED, row, words=reason, person=str(row.person_id))
    if row.asked_by_id is not None:
        owe(session, "factor_reset_refused", [row.asked_by_id], path=f"/people/{row.person_id}", reason=reason)


def reset_alone(session: Session, actor: Viewer, person: Person, reason: str) -> None:
    """For an installation whose only administrator lost the factor: the command line does both halves, and the trail says so.

    Raises `Refused` while another administrator could confirm.
    """
    others = select(
        exists().where(
            col(Membership.role) == Role.ADMINISTRATOR,
            col(Membership.person_id) != person.id,
            in_force(today(session)),
            col(Membership.person_id).in_(select(col(Account.person_id)).where(col(Account.disabled_at).is_(None))),
        )
    )
    if session.scalar(others):
        raise Refused("another administrator can confirm the reset: ask for it without --alone")
    row = _waiting(session, person.id) or ask_reset(session, actor, person, reason)
    row.decided_at, row.decision_reason = now(session), reason
    _reset(session, actor, row)


def _reset(session: Session, actor: Viewer, row: FactorReset) -> None:
    account = _account(session, row.person_id)
    if account is None or account.totp_confirmed_at is None:
        raise Refused(gettext("This person has no second factor."))
    account.totp_secret, account.totp_confirmed_at = "", None
    sessions.end_all(session, account)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == row.person_id))
    row.state = ProposalState.GRANTED
    record(session, actor, Tag.FACTOR_RESET, row, words=row.decision_reason, person=str(row.person_id))
    owe(session, "factor_reset", [row.person_id], path="/profile/second-factor")
    owe(session, "factor_was_reset", _told(session, row), institution=_place(session, row.person_id))


def _told(session: Session, row: FactorReset) -> set[uuid.UUID]:
    """Who can notice a person who is not who they seem: the heads of their institutions, and the auditors."""
    on = today(session)
    places = session.scalars(
        select(col(Membership.institution_id)).where(col(Membership.person_id) == row.person_id, in_force(on))
    ).all()
    people = set(holders(session, Role.AUDITOR, on))
    for place in set(places):
        people |= set(holders(session, Role.HEAD_OF_SERVICE, on, place))
    return people - {row.person_id}


def cools_down_until(session: Session, person_id: uuid.UUID) -> datetime | None:
    """Until when nothing binds in this person's name, after a reset of the last 24 hours."""
    latest = session.scalar(
        select(col(FactorReset.decided_at))
        .where(col(FactorReset.person_id) == person_id, col(FactorReset.state) == ProposalState.GRANTED)
        .order_by(col(FactorReset.decided_at).desc())
        .limit(1)
    )
    until = None if latest is None else latest + COOL_DOWN
    return until if until is not None and until > now(session) else None


def _works_where_managed(session: Session, actor: Viewer, person: Person) -> bool:
    homes = institutions_where(actor, Permission.PEOPLE_MANAGE)
    if homes is None:
        return True
    held = exists().where(
        col(Membership.person_id) == person.id, col(Membership.institution_id).in_(homes), in_force(today(session))
    )
    return bool(session.scalar(select(held)))


def _waiting(session: Session, person_id: uuid.UUID) -> FactorReset | None:
    return session.scalar(
        select(FactorReset).where(
            col(FactorReset.person_id) == person_id, col(FactorReset.state) == ProposalState.PROPOSED
        )
    )


def _account(session: Session, person_id: uuid.UUID) -> Account | None:
    return session.scalar(select(Account).where(col(Account.person_id) == person_id))


def _place(session: Session, person_id: uuid.UUID) -> str:
    """The institution that a notice names: the first where the person holds a role, or a dash."""
    name = session.scalar(
        select(col(Institution.name))
        .join(Membership, col(Membership.institution_id) == col(Institution.id))
        .where(col(Membership.person_id) == person_id, in_force(today(session)))
        .order_by(col(Membership.id))
        .limit(1)
    )
    return name or "–"
