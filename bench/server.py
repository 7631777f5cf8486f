"""The application with two pages beside it: the floor (same bytes, session and thread, raw SQL) and the bare answer."""

import gc
import sys
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar, MediaType, Request, Response, get
from sqlalchemy import text

from portfolio.app import create_app
from portfolio.people.permissions import Permission
from portfolio.serving import listening_socket
from portfolio.settings import read_settings
from portfolio.web.runtime import runtime

FLOOR_SQL = (
    "SELECT id, reference, title, institution_id, state, stage, currency, requested_minor, recommended_minor, decided_minor, "
    "committed_minor FROM initiative ORDER BY sort_key, id LIMIT 51"
)
_bytes: dict[str, bytes] = {}


@get("/floor", permission=Permission.SIGNED_IN, sync_to_thread=True, include_in_schema=False)
def floor(request: Request[Any, Any, Any]) -> Response[bytes]:
    """What no page of this size can beat on this road: sign-in middleware, guard, thread, one query, the bytes."""
    with runtime(request).database.engine.connect() as connection:
        connection.execute(text(FLOOR_SQL)).all()
    return Response(_bytes["page"], media_type=MediaType.HTML)


@get("/bare", permission=Permission.PUBLIC, sync_to_thread=False, include_in_schema=False)
def bare() -> Response[bytes]:
    """The same bytes without session, thread or query."""
    return Response(_bytes["page"], media_type=MediaType.HTML)


def main() -> None:
    """`python -m bench.server PORT PAGE`: serves until told to stop. PAGE: a file with the bytes of the page to compare with."""
    port = int(sys.argv[1])
    _bytes["page"] = Path(sys.argv[2]).read_bytes()
    app: Litestar = create_app(read_settings())
    app.register(floor)
    app.register(bare)
    gc.collect()
    gc.freeze()  # as `portfolio serve` does
    config = uvicorn.Config(app, log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[listening_socket("127.0.0.1", port)])


if __name__ == "__main__":
    main()
