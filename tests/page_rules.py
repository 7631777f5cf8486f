"""What every page must be, asked of it in a real browser: accessible, narrow, light, in the reader's language."""

import gzip
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
HEAVIEST = 100_000
"""Bytes of HTML, style and script together, each as gzip sends it."""
ENGLISH = re.compile(
    r"\b(the|of|and|with|this|from|your|has|was|not|Overview|Requested|Initiative|Budget decision|Save)\b"
)
"""Words that no Spanish or Portuguese page has."""


@lru_cache(maxsize=64)
def compressed(body: bytes) -> int:
    return len(gzip.compress(body, 6))


@dataclass
class PageRules:
    """Visits pages and gathers what is wrong with them, so that one run tells everything."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    examined: set[str] = field(default_factory=set)
    weights: dict[str, int] = field(default_factory=dict)

    def visit(self, address: str, words: str, *, who: str = "", again: bool = False) -> None:
        """Open a page and ask everything of it. `again`: the costly question of accessibility too, though it was asked."""
        answer = self.page.goto(address)
        name = f"{who} {address.split('/', 3)[3]} ({words})"
        if answer is None or answer.status != 200:
            self.wrong.append(f"{name}: answered {answer.status if answer else 'nothing'}")
            return
        self._reads_as(name, words)
        self._is_light(name, answer)
        for size in (NARROW, WIDE):
            self._fits(name, size)
        self._has_readable_columns(name)
        path = address.split("?", maxsplit=1)[0] + words
        if again or path not in self.examined:
            self.examined.add(path)
            self._is_accessible(name)

    def _reads_as(self, name: str, words: str) -> None:
        language = self.page.locator("html").get_attribute("lang")
        if language != words:
            self.wrong.append(f"{name}: its lang is {language}")
        if words != "en":
            found = ENGLISH.search(self.page.locator("body").inner_text())
            if found:
                text = found.string
                around = text[max(0, found.start() - 60) : found.end() + 60].replace("\n", " / ")
                self.wrong.append(f"{name}: English on it: …{around}…")

    def _is_light(self, name: str, answer: Response) -> None:
        weight = compressed(answer.body())
        parts = self.page.eval_on_selector_all(
            "link[rel=stylesheet], script[src]", "all => all.map(one => one.href || one.src)"
        )
        for part in parts:
            if part not in self.weights:
                self.weights[part] = compressed(self.page.request.get(urljoin(answer.url, part)).body())
            weight += self.weights[part]
        if weight >= HEAVIEST:
            self.wrong.append(f"{name}: weighs {weight} bytes compressed")

    def _fits(self, name: str, size: dict[str, int]) -> None:
        """The page never scrolls sideways; what does inside it has a name and can be reached with the keyboard."""
        self.page.set_viewport_size(size)  # type: ignore[arg-type]
        found = self.page.evaluate("""() => {
            const root = document.documentElement;
            const named = ":is([aria-label], [aria-labelledby])";
            const marked = `[tabindex="0"]:is([role=region], section)${named}, pre[tabindex="0"], textarea, input`;
            const strays = [...document.body.querySelectorAll("*")].filter((one) => one.scrollWidth > one.clientWidth + 1
                && ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && !one.matches(marked));
            return { wide: root.scrollWidth - root.clientWidth, strays: strays.map((one) => one.outerHTML.slice(0, 80)) };
        }""")
        if found["wide"] > 0:
            self.wrong.append(f"{name}: {found['wide']} px too wide at {size['width']}")
        if found["strays"]:
            self.wrong.append(f"{name}: scrolls sideways unmarked at {size['width']}: {found['strays'][:2]}")

    def _has_readable_columns(self, name: str) -> None:
        """No cell of a table is squeezed until its words stand letter under letter."""
        squeezed = self.page.evaluate("""() => {
            const cells = document.querySelectorAll("main :is(th, td):not(:has(.govuk-visually-hidden))");
            return [...cells].filter((one) => {
            const style = getComputedStyle(one);
            const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
            return /\\S{4}/.test(one.innerText) && one.clientWidth > 1 && room < 22;
        }).map((one) => one.innerText.replace(/\\s+/g, " ").slice(0, 40));
        }""")
        if squeezed:
            self.wrong.append(f"{name}: squeezed cells {squeezed[:3]}")

    def _is_accessible(self, name: str) -> None:
        for violation in Axe().run(self.page).response["violations"]:
            nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:2])
            self.wrong.append(f"{name}: {violation['id']} × {len(violation['nodes'])}: {nodes}")
