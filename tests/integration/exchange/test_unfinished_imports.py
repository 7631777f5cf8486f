"""An import whose process died after it was confirmed is finished by the clock, once."""

from datetime import date, timedelta

from sqlalchemy import func, select

from factories import a_person, an_institution
from portfolio.db.base import utc_now
from portfolio.exchange.jobs import finish, is_left
from portfolio.exchange.models import ImportRun
from portfolio.exchange.terms import ImportState
from portfolio.exchange.uploads import GIVEN_UP, confirm_import
from portfolio.jobs.timetable import JobContext
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative

FILE = (
    "codigo_bip,nombre,etapa,costo_clp,rate,institucion_formuladora,sector\n"
    "1-1,Registro único,PERFIL,1500,RS,Municipalidad,salud\n2-2,Otra,PERFIL,1600,RS,Municipalidad,\n"
)


def only_run(database):
    with database.reading() as session:
        return session.scalars(select(ImportRun)).one()


def initiatives(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Initiative))


def test_what_a_dead_process_left_is_taken_up_once_and_what_runs_is_left_alone(database, visitors):
    with database.writing() as session:
        person = a_person(session, (Role.DIRECTIVE_ANALYST, an_institution(session)))
    context = JobContext(database, visitors.app.state.runtime.settings)
    visitors.of(person.person_id).post("/imports", files={"file": ("fichas.csv", FILE.encode(), "text/csv")})
    assert not is_left(context), "nobody has confirmed it"
    with database.writing() as session:
        confirm_import(session, person, only_run(database).id, date(2024, 10, 31), utc_now())
    assert not is_left(context), "its process may be at it"
    assert finish(context).params == {"count": 0}
    with database.writing() as session:
        session.get_one(ImportRun, only_run(database).id).started_at = utc_now() - GIVEN_UP - timedelta(minutes=1)
    assert is_left(context)
    assert finish(context).params == {"count": 1}
    run = only_run(database)
    assert (run.state, run.created, initiatives(database)) == (ImportState.FINISHED, 2, 2)
    assert not is_left(context)
    assert finish(context).params == {"count": 0}
