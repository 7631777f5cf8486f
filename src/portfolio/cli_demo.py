"""`portfolio demo`: make the database, load the demonstration country, print addresses and accounts; move its clock."""

import argparse
import sys
from datetime import date
from typing import Any

from portfolio.db.engine import open_database
from portfolio.db.migrate import upgrade
from portfolio.demo.large import load_large
from portfolio.demo.load import TODAY, is_empty, load, move_clock, password_of
from portfolio.demo.stories import read
from portfolio.errors import ConfigurationError
from portfolio.i18n import set_language
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.rooms import routes
from portfolio.settings import Settings, read_settings

RED, PLAIN = "\033[41;97m", "\033[0m"


def add_parsers(verbs: Any) -> None:
    """Add `demo`."""
    parser = verbs.add_parser(
        "demo",
        help="create the database, load the demonstration country, print addresses and accounts",
        epilog="examples: portfolio demo; portfolio demo --today 2026-12-10; portfolio demo --size large",
    )
    parser.add_argument(
        "--size", choices=("small", "large"), default="small", help="large: 100,000 projects with their trail"
    )
    parser.add_argument("--today", type=date.fromisoformat, metavar="DATE", help="the demonstration's present day")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0 when the demonstration is there; refuses production mode and a database with other people in it."""
    settings = read_settings()
    if not settings.is_demo:
        raise ConfigurationError("PORTFOLIO_MODE is production: the demonstration is not loaded there")
    pack = load_pack(settings.pack)
    put_in_force(pack)
    set_language("es")
    routes(settings)  # rooms register their part of the content and its checks when they are imported
    database = open_database(settings.database_url, synchronous="NORMAL")
    upgrade(database)
    with database.reading() as session:
        empty = is_empty(session)
    if empty:
        print("loading the demonstration country", file=sys.stderr)
        load(database, settings, pack, arguments.today or TODAY, say=_progress)
    elif arguments.today is not None:
        move_clock(database, pack, arguments.today)
        print(f"the demonstration's present day is {arguments.today}")
    if arguments.size == "large":
        made = load_large(database, pack, say=_progress)
        print(f"{made} projects, each with its trail")
    _introduce(settings)
    database.engine.dispose()
    return 0


def _progress(text: str) -> None:
    sys.stderr.write(f"\r\033[K{text[:100]}" if sys.stderr.isatty() else f"{text}\n")
    sys.stderr.flush()


def _introduce(settings: Settings) -> None:
    """Under a red banner: where it is, who is in it, and the one password, which is worth nothing outside."""
    banner = (
        f"{RED} DEMONSTRATION: invented institutions, people and amounts {PLAIN}"
        if sys.stdout.isatty()
        else "DEMONSTRATION"
    )
    print(
        f"\n{banner}\n{settings.base_url}/demo signs in as anybody with one click. Password of all: {password_of(settings)}\n"
    )
    for row in read("country")["people"]:
        if "_" not in row["key"]:
            roles = ", ".join(held["role"] for held in row["roles"])
            print(f"  {row['key'] + '@demo.example':32} {row['name']:28} {roles}")
    print("  … and their colleagues in other institutions, on the same page\n")
