"""Surveys of users, wave by wave."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.kpis import routes_adoption
from portfolio.kpis.actions import add_wave
from portfolio.kpis.forms import WaveFields
from portfolio.kpis.queries import scorecard
from portfolio.kpis.terms import Channel, SurveyTopic
from portfolio.kpis.views import SCORECARD, AnyRequest, Opened, framed, opened, path_of
from portfolio.kpis.words import name_of
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

WAVE = "kpis/wave.html"

flash.register({"wave_recorded": N_("The survey was recorded.")})


@get(
    "/projects/{project_id:uuid}/surveys/new",
    name="kpis.wave",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_wave(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Response[Any]:
    found = opened(request, session, project_id)
    form = blank(WaveFields, scale_from="1", scale_to="5", channel=Channel.ALL.value)
    return page(request, WAVE, **_context(request, session, found, form))


@post(
    "/projects/{project_id:uuid}/surveys/new",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_wave(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    form = bind(WaveFields, submitted)
    if form.value is not None:
        try:
            add_wave(session, request.user, found.project, form.value, found.today)
            return done(request, session, path_of(request, SCORECARD, project_id=project_id), say="wave_recorded")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, WAVE, **_context(request, session, found, form))


def _context(request: AnyRequest, session: Session, found: Opened, form: Form[WaveFields]) -> dict[str, Any]:
    lines = scorecard(session, found.project, found.today)
    return {
        **framed(request, session, found),
        "form": form,
        "topics": [(member.value, label(member)) for member in SurveyTopic],
        "channels": [(member.value, label(member)) for member in Channel],
        "indicators": [(str(line.indicator.id), name_of(line.indicator)) for line in lines],
    }


def routes() -> list[Any]:
    return [show_wave, submit_wave, *routes_adoption.routes()]
