"""A browser in which a person signed in before: its failures are counted apart, so that outsiders cannot lock anybody out.

The cookie holds a sealed number of the browser, bound to the person. It opens nothing: the password is asked all the same.
"""

import secrets
import uuid

from litestar.datastructures import Cookie

from portfolio.db.seal import seal, unseal
from portfolio.settings import Settings

PURPOSE = "known browser"
HALF_A_YEAR = 180 * 24 * 3600


def cookie_name(settings: Settings) -> str:
    return "__Host-pf-known" if settings.is_https else "pf-known"


def cookie(settings: Settings, person_id: uuid.UUID) -> Cookie:
    """For the browser of somebody who just signed in."""
    value = seal(settings.secret_key, PURPOSE, secrets.token_bytes(12), str(person_id))
    return Cookie(
        key=cookie_name(settings),
        value=value,
        max_age=HALF_A_YEAR,
        path="/",
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
    )


def number_of(secret: str, person_id: uuid.UUID, value: str) -> str:
    """The number of a browser that this person used before, or nothing for any other."""
    plain = unseal(secret, PURPOSE, value, str(person_id)) if value else None
    return "" if plain is None else plain.hex()
