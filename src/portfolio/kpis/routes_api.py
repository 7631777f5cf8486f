"""Measurements by API: what an information system reads and records, and the page that explains it to whoever writes one."""

import json
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody, PathParameter, QueryParameter
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.errors import NotFound, Refused
from portfolio.identity import api_answers, limits
from portfolio.identity.api_guard import Holder, holder_of, needs_key
from portfolio.identity.terms import KeyScope
from portfolio.kpis import api
from portfolio.kpis.api_fields import EXAMPLE, Indicators, MeasurementIn, Measurements, Problem, RecordedOut, as_json
from portfolio.people.permissions import Permission
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
INDICATORS = "/api/v1/projects/{project:str}/indicators"
MEASUREMENTS = INDICATORS + "/{indicator:str}/measurements"
SECURITY = [{"key": list[str]()}]
"""The name that `app` gives to the scheme in the document of the API."""

Call = Annotated[
    str,
    HeaderParameter(
        name=api_answers.FIELD,
        min_length=8,
        max_length=80,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of this call, new for each: sent again after a lost answer, the call is answered alike and done once.",
    ),
]
Project = Annotated[
    str, PathParameter(max_length=60, description="number of the initiative (PF-2027-000123) or id of the project")
]
Indicator = Annotated[
    str, PathParameter(max_length=60, description="code of the catalogue (K01) or id of the indicator")
]
After = Annotated[str, QueryParameter(name="after", max_length=60, description="`next` of the page before")]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=api.MOST, description="rows of one page")]

PROBLEMS = {
    400: ResponseSpec(Problem, description="The body or a parameter cannot be read; `errors` names the fields."),
    401: ResponseSpec(Problem, description="No key, or one that does not work."),
    403: ResponseSpec(Problem, description="The key may read, and not write."),
    404: ResponseSpec(Problem, description="No such project or indicator in this institution."),
    409: ResponseSpec(Problem, description="It cannot be done now: the reasons are in the title."),
    422: ResponseSpec(Problem, description="A field is refused by the rules of measuring; `errors` names it."),
    429: ResponseSpec(Problem, description="Too many refused calls: wait as long as `Retry-After` says."),
}
READ_PROBLEMS = {status: PROBLEMS[status] for status in (400, 401, 404, 422, 429)}


@get(
    INDICATORS,
    name="api.indicators",
    permission=Permission.PUBLIC,
    guards=[needs_key],
    sync_to_thread=True,
    tags=["measurements"],
    summary="Indicators of a project",
    security=SECURITY,
    responses=READ_PROBLEMS,
    key_scope=KeyScope.MEASUREMENTS_READ,
)
def list_indicators(
    request: AnyRequest, project: FromPath[Project], after: After = "", limit: Limit = 100
) -> Indicators:
    """In the order of their ids, with the newest value of each."""
    holder = holder_of(request)
    with runtime(request).database.reading() as session:
        found = api.project_named(session, holder.viewer.narrowed(Permission.PROJECT_READ), project)
        return api.indicators_page(session, found, api.Slice(after, limit))


@get(
    MEASUREMENTS,
    name="api.measurements",
    permission=Permission.PUBLIC,
    guards=[needs_key],
    sync_to_thread=True,
    tags=["measurements"],
    summary="Measurements of an indicator",
    security=SECURITY,
    responses=READ_PROBLEMS,
    key_scope=KeyScope.MEASUREMENTS_READ,
)
def list_measurements(
    request: AnyRequest,
    project: FromPath[Project],
    indicator: FromPath[Indicator],
    after: After = "",
    limit: Limit = 100,
) -> Measurements:
    """Oldest period first, corrected values included: nothing that was recorded goes away."""
    holder = holder_of(request)
    with runtime(request).database.reading() as session:
        found = api.project_named(session, holder.viewer.narrowed(Permission.PROJECT_READ), project)
        one = api.indicator_named(session, found, indicator)
        return api.measurements_page(session, one, api.Slice(after, limit))


@post(
    MEASUREMENTS,
    name="api.measure",
    permission=Permission.PUBLIC,
    guards=[needs_key],
    sync_to_thread=True,
    tags=["measurements"],
    summary="Record a measurement",
    security=SECURITY,
    responses={200: ResponseSpec(RecordedOut, description="It says nothing new: nothing was recorded."), **PROBLEMS},
    key_scope=KeyScope.MEASUREMENTS_WRITE,
)
def record_measurement(
    request: AnyRequest,
    project: FromPath[Project],
    indicator: FromPath[Indicator],
    data: JSONBody[MeasurementIn],
    call: Call,
) -> Response[RecordedOut]:
    """One value of one period and group, by the rules of the form. With `reason` it corrects the value that is there, which
    stays beside it.
    """
    holder, asked = holder_of(request), api_answers.asked_of(request.url.path, as_json(data))
    try:
        with runtime(request).database.writing() as session:
            return _record(request, session, holder, project, indicator, data, call, asked)
    except (Refused, NotFound):
        with runtime(request).database.writing() as session:
            limits.count(session, limits.PER_API_KEY, str(holder.key_id))
        raise


def _record(
    request: AnyRequest,
    session: Session,
    holder: Holder,
    project: str,
    indicator: str,
    data: MeasurementIn,
    call: str,
    asked: str,
) -> Response[Any]:
    """The indicator is locked before the earlier answer is looked for: of two equal calls at once, the second finds it."""
    actor = holder.viewer.narrowed(Permission.KPI_WRITE)
    found = api.project_named(session, actor, project)
    one = api.indicator_named(session, found, indicator, for_writing=True)
    earlier = api_answers.earlier_answer(session, holder.key_id, call, asked)
    if earlier is not None:
        return Response(earlier.body, status_code=earlier.status, headers={"Idempotency-Replayed": "true"})
    today = now(session).astimezone(runtime(request).pack.zone).date()
    taken = api.take(session, actor, found, one, data, today)
    status = 200 if taken.outcome == "unchanged" else 201
    api_answers.keep(session, holder.key_id, call, asked, status, as_json(taken))
    return Response(as_json(taken), status_code=status)


@get(
    "/indicators/api",
    name="kpis.api",
    permission=Permission.SIGNED_IN,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_api(request: AnyRequest) -> Response[Any]:
    """How it is done, with this installation's address."""
    base = runtime(request).settings.base_url
    address = f"{base}/api/v1/projects/PF-2027-000123/indicators/K01/measurements"
    return page(
        request,
        "kpis/api.html",
        base=base,
        address=address,
        example=_command(address),
        document=f"{base}/api/v1/openapi.json",
        may_see_keys=request.user.can(Permission.PEOPLE_READ),
    )


def _command(address: str) -> str:
    """A call as a terminal sends it."""
    lines = (
        f"curl -X POST {address}",
        '-H "Authorization: Bearer $KEY"',
        '-H "Idempotency-Key: K01-2026-08-women"',
        '-H "Content-Type: application/json"',
        f"-d '{json.dumps(EXAMPLE, ensure_ascii=False)}'",
    )
    return " \\\n  ".join(lines)


def routes() -> list[Any]:
    return [list_indicators, list_measurements, record_measurement, show_api]
