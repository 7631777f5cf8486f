"""The first page after sign-in: what waits for me."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.people.permissions import Permission
from portfolio.web.pages import page


@get("/", name="desk.waiting", permission=Permission.SIGNED_IN, sync_to_thread=True, include_in_schema=False)
def show_waiting(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    return page(request, "desk/waiting.html")


def routes() -> list[Any]:
    return [show_waiting]
