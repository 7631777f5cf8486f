"""The history of a case, from the trail: what was done, by whom, and in which role, for whoever may know it."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.audit.models import AuditEvent
from portfolio.audit.queries import events_about, shown_at, texts
from portfolio.audit.terms import Tag
from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.visibility import get_case
from portfolio.desk.history_rules import WORDS_SHOWN, hides_decision, is_named, may_see
from portfolio.desk.history_words import details_of
from portfolio.i18n import N_, gettext
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.web.addresses import book_of
from portfolio.web.formatting import instant
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

HISTORY = "desk.case_history"

register_tab(TabSpec(90, HISTORY, N_("History"), Permission.CASE_READ))


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as the timeline shows it."""

    title: str
    when: str
    who: str
    text: str


@get(
    "/cases/{case_id:uuid}/history",
    name=HISTORY,
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_history(
    request: Request[Any, Any, Any], session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """A recused person does not find the case, and so not its history either."""
    case = get_case(session, request.user, case_id)
    whole = whole_viewer(request) or request.user
    tags = [tag for tag in Tag if may_see(whole, tag) and not hides_decision(session, whole, case, tag)]
    found = events_about(session, case.id, tags, request.query_params.get("page", ""))
    here = request.app.route_reverse(HISTORY, case_id=case.id)
    return page(
        request,
        "desk/history.html",
        frame=case_frame(session, whole, case, HISTORY, book_of(request)),
        events=_shown(session, runtime(request).pack, whole, case, list(found.rows)),
        newer=f"{here}?page={found.newer}" if found.newer else "",
        older=f"{here}?page={found.older}" if found.older else "",
    )


def _shown(
    session: Session, pack: CountryPack, viewer: Viewer, case: BusinessCase, events: list[AuditEvent]
) -> list[Shown]:
    contents = [(event, Tag(event.action), json.loads(event.canon)["detail"]) for event in events]
    words = texts(session, (c["words"] for _, tag, c in contents if tag in WORDS_SHOWN and c.get("words")))
    people = names(session, (event.actor_id for event in events))
    hidden = hides_decision(session, viewer, case, Tag.DECISION_CONFIRMED)
    shown = []
    for event, tag, content in contents:
        details = details_of(pack, case, tag, content, decision_hidden=hidden)
        if details is None:
            continue
        said = words.get(content.get("words", ""), "") if tag in WORDS_SHOWN else ""
        shown.append(
            Shown(
                label(tag),
                instant(shown_at(event.at, content)),
                _who(viewer, tag, event, people, content),
                ". ".join(part for part in (*details, said) if part),
            )
        )
    return shown


def _who(
    viewer: Viewer, tag: Tag, event: AuditEvent, people: Mapping[uuid.UUID, str], content: Mapping[str, Any]
) -> str:
    if event.actor_id is None or event.actor_id == SYSTEM.person_id:
        return gettext("The system")
    if not is_named(viewer, tag):
        return gettext("Name not shown")
    roles = [label(role) for role in Role if role.value in content.get("roles", ())]
    name = people.get(event.actor_id, str(event.actor_id))
    return f"{name} ({', '.join(roles)})" if roles else name


def routes() -> list[Any]:
    return [show_history]
