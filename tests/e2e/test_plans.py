"""A re-baseline from its form to another person's decision, in a browser with and without JavaScript; rules of every page met."""

import uuid

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, Someone, somebody
from page_rules import PageRules
from portfolio.business_cases.models import BusinessCase
from portfolio.projects.models import Project
from portfolio.projects.plan.queries import Plan, read_plan

pytestmark = pytest.mark.browser
LAST = "Cobertura nacional"


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


def plan_of(site: Site, key: uuid.UUID) -> Plan:
    database = site.database()
    with database.reading() as session:
        found = read_plan(session, key)
        session.expunge_all()
    database.engine.dispose()
    return found


def take_back_what_waits(someone: Someone, plan: Plan, key: uuid.UUID) -> None:
    if plan.proposal is None:
        return
    page = someone.go(f"/projects/{key}/plan/proposals/{plan.proposal.id}")
    page.locator("details:has(form[action$='/back']) summary").click()
    page.locator("form[action$='/back'] textarea").fill("Se propone de nuevo con otra fecha.")
    press(page, "form[action$='/back'] button")
    assert page.url.endswith("done=plan_taken_back")


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).click()


def propose_later_end(page: Page, milestone: uuid.UUID, day: str) -> None:
    page.locator("input[name=kind][value=funding]").check()
    page.locator("textarea[name=reasons]").fill("La segunda etapa se financia un año más tarde.")
    page.locator(f"input[name='after.{milestone}']").fill(day)
    press(page, "form[action$='/proposals/new'] button")
    assert page.url.endswith("done=plan_proposed")


@pytest.mark.parametrize(("scripts", "day"), [(True, "2028-12-15"), (False, "2029-03-15")], ids=["scripts", "plain"])
def test_a_re_baseline_is_decided_by_another_person(browser: Browser, site: Site, scripts: bool, day: str) -> None:
    key = project_id(site)
    before = plan_of(site, key)
    first = {item.title: item.first for item in before.items.values()}
    with somebody(browser, site, scripts=scripts) as someone:
        someone.become("lead")
        take_back_what_waits(someone, before, key)
        page = someone.go(f"/projects/{key}/plan")
        press(page, "a[href$='/plan/proposals/new']")
        propose_later_end(page, next(item.id for item in before.items.values() if item.title == LAST), day)
        proposal = page.url.partition("?")[0]
        assert page.locator("input[name=password]").count() == 0, "not who proposed it"

        page = someone.become("cio")
        press(page, f"main a[href='{proposal.removeprefix(site.address)}']")
        page.locator("textarea[name=approval]").fill("De acuerdo con lo que pide el equipo.")
        page.locator("input[name=password]").fill("wrong")
        press(page, "form[action$='/approve'] button")
        expect(page.locator("#password-error")).to_be_visible()
        page.locator("input[name=password]").fill(site.password)
        press(page, "form[action$='/approve'] button")
        assert page.url.endswith("done=plan_approved")
    after = plan_of(site, key)
    assert after.number == before.number + 1
    last = next(item for item in after.items.values() if item.title == LAST)
    assert str(last.current) == day
    assert {item.title: item.first for item in after.items.values()} == first, "the first plan is never overwritten"


def test_the_pages_of_a_plan_keep_the_rules_of_every_page(browser: Browser, site: Site) -> None:
    key = project_id(site)
    plan = plan_of(site, key)
    milestone = next(item.id for item in plan.items.values() if item.title == LAST)
    pages = (
        "",
        "/milestones/new",
        f"/milestones/{milestone}",
        "/proposals/new",
        "/approved",
        "/changes",
        "/files",
        f"/proposals/{plan.baselines[-1].proposal_id}",
    )
    with somebody(browser, site, words="es") as someone:
        someone.become("lead")
        rules = PageRules(someone.page)
        for rest in pages:
            rules.visit(f"{site.address}/projects/{key}/plan{rest}", "es", who="lead")
    assert not rules.wrong, "\n".join(rules.wrong)
