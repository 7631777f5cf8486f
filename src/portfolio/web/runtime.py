"""What a running process holds: settings, database, templates, and the shell of every page. Nothing another worker would need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request

from portfolio.db.engine import Database
from portfolio.settings import Settings
from portfolio.web.templates import Renderer


@dataclass(frozen=True, slots=True)
class Runtime:
    """Reached as `request.app.state.runtime`."""

    settings: Settings
    database: Database
    renderer: Renderer
    shell: Callable[[Request[Any, Any, Any]], dict[str, Any]]
    on_refused: Callable[[Request[Any, Any, Any], int, Sequence[str]], None] | None = None
    """Told, after the answer, of each act that a signed-in person was refused; the trail lies above and is wired by `app`."""
    front: str = "identity.sign_in"  # the route that nobody signed in is led to from the first page
    pack: Any = None  # the country pack; `web` lies below `packs` and does not look inside


def runtime(request: Request[Any, Any, Any]) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found
