"""The page on which an institution types the amounts of a month, where the financial system has none."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.execution.by_hand import has_system_figures, type_month
from portfolio.execution.confirming import shown
from portfolio.execution.forms import TypedFields
from portfolio.execution.views import Opened, framed, line_choices, opened, path_of
from portfolio.execution.years import year_of
from portfolio.i18n import N_
from portfolio.identity.visit import AnyRequest, pack_of
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

TYPED = "execution/typed.html"
MONEY = "monitoring.money"
"""The tab of money, served by the room above."""

flash.register({"execution_typed": N_("The amounts of the month are kept.")})


@get(
    "/projects/{project_id:uuid}/money/typed",
    name="execution.typed",
    permission=Permission.EXECUTION_TYPE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_typed(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    found = opened(request, session, project_id)
    return page(request, TYPED, **_typed(request, session, found, blank(TypedFields)))


def _typed(
    request: AnyRequest, session: Session, found: Opened, form: Form[TypedFields], asked: dict[str, Any] | None = None
) -> dict[str, Any]:
    pack = pack_of(request)
    year = year_of(pack, found.today)
    return {
        **framed(request, session, found, MONEY),
        "form": form,
        "asked": asked,
        "lines": line_choices(pack),
        "year": year,
        "is_system": has_system_figures(session, pack, found.project, year),
    }


@post(
    "/projects/{project_id:uuid}/money/typed",
    permission=Permission.EXECUTION_TYPE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_typed(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Response[Any]:
    found = opened(request, session, project_id)
    form, asked = bind(TypedFields, submitted), None
    if (fields := form.value) is not None:
        try:
            type_month(session, request.user, pack_of(request), found.project, fields)
        except FieldRefused as error:
            form, asked = taken_back(session, form, error), shown(error)
            found = opened(request, session, project_id)
        else:
            then = path_of(request, MONEY, project_id=project_id)
            return done(request, session, then, say="execution_typed")
    return invalid(request, TYPED, **_typed(request, session, found, form, asked))


def routes() -> list[Any]:
    return [show_typed, submit_typed]
