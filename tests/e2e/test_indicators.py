"""An indicator is measured, asked about, corrected and read in a browser without JavaScript; rules of every page met."""

import uuid

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, somebody
from page_rules import PageRules
from portfolio.business_cases.models import BusinessCase
from portfolio.kpis.models import Indicator
from portfolio.projects.models import Project

pytestmark = pytest.mark.browser
DIGITAL = "Paso de presencial a digital"
"""Measured up to September in the demonstration: October is overdue."""


def ids(site: Site) -> tuple[uuid.UUID, uuid.UUID]:
    """The project of the decided case, and its indicator that lacks a month."""
    database = site.database()
    with database.reading() as session:
        found = session.execute(
            select(col(Project.id), col(Indicator.id))
            .join(BusinessCase, col(BusinessCase.id) == col(Project.case_id))
            .join(Indicator, col(Indicator.project_id) == col(Project.id))
            .where(col(BusinessCase.title) == DECIDED, col(Indicator.name) == DIGITAL)
        ).one()
    database.engine.dispose()
    return found[0], found[1]


def test_an_overdue_month_is_refused_what_cannot_be_measured_and_corrected(browser: Browser, site: Site) -> None:
    project, indicator = ids(site)
    with somebody(browser, site, scripts=False, words="es") as someone:
        page = someone.become("lead")
        page.locator(f"main a[href='/projects/{project}/indicators/measure']").click()
        form = page.locator("fieldset", has_text=DIGITAL).first
        value = form.locator(f"input[name='v.{indicator}.2026-10-31.all']")
        value.fill("178")
        page.locator("main form button[type=submit], main form button:not([type])").last.click()
        expect(page.locator(".govuk-error-summary")).to_contain_text("de 0 a 100")
        assert value.input_value() == "178"
        value.fill("1,78")
        page.locator("main form button[type=submit], main form button:not([type])").last.click()
        assert page.url.endswith("done=measured")
        row = page.locator("tr", has_text=DIGITAL).first
        expect(row).to_contain_text("1,78 %")
        row.locator("a").click()
        page.locator("#measurements tr", has_text="1,78 %").locator("a").click()
        page.locator("input[name=value]").fill("17,8")
        page.locator("textarea[name=reason]").fill("Se escribió con la coma en otro lugar.")
        page.locator("main form button").last.click()
        assert page.url.endswith("done=corrected")
        newest = page.locator("#measurements tbody tr").first
        expect(newest).to_contain_text("17,8 %")
        expect(newest.locator("del")).to_have_text("1,78 %")
        expect(newest).to_contain_text("Se escribió con la coma en otro lugar.")
        page = someone.go(f"/projects/{project}/indicators")
        expect(page.locator("tr", has_text=DIGITAL).first).to_contain_text("17,8 %")


def test_the_pages_of_indicators_keep_the_rules_of_every_page(browser: Browser, site: Site) -> None:
    project, indicator = ids(site)
    base = f"{site.address}/projects/{project}"
    with somebody(browser, site, words="es") as someone:
        someone.become("lead")
        rules = PageRules(someone.page)
        for rest in (
            "",
            "/new?code=K07",
            "/measure",
            "/file",
            f"/{indicator}",
            f"/{indicator}/edit",
            f"/{indicator}/targets",
        ):
            rules.visit(f"{base}/indicators{rest}", "es", who="lead")
        rules.visit(f"{base}/surveys/new", "es", who="lead")
        rules.visit(f"{site.address}/indicators", "es", who="lead")
        rules.visit(f"{site.address}/indicators/catalogue", "es", who="lead")
    assert not rules.wrong, "\n".join(rules.wrong)
