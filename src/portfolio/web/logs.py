"""What the process writes about itself: one line of JSON for each event, without anybody's data (security.md section 8).

No address with its query or its one-time link, no e-mail address, no text of an exception, which may quote what somebody
typed: an error is told by its kind and the places it passed through.
"""

import json
import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from portfolio.web import trace

ACCESS = logging.getLogger("portfolio.access")
FRAMES = 12

_HIDDEN = (
    (re.compile(r"(/choose-password/)[^\s\"'<>]+"), r"\1…"),
    (re.compile(r"\?[^\s\"'<>]+"), "?…"),
    (re.compile(r"[^\s@\"'<>(]+@[^\s@\"'<>)]+\.\w+"), "…@…"),
    (re.compile(r"(?<![\w-])[\w-]{40,}(?![\w-])"), "…"),
)
"""Links that work once, what was asked, addresses of people, and whatever is as long as our tokens."""


def redacted(text: str) -> str:
    """A message without what must not be kept."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at, level, logger, message, request, node, and for an error its kind and frames."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
            "request": getattr(record, "request", "") or trace.current(),
            "node": trace.NODE,
        }
        line.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _kinds(record.exc_info[1])
            line["frames"] = _frames(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _kinds(error: BaseException | None) -> list[str]:
    """The error and what caused it, by kind."""
    kinds: list[str] = []
    while error is not None and len(kinds) < FRAMES:
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return kinds


def _frames(found: TracebackType | None) -> list[str]:
    """The last places, innermost at the end: file, line and function."""
    frames = traceback.extract_tb(found)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def log_as_json(stream: TextIO | None = None, *, with_access: bool = True) -> None:
    """From here on every logger of the process writes JSON lines to `stream` (standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    ACCESS.setLevel(logging.INFO if with_access else logging.WARNING)


class AccessLog:
    """One line for each request, by the pattern of its route: what stood in the address is never written."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            facts = {
                "method": str(scope.get("method", "")),
                "route": scope.get("path_template") or "-",
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            ACCESS.info("answered", extra={"facts": facts, "request": scope.get("state", {}).get("request_id", "")})
