"""What somebody typed survives an expired session or a stale page: sealed, bound to the person, shown again, never sent unasked."""

import json
import uuid
from dataclasses import dataclass

from portfolio.db.seal import seal, unseal
from portfolio.web.forms import TOKEN_FIELD, Submitted
from portfolio.web.once import FIELD as FORM_KEY

PURPOSE = "carried form"
LEFT_OUT = frozenset({TOKEN_FIELD, FORM_KEY, "password", "new_password", "again", "code", "ticket", "pending"})
"""Tokens are made afresh, and secrets are asked again."""
MAX_CARRIED = 150_000


@dataclass(frozen=True, slots=True)
class Carried:
    """A form to be shown again: where it goes and its fields, in order."""

    path: str
    fields: list[tuple[str, str]]


def fields_of(submitted: Submitted) -> list[tuple[str, str]]:
    """The texts worth keeping, in order."""
    return [(name, value) for name, values in submitted.values.items() if name not in LEFT_OUT for value in values]


def carry(secret: str, person_id: uuid.UUID, path: str, submitted: Submitted) -> str:
    """Sealed text for a hidden field; uploads stay behind, and so does a form too large for one."""
    plain = json.dumps({"path": path, "fields": fields_of(submitted)}).encode()
    return seal(secret, PURPOSE, plain, str(person_id)) if len(plain) <= MAX_CARRIED else ""


def uncarry(secret: str, person_id: uuid.UUID, sealed: str) -> Carried | None:
    """The form, to the same person only; anything else is nothing."""
    plain = unseal(secret, PURPOSE, sealed, str(person_id)) if sealed else None
    if plain is None:
        return None
    data = json.loads(plain)
    return Carried(data["path"], [(str(name), str(value)) for name, value in data["fields"]])
