"""A risk raised from the catalogue goes to the tier above by itself, which answers it; with JavaScript and without it."""

import uuid

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, somebody
from portfolio.business_cases.models import BusinessCase
from portfolio.projects.models import Project

pytestmark = pytest.mark.browser


def project_id(site: Site) -> uuid.UUID:
    database = site.database()
    with database.reading() as session:
        found = session.scalars(
            select(col(Project.id))
            .join(BusinessCase, col(BusinessCase.id) == col(Project.case_id))
            .where(col(BusinessCase.title) == DECIDED)
        ).one()
    database.engine.dispose()
    return found


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


def raise_one(page: Page, event: str) -> None:
    """From the catalogue, with words of one's own."""
    page.locator("select[name=catalogue]").select_option("R45")
    press(page, "form[method=get] button")
    expect(page.locator("textarea[name=event]")).not_to_be_empty()
    expect(page.locator("select[name=category]")).to_have_value("procurement")
    page.locator("textarea[name=event]").fill(event)
    page.locator("input[name=owner]").fill("Jefatura de compras")
    for name, value in (
        ("proximity", "quarter"),
        ("response", "reduce"),
        ("inherent_likelihood", "5"),
        ("inherent_impact", "4"),
        ("residual_likelihood", "4"),
        ("residual_impact", "4"),
    ):
        page.locator(f"select[name={name}]").select_option(value)
    press(page, "form[method=post]:has(textarea[name=event]) button[type=submit]")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_risk_is_raised_escalated_and_answered(browser: Browser, site: Site, scripts: bool) -> None:
    key, event = project_id(site), f"La licitación {'con' if scripts else 'sin'} apuro queda desierta"
    with somebody(browser, site, scripts=scripts) as someone:
        someone.become("lead")
        page = someone.go(f"/projects/{key}/risks/new")
        raise_one(page, event)
        assert "done=risk_raised" in page.url
        where = page.url.partition("?")[0].removeprefix(site.address)
        assert page.locator("form[action$='/answer']").count() == 0, "not who asks"

        page = someone.go(f"/projects/{key}/risks")
        press(page, "a[href*='cell=4-4']")
        expect(page.locator("#risks")).to_contain_text(event)

        page = someone.become("analyst")
        press(page, f"main a[href='{where}']")
        page.locator("input[name=act][value=keep]").check()
        page.locator("textarea[name=answer]").fill("Se compra por convenio marco si no hay tres ofertas.")
        press(page, "form[action$='/answer'] button")
        assert "done=risk_answered" in page.url
        expect(page.locator("#escalations")).to_contain_text("convenio marco")

        page = someone.become("lead")
        page.goto(f"{site.address}{where}")
        expect(page.locator("#escalations")).to_contain_text("convenio marco")
