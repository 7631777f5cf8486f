"""Reading indicators: the scorecard of a project, the page of one, the catalogue; and the room's routes."""

import uuid
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.kpis import panel as _panel  # noqa: F401  (the lines on the first page of a project)
from portfolio.kpis import plan_effect as _plan_effect  # noqa: F401  (what another end of the plan means for targets)
from portfolio.kpis import routes_api, routes_files, routes_measure, routes_portfolio, routes_promise, routes_surveys
from portfolio.kpis import trail_names as _trail_names  # noqa: F401  (what the trail calls an indicator)
from portfolio.kpis.catalogue import catalogue
from portfolio.kpis.cuts import words_of
from portfolio.kpis.queries import (
    due_count,
    get_indicator,
    measurements_of,
    points_by_revision,
    promises,
    revisions_of,
    scorecard,
    waves_of,
)
from portfolio.kpis.shown import (
    axis_words,
    benefits,
    big_drawing,
    newest_groups,
    quadrants,
    shown_curves,
    shown_line,
    shown_measurements,
    unit_words,
)
from portfolio.kpis.shown_waves import shown_waves
from portfolio.kpis.survey_adoption import adoptions_of
from portfolio.kpis.terms import Dimension, Family
from portfolio.kpis.views import SCORECARD, AnyRequest, framed, opened
from portfolio.kpis.words import formula_of, name_of, plausible_words, value_words
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.frame import TabSpec, register_tab
from portfolio.web.addresses import book_of
from portfolio.web.formatting import short_day
from portfolio.web.pages import page

register_tab(TabSpec(40, SCORECARD, N_("Indicators"), Permission.PROJECT_READ))


@get(
    "/projects/{project_id:uuid}/indicators",
    name=SCORECARD,
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_scorecard(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    lines = scorecard(session, found.project, found.today)
    reverse = book_of(request)
    return page(
        request,
        "kpis/scorecard.html",
        **framed(request, session, found),
        quadrants=quadrants(lines, reverse),
        benefits=benefits(lines, reverse),
        has_any=bool(lines),
        due=due_count(session, found.project, found.today),
        waves=shown_waves(
            waves_of(session, found.project),
            {line.indicator.id: line.indicator for line in lines},
            adoptions_of(session, found.project),
            reverse,
        ),
        today=short_day(found.today),
    )


@get(
    "/projects/{project_id:uuid}/indicators/{indicator_id:uuid}",
    name="kpis.indicator",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_indicator(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    indicator_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    one = get_indicator(session, found.project, indicator_id)
    line = next(line for line in scorecard(session, found.project, found.today) if line.indicator.id == one.id)
    rows, revisions = measurements_of(session, one), revisions_of(session, one)
    people = names(session, [*(row.by_id for row in rows), *(row.by_id for row in revisions)])
    groups, gap = newest_groups(one, rows)
    adopted = adoptions_of(session, found.project)
    drawing = big_drawing(line.promise, rows)
    first = promises(session, [one], first=True)[one.id]
    reverse = book_of(request)
    return page(
        request,
        "kpis/indicator.html",
        **framed(request, session, found),
        one=one,
        line=shown_line(line, reverse),
        called=name_of(one),
        unit=unit_words(one),
        plausible=plausible_words(one),
        formula=formula_of(one),
        baseline=value_words(one, one.baseline),
        first_promise=value_words(one, first.points[-1].value if first.points else None),
        dimensions=", ".join(label(Dimension(code)) for code in one.dimensions),
        drawing=drawing,
        axes=axis_words(one, drawing),
        measurements=shown_measurements(one, line.promise, rows, people),
        surveyed={measurement.id: wave.wave for wave, measurement in adopted.values()},
        curves=shown_curves(one, revisions, points_by_revision(session, one), people),
        groups=groups,
        gap=gap,
        waves=shown_waves(
            [w for w in waves_of(session, found.project) if w.indicator_id == one.id],
            {one.id: one},
            adopted,
            reverse,
        ),
        everybody=words_of(""),
    )


@get(
    "/indicators/catalogue",
    name="kpis.catalogue",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_catalogue(request: AnyRequest) -> Response[Any]:
    entries = [
        (label(family), [entry for entry in catalogue().values() if entry.family is family]) for family in Family
    ]
    return page(request, "kpis/catalogue.html", families=entries)


def routes() -> list[Any]:
    return [
        show_scorecard,
        show_indicator,
        show_catalogue,
        *routes_promise.routes(),
        *routes_measure.routes(),
        *routes_files.routes(),
        *routes_surveys.routes(),
        *routes_portfolio.routes(),
        *routes_api.routes(),
    ]
