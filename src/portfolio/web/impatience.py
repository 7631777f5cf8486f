"""Clients that take for ever: a connection without a whole request head is closed, a body that trickles is refused."""

import asyncio
from typing import Any

from litestar.types import Receive, ReceiveMessage
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from portfolio.i18n import gettext
from portfolio.web.forms import BadBody

HEAD_SECONDS = 10.0
"""From the first byte (or the opening) of a connection to the end of a request's head; security.md section 8."""
BODY_SECONDS = 20.0
"""Between two pieces of a body."""


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection on which no request head is complete in time, the first or a later one."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._waiting is None:
            self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self.transport.is_closing():
            self.transport.close()


def patient_until(receive: Receive, seconds: float = BODY_SECONDS) -> Receive:
    """The same messages; raises `BadBody` when the next piece of a body does not come within `seconds`."""
    is_whole = False

    async def received() -> ReceiveMessage:
        nonlocal is_whole
        if is_whole:
            return await receive()  # what comes now is the end of the connection, whenever that is
        try:
            message = await asyncio.wait_for(receive(), seconds)
        except TimeoutError:
            raise BadBody(gettext("The request came too slowly.")) from None
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return received
