"""What must survive a refusal: an act that was refused is recorded in a second short transaction, after the first is gone."""

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.viewer import Viewer
from portfolio.web.runtime import runtime

log = logging.getLogger("portfolio.audit")

PER_HOUR = 30
"""Refusals of one person within an hour that are recorded; the last one says that no more follow."""
MAX_WORDS = 2000


def keep_refusal(request: Request[Any, Any, Any], status: int, reasons: Sequence[str]) -> None:
    """The hook of `web.refusals`: runs after the answer was sent; what fails here is logged, the refusal stands anyway."""
    viewer: Viewer | None = request.scope.get("user")
    if viewer is None:
        return
    handler = request.scope.get("route_handler")
    given: dict[str, Any] = dict(request.scope.get("path_params", {}))
    ids = {name: value for name, value in given.items() if isinstance(value, uuid.UUID)}
    try:
        record_refused(runtime(request).database, viewer, getattr(handler, "name", None) or "", ids, status, reasons)
    except Exception:
        log.exception("a refusal could not be recorded")


def record_refused(
    database: Database,
    viewer: Viewer,
    route: str,
    ids: dict[str, uuid.UUID],
    status: int,
    reasons: Sequence[str],
) -> bool:
    """Record what was refused to whom, with the route's name and its ids, never what was typed; at most `PER_HOUR` a person.

    Returns whether it was recorded. The reasons are kept outside the chain, as words.
    """
    with database.writing() as session:
        count = _recent(session, viewer)
        if count >= PER_HOUR:
            return False
        detail: dict[str, Any] = {"route": route, "status": status, "ids": ids}
        if "case_id" in ids:
            detail["case"] = ids["case_id"]
        if count == PER_HOUR - 1:
            detail["more_not_recorded"] = True
        record(session, viewer, Tag.ACT_REFUSED, None, words="; ".join(reasons)[:MAX_WORDS], **detail)
    return True


def _recent(session: Session, viewer: Viewer) -> int:
    query = (
        select(func.count())
        .select_from(AuditEvent)
        .where(
            col(AuditEvent.actor_id) == viewer.person_id,
            col(AuditEvent.action) == Tag.ACT_REFUSED.value,
            col(AuditEvent.at) > utc_now() - timedelta(hours=1),
        )
    )
    return session.scalar(query) or 0
