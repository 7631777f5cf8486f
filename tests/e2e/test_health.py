"""A rating is computed, its institution comments on it first, somebody from elsewhere gives another; without JavaScript."""

import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, somebody
from portfolio.i18n import language
from portfolio.monitoring.rating_making import rate_project
from portfolio.monitoring.rating_terms import RatingOccasion
from portfolio.monitoring.recompute import recompute_all
from portfolio.projects.models import Initiative, Project
from portfolio.risk.models import Risk
from travelling import Journey

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

COMMENT = "La revisión jurídica separó la nube del desarrollo; el hito se mueve un mes y no cambia el final."
EVIDENCE = "Leí las bases publicadas y hablé el jueves con quien lleva el contrato."
PERIOD = date(2026, 10, 1)


@pytest.fixture
def journey(browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=False) as someone:
        yield Journey(someone, has_scripts=False)


@pytest.fixture
def project_id(site: Site) -> uuid.UUID:
    """A project whose computed rating was made a moment ago, by what the clock does when a period ends."""
    database = site.database()
    with language("es"), database.writing() as session:
        project = session.scalars(
            select(Project)
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.title) == DECIDED)
        ).one()
        found = project.id
        assert session.scalars(select(col(Risk.id)).where(col(Risk.project_id) == found)).first()
        rate_project(session, site.pack, project, PERIOD, RatingOccasion.PERIOD_ENDED)
    recompute_all(database, site.pack)
    database.engine.dispose()
    return found


def test_computed_commented_and_rated_from_elsewhere(journey: Journey, site: Site, project_id: uuid.UUID) -> None:
    ratings = f"/projects/{project_id}/ratings"
    page = journey.become("lead")
    page.locator("main a[href*='/ratings/'][href$='/comment']", has_text=DECIDED).first.click()
    page.locator("[name=text]").fill(COMMENT)
    journey.press("/comment")
    assert page.url.split("?")[0].endswith(ratings)
    assert COMMENT in page.locator("main").inner_text()

    page = journey.become("member")  # of the commission: not among those who see it first
    journey.go(f"{ratings}?period={PERIOD}")
    assert COMMENT not in page.locator("main").inner_text()
    assert not page.locator("#computed").count()

    page = journey.become("analyst")
    journey.go("/health")
    page.locator("main a", has_text=DECIDED).first.click()
    assert COMMENT in page.locator("main").inner_text()
    assert page.locator("#computed .app-notice").count()

    page = journey.become("secretary")
    journey.go(ratings)
    page.locator("main a[href$='/ratings/ask']").click()
    page.locator("[name=reviewer_id]").select_option(label=_choice(page.locator("[name=reviewer_id]").inner_html()))
    journey.press("/ratings/ask")

    page = journey.become("sal_cio")
    page.locator("main a[href*='/rating-requests/']").first.click()
    page.locator("[name=level][value=medium_low]").check()
    for field in page.locator("textarea[name^='evidence.']").all():
        field.fill(EVIDENCE)
    journey.confirm("/rating-requests/")
    assert page.url.split("?")[0] == f"{site.address}/"

    page = journey.become("member")
    journey.go(ratings)
    shown = page.locator("main").inner_text()
    assert EVIDENCE in shown
    assert COMMENT not in shown
    verdict = site.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_what_fails_leads_to_where_it_is_mended(journey: Journey, project_id: uuid.UUID) -> None:
    page = journey.become("lead")
    journey.go(f"/projects/{project_id}")
    page.locator("#warning-panel a[href$='/data-quality']").click()
    assert page.locator("#not-asked tbody tr").count() > 3
    links = [link.get_attribute("href") or "" for link in page.locator("#failed tbody a").all()]
    for link in links:
        journey.go(link)


def _choice(options: str) -> str:
    """The words of the option that names the CIO of the ministry of health."""
    return next(part.split("</option")[0] for part in options.split(">") if part.startswith("Rodrigo Abarca"))
