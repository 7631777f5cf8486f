"""A funded project from its code to its closure and beyond, in a browser without JavaScript: a pilot that fails its scale gate
once, a re-baseline, a late return, a risk that is escalated, and a benefit that is measured when the project is closed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browsing import DECIDED, Site, free_port, make_demonstration, served, somebody
from delivering import bound_pilot, close_out, decide_gate, end_pilot, hand_over, move_to, project_of, propose_gate
from portfolio.demo import delivery
from portfolio.projects.terms import ProjectStage
from travelling import Journey

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def born(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demonstration of its own, whose clock moves: one project, just born with its approval code."""
    var: Path = tmp_path_factory.mktemp("born")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "PARTS", ())
        made = make_demonstration(var, free_port(), [DECIDED])
    with served(made.environment, var / "serve.log"):
        yield made


@pytest.fixture
def journey(browser: Browser, born: Site) -> Iterator[Journey]:
    with somebody(browser, born, scripts=False, words="es") as someone:
        yield Journey(someone, has_scripts=False)


def test_a_project_goes_from_its_code_to_its_closure(journey: Journey, born: Site) -> None:
    project, stage = project_of(born, DECIDED)
    assert stage is ProjectStage.PLANNED
    carry_over(journey)
    approve_the_plan(journey, f"/projects/{project}", kind="")
    propose_gate(journey, project, "begin_discovery")
    decide_gate(journey, "cio", DECIDED, "passed", "El equipo está completo.")
    escalated_risk(journey, f"/projects/{project}")
    bound_pilot(journey, project, date(2027, 1, 29))
    propose_gate(journey, project, "begin_pilot")
    decide_gate(journey, "cio", DECIDED, "passed", "El alcance está acotado.")
    end_pilot(journey, project, "93 % terminó sin ayuda en dos consulados.")
    propose_gate(journey, project, "scale")
    decide_gate(journey, "national_cio", DECIDED, "failed", "No se midió a quienes abandonan.")
    assert project_of(born, DECIDED)[1] is ProjectStage.EVALUATION
    approve_the_plan(journey, f"/projects/{project}", kind="replan")
    propose_gate(journey, project, "scale")
    decide_gate(journey, "national_cio", DECIDED, "passed", "Con quienes abandonan medidos, la evidencia basta.")
    late_return(journey, f"/projects/{project}")
    propose_gate(journey, project, "launch")
    decide_gate(journey, "cio", DECIDED, "passed", "La prueba de carga y la vuelta atrás se hicieron.")
    hand_over(journey, project)
    propose_gate(journey, project, "begin_operating")
    decide_gate(journey, "head", DECIDED, "passed", "El equipo de operación firma.")
    assert project_of(born, DECIDED)[1] is ProjectStage.OPERATING
    close_out(journey, project, DECIDED, date(2028, 1, 31))
    assert project_of(born, DECIDED)[1] is ProjectStage.CLOSED
    benefit_after_closure(journey, f"/projects/{project}")
    verdict = born.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def carry_over(journey: Journey) -> None:
    """What the case promised becomes what the project is followed by."""
    page = journey.become("lead")
    page.locator("main a[href$='/carry-over']").last.click()
    journey.press("/carry-over")
    assert "done=" in page.url


def approve_the_plan(journey: Journey, project: str, kind: str) -> None:
    """Proposed by the lead, approved by the agency's CIO; with a kind it is a re-baseline of the plan before."""
    page = journey.become("lead")
    page = journey.go(f"{project}/plan/proposals/new")
    if kind:
        page.locator(f"input[name=kind][value={kind}]").check()
        page.locator("input[name^='after.']").last.fill("2029-03-30")
    page.locator("textarea[name=reasons]").fill(
        "Se repite el piloto con quienes abandonan." if kind else "Lo prometido."
    )
    journey.press("/proposals/new")
    proposal = page.url.partition("?")[0].removeprefix(journey.site.address)
    page = journey.become("cio")
    page.locator(f"main a[href='{proposal}']").first.click()
    page.locator("textarea[name=approval]").fill("De acuerdo con lo que pide el equipo.")
    journey.confirm("/approve")
    assert "done=plan_approved" in page.url


def escalated_risk(journey: Journey, project: str) -> None:
    """Out of tolerance, a risk goes to the tier above by itself; that tier answers."""
    page = journey.become("lead")
    journey.go(f"{project}/risks/new?catalogue=R45")
    page.locator("textarea[name=event]").fill("La licitación queda desierta")
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
    journey.press("/risks/new")
    where = page.url.partition("?")[0].removeprefix(journey.site.address)
    page = journey.become("analyst")
    page.locator(f"main a[href='{where}']").first.click()
    page.locator("input[name=act][value=keep]").check()
    page.locator("textarea[name=answer]").fill("Se compra por convenio marco si no hay tres ofertas.")
    journey.press("/answer")
    expect(page.locator("#escalations")).to_contain_text("convenio marco")


def late_return(journey: Journey, project: str) -> None:
    """A period ends, its return is not handed in by its day, and then it is: written, signed, verified, published."""
    site = journey.site
    move_to(site, date(2027, 1, 5), "returns.make")
    move_to(site, date(2027, 2, 1), "returns.remind")
    page = journey.become("lead")
    page.locator("#group-return_write a[href*='/returns/'], main a[href$='/form']").first.click()
    where = page.url.partition("?")[0].removeprefix(site.address).removesuffix("/form")
    for name, value in (
        ("paid", "120.000"),
        ("forecast_cost", "1.500.000"),
        ("forecast_finish", "2028-12-15"),
        ("done", "El piloto terminó en dos consulados."),
        ("next_steps", "Escalar a doce consulados."),
        ("evidence_cost", "Facturas de enero."),
        ("evidence_schedule", "El plan aprobado."),
        ("evidence_results", "La encuesta del piloto."),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=procurement]").select_option("contracted")
    page.locator("[name=level][value=medium]").check()
    journey.press("/form", name="ready", value="yes")
    page = journey.become("head")
    page.locator(f"main a[href='{where}']").first.click()
    journey.confirm("/signature")
    expect(page.locator("main")).to_contain_text("entregado con atraso")
    page = journey.become("analyst")
    page.locator(f"main a[href='{where}']").first.click()
    journey.confirm("/verification")
    move_to(site, date(2027, 2, 2), "returns.publish")
    page = journey.go(project)
    expect(page.locator("main")).to_contain_text("El piloto terminó en dos consulados.")


def benefit_after_closure(journey: Journey, project: str) -> None:
    """The project is closed, and what it promised is still measured by whoever answers for it."""
    move_to(journey.site, date(2029, 2, 1))
    page = journey.become("lead")
    journey.go(f"{project}/indicators/measure")
    benefit = page.locator("fieldset", has_text="Menos horas de digitación").first
    benefit.locator("input[name^='v.']").first.fill("165.600")
    for _try in range(2):
        with page.expect_navigation():
            page.locator("main form button[type=submit], main form button:not([type])").last.click()
        if page.url.endswith("done=measured"):
            break
        benefit = page.locator("fieldset", has_text="Menos horas de digitación").first
        benefit.locator("input[name^='c.']").first.check()
        benefit.locator("input[name^='n.']").first.fill("Registro de horas de seis oficinas.")
    assert page.url.endswith("done=measured")
    expect(page.locator("tr", has_text="Menos horas de digitación").first).to_contain_text("165")
