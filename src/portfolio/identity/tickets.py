"""Between the password and the code of the second factor: a sealed ticket in the page, so that nobody waits in the database."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from portfolio.db.seal import seal, unseal
from portfolio.identity.models import Account

PURPOSE = "sign-in ticket"
LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose password was right, and in which epoch of the account."""

    person_id: uuid.UUID
    epoch: int


def issue(secret: str, account: Account, at: datetime) -> str:
    content = {"person": str(account.person_id), "epoch": account.epoch, "until": (at + LIFETIME).timestamp()}
    return seal(secret, PURPOSE, json.dumps(content).encode(), PURPOSE)


def opened(secret: str, sealed: str, at: datetime) -> Ticket | None:
    """The ticket, while it is ours and in time."""
    plain = unseal(secret, PURPOSE, sealed, PURPOSE) if sealed else None
    if plain is None:
        return None
    content = json.loads(plain)
    if at.timestamp() > content["until"]:
        return None
    return Ticket(uuid.UUID(content["person"]), content["epoch"])
