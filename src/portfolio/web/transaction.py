"""One transaction for one request: returning commits, raising rolls back, and a commit that fails is an error page."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.web import once
from portfolio.web.forms import Submitted
from portfolio.web.runtime import runtime

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def provide_session(
    request: Request[Any, Any, Any], submitted: NamedDependency[Submitted]
) -> AsyncGenerator[Session, None]:
    """A reading session for safe methods, which never takes the write lock; a writing one for the rest.

    Commit, rollback and close run in a thread: a generator's own cleanup cannot (house.md trap 6).
    """
    database = runtime(request).database
    if request.method in SAFE:
        session = database.read()
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
        await asyncio.to_thread(session.commit)
    except BaseException:
        await asyncio.to_thread(session.rollback)
        raise
    finally:
        await asyncio.to_thread(session.close)
