"""One page with the scripts in a real browser, and a server made of answers: for tests of what scripts do while saving."""

import json
from pathlib import Path

from playwright.sync_api import Page, Route

from portfolio.web.templates import STATIC

ORIGIN = "http://portfolio.test"


class Stage:
    """One page with the scripts, and a server that answers to /save what the test put into `answers`."""

    def __init__(self, page: Page, body: str) -> None:
        self.page = page
        self.body = body
        self.answers: list[tuple[int, str, str]] = []
        self.saved: list[str] = []
        page.route("**/*", self._answer)
        self.open()

    def open(self) -> None:
        self.page.goto(ORIGIN + "/case")

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/save":
            self.saved.append(route.request.post_data or "")
            status, kind, text = self.answers.pop(0)
            route.fulfill(status=status, content_type=kind, body=text)
        elif path.startswith("/js/"):
            route.fulfill(content_type="text/javascript", body=(STATIC / path.lstrip("/")).read_text(encoding="utf-8"))
        else:
            scripts = "".join(
                f'<script type="module" src="/js/{path.name}"></script>'
                for path in sorted(Path(STATIC, "js").iterdir())
            )
            route.fulfill(content_type="text/html", body=f"<!DOCTYPE html><title>x</title>{scripts}{self.body}")


def saved(version: str) -> tuple[int, str, str]:
    return 200, "application/json", json.dumps({"version": version, "saved_at": "10:42"})


def state(stage: Stage) -> str:
    return stage.page.locator("[data-field-state]").inner_text()


def wait_for_state(stage: Stage, words: str) -> None:
    stage.page.wait_for_function("w => document.querySelector('[data-field-state]').innerText.includes(w)", arg=words)
