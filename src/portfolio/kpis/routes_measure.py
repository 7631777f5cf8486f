"""Measuring: one page for all that is due, and the correction of a value."""

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
from portfolio.kpis.actions import kept
from portfolio.kpis.bounds import bound_fault
from portfolio.kpis.cuts import words_of
from portfolio.kpis.forms import CorrectionFields
from portfolio.kpis.measure_form import Row, left_over, read_entries, rows_of, typed
from portfolio.kpis.measuring import Entry, asked_again, correct, record_measurements
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.queries import due_periods, get_indicator, get_measurement
from portfolio.kpis.shown import unit_words
from portfolio.kpis.views import SCORECARD, AnyRequest, Opened, framed, opened, path_of
from portfolio.kpis.words import name_of, period_words, value_words
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

MEASURE, CORRECT = "kpis/measure.html", "kpis/correct.html"

flash.register(
    {
        "measured": N_("The measurements were recorded."),
        "corrected": N_("The value was corrected. The one before stays beside it."),
    }
)


@get(
    "/projects/{project_id:uuid}/indicators/measure",
    name="kpis.measure",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_measure(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    rows = rows_of(due_periods(session, found.project, found.today))
    return page(request, MEASURE, **_context(request, session, found, rows, Form(typed(rows, Submitted()))))


@post(
    "/projects/{project_id:uuid}/indicators/measure",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_measure(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    rows = rows_of(due_periods(session, found.project, found.today))
    entries, errors = read_entries(rows, submitted)
    unusual = _asked_again(session, entries)
    form: Form[Any] = Form(typed(rows, submitted), errors)
    if left_over(rows, submitted):
        words = _(
            "Somebody measured one of these periods while the page was open. Look at what is still due and send it again."
        )
        form = form.with_error("", words)
    elif not entries and not errors:
        form = form.with_error(_first_field(rows), _("Enter at least one value, or a note that says why there is none"))
    form = Form(form.raw, {**form.errors, **_faults(session, entries)}, form.value)
    if not form.errors:
        try:
            record_measurements(session, request.user, found.project, entries, found.today)
            return done(request, session, path_of(request, SCORECARD, project_id=project_id), say="measured")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, MEASURE, **_context(request, session, found, rows, form, unusual))


def _faults(session: Session, entries: list[Entry]) -> dict[str, str]:
    """By field: every value that cannot be, and every unusual one that is not confirmed or has no note, all at once."""
    found: dict[str, str] = {}
    for entry in entries:
        key = entry.field.removeprefix("v.")
        if fault := bound_fault(entry.indicator, entry.value):
            found[entry.field] = fault
        elif concerns := asked_again(session, entry):
            if not entry.confirmed:
                words = " ".join(label(concern) for concern in concerns)
                found[f"c.{key}"] = _("Tick that you checked this value, or correct it. %(concern)s") % {
                    "concern": words
                }
            if not entry.note:
                found[f"n.{key}"] = _("Say in the note why the value is unusual")
    return found


def _asked_again(session: Session, entries: list[Entry]) -> dict[str, str]:
    """By field: why a value looks unusual, so that the page offers to confirm it."""
    found = {
        entry.field: " ".join(label(concern) for concern in asked_again(session, entry))
        for entry in entries
        if not bound_fault(entry.indicator, entry.value)
    }
    return {field: words for field, words in found.items() if words}


def _first_field(rows: list[Row]) -> str:
    return f"v.{rows[0].cells[0].key}" if rows else ""


def _context(
    request: AnyRequest,
    session: Session,
    found: Opened,
    rows: list[Row],
    form: Form[Any],
    unusual: dict[str, str] | None = None,
) -> dict[str, Any]:
    return {**framed(request, session, found), "rows": rows, "form": form, "unusual": unusual or {}}


@get(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/measurements/{measurement_id:uuid}",
    name="kpis.correct",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_correct(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
    measurement_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    old = get_measurement(session, one, measurement_id)
    return page(request, CORRECT, **_correction(request, session, found, one, old, blank(CorrectionFields)))


@post(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}/measurements/{measurement_id:uuid}",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_correct(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
    measurement_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    old = get_measurement(session, one, measurement_id)
    form = bind(CorrectionFields, submitted)
    unusual = ""
    if form.value is not None:
        fields = form.value
        try:
            value = None if fields.value is None else kept("value", fields.value, one.scale)
            entry = Entry(one, old.period_on, value, old.cut)
            if not bound_fault(one, value):
                unusual = " ".join(label(concern) for concern in asked_again(session, entry))
            correct(session, request.user, old, value, fields.note, fields.reason, found.today, fields.confirmed)
            where = path_of(request, "kpis.indicator", project_id=project_id, indicator_id=one.id)
            return done(request, session, where, say="corrected")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, CORRECT, **_correction(request, session, found, one, old, form, unusual))


def _correction(
    request: AnyRequest,
    session: Session,
    found: Opened,
    one: Indicator,
    old: Measurement,
    form: Form[CorrectionFields],
    unusual: str = "",
) -> dict[str, Any]:
    return {
        **framed(request, session, found),
        "one": one,
        "old": old,
        "called": name_of(one),
        "unit": unit_words(one),
        "period": period_words(one.frequency, old.period_on),
        "group": words_of(old.cut),
        "value": value_words(one, old.value),
        "form": form,
        "unusual": unusual,
    }


def routes() -> list[Any]:
    return [show_measure, submit_measure, show_correct, submit_correct]
