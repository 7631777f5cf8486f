"""Promising: a new indicator, its details, a new curve, the end of measuring."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.kpis.actions import add_indicator, change_indicator, set_targets, stop_indicator
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.forms import TARGETS, DetailFields, IndicatorFields, StopFields, TargetFields
from portfolio.kpis.models import Indicator
from portfolio.kpis.numbers import typed
from portfolio.kpis.queries import get_indicator, promises, writers
from portfolio.kpis.shown import unit_words
from portfolio.kpis.terms import Curve, Dimension, Direction, Family, Frequency, IndicatorKind, UnitKind
from portfolio.kpis.views import AnyRequest, Opened, framed, opened, path_of
from portfolio.kpis.words import name_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank, filled
from portfolio.web.pages import done, invalid, page, taken_back

ADD, EDIT, TARGETS_PAGE, STOP = "kpis/add.html", "kpis/edit.html", "kpis/targets.html", "kpis/stop.html"

flash.register(
    {
        "indicator_added": N_("The indicator was added."),
        "indicator_changed": N_("The indicator was changed."),
        "targets_set": N_("The new targets are in force. The ones before stay in the history."),
        "indicator_stopped": N_("The indicator is no longer measured. What was measured stays."),
    }
)


@get(
    "/projects/{project_id:uuid}/indicators/new",
    name="kpis.add",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_add(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    """`?code=K07` fills in what the catalogue says."""
    found = opened(request, session, project_id)
    form = blank(IndicatorFields, **_from_catalogue(request.query_params.get("code", "")), **_usual(found))
    return page(request, ADD, **_add_context(request, session, found, form))


def _from_catalogue(code: str) -> dict[str, Any]:
    entry = catalogue().get(code)
    if entry is None:
        return {}
    return {
        "code": entry.code,
        "name": str(entry.name),
        "family": entry.family.value,
        "unit_kind": entry.unit_kind.value,
        "unit": str(entry.unit),
        "direction": entry.direction.value,
        "frequency": entry.frequency.value,
        "formula": str(entry.formula),
        "data_source": str(entry.source),
        "dimensions": [dimension.value for dimension in entry.dimensions],
        "is_context": "yes" if entry.is_context else "no",
    }


def _usual(found: Opened) -> dict[str, Any]:
    return {
        "curve": Curve.LINEAR.value,
        "kind": IndicatorKind.INDICATOR.value,
        "owner_id": str(found.whole.person_id),
        "measured_from": found.today.replace(day=1).isoformat(),
        "tolerance": "0",
    }


@post(
    "/projects/{project_id:uuid}/indicators/new",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_add(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    form = bind(IndicatorFields, submitted)
    if form.value is not None:
        try:
            row = add_indicator(session, request.user, found.project, form.value, found.today)
            where = path_of(request, "kpis.indicator", project_id=project_id, indicator_id=row.id)
            return done(request, session, where, say="indicator_added")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, ADD, **_add_context(request, session, found, form))


def _add_context(request: AnyRequest, session: Session, found: Opened, form: Form[Any]) -> dict[str, Any]:
    return {
        **framed(request, session, found),
        "form": form,
        "currency": found.initiative.currency,
        "entries": [
            (entry.code, f"{entry.code} · {entry.name} ({label(entry.family)})") for entry in catalogue().values()
        ],
        "chosen": form.raw.get("code", ""),
        **_options(session, found),
        "kinds": _members(IndicatorKind),
        "unit_kinds": _members(UnitKind),
        "directions": _members(Direction),
        "frequencies": _members(Frequency),
        "yes_no": [("no", _("No")), ("yes", _("Yes"))],
    }


def _options(session: Session, found: Opened) -> dict[str, Any]:
    return {
        "families": _members(Family),
        "curves": _members(Curve),
        "dimensions": _members(Dimension),
        "owners": [(str(id_), name) for id_, name in writers(session, found.initiative.institution_id, found.today)],
        "targets": range(1, TARGETS + 1),
    }


def _members(enum: Any) -> list[tuple[str, str]]:
    return [(member.value, label(member)) for member in enum]


@get(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/edit",
    name="kpis.edit",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_edit(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    return page(request, EDIT, **_one_context(request, session, found, one, _details_of(one)))


def _details_of(one: Indicator) -> Form[DetailFields]:
    form = filled(DetailFields, one)
    bounds = {"lowest": typed(one.lowest, one.scale), "highest": typed(one.highest, one.scale)}
    return Form({**form.raw, **bounds})


@post(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/edit",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_edit(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    form = bind(DetailFields, submitted)
    if form.value is not None:
        try:
            change_indicator(session, request.user, one, form.value, found.today)
            return _back(request, session, one, "indicator_changed")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, EDIT, **_one_context(request, session, found, one, form))


@get(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/targets",
    name="kpis.targets",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_targets(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    promise = promises(session, [one])[one.id]
    initial = {"curve": promise.curve.value, "tolerance": typed(promise.tolerance, one.scale)}
    for number, point in enumerate(promise.points[:TARGETS], start=1):
        initial |= {f"on_{number}": point.on.isoformat(), f"value_{number}": typed(point.value, one.scale)}
    return page(request, TARGETS_PAGE, **_one_context(request, session, found, one, blank(TargetFields, **initial)))


@post(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/targets",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_targets(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    form = bind(TargetFields, submitted)
    if form.value is not None:
        try:
            set_targets(session, request.user, one, form.value)
            return _back(request, session, one, "targets_set")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, TARGETS_PAGE, **_one_context(request, session, found, one, form))


@get(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/stop",
    name="kpis.stop",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_stop(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    return page(request, STOP, **_one_context(request, session, found, one, blank(StopFields)))


@post(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/stop",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_stop(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    form = bind(StopFields, submitted)
    if form.value is None:
        return invalid(request, STOP, **_one_context(request, session, found, one, form))
    stop_indicator(session, request.user, one, form.value.stop_reason, found.today)
    return _back(request, session, one, "indicator_stopped")


def _one_context(
    request: AnyRequest, session: Session, found: Opened, one: Indicator, form: Form[Any]
) -> dict[str, Any]:
    return {
        **framed(request, session, found),
        "one": one,
        "called": name_of(one),
        "unit": unit_words(one),
        "form": form,
        **_options(session, found),
    }


def _back(request: AnyRequest, session: Session, one: Indicator, say: str) -> Response[Any] | Redirect:
    where = path_of(request, "kpis.indicator", project_id=one.project_id, indicator_id=one.id)
    return done(request, session, where, say=say)


def routes() -> list[Any]:
    return [
        show_add,
        submit_add,
        show_edit,
        submit_edit,
        show_targets,
        submit_targets,
        show_stop,
        submit_stop,
    ]
