"""An address that leads nowhere, or a method that it does not take: refused in the language of whoever asks.

Who only looks at the address of an act (after a reload, a change of language) is led to the page above it.
"""

import logging
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.response import Redirect
from sqlalchemy.exc import SQLAlchemyError

from portfolio.identity.middleware import recognise
from portfolio.web.addresses import book_of
from portfolio.web.pages import AnyRequest
from portfolio.web.refusals import Handler, refusal
from portfolio.web.shield import prepare

log = logging.getLogger("portfolio")


def _only_looked(request: AnyRequest, error: MethodNotAllowedException) -> Response[Any]:
    path = request.scope["path"]
    if request.method != "GET" or path.startswith("/api/"):
        return _strayed(request, error)
    return Redirect(book_of(request).page_above(path), status_code=303)


def _strayed(request: AnyRequest, error: HTTPException) -> Response[Any]:
    prepare(request)
    if "user" not in request.scope:
        try:
            recognise(request)
        except SQLAlchemyError as trouble:  # the answer stays the same, in the browser's language
            log.warning("nobody looked up for an unknown address: %s", type(trouble).__name__)
    return refusal(request, error.status_code)


def exception_handlers() -> dict[Any, Handler]:
    return {NotFoundException: _strayed, MethodNotAllowedException: _only_looked}
