"""The proof that a binding act asks for: the password once more, bound to the digest of what was shown (security.md section 2)."""

import hashlib
import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext
from portfolio.identity import limits, passwords
from portfolio.identity.models import Account
from portfolio.identity.reset_actions import cools_down_until
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import instant

FIELD = "password"


def prove(session: Session, secret: str, viewer: Viewer, password: str, digest: str, *, binds: bool = True) -> None:
    """Check the person's own password for one act; call it before anything changes in this transaction.

    `digest` is that of what the form showed; the action compares it with the present one. `binds` is false for what
    concerns the own account alone: everything else is refused for a day after a reset of the second factor (`Refused`).

    A success is recorded with a proof keyed by the installation's `secret`, which whoever holds only the database cannot
    make up. Raises `FieldRefused("password", …)`; then everything pending in this transaction is rolled back, and the
    failure and its count are committed, because they must survive the refusal (house.md section 4).
    """
    if not digest:
        raise Refused(gettext("The page does not say what is being confirmed. Reload it and try again."))
    until = cools_down_until(session, viewer.person_id) if binds else None
    if until is not None:
        raise Refused(
            gettext(
                "Your second factor was reset: for 24 hours nothing that binds is done in your name, until %(until)s."
            )
            % {"until": instant(until)}
        )
    key = str(viewer.person_id)
    if limits.is_over(session, limits.PER_STEP_UP, key):
        raise FieldRefused(FIELD, gettext("Too many failed attempts. Wait five minutes and try again."))
    account = session.scalar(select(Account).where(col(Account.person_id) == viewer.person_id))
    right = passwords.matches(account.password_hash if account else "", password)
    if account is None or not right or account.disabled_at is not None:
        _keep_failure(session, viewer, digest)
        raise FieldRefused(FIELD, gettext("This is not your password. Nothing was done."))
    record(session, viewer, Tag.ACT_PROVED, account, digest=digest, proof=proof_of(secret, viewer, digest))


def proof_of(secret: str, viewer: Viewer, digest: str) -> str:
    """SHA-256 HMAC over person, session and digest, in hexadecimal."""
    claim = f"{viewer.person_id}|{viewer.session_id}|{digest}"
    return hmac.new(secret.encode(), claim.encode(), hashlib.sha256).hexdigest()


def _keep_failure(session: Session, viewer: Viewer, digest: str) -> None:
    session.rollback()
    limits.count(session, limits.PER_STEP_UP, str(viewer.person_id))
    record(session, viewer, Tag.ACT_REFUSED, None, digest=digest, field=FIELD)
    session.commit()
