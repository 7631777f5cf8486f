"""The `portfolio` command: one verb each, exit codes that mean something, errors on standard error in one line."""

import argparse
import atexit
import gc
import sys
from collections.abc import Callable, Sequence

from portfolio import __version__
from portfolio.errors import ConfigurationError
from portfolio.i18n import set_language
from portfolio.settings import read_settings

Run = Callable[[argparse.Namespace], int]
USAGE = 2
"""Exit code of a wrong call or a wrong setting; 1 is a verb's own «no», 0 its «yes»."""
OWN = ("serve", "migrate")


def make_parser(called: str = "") -> argparse.ArgumentParser:
    """Every verb, each with an example in its help; only what it needs when it is known which one is called."""
    parser = argparse.ArgumentParser(prog="portfolio", description=sys.modules["portfolio"].__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    serve = verbs.add_parser(
        "serve", help="serve; prints the address when ready", epilog="example: portfolio serve --port 8000"
    )
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1, help="more than one needs PostgreSQL")
    serve.add_argument("--no-jobs", action="store_true", help="leave the timetable to another process")
    serve.set_defaults(run=_serve)

    migrate = verbs.add_parser(
        "migrate", help="bring the database to the newest version", epilog="example: portfolio migrate"
    )
    migrate.set_defaults(run=_migrate)

    if called not in OWN:
        from portfolio import cli_parts

        cli_parts.add_parsers(verbs, called)
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    from portfolio.serving import serve

    return serve(read_settings(), arguments.host, arguments.port, arguments.workers, with_jobs=not arguments.no_jobs)


def _migrate(_arguments: argparse.Namespace) -> int:
    from portfolio.db.engine import open_database
    from portfolio.db.migrate import upgrade

    upgrade(open_database(read_settings().database_url))
    print("the database is at the newest version")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    set_language("en")
    atexit.register(gc.freeze)  # a process that ends looks for no cycles among all that it holds: 0.2 s of each verb
    words = sys.argv[1:] if argv is None else argv
    arguments = make_parser(words[0] if words else "").parse_args(words)
    run: Run = arguments.run
    try:
        return run(arguments)
    except ConfigurationError as error:
        print(f"portfolio: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return 130
