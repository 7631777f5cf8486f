"""The routes of this room."""

from typing import Any

from portfolio.execution import (
    routes_contracts,
    routes_differences,
    routes_files,
    routes_history,
    routes_portfolio,
    routes_settle,
    routes_typed,
)


def routes() -> list[Any]:
    return [
        *routes_portfolio.routes(),
        *routes_files.routes(),
        *routes_differences.routes(),
        *routes_typed.routes(),
        *routes_history.routes(),
        *routes_contracts.routes(),
        *routes_settle.routes(),
    ]
