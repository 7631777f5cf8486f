"""The auditor's page: search the trail, see what the last verification said, take the whole trail away to verify elsewhere."""

import json
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.response import File
from sqlalchemy.orm import Session

from portfolio.audit import last_check, routes_proof
from portfolio.audit.forms import SearchFields
from portfolio.audit.models import AuditEvent
from portfolio.audit.queries import EventFilter, search_events, shown_at, texts
from portfolio.audit.snapshot import reading_snapshot
from portfolio.audit.sources import DatabaseSource, export
from portfolio.audit.subjects import Subject, details_of_events, records_called, subjects_of
from portfolio.audit.terms import Chain, Tag
from portfolio.audit.trail import record
from portfolio.i18n import gettext
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import SYSTEM
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import AnyRequest, page
from portfolio.web.runtime import runtime

SEARCH = ("audit/search.html", "audit/_events.html")


@dataclass(frozen=True, slots=True)
class Row:
    """An event as the page shows it; `canon` are the very bytes that were hashed, `readable` the same over many lines."""

    id: uuid.UUID
    key: str
    place: str
    at: datetime
    action: str
    who: str
    subject: Subject
    details: str
    words: str
    canon: str
    readable: str
    hash: str


def action_words(action: str) -> str:
    """The label of an action; the bare tag for one that newer code no longer knows."""
    try:
        return label(Tag(action))
    except ValueError:
        return action


def _rows(request: AnyRequest, session: Session, events: Sequence[AuditEvent]) -> list[Row]:
    subjects = subjects_of(session, request.user, events, request.app.route_reverse)
    described = details_of_events(session, runtime(request).pack, events)
    details = {event.id: json.loads(event.canon)["detail"] for event in events}
    commitments = {event_id: detail.get("words") for event_id, detail in details.items()}
    said = texts(session, (c for c in commitments.values() if c))
    people = names(session, (event.actor_id for event in events))
    people[SYSTEM.person_id] = gettext("The system")
    return [
        Row(
            id=event.id,
            key=event.id.hex,
            place=f"{label(event.chain)} {event.seq}",
            at=shown_at(event.at, details[event.id]),
            action=action_words(event.action),
            who=people.get(event.actor_id, str(event.actor_id)) if event.actor_id else gettext("Nobody signed in"),
            subject=subjects[event.id],
            details=described.get(event.id, ""),
            words=said.get(commitments[event.id] or "", ""),
            canon=event.canon,
            readable=json.dumps(json.loads(event.canon), indent=2, ensure_ascii=False),
            hash=event.hash,
        )
        for event in events
    ]


@get("/audit", name="audit.search", permission=Permission.AUDIT_READ, sync_to_thread=True, include_in_schema=False)
def show_trail(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    form, wanted = _wanted(request, session, _asked(request))
    found = search_events(session, wanted, request.query_params.get("page", ""))
    return page(
        request,
        *SEARCH,
        status=200 if form.value is not None else 422,
        form=form,
        events=_rows(request, session, found.rows),
        newer=_address(request, found.newer),
        older=_address(request, found.older),
        is_filtered=wanted != EventFilter(),
        actions=sorted(((tag.value, label(tag)) for tag in Tag), key=lambda pair: pair[1]),
        chains=[(chain.value, label(chain)) for chain in Chain],
        last=last_check.last(session),
    )


def _wanted(request: AnyRequest, session: Session, form: Form[SearchFields]) -> tuple[Form[SearchFields], EventFilter]:
    """A number or an identifier that stands for nothing is told beside its field."""
    if form.value is None:
        return form, EventFilter()
    if form.value.object_id is None:
        return form, form.value.wanted()
    objects = records_called(session, request.user, form.value.object_id)
    if objects:
        return form, form.value.wanted(objects)
    return form.with_error("object_id", gettext("No record goes by this number or identifier")), EventFilter()


def _asked(request: AnyRequest) -> Form[SearchFields]:
    names_ = SearchFields.model_fields
    typed = {name: [value] for name, value in request.query_params.items() if name in names_ and value.strip()}
    return bind(SearchFields, Submitted(typed)) if typed else Form(blank(SearchFields).raw, {}, SearchFields())


def _address(request: AnyRequest, cursor: str) -> str:
    if not cursor:
        return ""
    kept = {name: value for name, value in request.query_params.items() if name in SearchFields.model_fields and value}
    return f"{request.app.route_reverse('audit.search')}?{urlencode({**kept, 'page': cursor})}"


@post(
    "/audit/export",
    name="audit.export",
    permission=Permission.AUDIT_READ,
    sync_to_thread=True,
    include_in_schema=False,
    status_code=200,
)
def export_trail(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> File:
    """The whole trail as JSON lines, without anybody's words: `portfolio audit verify --from` reads it anywhere."""
    record(session, request.user, Tag.TRAIL_EXPORTED)
    session.commit()
    with tempfile.NamedTemporaryFile(prefix="trail-", suffix=".jsonl", delete=False) as made:
        path = Path(made.name)
    with reading_snapshot(runtime(request).database) as connection:
        export(DatabaseSource(connection), path)
    return File(
        path,
        filename="trail.jsonl",
        media_type="application/jsonl",
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def routes() -> list[Any]:
    return [show_trail, export_trail, *routes_proof.routes()]
