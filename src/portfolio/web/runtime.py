"""What a running process holds: settings, database, templates, and the shell of every page. Nothing another worker would need."""

from collections.abc import Callable
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
    pack: Any = None  # the country pack; `web` lies below `packs` and does not look inside


def runtime(request: Request[Any, Any, Any]) -> Runtime:
    found: Runtime = request.app.state.runtime
    return found
