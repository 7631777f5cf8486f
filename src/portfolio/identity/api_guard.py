"""The guard of the API: a key in the header, looked up by its digest, with the scope that the route declares.

No cookie is looked at, and nothing is said of whether a key ever existed: unknown, expired and revoked answer alike.
"""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import gettext
from portfolio.identity import api_keys, limits
from portfolio.identity.browser import address_of_client
from portfolio.identity.limits import Limit
from portfolio.identity.terms import KeyScope
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import country_zone
from portfolio.web.runtime import runtime

SCOPE = "key_scope"
"""What a route of the API declares, beside this guard: the `KeyScope` that it asks for."""
_HOLDER = "api_holder"


class KeyRefused(Exception):
    """A call without a key that works here: 401, 403 or 429; `wait` in seconds."""

    def __init__(self, status: int, words: str, wait: int = 0) -> None:
        super().__init__(words)
        self.status, self.words, self.wait = status, words, wait


@dataclass(frozen=True, slots=True)
class Holder:
    """Who calls: the key, and the information system that acts by it."""

    key_id: uuid.UUID
    viewer: Viewer


async def needs_key(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Raises `KeyRefused`; afterwards the request's user is the information system."""
    request: Request[Any, Any, Any] = Request(connection.scope)
    holder = await asyncio.to_thread(_admit, request, handler.opt[SCOPE])
    connection.scope["state"][_HOLDER] = holder
    connection.scope["user"] = holder.viewer


def holder_of(request: Request[Any, Any, Any]) -> Holder:
    found: Holder = request.scope["state"][_HOLDER]
    return found


def _admit(request: Request[Any, Any, Any], scope: KeyScope) -> Holder:
    database, network = runtime(request).database, limits.network_of(address_of_client(request))
    kind, _space, token = request.headers.get("authorization", "").partition(" ")
    with database.reading() as session:
        _refuse_over(session, limits.PER_API_NETWORK, network)
        on = now(session).astimezone(country_zone()).date()
        key = api_keys.find(session, token.strip()) if kind.lower() == "bearer" and token.isascii() else None
        if key is not None and api_keys.works(key, on):
            _refuse_over(session, limits.PER_API_KEY, str(key.id))
            if scope is KeyScope.MEASUREMENTS_WRITE and key.scope is not scope:
                raise KeyRefused(403, gettext("This key may read, and not write."))
            holder = Holder(key.id, api_keys.viewer_of(session, key))
            is_old = key.last_used_at is None or now(session) - key.last_used_at > api_keys.USED_EVERY
        else:
            holder, is_old = None, False
    if holder is None:
        with database.writing() as session:
            limits.count(session, limits.PER_API_NETWORK, network)
        raise KeyRefused(401, gettext("Send a key of the API that works: Authorization: Bearer …"))
    if is_old:
        with database.writing() as session:
            api_keys.touch(session, holder.key_id)
    return holder


def _refuse_over(session: Session, limit: Limit, key: str) -> None:
    if limits.is_over(session, limit, key):
        raise KeyRefused(429, gettext("Too many calls were refused. Wait, and mend them first."), limit.window.seconds)
