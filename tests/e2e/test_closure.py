"""Closing a project in a real browser without JavaScript: lessons, service, evaluation, checklist, gate; and a case that learns."""

import re
import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlmodel import col

from browsing import DECIDED, Site, free_port, make_demonstration, served, somebody
from delivering import close_out, project_of
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from travelling import Journey

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demonstration of its own: the other tests go on with this project."""
    var = tmp_path_factory.mktemp("closing")
    made = make_demonstration(var, free_port(), [DECIDED])
    with served(made.environment, var / "serve.log"):
        yield made


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

    close_out(journey, uuid.UUID(project), DECIDED, date(2027, 11, 22))
    assert project_of(site, DECIDED)[1] is ProjectStage.CLOSED
    page = journey.become("lead")
    journey.go("/lessons?text=depurar")
    assert "Depurar el registro antes de las pantallas" in page.locator("main").inner_text()
    assert not re.search(r"\b500\b", page.title())
    verdict = site.command("audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
