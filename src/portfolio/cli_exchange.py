"""`portfolio import projects`, `portfolio import execution` and `portfolio export portfolio`."""

import argparse
import gc
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from portfolio.errors import Refused

REFUSED, PARTLY = 1, 3
"""Exit codes: the whole file was refused; some rows were not imported (they stand in the rejects file)."""
FORMATS = ("csv", "xlsx", "docx", "json")
_PROGRESS_EVERY = 500
_MOST_TOLD = 20
"""Rejected rows of execution that the command names; the page gives all as a file."""


def add_parsers(verbs: Any) -> None:
    """Add `import` and `export`."""
    imports = verbs.add_parser("import", help="bring portfolios in").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    projects = imports.add_parser(
        "projects",
        help="a CSV or XLSX file of projects, through a mapping",
        epilog="example: portfolio import projects fichas.csv --as-at 2026-10-31 --dry-run; "
        "exit codes: 0 every row imported, 1 the file was refused, 2 wrong call, 3 some rows rejected",
    )
    projects.add_argument("file", type=Path, metavar="FILE")
    projects.add_argument("--mapping", metavar="NAME", help="the mapping to use; without it the columns decide")
    projects.add_argument("--as-at", type=date.fromisoformat, metavar="DATE", help="the day the file describes")
    projects.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
    projects.set_defaults(run=import_projects)

    execution = imports.add_parser(
        "execution",
        help="a CSV or XLSX file of the financial system: amounts by project, budget line and month",
        epilog="example: portfolio import execution siga_2026.csv --as-at 2026-10-31; rows that match nothing wait for a person; "
        "exit codes: 0 every row taken, 1 the file was refused, 2 wrong call, 3 some rows rejected",
    )
    execution.add_argument("file", type=Path, metavar="FILE")
    execution.add_argument(
        "--as-at", type=date.fromisoformat, required=True, metavar="DATE", help="the day it describes"
    )
    execution.set_defaults(run=import_execution)

    exports = verbs.add_parser("export", help="take reports out").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    portfolio = exports.add_parser(
        "portfolio",
        help="the portfolio list, with FILE.meta.json beside it",
        epilog="example: portfolio export portfolio --format xlsx --out cartera.xlsx",
    )
    portfolio.add_argument("--format", choices=FORMATS, required=True)
    portfolio.add_argument("--out", type=Path, required=True, metavar="FILE")
    portfolio.add_argument("--call", metavar="ID", help="only the initiatives of this call")
    portfolio.add_argument("--as-at", type=date.fromisoformat, metavar="DATE", help="only what was known on that day")
    portfolio.add_argument("--language", choices=("es", "pt", "en"), default="es", help="of titles and words")
    portfolio.set_defaults(run=export_portfolio)


def import_projects(arguments: argparse.Namespace) -> int:
    """Acts as the system, never as a person."""
    from portfolio import tables  # noqa: F401  foreign keys are named by text
    from portfolio.db.engine import open_database
    from portfolio.exchange.importing import import_file
    from portfolio.exchange.models import ImportRun
    from portfolio.exchange.planning import plan_import
    from portfolio.exchange.reading import read_file
    from portfolio.people.viewer import SYSTEM
    from portfolio.settings import read_settings

    path: Path = arguments.file
    try:
        data = path.read_bytes()
        _say(f"reading {path.name}")
        mapped = read_file(data, path.name, arguments.mapping, arguments.as_at)
    except OSError as error:
        return _refuse(f"{path}: {error.strerror}")
    except Refused as refused:
        return _refuse(f"{path}: {refused}")
    database = open_database(read_settings().database_url)
    if arguments.dry_run:
        with database.reading() as session:
            plan = plan_import(session, mapped)
        _print_counts(plan.read, plan.created, plan.updated, plan.unchanged, plan.rejected)
        print("nothing was written: this was a dry run")
    else:
        run = ImportRun(
            mapping=mapped.mapping.name,
            source=mapped.mapping.source,
            file_name=path.name[-200:],
            file_sha256=hashlib.sha256(data).hexdigest(),
        )
        with database.writing() as session:
            import_file(session, SYSTEM, mapped, run, _show_progress)
        _print_counts(run.read, run.created, run.updated, run.unchanged, run.rejected)
    _write_rejects(path, mapped)
    return PARTLY if mapped.counts.rejected else 0


def import_execution(arguments: argparse.Namespace) -> int:
    """Acts as the system, never as a person. The same file again records nothing and is no error."""
    from portfolio import tables  # noqa: F401  foreign keys are named by text
    from portfolio.db.engine import open_database
    from portfolio.documents.reading import read_bytes
    from portfolio.execution.files import OPTIONS
    from portfolio.execution.uploads import take_file
    from portfolio.files.store import FileStore
    from portfolio.packs.in_force import put_in_force
    from portfolio.packs.loader import load_pack
    from portfolio.settings import read_settings

    path: Path = arguments.file
    settings = read_settings()
    pack = load_pack(settings.pack)
    put_in_force(pack)
    try:
        data = path.read_bytes()
        table = read_bytes(data, path.name, OPTIONS)
        digest = FileStore(settings.files_dir).put(data)
        with open_database(settings.database_url).writing() as session:
            seen, kept = take_file(session, pack, table, path.name[-200:], digest, arguments.as_at)
    except OSError as error:
        return _refuse(f"{path}: {error.strerror}")
    except Refused as refused:
        return _refuse(f"{path}: {refused}")
    print(
        f"read {seen.read}\nrecorded {kept}\ncorrected {seen.corrections}\nunchanged {seen.unchanged}\n"
        f"differences {len(seen.differing)}\nrejected {len(seen.wrong)}"
    )
    for wrong in seen.wrong[:_MOST_TOLD]:
        _say(f"row {wrong.row}, {wrong.column}: {wrong.reason}")
    return PARTLY if seen.wrong else 0


def _print_counts(read: int, created: int, updated: int, unchanged: int, rejected: int) -> None:
    print(f"read {read}\ncreated {created}\nupdated {updated}\nunchanged {unchanged}\nrejected {rejected}")


def _write_rejects(path: Path, mapped: Any) -> None:
    """Beside the file, only when there is something to say; where that folder is read-only, in the present one."""
    from portfolio.documents.findings import rejects_csv

    if not (mapped.rejects or mapped.warnings):
        return
    content = rejects_csv(mapped.rejects, mapped.warnings)
    name = f"{path.stem}.rejects.csv"
    for target in (path.with_name(name), Path.cwd() / name):
        try:
            target.write_bytes(content)
        except OSError:
            continue
        print(f"rejects and warnings: {target}")
        return
    _say(f"the rejects file {name} could not be written")


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        filled = 40 * done // total if total else 40
        end = "\n" if done == total else ""
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {done}/{total}{end}")
        sys.stderr.flush()
    elif done == total or done % _PROGRESS_EVERY == 0:
        _say(f"{done} of {total} rows")


def export_portfolio(arguments: argparse.Namespace) -> int:
    """As the system: everything that was submitted or imported, never a draft."""
    with _without_collector():
        return _export(arguments)


@contextmanager
def _without_collector() -> Iterator[None]:
    """The command ends when it is done: to look for cycles among two million values is a tenth of its time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _export(arguments: argparse.Namespace) -> int:
    from portfolio import tables  # noqa: F401  foreign keys are named by text
    from portfolio.db.engine import open_database
    from portfolio.exchange.exporting import export_for_system
    from portfolio.i18n import language
    from portfolio.settings import read_settings

    settings = read_settings()
    try:
        with language(arguments.language):
            run = export_for_system(
                open_database(settings.database_url),
                settings.pack,
                arguments.format,
                arguments.out,
                call_id=arguments.call,
                as_at=arguments.as_at,
            )
    except OSError as error:
        return _refuse(f"{arguments.out}: {error.strerror}")
    except Refused as refused:
        return _refuse(str(refused))
    print(f"rows {run.rows}\nsha256 {run.file_sha256}\nexport {run.id}\nfile {arguments.out}")
    return 0


def _refuse(reason: str) -> int:
    _say(reason)
    return REFUSED


def _say(text: str) -> None:
    print(f"portfolio: {text}", file=sys.stderr)
