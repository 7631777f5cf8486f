"""Every page that a menu or a case leads to: there, accessible, narrow enough for a phone, light, and in one language."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from browsing import CHECKING, DECIDED, DRAFT, IN_REVIEW, SUBMITTED, Site, Someone, case_id, somebody
from page_rules import PageRules

pytestmark = pytest.mark.browser

ROLES = (
    "lead", "cio", "head", "buyer", "users", "analyst", "national_cio", "standards", "secretary", "commission_secretary",
    "budget_analyst", "budget_decider", "procurement", "auditor", "admin", "sal_cio",
)  # fmt: skip
"""One person of each role; the last is a reviewer of another institution."""
MAIN = ("/", "/portfolio", "/cases", "/calls", "/notices")


@pytest.fixture
def someone(browser: Browser, site: Site) -> Iterator[Someone]:
    with somebody(browser, site, words="es") as found:
        yield found


def links(someone: Someone, where: str) -> list[str]:
    """Addresses of the links there, each once, in their order."""
    found = someone.page.eval_on_selector_all(where, "all => all.map(one => one.href.split('#')[0])")
    return list(dict.fromkeys(found))


def test_every_menu_entry_of_every_role(someone: Someone) -> None:
    rules = PageRules(someone.page)
    for key in ROLES:
        someone.become(key)
        for address in links(someone, "nav.app-nav a"):
            rules.visit(address, "es", who=key, again=address.endswith(f"{someone.site.address}/"))
    assert not rules.wrong, "\n".join(rules.wrong)


@pytest.mark.parametrize(
    ("key", "title"),
    [("lead", DRAFT), ("analyst", SUBMITTED), ("standards", CHECKING), ("budget_decider", DECIDED)],
)
def test_every_page_of_a_case(someone: Someone, key: str, title: str) -> None:
    rules = PageRules(someone.page)
    someone.become(key)
    here = f"/cases/{case_id(someone.site, title)}"
    someone.go(here)
    for address in links(someone, f"main nav a[href*='{here}']"):
        rules.visit(address, "es", who=key)
    assert len(rules.examined) >= 3
    assert not rules.wrong, "\n".join(rules.wrong)


def test_every_section_of_a_draft(someone: Someone) -> None:
    rules = PageRules(someone.page)
    someone.become("lead")
    here = f"/cases/{case_id(someone.site, DRAFT)}"
    someone.go(f"{here}/formulation")
    for address in links(someone, f"main a[href*='{here}/sections/']"):
        rules.visit(address, "es")
    for place in ("lines/costs", "lines/costs/paste", "lines/risks", "head", "sign-off", "submit"):
        rules.visit(f"{someone.site.address}{here}/{place}", "es")
    assert len(rules.examined) > 20
    assert not rules.wrong, "\n".join(rules.wrong)


def test_pages_of_acts(someone: Someone) -> None:
    """The pages behind the menu: what the people who judge and decide fill in."""
    rules = PageRules(someone.page)
    checking, reviewed = case_id(someone.site, CHECKING), case_id(someone.site, IN_REVIEW)
    for key, paths in (
        ("analyst", (f"/cases/{case_id(someone.site, SUBMITTED)}/admission", f"/cases/{checking}/return")),
        ("analyst", (f"/cases/{checking}/opinion", f"/cases/{checking}/snapshots/1", "/letters/check")),
        ("secretary", (f"/cases/{reviewed}/reviews", "/reviews/assign", "/calls/new")),
        ("sal_cio", (f"/cases/{reviewed}/withdraw", "/sign-offs")),
        ("lead", ("/cases/new", "/profile", "/profile/password")),
        ("budget_decider", ("/decisions/confirm", "/decisions/workbook/back")),
        ("admin", ("/people/invite", "/institutions", "/institutions/new", "/people/proposals")),
    ):
        someone.become(key)
        for path in paths:
            rules.visit(f"{someone.site.address}{path}", "es", who=key)
    assert not rules.wrong, "\n".join(rules.wrong)


@pytest.mark.parametrize("words", ["pt", "en"])
def test_main_pages_in_the_other_languages(someone: Someone, words: str) -> None:
    rules = PageRules(someone.page)
    page = someone.become("head")
    page.locator(f"button[name=language][value={words}]").click()
    page.wait_for_selector(f"html[lang={words}]")
    for path in MAIN:
        rules.visit(f"{someone.site.address}{path}", words)
    page.locator("button[name=language][value=es]").click()
    page.wait_for_selector("html[lang=es]")
    assert not rules.wrong, "\n".join(rules.wrong)


def test_pages_for_nobody_in_particular(someone: Someone) -> None:
    rules = PageRules(someone.page)
    for path in ("/demo", "/sign-in", "/forgotten-password", "/v", "/v/AAAA-BBBB"):
        rules.visit(f"{someone.site.address}{path}", "es")
    assert not rules.wrong, "\n".join(rules.wrong)


@pytest.mark.parametrize("path", ["/", "/portfolio", "/cases"])
def test_the_keyboard_finds_its_way(someone: Someone, path: str) -> None:
    """The first stop skips to the content; every stop can be seen."""
    someone.become("lead")
    page = someone.go(path)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    box = skip.bounding_box()
    assert box is not None
    assert box["height"] > 10
    for _stop in range(8):
        page.keyboard.press("Tab")
        seen = page.evaluate("""() => {
            const style = getComputedStyle(document.activeElement);
            return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
        }""")
        assert seen, page.evaluate("document.activeElement.outerHTML")[:300]
    page.goto(f"{someone.site.address}{path}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
