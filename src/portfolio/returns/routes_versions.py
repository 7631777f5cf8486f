"""The page of a kept version of a return, for whoever may read the return."""

import uuid
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.identity.visit import AnyRequest
from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission
from portfolio.returns.frame import frame_of
from portfolio.returns.queries import get_return
from portfolio.returns.version_page import version_context
from portfolio.returns.versions import get_version
from portfolio.web.addresses import book_of
from portfolio.web.pages import page


@get(
    "/returns/{return_id:uuid}/versions/{number:int}",
    name="returns.version",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_version(
    request: AnyRequest, session: NamedDependency[Session], return_id: FromPath[uuid.UUID], number: FromPath[int]
) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    version = get_version(session, row, number)
    return page(
        request,
        "returns/version.html",
        **version_context(session, row, version, book_of(request)),
        frame=frame_of(request, session, project),
        period=period_words(row.period_on),
    )


def routes() -> list[Any]:
    return [show_version]
