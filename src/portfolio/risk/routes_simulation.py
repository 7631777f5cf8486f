"""The simulation of a project's risks in the browser: a page that only reads, its seed and correlation in the address."""

import uuid
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from portfolio.people.permissions import Permission
from portfolio.risk.opened import AnyRequest, head, opened
from portfolio.risk.queries import risks_of
from portfolio.risk.register_page import asked_of
from portfolio.risk.simulated import CORRELATION, SEED, Asked, simulated
from portfolio.web.forms import Form, Submitted, bind
from portfolio.web.pages import page

PAGE = "risk/simulation.html"


class DrawFields(BaseModel):
    """How to draw: a common correlation in percent, and the seed."""

    correlation: Annotated[int, Field(ge=0, le=100)] = CORRELATION
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)] = SEED


@get(
    "/projects/{project_id:uuid}/risks/simulation",
    name="risk.simulation",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_simulation(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """What was typed wrong is said beside its field, and the usual figures are shown."""
    found = opened(request, session, project_id)
    form = bind(DrawFields, Submitted({name: [value] for name, value in asked_of(request).items()}))
    value = form.value or DrawFields()
    shown: Form[DrawFields] = Form(
        {"correlation": str(value.correlation), "seed": str(value.seed)} if form.value else form.raw, form.errors
    )
    return page(
        request,
        PAGE,
        frame=head(session, found),
        form=shown,
        result=simulated(found.pack, risks_of(session, project_id), Asked(value.correlation, value.seed)),
        project_id=project_id,
    )


def routes() -> list[Any]:
    return [show_simulation]
