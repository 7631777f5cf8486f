"""One browser and one served demonstration for all browser tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from browsing import CHOSEN, QUIET, Site, chromium_path, free_port, make_demonstration, served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium. There is no test without it: what cannot run fails, and says what to do."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium_path(playwright), args=QUIET)
        yield found
        found.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demonstration with a case in each state, or with all of its cases for pictures, served by a process of its own."""
    var: Path = tmp_path_factory.mktemp("site")
    everything = bool(os.environ.get("PORTFOLIO_PICTURES"))
    made = make_demonstration(var, free_port(), None if everything else CHOSEN)
    with served(made.environment, var / "serve.log"):
        yield made
