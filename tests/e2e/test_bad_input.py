"""What goes wrong in offices: a session that ran out, two windows, an impatient finger, hostile text, a database that is gone."""

import socket
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import func, select
from sqlmodel import col

from browsing import Site, an_environment, free_port, served, somebody
from portfolio.business_cases.models import BusinessCase
from portfolio.db.base import utc_now
from portfolio.identity.models import LoginSession
from travelling import Journey

pytestmark = pytest.mark.browser
LONG = "Cada año 41.000 personas viajan a la capital por una copia que el Estado ya tiene."
HOSTILE = "<script>window.hit=1</script>\"'><img src=x onerror=window.hit=1>{{7*7}} &amp;"


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def journey(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=request.param) as someone:
        yield Journey(someone, has_scripts=request.param)


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=False) as someone:
        yield Journey(someone, has_scripts=False)


def how_many(site: Site, title: str) -> int:
    database = site.database()
    with database.reading() as session:
        query = select(func.count()).select_from(BusinessCase).where(col(BusinessCase.title) == title)
        found = session.scalar(query) or 0
    database.engine.dispose()
    return found


def expire_sessions(site: Site) -> None:
    """Every session of the demonstration was last seen too long ago."""
    database = site.database()
    with database.writing() as session:
        for row in session.scalars(select(LoginSession)).all():
            row.seen_at = utc_now() - timedelta(hours=2)
    database.engine.dispose()


def test_what_was_typed_survives_an_expired_session(journey: Journey) -> None:
    journey.start(f"Sesión vencida {uuid.uuid4().hex[:6]}")
    page = journey.open("sections/problem")
    expire_sessions(journey.site)
    page.locator("[name='problem.statement'], form#answers textarea").first.fill(LONG)
    with page.expect_navigation():
        page.locator("form#answers button[name=then][value='']").click()
    page.locator("[name=email]").fill("lead@demo.example")
    page.locator("[name=password]").fill(journey.site.password)
    with page.expect_navigation():
        page.locator("main form button:not([type=button])").first.click()
    assert LONG in page.locator("main").inner_text()
    with page.expect_navigation():
        page.locator("main form button:not([type=button])").first.click()
    journey.open("sections/problem")
    assert page.locator("form#answers textarea").first.input_value() == LONG


def test_two_clicks_are_one_act(journey: Journey) -> None:
    title = f"Doble clic {uuid.uuid4().hex[:6]}"
    page = journey.describe(title)
    page.locator("form[action$='/cases/new'] button").first.dblclick()
    page.wait_for_url("**/cases/*-*/**")
    assert how_many(journey.site, title) == 1


def test_the_second_window_is_told_and_loses_nothing(plain: Journey) -> None:
    plain.start(f"Dos ventanas {uuid.uuid4().hex[:6]}")
    first = plain.open("sections/problem")
    second = plain.someone.context.new_page()
    second.goto(first.url)
    first.locator("form#answers textarea").first.fill("Lo que escribió Ana.")
    plain.press("/sections/problem", name="then", value="")
    second.locator("form#answers textarea").first.fill("Lo que escribió Luis.")
    with second.expect_navigation() as answered:
        second.locator("form#answers button[name=then][value='']").click()
    assert answered.value.status == 409
    assert "Lo que escribió Ana." in second.locator("main").inner_text()
    assert second.locator("form#answers textarea").first.input_value() == "Lo que escribió Luis."


def test_a_field_saved_elsewhere_meanwhile_shows_both_texts(browser: Browser, site: Site) -> None:
    with somebody(browser, site) as someone:
        journey = Journey(someone, has_scripts=True)
        journey.start(f"Dos campos {uuid.uuid4().hex[:6]}")
        first = journey.open("sections/problem")
        second = someone.context.new_page()
        second.goto(first.url)
        for window, words in ((first, "Lo que escribió Ana."), (second, "Lo que escribió Luis.")):
            window.bring_to_front()
            window.locator("form#answers textarea").first.fill(words)
            window.locator("form#answers textarea").first.blur()
            window.locator(".app-field-state--saved, .app-field-state--failed").first.wait_for()
        assert "Lo que escribió Ana." in second.locator(".app-field-conflict").inner_text()
        assert second.locator("form#answers textarea").first.input_value() == "Lo que escribió Luis."


def test_what_is_missing_is_counted_again_when_a_field_was_saved(browser: Browser, site: Site) -> None:
    with somebody(browser, site) as someone:
        journey = Journey(someone, has_scripts=True)
        journey.start(f"Lo que falta {uuid.uuid4().hex[:6]}")
        page = journey.open("sections/problem")
        before = page.locator("#facts li").count()
        assert before > 1
        page.locator("form#answers textarea").first.fill("Cada trámite toma nueve días.")
        page.wait_for_function("(n) => document.querySelectorAll('#facts li').length === n", arg=before - 1)
        assert page.locator("form#answers textarea").first.input_value() == "Cada trámite toma nueve días."


def test_hostile_text_is_text(journey: Journey) -> None:
    title = f"{HOSTILE} {uuid.uuid4().hex[:6]}"
    journey.start(title)
    page = journey.page
    for path in ("/cases", "/portfolio", "/", f"/cases/{journey.case_id}", f"/cases/{journey.case_id}/history"):
        journey.go(path)
        assert page.evaluate("window.hit") is None, path
        assert page.locator("main img[src=x]").count() == 0, path
    page = journey.open("formulation")
    assert page.locator("h1").inner_text() == title


def test_too_long_and_missing_come_back_with_what_was_typed(plain: Journey) -> None:
    page = plain.describe("")
    page.evaluate("document.querySelector('[name=title]').removeAttribute('maxlength')")
    page.locator("[name=title]").fill("Título " + "x" * 500)
    page.locator("[name=call_id]").select_option("")
    plain.press("/cases/new", refused=True)
    assert page.locator("#title-error").count() == 1
    assert page.locator("#call_id-error").count() == 1
    assert len(page.locator("[name=title]").input_value()) == 507
    assert page.locator("[name=kind][value=new]").is_checked()
    assert page.locator("[data-error-summary] a").count() == 2


@pytest.mark.parametrize("place", ["/cases/00000000-0000-0000-0000-000000000000", "/no-hay-tal-cosa", "/cases/x"])
def test_what_is_not_there_is_said_in_the_house(plain: Journey, place: str) -> None:
    page = plain.become("lead")
    answer = page.goto(f"{plain.site.address}{place}")
    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text()


@pytest.fixture(params=["refuses", "is silent"])
def gone(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port at which no PostgreSQL answers: nobody listens there, or somebody who says nothing."""
    if request.param == "refuses":
        yield free_port()
        return
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(50)
        yield deaf.getsockname()[1]


def test_a_database_that_is_gone_is_said_within_five_seconds(tmp_path: Path, gone: int) -> None:
    port = free_port()
    environment = an_environment(tmp_path, port, PORTFOLIO_DATABASE_URL=f"postgresql://nobody@127.0.0.1:{gone}/none")
    with served(environment, tmp_path / "serve.log"):
        for path, says in (("/readyz", ""), ("/", "<h1"), ("/demo", "<h1")):
            began = time.monotonic()
            status, body = fetched(f"{environment['PORTFOLIO_BASE_URL']}{path}")
            assert time.monotonic() - began < 5, path
            assert status == 503, (path, body[:300])
            assert says in body, path
        assert fetched(f"{environment['PORTFOLIO_BASE_URL']}/healthz")[0] == 200


def fetched(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310  our own server
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()
