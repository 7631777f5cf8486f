"""The page on which a wave of a survey becomes a measurement: what would be kept, beside what is there."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.kpis.cuts import words_of
from portfolio.kpis.forms import AdoptFields
from portfolio.kpis.models import Indicator, SurveyWave
from portfolio.kpis.survey_adoption import adopt_wave, adoption_refusals, entry_of, get_wave, there_already, unusual
from portfolio.kpis.views import AnyRequest, Opened, framed, opened, path_of
from portfolio.kpis.words import name_of, period_words, value_words
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

ADOPT = "kpis/adopt_wave.html"

flash.register({"wave_adopted": N_("The score of the survey is a measurement of the indicator.")})


@get(
    "/projects/{project_id:uuid}/surveys/{wave_id:uuid}/adoption",
    name="kpis.adopt_wave",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_adoption(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    wave_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    wave, one = get_wave(session, found.project, wave_id)
    return page(request, ADOPT, **_context(request, session, found, wave, one, blank(AdoptFields)))


@post(
    "/projects/{project_id:uuid}/surveys/{wave_id:uuid}/adoption",
    permission=Permission.KPI_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_adoption(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    wave_id: FromPath[uuid.UUID],
) -> Response[Any] | Redirect:
    found = opened(request, session, project_id)
    wave, one = get_wave(session, found.project, wave_id)
    form = bind(AdoptFields, submitted)
    if form.value is not None:
        try:
            adopt_wave(session, request.user, found.project, wave, form.value, found.today)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
        else:
            where = path_of(request, "kpis.indicator", project_id=project_id, indicator_id=one.id)
            return done(request, session, where, say="wave_adopted")
    return invalid(request, ADOPT, **_context(request, session, found, wave, one, form))


def _context(
    request: AnyRequest, session: Session, found: Opened, wave: SurveyWave, one: Indicator, form: Form[AdoptFields]
) -> dict[str, Any]:
    entry = entry_of(wave, one)
    there = there_already(session, entry)
    return {
        **framed(request, session, found),
        "wave": wave,
        "one": one,
        "called": name_of(one),
        "topic": f"{label(wave.topic)} · {label(wave.channel)}",
        "value": value_words(one, entry.value),
        "period": period_words(one.frequency, entry.period_on),
        "group": words_of(entry.cut),
        "there": None if there is None else value_words(one, there.value),
        "unusual": ", ".join(label(concern) for concern in unusual(session, entry)),
        "reasons": adoption_refusals(session, wave, one, found.today),
        "form": form,
    }


def routes() -> list[Any]:
    return [show_adoption, submit_adoption]
