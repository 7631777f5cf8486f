"""Which request is being answered: one id for each, the same in the logs, in the trail and on the page that refuses.

The id is ours, or the one that the single configured proxy gave; a browser cannot choose it. It follows the request into
worker threads and background tasks, since contexts are copied there; jobs and commands have none.
"""

import re
import secrets
import socket
from contextvars import ContextVar

from portfolio import __version__

HEADER = "X-Request-ID"
NODE = socket.gethostname()
"""The machine, as it calls itself: tells the log lines and events of several apart."""

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(given: str, *, trusted: bool) -> str:
    """Start a request and return its id; `given` counts only from a trusted proxy, and only if it looks like one."""
    found = given if trusted and _GIVEN.fullmatch(given) else secrets.token_hex(8)
    _current.set(found)
    return found


def current() -> str:
    """The id of the request being answered, or nothing outside one."""
    return _current.get()


def origin() -> dict[str, str]:
    """What an event of the trail says about where it was made: request (if any), node, version of the program."""
    request = current()
    return {**({"id": request} if request else {}), "node": NODE, "version": __version__}
