"""The second factor as the rest of the room asks it: does this code pass, who must have one, enrolling and renewing."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.seal import seal, unseal
from portfolio.errors import FieldRefused
from portfolio.i18n import gettext
from portfolio.identity import factors, limits, recovery, sessions
from portfolio.identity.models import Account
from portfolio.identity.sessions import Found
from portfolio.identity.terms import SignInMethod
from portfolio.notifications.outbox import owe
from portfolio.people.permissions import SECOND_FACTOR_ROLES
from portfolio.people.viewer import Viewer

PENDING = "pending factor"
LIMITS = (limits.PER_FACTOR, limits.PER_FACTOR_HOUR, limits.PER_FACTOR_DAY)


def is_missing(viewer: Viewer, found: Found | None) -> bool:
    """Whether this session was opened without a factor that a role demands, or that was reset and not replaced."""
    if found is None or found.method != SignInMethod.PASSWORD.value:
        return False
    return found.must_enrol or bool(viewer.roles & SECOND_FACTOR_ROLES)


def why_not_passed(session: Session, secret: str, account: Account, code: str) -> str | None:
    """The reason a code of the authenticator, or a recovery code, is refused; each works once, guesses are limited."""
    key = str(account.person_id)
    if any(limits.is_over(session, limit, key) for limit in LIMITS):
        return gettext("Too many failed attempts. Wait five minutes and try again.")
    if factors.use(session, secret, account, code, utc_now()):
        return None
    if recovery.use(session, account.person_id, code):
        record(session, Viewer(account.person_id, ""), Tag.RECOVERY_CODE_USED, account)
        return None
    limits.count(session, limits.PER_FACTOR, key)
    return gettext("The code is not right, or was already used.")


@dataclass(frozen=True, slots=True)
class Pending:
    """A secret that its owner has not confirmed: shown as QR and as text, carried sealed by the page itself."""

    secret: str
    sealed: str


def pending(installation_secret: str, viewer: Viewer, sealed: str = "") -> Pending:
    """The secret that the page already shows, or a new one: a GET stores nothing."""
    plain = unseal(installation_secret, PENDING, sealed, str(viewer.person_id)) if sealed else None
    if plain is not None:
        return Pending(plain.decode(), sealed)
    secret = factors.new_secret()
    return Pending(secret, seal(installation_secret, PENDING, secret.encode(), str(viewer.person_id)))


def enrol(
    session: Session, installation_secret: str, viewer: Viewer, account: Account, new: Pending, code: str
) -> list[str]:
    """Store the confirmed secret, end every session, and return the new recovery codes; the caller opens a new session.

    Raises `FieldRefused("code", …)` when the authenticator does not show what it should.
    """
    step = factors.matching_step(new.secret, code, utc_now())
    if step is None:
        raise FieldRefused("code", gettext("The code is not right. Look at the clock of your device and try again."))
    account.totp_secret = factors.sealed(installation_secret, account.person_id, new.secret)
    account.totp_confirmed_at = utc_now()
    sessions.end_all(session, account)
    factors.take(session, account.person_id, step)
    record(session, viewer, Tag.FACTOR_ENROLLED, account)
    owe(session, "factor_changed", [account.person_id])
    return recovery.make(session, account.person_id)


def renew_codes(session: Session, viewer: Viewer, account: Account) -> list[str]:
    record(session, viewer, Tag.RECOVERY_CODES_MADE, account)
    return recovery.make(session, account.person_id)
