"""Closing a project in a real browser without JavaScript: lessons, service, evaluation, checklist, gate; and a case that learns."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, somebody
from delivering import decide_gate, project_of, propose_gate
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from travelling import Journey

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def journey(browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=False) as someone:
        yield Journey(someone, has_scripts=False)


def in_operation(site: Site) -> str:
    """The project of the registry, handed over to operation as an import would say."""
    database = site.database()
    with database.writing() as session:
        project = session.scalars(
            select(Project)
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.title) == DECIDED)
        ).one()
        project.stage = ProjectStage.OPERATING
        session.get_one(Initiative, project.initiative_id).stage = ProjectStage.OPERATING
        record(session, SYSTEM, Tag.PROJECT_MOVED, project, case=project.case_id)
        found = str(project.id)
    database.engine.dispose()
    return found


def test_a_project_is_closed_only_behind_its_close_out_and_a_similar_case_reads_its_lesson(
    journey: Journey, site: Site
) -> None:
    project = in_operation(site)
    page = journey.become("lead")
    journey.go(f"/projects/{project}/life")
    assert not page.locator("main a[href$='/gates/close']").count()
    journey.go(f"/projects/{project}/closure")
    assert "0 de 13" not in page.locator("main").inner_text()

    for code in ("deliverables", "contracts", "assets", "hand_over", "data"):
        journey.go(f"/projects/{project}/closure/items/{code}")
        page.locator("[name=state][value=done]").check()
        page.locator("[name=words]").fill("Acta del 3 de noviembre.")
        journey.press(f"/items/{code}")

    journey.go(f"/projects/{project}/lessons/new")
    page.locator("[name=title]").fill("Depurar el registro antes de las pantallas")
    page.locator("[name=category]").select_option("delivery")
    page.locator("[name=context]").fill("Había tres copias de cada certificado en consulados.")
    page.locator("[name=happened]").fill("Los datos llegaron tarde.")
    page.locator("[name=advice]").fill("Empezar por los datos.")
    page.locator("[name=sharing][value=shared]").check()
    journey.press("/lessons/new")

    journey.go(f"/projects/{project}/service")
    page.locator("[name=next_review_on]").fill(date(2027, 11, 22).isoformat())
    journey.press("/service")

    journey.go(f"/projects/{project}/evaluation")
    for name in ("users", "worked", "not_worked", "conclusion"):
        page.locator(f"textarea[name={name}]").fill("Como muestran las encuestas de octubre.")
    page.locator("[name=reached][value=reached]").check()
    page.locator("button[name=act][value=hand_in]").click()

    page = journey.become("analyst")
    page.locator(f"main a[href$='/projects/{project}/evaluation']").first.click()
    page.locator("[name=judged][value=agreed]").check()
    page.locator("textarea[name=review]").fill("Las cifras coinciden.")
    journey.confirm("/evaluation/review")

    page = journey.become("national_cio")
    journey.go(f"/projects/{project}/closure")
    still_open = (
        page.locator("main tbody tr", has_text="Abiert").count()
        + page.locator("main tbody tr", has_text="Open").count()
    )
    if still_open:
        page.locator(f"main a[href$='/projects/{project}/closure/exception']").click()
        page.locator("textarea[name=reason]").fill("El saldo se libera con el cierre del año.")
        journey.confirm("/closure/exception")
        assert "El saldo se libera" in page.locator("main").inner_text()

    page = journey.become("lead")
    journey.go(f"/projects/{project}/life")
    assert page.locator("main a[href$='/gates/close']").count()
    propose_gate(journey, uuid.UUID(project), "close")
    decide_gate(journey, "national_cio", DECIDED, "passed", "Cierre completo y evaluación revisada.")
    assert project_of(site, DECIDED)[1] is ProjectStage.CLOSED
    page = journey.become("lead")
    journey.go("/lessons?text=depurar")
    assert "Depurar el registro antes de las pantallas" in page.locator("main").inner_text()
    assert not re.search(r"\b500\b", page.title())
    verdict = site.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
