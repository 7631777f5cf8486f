"""The verbs that rooms bring: a new `cli_<room>.py` is wired here. Only the one that was called for is imported."""

import importlib
from typing import Any

PARTS = {
    "audit": "portfolio.cli_audit",
    "check": "portfolio.cli_check",
    "codes": "portfolio.cli_codes",
    "demo": "portfolio.cli_demo",
    "export": "portfolio.cli_exchange",
    "import": "portfolio.cli_exchange",
    "jobs": "portfolio.cli_jobs",
    "users": "portfolio.cli_users",
}
"""Each verb and the module that brings it."""


def add_parsers(verbs: Any, called: str) -> None:
    """Add the verbs of the room that brings `called`; of all rooms, for the help, where none does."""
    wanted = [PARTS[called]] if called in PARTS else sorted(set(PARTS.values()))
    for module in wanted:
        importlib.import_module(module).add_parsers(verbs)
