"""Tables of lines: shown and saved whole, cell by cell, or from a paste. All of it works without script."""

import uuid
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.business_cases.completeness import section_address
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.lines import actions, paste_routes
from portfolio.business_cases.lines.binding import BoundLine, TypedLine, bind_line, bind_lines, split_name, typed_lines
from portfolio.business_cases.lines.columns import LineSpec, cells_of
from portfolio.business_cases.lines.part import table_context
from portfolio.business_cases.lines.reading import blank_line, context_of, lines_of
from portfolio.business_cases.lines.specs import SPECS, spec_named
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.section_pages import SECTIONS, lock_reason
from portfolio.business_cases.section_parts import PartInput, register_section_part
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.packs.terms import TrackCode
from portfolio.people.permissions import Permission
from portfolio.web.flash import register
from portfolio.web.formatting import country_zone
from portfolio.web.forms import Submitted
from portfolio.web.pages import done, html, page, render
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission
LINES = "business_cases.lines"

register(
    {
        "lines_saved": N_("The table was saved."),
        "line_removed": N_("The line was taken away. What it said stays in the history of the case."),
        "line_moved": N_("The line was moved."),
        "year_added": N_("There is room for one more year."),
    }
)


@get(
    "/cases/{case_id:uuid}/lines/{table:str}",
    name=LINES,
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_lines(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID], table: FromPath[str]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return _lines_page(request, session, case, spec_named(table))


@post(
    "/cases/{case_id:uuid}/lines/{table:str}",
    name="business_cases.save_lines",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_lines(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    table: FromPath[str],
) -> Response[Any] | Redirect:
    """Everything or nothing: 422 with the errors beside their cells, 409 where somebody else was faster; all as typed."""
    case = get_case(session, request.user, case_id)
    spec = spec_named(table)
    years = _whole(submitted.text("years"))
    context = context_of(session, runtime(request).pack, case, spec, years=years)
    cells = cells_of(spec, context)
    sent = [line for line in typed_lines(submitted) if line.id != _taken_away(submitted)]
    bound: list[BoundLine] = []
    try:
        stored = actions.locked_lines(session, request.user, spec, case)
        bound = bind_lines(spec, cells, context, sent, stored)
        if not any(line.errors or line.theirs for line in bound):
            actions.save_lines(session, request.user, case, spec, cells, context, bound)
            say = _act(session, request, case, spec, submitted.text("act"))
            return done(request, session, _way_back(request, case, spec, submitted, years), say=say)
    except Refused as refused:
        session.rollback()
        bound = bind_lines(spec, cells, context, sent, {line.id: line for line in lines_of(session, spec, case.id)})
        return _lines_page(
            request, session, case, spec, bound=bound, years=years, status=409, problem=refused.reasons[0]
        )
    session.rollback()  # nothing was written; no lock is held while the page renders
    has_conflict = any(line.theirs for line in bound)
    problem = _("Somebody else changed lines of this table meanwhile. Both texts are shown.") if has_conflict else ""
    status = 409 if has_conflict else 422
    return _lines_page(request, session, case, spec, bound=bound, years=years, status=status, problem=problem)


@post(
    "/cases/{case_id:uuid}/lines/{table:str}/cell",
    name="business_cases.save_cell",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_cell(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    table: FromPath[str],
) -> Response[Any]:
    """One cell, saved while it is written; the contract is in static/js/autosave.js. A cell of a new line makes the line."""
    case = get_case(session, request.user, case_id)
    spec = spec_named(table)
    context = context_of(session, runtime(request).pack, case, spec)
    named = split_name(submitted.text("field"))
    if named is None:
        return _not_saved(_("This table has changed. Reload the page."))
    line_id, key = named
    if key.startswith("y") and key[1:].isdigit():  # a year that the page had put in sight
        context = context_of(session, runtime(request).pack, case, spec, years=_years_to(context.years, int(key[1:5])))
    cells = cells_of(spec, context)
    try:
        stored = actions.locked_lines(session, request.user, spec, case).get(line_id)
    except Refused as refused:
        return _not_saved(refused.reasons[0])
    if key not in {cell.key for cell in cells} or (stored is None and spec.fixed):
        return _not_saved(_("This table has changed. Reload the page."))
    text = submitted.text("value")
    typed = TypedLine(line_id, _whole(submitted.text("version")), {key: text})
    bound = bind_line(spec, cells, context, typed, stored or blank_line(spec, line_id))
    if bound.errors:
        return _not_saved(next(iter(bound.errors.values())))
    if bound.theirs:
        session.rollback()
        body = render(
            request,
            "business_cases/lines/_conflict.html",
            messages=[],
            anchor=f"{line_id}-{key}",
            version=bound.stored.version,
            theirs=bound.theirs[key],
            yours=text or _("nothing"),
        )
        return html(body, 409)
    version = bound.stored.version
    if bound.changes:
        try:
            actions.save_lines(session, request.user, case, spec, cells, context, [bound])
        except Refused as refused:
            session.rollback()
            return _not_saved(refused.reasons[0])
        version = session.get_one(spec.model, line_id).version
    session.commit()
    at = now(session).astimezone(country_zone()).strftime("%H:%M")
    return Response({"version": str(version), "saved_at": at}, status_code=200)


@get(
    "/cases/{case_id:uuid}/operation",
    name="business_cases.operation",
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_operation(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """The one page of the operation track: what runs, against last year."""
    case = get_case(session, request.user, case_id)
    return _lines_page(request, session, case, SPECS["operation"])


def _lines_page(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    spec: LineSpec,
    *,
    bound: list[BoundLine] | None = None,
    years: int = 0,
    status: int = 200,
    problem: str = "",
) -> Response[Any]:
    viewer = whole_viewer(request)
    locked = lock_reason(request, session, case, spec.section)
    context = table_context(
        session,
        runtime(request).pack,
        case,
        spec,
        editable=not locked or bool(bound),
        back="page",
        years=years or _whole(request.query_params.get("years", "")),
        bound=bound or (),
    )
    return page(
        request,
        "business_cases/lines/page.html",
        status=status,
        frame=case_frame(session, viewer, case, SECTIONS, request.app.route_reverse) if viewer else None,
        section=runtime(request).pack.section(spec.section),
        section_href=section_address(case.id, spec.section.value),
        locked=locked if not bound else "",
        problem=problem,
        form=context["grid"],
        **context,
    )


def _act(session: Session, request: AnyRequest, case: BusinessCase, spec: LineSpec, act: str) -> str:
    """What a button of the form asks for beside saving; returns the sentence to say."""
    verb, _colon, line = act.partition(":")
    if verb == "more_years":
        return "year_added"
    named = split_name(f"{line}.")
    if named is None:
        return "lines_saved"
    if verb == "remove":
        actions.remove_line(session, request.user, case, spec, named[0])
        return "line_removed"
    if verb in ("up", "down"):
        actions.move_line(session, request.user, case, spec, named[0], -1 if verb == "up" else 1)
        return "line_moved"
    return "lines_saved"


def _taken_away(submitted: Submitted) -> uuid.UUID | None:
    """The line that the pressed button takes away: what is wrong in it keeps nothing else from being saved."""
    verb, _colon, line = submitted.text("act").partition(":")
    named = split_name(f"{line}.") if verb == "remove" else None
    return named[0] if named else None


def _way_back(request: AnyRequest, case: BusinessCase, spec: LineSpec, submitted: Submitted, years: int) -> str:
    wants_year = submitted.text("act") == "more_years"
    if submitted.text("back") == "section" and not wants_year:
        return section_address(case.id, spec.section.value)
    address: str = request.app.route_reverse(LINES, case_id=case.id, table=spec.name)
    count = years + 1 if wants_year else years
    return f"{address}?years={count}" if count else address


def _years_to(years: tuple[int, ...], year: int) -> int:
    return max(len(years), year - years[0] + 1) if years else 0


def _whole(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _not_saved(reason: str) -> Response[Any]:
    return Response({"error": reason}, status_code=422, media_type=MediaType.JSON)


def _part(spec: LineSpec) -> Any:
    def context(given: PartInput) -> dict[str, Any]:
        return table_context(given.session, given.pack, given.case, spec, editable=given.editable)

    return context


OPERATION_TRACK = frozenset({TrackCode.OPERATION.value})
OTHER_TRACKS = frozenset(track.value for track in TrackCode) - OPERATION_TRACK
TRACKS = {"operation": OPERATION_TRACK, "costs": OTHER_TRACKS, "funding": OTHER_TRACKS}
"""On the operation track one page of lines stands for costs and funding: what it lists is what is asked for."""

for _spec in SPECS.values():
    register_section_part(
        _spec.section, _spec.name, "business_cases/lines/_table.html", _part(_spec), TRACKS.get(_spec.name)
    )


def routes() -> list[Any]:
    return [show_lines, submit_lines, submit_cell, show_operation, *paste_routes.routes()]
