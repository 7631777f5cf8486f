"""A pilot that fails its scale gate once and passes later, in a real browser without JavaScript."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser

from browsing import DECIDED, Site, somebody
from delivering import bound_pilot, decide_gate, end_pilot, project_of, propose_gate
from portfolio.projects.terms import ProjectStage
from travelling import Journey

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def journey(browser: Browser, site: Site) -> Iterator[Journey]:
    with somebody(browser, site, scripts=False) as someone:
        yield Journey(someone, has_scripts=False)


def test_a_pilot_fails_its_scale_gate_once_and_passes_later(journey: Journey, site: Site) -> None:
    project, stage = project_of(site, DECIDED)
    assert stage is ProjectStage.DISCOVERY
    bound_pilot(journey, project, date(2027, 1, 29))
    propose_gate(journey, project, "begin_pilot")
    decide_gate(journey, "cio", DECIDED, "passed", "El alcance está acotado.")
    end_pilot(journey, project, "93 % terminó sin ayuda en dos consulados.")
    assert project_of(site, DECIDED)[1] is ProjectStage.EVALUATION

    propose_gate(journey, project, "scale")
    decide_gate(journey, "national_cio", DECIDED, "failed", "No se midió a quienes abandonan.")
    assert project_of(site, DECIDED)[1] is ProjectStage.EVALUATION
    page = journey.become("lead")
    journey.go(f"/projects/{project}/life")
    assert "No se midió a quienes abandonan." in page.locator("main").inner_text()
    assert not page.locator(f"main a[href$='/projects/{project}/gates/launch']").count()

    propose_gate(journey, project, "scale")
    decide_gate(journey, "national_cio", DECIDED, "passed", "Con quienes abandonan medidos, la evidencia basta.")
    assert project_of(site, DECIDED)[1] is ProjectStage.SCALING
    page = journey.become("lead")
    journey.go(f"/projects/{project}/life")
    shown = page.locator("main").inner_text()
    assert "No se midió a quienes abandonan." in shown
    assert "la evidencia basta" in shown
    assert page.locator(f"main a[href$='/projects/{project}/gates/launch']").count()
    verdict = site.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
