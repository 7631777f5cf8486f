"""The verbs that rooms bring, in one list: a new `cli_<room>.py` is wired here."""

from typing import Any

from portfolio import cli_audit, cli_check, cli_codes, cli_demo, cli_exchange, cli_jobs, cli_users


def add_parsers(verbs: Any) -> None:
    """Add each room's verbs to the command."""
    for part in (cli_audit, cli_check, cli_codes, cli_demo, cli_exchange, cli_jobs, cli_users):
        part.add_parsers(verbs)
