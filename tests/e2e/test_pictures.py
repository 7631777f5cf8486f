"""The main pages as pictures: for the README with PORTFOLIO_PICTURES=docs/pictures, which loads the whole demonstration."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlmodel import col

from browsing import CHECKING, DECIDED, DRAFT, IN_REVIEW, RECOMMENDED, Site, Someone, case_id, somebody
from portfolio.approvals.models import ApprovalCode
from portfolio.peer_review.models import Review
from portfolio.peer_review.terms import ReviewState
from travelling import key_of

pytestmark = pytest.mark.browser
HEAVIEST = 250_000
COLOURS = 192


@pytest.fixture
def someone(browser: Browser, site: Site) -> Iterator[Someone]:
    with somebody(browser, site, words="es") as found:
        yield found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    asked = os.environ.get("PORTFOLIO_PICTURES")
    found = Path(asked) if asked else tmp_path_factory.mktemp("pictures")
    found.mkdir(parents=True, exist_ok=True)
    return found


def _people(someone: Someone) -> None:
    someone.go("/demo")


def _waiting(someone: Someone) -> None:
    someone.become("lead")


def _of_case(key: str, title: str, place: str) -> Callable[[Someone], None]:
    def show(someone: Someone) -> None:
        someone.become(key)
        someone.go(f"/cases/{case_id(someone.site, title)}{place}")

    return show


def _section(someone: Someone) -> None:
    _of_case("lead", DRAFT, "/sections/problem")(someone)
    someone.page.set_viewport_size({"width": 1200, "height": 1250})
    someone.page.locator("form#answers details summary").first.click()
    someone.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")


def _costs(someone: Someone) -> None:
    """With the years and the totals in sight, which a wide table keeps at its right."""
    _of_case("lead", DRAFT, "/lines/costs")(someone)
    someone.page.evaluate("() => { document.querySelector('#region-costs').scrollLeft = 2000; }")


def _review(someone: Someone) -> None:
    case = case_id(someone.site, IN_REVIEW)
    database = someone.site.database()
    with database.reading() as session:
        waiting = select(Review).where(col(Review.state) == ReviewState.ASSIGNED).order_by(col(Review.id))
        reviewer = next(row.reviewer_id for row in session.scalars(waiting) if str(row.case_id) == case)
    database.engine.dispose()
    someone.become(key_of(someone.site, str(reviewer)))
    someone.go(f"/cases/{case}/review")
    someone.page.locator("form[action$='/review/accept'] button").first.click()
    someone.page.locator("#criteria-form").wait_for()
    someone.go(f"/cases/{case}/review")


def _sheet(someone: Someone) -> None:
    page = someone.become("budget_decider")
    someone.go("/decisions")
    call = page.locator("select[name=call] option", has_text="Proceso presupuestario 2027").first.get_attribute("value")
    someone.go(f"/decisions?call={call}")


def _portfolio(someone: Someone) -> None:
    someone.become("budget_analyst")
    someone.go("/portfolio")


def _verify(someone: Someone) -> None:
    database = someone.site.database()
    with database.reading() as session:
        code = session.scalars(select(ApprovalCode).order_by(col(ApprovalCode.id))).first()
    database.engine.dispose()
    assert code is not None
    someone.go(f"/v/{code.code}")


def _audit(someone: Someone) -> None:
    someone.become("auditor")
    someone.go("/audit")


PICTURES: dict[str, Callable[[Someone], None]] = {
    "people": _people,
    "waiting": _waiting,
    "sections": _of_case("lead", DRAFT, "/formulation"),
    "section": _section,
    "costs": _costs,
    "review": _review,
    "standards": _of_case("standards", CHECKING, "/check"),
    "opinion": _of_case("national_cio", RECOMMENDED, "/opinion"),
    "sheet": _sheet,
    "case": _of_case("budget_decider", DECIDED, ""),
    "portfolio": _portfolio,
    "verify": _verify,
    "audit": _audit,
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of(name: str, someone: Someone, folder: Path) -> None:
    PICTURES[name](someone)
    someone.page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(someone.page.screenshot())).convert("RGB")
    assert shot.width == 1200
    assert len(shot.resize((60, 45)).getcolors(2700) or []) > 20, "an empty page"
    path = folder / f"{name}.png"
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size < HEAVIEST
