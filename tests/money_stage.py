"""A funded project with who keeps its accounts, and files of the financial system for it; plain functions."""

from datetime import date

from decision_stage import NOW
from factories import a_person, an_institution
from life_stage import a_scene
from portfolio.db.memo import row_of
from portfolio.documents.reading import read_bytes
from portfolio.execution import uploads
from portfolio.execution.files import OPTIONS
from portfolio.execution.queries import entries_of
from portfolio.execution.terms import Flow
from portfolio.people.permissions import Permission
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative


def a_money_scene(session):
    """A scene with `finance` of the institution, a `stranger` of another, the project's `number` and a budget `line`."""
    found = a_scene(session)
    found.finance = a_person(session, (Role.FINANCE_MANAGER, found.stage.ministry))
    found.stranger = a_person(session, (Role.FINANCE_MANAGER, an_institution(session)))
    initiative = row_of(session, Initiative, found.project.initiative_id)
    found.number, found.line = initiative.reference, found.pack.usable_budget_lines()[0].code
    return found


def content(scene, paid="100.50", number=None, line=None, month="2026-07"):
    head = "Número de proyecto,Mes,Partida,Pagado,Moneda"
    return f"{head}\n{number or scene.number},{month},{line or scene.line},{paid},USD\n".encode()


def record(database, scene, data, as_at=date(2026, 7, 31), by=None):
    table = read_bytes(data, "siga.csv", OPTIONS)
    with database.writing() as session:
        session.info["now"] = scene_now(scene)
        actor = (by or scene.stage.budget_analyst).narrowed(Permission.EXECUTION_IMPORT)
        run = uploads.prepare(session, actor, table, "siga.csv", "0" * 64, as_at)
        return uploads.record_run(session, actor, scene.pack, table, run)


def scene_now(_scene):
    return NOW


def paid(database, scene):
    with database.reading() as session:
        return [row.amount_minor for row in entries_of(session, scene.project.id) if row.flow is Flow.PAID]
