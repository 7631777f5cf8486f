"""The second factor: TOTP whose every time step works once, on any worker."""

import uuid
from datetime import datetime

import pyotp
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.seal import seal, unseal
from portfolio.identity.models import Account, UsedFactorStep

PURPOSE = "second factor"
STEP_SECONDS = 30
ISSUER = "portfolio"


def new_secret() -> str:
    return pyotp.random_base32()


def sealed(installation_secret: str, person_id: uuid.UUID, secret: str) -> str:
    return seal(installation_secret, PURPOSE, secret.encode(), str(person_id))


def secret_of(installation_secret: str, account: Account) -> str | None:
    plain = (
        unseal(installation_secret, PURPOSE, account.totp_secret, str(account.person_id))
        if account.totp_secret
        else None
    )
    return None if plain is None else plain.decode()


def enrolment_uri(secret: str, name: str) -> str:
    """What an authenticator reads from the QR."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The time step that the code is of: the present one or a neighbour, since clocks differ."""
    digits = code.replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    totp = pyotp.TOTP(secret)
    now_step = int(at.timestamp()) // STEP_SECONDS
    for step in (now_step, now_step - 1, now_step + 1):
        if pyotp.utils.strings_equal(totp.at(step * STEP_SECONDS), digits):
            return step
    return None


def use(session: Session, installation_secret: str, account: Account, code: str, at: datetime) -> bool:
    """Whether the code is right and was not used before; from now on it is used."""
    secret = secret_of(installation_secret, account)
    step = matching_step(secret, code, at) if secret else None
    return step is not None and take(session, account.person_id, step)


def take(session: Session, person_id: uuid.UUID, step: int) -> bool:
    """Whether the step was still free; the table's key decides between two workers."""
    if session.get(UsedFactorStep, (person_id, step)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(UsedFactorStep(person_id=person_id, step=step))
    except IntegrityError:
        return False
    return True


def purge(session: Session, at: datetime) -> int:
    """Delete used steps so old that no code of theirs would be accepted."""
    oldest = int(at.timestamp()) // STEP_SECONDS - 10
    result = session.execute(delete(UsedFactorStep).where(col(UsedFactorStep.step) < oldest))
    return int(result.rowcount)  # type: ignore[attr-defined]
