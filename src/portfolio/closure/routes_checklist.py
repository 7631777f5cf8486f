"""The close-out of a project: its checklist, what is said of one item, and the exception of the directive head."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.closure.audience import agency_people, tell
from portfolio.closure.checklist import (
    ENDED,
    Line,
    answer_item,
    checklist,
    except_items,
    exception_digest,
    exceptions_of,
    item_of,
)
from portfolio.closure.evaluating import evaluation_of
from portfolio.closure.external import reviews_of
from portfolio.closure.forms import ExceptionFields, ItemFields
from portfolio.closure.opened import CLOSING, AnyRequest, Opened, opened
from portfolio.closure.readings import PLACES
from portfolio.closure.services import service_of
from portfolio.closure.terms import ItemState
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.gates import ClosingItem, ClosingReading
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.frame import TabSpec, register_tab
from portfolio.projects.terms import ProjectStage
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

PAGE, ITEM, EXCEPTION = "closure/checklist.html", "closure/item.html", "closure/exception.html"

register_tab(TabSpec(82, CLOSING, N_("Closing"), Permission.PROJECT_READ))
flash.register(
    {
        "closing_item_said": N_("The item was saved."),
        "closing_excepted": N_("The exception is on record: what is open now does not stand in the way of closing."),
    }
)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """An item of the checklist in words. `place`: where what is open is settled; `href`: where a person says how it stands."""

    line: Line
    title: str
    help: str
    who: str
    place: str
    href: str


@get(
    "/projects/{project_id:uuid}/closure",
    name=CLOSING,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_checklist(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    lines = checklist(session, found.pack, found.project)
    exceptions = exceptions_of(session, project_id)
    people = names(session, [*(line.by_id for line in lines), *(row.by_id for row in exceptions)])
    has_ended = found.project.stage in ENDED
    may_write = found.may(Permission.CLOSING_WRITE) and not has_ended
    settled = sum(line.state is not ItemState.OPEN for line in lines)
    is_open = settled < len(lines)
    return page(
        request,
        PAGE,
        frame=found.frame,
        project=found.project,
        rows=[_shown(found, line, people, may_write) for line in lines],
        settled=settled,
        is_complete=not is_open,
        has_ended=has_ended,
        exceptions=[(row, people.get(row.by_id, ""), _labels(found, row.items)) for row in exceptions],
        may_except=is_open and not has_ended and found.whole.can(Permission.CLOSING_EXCEPT),
        evaluation=evaluation_of(session, project_id),
        service=service_of(session, project_id),
        reviews=reviews_of(session, project_id),
        may_register=may_write,
        is_operating=found.project.stage is ProjectStage.OPERATING,
    )


def _shown(found: Opened, line: Line, people: dict[uuid.UUID, str], may_write: bool) -> ShownLine:
    item = line.item
    takes_words = item.reads is None or item.may_not_apply
    return ShownLine(
        line=line,
        title=str(item.label),
        help=str(item.help or ""),
        who=people.get(line.by_id, "") if line.by_id else "",
        place=_place(found, item.reads) if item.reads is not None and line.state is ItemState.OPEN else "",
        href=found.url_for("closure.item", project_id=found.project.id, code=item.code)
        if may_write and takes_words
        else "",
    )


def _place(found: Opened, reading: ClosingReading) -> str:
    """The page where what is open is settled; nothing where this reader cannot open it."""
    if reading is ClosingReading.CODES:
        case_id = found.project.case_id
        may_open = case_id is not None and found.whole.can(Permission.CODE_READ)
        return found.url_for(PLACES[reading], case_id=case_id) if may_open else ""
    if reading is ClosingReading.FINDINGS:
        return found.url_for(PLACES[reading])
    if reading is ClosingReading.SERVICE and not found.may(Permission.CLOSING_WRITE):
        return ""
    return found.url_for(PLACES[reading], project_id=found.project.id)


def _labels(found: Opened, codes: list[str]) -> list[str]:
    """Items in words; one that the country dropped since goes by its code."""
    closing = found.pack.life.closing
    return [str(closing[code].label) if code in closing else code for code in codes]


@get(
    "/projects/{project_id:uuid}/closure/items/{code:str}",
    name="closure.item",
    permission=Permission.CLOSING_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_item(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID], code: FromPath[str]
) -> Response[Any]:
    found = opened(request, session, project_id)
    item = item_of(found.pack, code)
    line = next(one for one in checklist(session, found.pack, found.project) if one.item.code == code)
    form = blank(ItemFields, state=line.state.value, words="" if line.by_id is None else line.words)
    return page(request, ITEM, **_item_page(found, item, form))


@post(
    "/projects/{project_id:uuid}/closure/items/{code:str}",
    permission=Permission.CLOSING_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_item(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    code: FromPath[str],
) -> Response[Any]:
    found = opened(request, session, project_id)
    item = item_of(found.pack, code)
    form = bind(ItemFields, submitted)
    if (fields := form.value) is not None:
        try:
            answer_item(session, request.user, found.pack, found.project, code, fields.state, fields.words or "")
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, project_id), say="closing_item_said")
    return invalid(request, ITEM, **_item_page(found, item, form))


def _item_page(found: Opened, item: ClosingItem, form: Form[ItemFields]) -> dict[str, Any]:
    states = [
        member
        for member in ItemState
        if not (member is ItemState.DONE and item.reads is not None)
        and not (member is ItemState.NOT_APPLICABLE and not item.may_not_apply)
    ]
    return {
        "frame": found.frame,
        "project": found.project,
        "item": item,
        "title": str(item.label),
        "help": str(item.help or ""),
        "states": [(member.value, label(member)) for member in states],
        "form": form,
    }


@get(
    "/projects/{project_id:uuid}/closure/exception",
    name="closure.exception",
    permission=Permission.CLOSING_EXCEPT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_exception(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, EXCEPTION, **_exception_page(session, found, blank(ExceptionFields)))


@post(
    "/projects/{project_id:uuid}/closure/exception",
    permission=Permission.CLOSING_EXCEPT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_exception(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    form = bind(ExceptionFields, submitted)
    if (fields := form.value) is not None:
        try:
            row = except_items(
                session, request.user, found.pack, runtime(request).settings.secret_key, found.project, fields.reason,
                fields.password, fields.digest,
            )  # fmt: skip
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            people = agency_people(session, found.project, found.today)
            tell(session, found.project, "closing_excepted", people, _path(project_id), reason=row.reason)
            return done(request, session, _address(request, project_id), say="closing_excepted")
    return invalid(request, EXCEPTION, **_exception_page(session, found, form))


def _exception_page(session: Session, found: Opened, form: Form[ExceptionFields]) -> dict[str, Any]:
    """Raises `Refused` where nothing is open."""
    lines = checklist(session, found.pack, found.project)
    waiting = [line for line in lines if line.state is ItemState.OPEN]
    if not waiting or found.project.stage in ENDED:
        raise Refused(_("Nothing is open: there is nothing to except."))
    return {
        "frame": found.frame,
        "project": found.project,
        "open": [(str(line.item.label), line.open) for line in waiting],
        "digest": exception_digest(found.project, lines),
        "form": form,
    }


def _address(request: AnyRequest, project_id: uuid.UUID) -> str:
    return request.app.route_reverse(CLOSING, project_id=project_id)


def _path(project_id: uuid.UUID) -> str:
    return f"/projects/{project_id}/closure"


def routes() -> list[Any]:
    return [show_checklist, show_item, submit_item, show_exception, submit_exception]
