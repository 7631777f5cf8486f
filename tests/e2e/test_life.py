"""A pilot that fails its scale gate once and passes later, in a real browser without JavaScript."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, somebody
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from travelling import Journey

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def journey(browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=False) as someone:
        yield Journey(someone, has_scripts=False)


def project_of(site: Site) -> tuple[uuid.UUID, ProjectStage]:
    database = site.database()
    with database.reading() as session:
        found = session.execute(
            select(col(Project.id), col(Project.stage))
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.title) == DECIDED)
        ).one()
    database.engine.dispose()
    return found.id, found.stage


def test_a_pilot_fails_its_scale_gate_once_and_passes_later(journey: Journey, site: Site) -> None:
    project, stage = project_of(site)
    assert stage is ProjectStage.DISCOVERY
    life = f"/projects/{project}/life"
    page = journey.become("lead")
    journey.go(life)
    page.locator(f"main a[href$='/projects/{project}/pilot-terms']").click()
    page.locator("[name=exit_criteria]").fill("Nueve de cada diez personas terminan sin ayuda.")
    page.locator("[name=cap]").fill("25.000")
    page.locator("[name=ends_on]").fill("2027-01-29")
    journey.press("/pilot-terms")
    assert "25.000" in page.locator("main").inner_text()

    _propose(journey, life, "begin_pilot")
    _decide(journey, life, "cio", "passed", "El alcance está acotado.")
    page = journey.become("lead")
    journey.go(f"/projects/{project}/moves/end_pilot")
    page.locator("[name=end][value=criteria_met]").check()
    page.locator("[name=reason]").fill("93 % terminó sin ayuda en dos consulados.")
    journey.press("/moves/end_pilot")
    assert project_of(site)[1] is ProjectStage.EVALUATION

    _propose(journey, life, "scale")
    _decide(journey, life, "national_cio", "failed", "No se midió a quienes abandonan.")
    assert project_of(site)[1] is ProjectStage.EVALUATION
    page = journey.become("lead")
    journey.go(life)
    assert "No se midió a quienes abandonan." in page.locator("main").inner_text()
    assert not page.locator(f"main a[href$='/projects/{project}/gates/launch']").count()

    _propose(journey, life, "scale")
    _decide(journey, life, "national_cio", "passed", "Con quienes abandonan medidos, la evidencia basta.")
    assert project_of(site)[1] is ProjectStage.SCALING
    page = journey.become("lead")
    journey.go(life)
    shown = page.locator("main").inner_text()
    assert "No se midió a quienes abandonan." in shown
    assert "la evidencia basta" in shown
    assert page.locator(f"main a[href$='/projects/{project}/gates/launch']").count()
    verdict = site.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def _propose(journey: Journey, life: str, gate: str) -> None:
    """The lead answers every criterion and puts the project to the gate."""
    page = journey.become("lead")
    journey.go(life)
    page.locator(f"main a[href$='/gates/{gate}']").click()
    for answer in page.locator("textarea[name^='answers.']").all():
        answer.fill("Está en el informe del piloto, con sus cifras.")
    journey.press(f"/gates/{gate}")


def _decide(journey: Journey, life: str, key: str, outcome: str, reasons: str) -> None:
    """Somebody else finds the gate in what waits for them, reads it and decides with their password."""
    page = journey.become(key)
    journey.go("/")
    page.locator("main a[href*='/gates/']", has_text=DECIDED).first.click()
    page.locator(f"[name=outcome][value={outcome}]").check()
    page.locator("[name=reasons]").fill(reasons)
    journey.confirm("/gates/")
    assert page.url.split("?")[0].endswith(life)
