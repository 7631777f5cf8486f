"""One transaction for one request: an answer commits, a refusal does not, and a commit that fails is an error page.

A refusal is an exception, or a page that says no: an act that found its error half way leaves nothing behind.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.db.clock import fix
from portfolio.web import once
from portfolio.web.forms import Submitted
from portfolio.web.pages import WRITES_NOTHING
from portfolio.web.runtime import runtime

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

MOMENT = "moment"
"""Where the request's state holds the instant at which its sender was recognised: a page that only reads has that time too."""


async def provide_session(
    request: Request[Any, Any, Any], submitted: NamedDependency[Submitted]
) -> AsyncGenerator[Session, None]:
    """A reading session for safe methods, which never takes the write lock; a writing one for the rest.

    Commit, rollback and close run in a thread: a generator's own cleanup cannot (house.md trap 6).
    """
    database = runtime(request).database
    if request.method in SAFE:
        session = database.read()
        if (moment := request.scope["state"].get(MOMENT)) is not None:
            fix(session, moment)
        try:
            yield session
        finally:
            await asyncio.to_thread(session.close)
        return
    session = database.write()
    try:
        viewer = request.scope.get("user")
        if viewer is not None:
            await asyncio.to_thread(once.claim, session, submitted.text(once.FIELD), str(viewer.person_id))
        yield session
        refuses = request.scope["state"].get(WRITES_NOTHING, False)
        await asyncio.to_thread(session.rollback if refuses else session.commit)
    except BaseException:
        await asyncio.to_thread(session.rollback)
        raise
    finally:
        await asyncio.to_thread(session.close)
