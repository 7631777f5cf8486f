"""Steps of a project after its money, as its people take them in the browser."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from browsing import Site
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from travelling import Journey


def project_of(site: Site, title: str) -> tuple[uuid.UUID, ProjectStage]:
    """The project of the initiative with that title, and its stage."""
    database = site.database()
    with database.reading() as session:
        found = session.execute(
            select(col(Project.id), col(Project.stage))
            .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
            .where(col(Initiative.title) == title)
        ).one()
    database.engine.dispose()
    return found.id, found.stage


def propose_gate(journey: Journey, project: uuid.UUID, gate: str) -> None:
    """The lead answers every criterion and puts the project to the gate."""
    page = journey.become("lead")
    journey.go(f"/projects/{project}/life")
    page.locator(f"main a[href$='/gates/{gate}']").click()
    for answer in page.locator("textarea[name^='answers.']").all():
        answer.fill("Está en el informe, con sus cifras.")
    journey.press(f"/gates/{gate}")


def decide_gate(journey: Journey, key: str, title: str, outcome: str, reasons: str) -> None:
    """Somebody else finds the gate in what waits for them, reads it and decides with their password."""
    page = journey.become(key)
    page.locator("main a[href*='/gates/']", has_text=title).first.click()
    page.locator(f"[name=outcome][value={outcome}]").check()
    page.locator("[name=reasons]").fill(reasons)
    journey.confirm("/gates/")
    assert page.url.split("?")[0].endswith("/life")


def bound_pilot(journey: Journey, project: uuid.UUID, ends_on: date) -> None:
    """Exit criteria, a cap and an end, as a pilot must have before it begins."""
    page = journey.become("lead")
    journey.go(f"/projects/{project}/life")
    page.locator(f"main a[href$='/projects/{project}/pilot-terms']").click()
    page.locator("[name=exit_criteria]").fill("Nueve de cada diez personas terminan sin ayuda.")
    page.locator("[name=cap]").fill("25.000")
    page.locator("[name=ends_on]").fill(ends_on.isoformat())
    journey.press("/pilot-terms")
    assert "25.000" in page.locator("main").inner_text()


def end_pilot(journey: Journey, project: uuid.UUID, reason: str) -> None:
    page = journey.become("lead")
    journey.go(f"/projects/{project}/moves/end_pilot")
    page.locator("[name=end][value=criteria_met]").check()
    page.locator("[name=reason]").fill(reason)
    journey.press("/moves/end_pilot")


def move_to(site: Site, day: date, *jobs: str) -> None:
    """The demonstration's clock stands at that day, and the clock of the house has done these jobs."""
    for words in (
        ("demo", "--today", day.isoformat()),
        *(("jobs", "run", name, "--reason", "The days passed.") for name in jobs),
    ):
        told = site.command(*words)
        assert told.returncode == 0, told.stdout + told.stderr


def hand_over(journey: Journey, project: uuid.UUID) -> None:
    """Budget, people and service levels move with the system."""
    page = journey.become("lead")
    journey.go(f"/projects/{project}/moves/begin_hand_over")
    page.locator("[name=reason]").fill("Tres meses en producción sin incidentes graves.")
    journey.press("/moves/begin_hand_over")
    journey.go(f"/projects/{project}/hand-over-terms")
    page.locator("[name=budget]").fill("148.000")
    page.locator("[name=budget_line]").select_option(index=1)
    page.locator("[name=team]").fill("Cuatro personas de planta del área de operación.")
    page.locator("[name=service_levels]").fill("99,5 % de disponibilidad; respuesta en menos de una hora.")
    page.locator("[name=owner]").fill("Subdirección de Operaciones")
    journey.press("/hand-over-terms")


def close_out(journey: Journey, project: uuid.UUID, title: str, next_review: date) -> None:
    """Checklist, lesson, service, evaluation with its review from elsewhere, what is excepted, and the last gate."""
    page = journey.become("lead")
    for code in ("deliverables", "assets", "hand_over", "data"):
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
    page.locator("[name=next_review_on]").fill(next_review.isoformat())
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
    propose_gate(journey, project, "close")
    decide_gate(journey, "national_cio", title, "passed", "Cierre completo y evaluación revisada.")
