"""What the browser tests need: a Chromium, one demonstration served by a process of its own, and people signed in to it."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from sqlalchemy import select
from sqlmodel import col

from portfolio import tables
from portfolio.business_cases.models import BusinessCase
from portfolio.db.engine import Database, open_database
from portfolio.db.migrate import upgrade
from portfolio.demo.load import load, password_of
from portfolio.demo.stories import Story, stories
from portfolio.i18n import language
from portfolio.packs.in_force import put_in_force
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import CountryPack
from portfolio.rooms import routes
from portfolio.settings import Settings, read_settings

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"es": "es-CL", "pt": "pt-BR", "en": "en-GB"}
LONGEST_LIFE = 900.0
"""Seconds after which a served process is killed, so that a test run that dies leaves nothing behind."""
DECIDED = "Certificados del registro civil en línea para consulados"
RECOMMENDED = "Corrección de partidas sin trámite judicial"
CHECKING = "Inscripción de nacimientos en la maternidad"
IN_REVIEW = "Agenda médica por mensaje de texto"
SUBMITTED = "Defunciones con certificado médico digital"
ALIGNING = "Apostilla electrónica"
DRAFT = "Cambio de domicilio una sola vez"
CHOSEN = (DECIDED, RECOMMENDED, CHECKING, IN_REVIEW, SUBMITTED, ALIGNING, DRAFT)
"""One case in each state that the tests visit, of the registry where its people write it."""


def chromium_path(playwright: Playwright) -> str:
    """The browser of the system, else Playwright's own. Raises with what to do where there is none."""
    own = playwright.chromium.executable_path
    for found in (os.environ.get("PORTFOLIO_CHROMIUM"), shutil.which("chromium"), shutil.which("google-chrome"), own):
        if found and Path(found).exists():
            return found
    raise AssertionError("no Chromium here: `make browser` installs it, or set PORTFOLIO_CHROMIUM to one")


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
    return port


@dataclass(frozen=True, slots=True)
class Site:
    """A served demonstration: where it answers, and its set-up for whoever looks into its database."""

    address: str
    environment: dict[str, str]
    settings: Settings
    pack: CountryPack

    @property
    def password(self) -> str:
        return password_of(self.settings)

    def database(self) -> Database:
        """A second door to the database that the server uses; dispose of its engine afterwards."""
        return open_database(self.settings.database_url)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`portfolio <words>` on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "portfolio", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


def an_environment(var: Path, port: int, **more: str) -> dict[str, str]:
    """The process's own variables without any of this installation's, and those of a demonstration at that port."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTFOLIO_")}
    return {
        **kept,
        "PORTFOLIO_VAR_DIR": str(var),
        "PORTFOLIO_BASE_URL": f"http://127.0.0.1:{port}",
        "PORTFOLIO_SQLITE_SYNCHRONOUS": "NORMAL",
        **more,
    }


def make_demonstration(var: Path, port: int, chosen: Sequence[str] | None = CHOSEN) -> Site:
    """The demonstration with the cases of these titles (all when None), as `portfolio demo` makes it."""
    environment = an_environment(var, port)
    settings = read_settings(environment)
    pack = load_pack(settings.pack)
    put_in_force(pack)
    routes(settings)
    tables.load()
    told: list[Story] = [story for story in stories() if chosen is None or story.title in chosen]
    database = open_database(settings.database_url, synchronous="NORMAL")
    with language("es"):
        upgrade(database)
        load(database, settings, pack, chosen=told)
    database.engine.dispose()
    return Site(environment["PORTFOLIO_BASE_URL"], environment, settings, pack)


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[None]:
    """`portfolio serve` until the block ends; what it says goes to `log`."""
    port = environment["PORTFOLIO_BASE_URL"].rsplit(":", 1)[1]
    with log.open("w", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            [sys.executable, "-m", "portfolio", "serve", "--port", port],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
        killer = threading.Timer(LONGEST_LIFE, process.kill)
        killer.daemon = True
        killer.start()
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert "portfolio serves at" in said, f"the server said {said!r}: {log.read_text(encoding='utf-8')}"
            yield
        finally:
            killer.cancel()
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(15)
            if process.stdout is not None:
                process.stdout.close()


@dataclass(slots=True)
class Someone:
    """One browser window, which may be several people one after the other."""

    site: Site
    context: BrowserContext
    page: Page

    def become(self, key: str) -> Page:
        """Sign in with the one click of the first page of a demonstration."""
        self.page.goto(f"{self.site.address}/demo")
        button = self.page.locator(f'button[name=person][value="{key}"]').first
        folded = self.page.locator(f'details:not([open]):has(button[value="{key}"]) > summary')
        if folded.count():
            folded.first.click()
        button.click()
        self.page.wait_for_url(f"{self.site.address}/")
        return self.page

    def go(self, path: str) -> Page:
        """Open a path and insist that it is there."""
        answer = self.page.goto(f"{self.site.address}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status} {self.page.locator('h1').all_inner_texts()}"
        return self.page


@contextmanager
def somebody(
    browser: Browser, site: Site, *, scripts: bool = True, words: str = "en", width: int = 1200
) -> Iterator[Someone]:
    """A new window with its own cookies, in a language, with or without JavaScript."""
    context = browser.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": 900}, locale=LOCALES[words]
    )
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "pf_language", "value": words, "url": site.address}])
    try:
        yield Someone(site, context, context.new_page())
    finally:
        context.close()


def case_id(site: Site, title: str) -> str:
    """The key of the case with that title."""
    database = site.database()
    with database.reading() as session:
        found = session.scalars(select(BusinessCase).where(col(BusinessCase.title) == title)).one().id
    database.engine.dispose()
    return str(found)
