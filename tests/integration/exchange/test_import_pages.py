"""An import in the browser: looked at first, written only when confirmed, and told what came of it."""

import time
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from factories import a_person, an_institution
from portfolio.db.base import utc_now
from portfolio.exchange.models import ImportRun
from portfolio.exchange.terms import ImportState
from portfolio.people.terms import Role
from portfolio.projects.models import Initiative

HEAD = "codigo_bip,nombre,etapa,costo_clp,rate,institucion_formuladora,sector\n"
FILE = (
    HEAD
    + "1-1,Registro único,PERFIL,1500,RS,Municipalidad,salud\n2-2,Otra,PERFIL,12.34.56,RS,Municipalidad,\n,Sin clave,,,,,\n"
)


@pytest.fixture
def analyst(database, visitors):
    with database.writing() as session:
        person = a_person(session, (Role.DIRECTIVE_ANALYST, an_institution(session)))
    return visitors.of(person.person_id)


def upload(visitor, text=FILE, name="fichas.csv"):
    return visitor.post("/imports", files={"file": (name, text.encode(), "text/csv")})


def wait_until_done(database, run_id):
    for _ in range(200):
        with database.reading() as session:
            run = session.get_one(ImportRun, run_id)
        if run.state is not ImportState.RUNNING:
            return run
        time.sleep(0.05)
    raise AssertionError("the import did not end")


def only_run(database):
    with database.reading() as session:
        return session.scalars(select(ImportRun)).one()


def initiatives(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Initiative))


def test_a_file_is_seen_before_it_is_written_and_comes_in_when_confirmed(database, analyst):
    asks = analyst.follow(upload(analyst))
    assert "does not say which day" in asks.main
    run = only_run(database)
    preview = analyst.get(f"/imports/{run.id}?as_at=2024-10-31")
    assert preview.status == 200
    assert "Registro único" in preview.main
    assert "1,500 CLP" in preview.main
    assert "row not imported" in preview.main
    assert "row imported without this value" in preview.main
    assert initiatives(database) == 0

    page = analyst.post(f"/imports/{run.id}/confirm", {"as_at": "2024-10-31"})
    assert page.status == 303
    done = wait_until_done(database, run.id)
    assert (done.read, done.created, done.rejected, done.as_at) == (3, 2, 1, date(2024, 10, 31))
    result = analyst.follow(page)
    assert "Imported" in result.main
    rejects = analyst.raw(f"/imports/{run.id}/rejects")
    assert rejects.status_code == 200
    assert rejects.headers["content-type"] == "text/csv; charset=utf-8"  # said once
    lines = rejects.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert any("12.34.56" in line for line in lines)
    assert analyst.get("/imports").status == 200


@pytest.mark.parametrize(
    ("day", "says"), [("", "Enter the day"), ("9999-12-31", "or an earlier day"), ("x", "real date")]
)
def test_nothing_comes_in_without_a_day_that_has_been(database, analyst, day, says):
    upload(analyst)
    run = only_run(database)
    for page in (
        analyst.post(f"/imports/{run.id}/confirm", {"as_at": day}),
        analyst.get(f"/imports/{run.id}?as_at={day}"),
    ):
        assert page.status == 422
        assert says in page.error("as_at")
        assert "The file describes this day: " in page.main
    assert only_run(database).state is ImportState.PREVIEWED
    assert initiatives(database) == 0


def test_today_in_the_country_may_be_described(database, analyst):
    upload(analyst)
    run = only_run(database)
    today = utc_now().astimezone(ZoneInfo("America/Santiago")).date()
    assert analyst.get(f"/imports/{run.id}?as_at={today}").status == 200
    assert analyst.get(f"/imports/{run.id}?as_at={today + timedelta(days=1)}").status == 422


def test_a_confirmed_import_is_not_confirmed_twice(database, analyst):
    upload(analyst)
    run = only_run(database)
    analyst.post(f"/imports/{run.id}/confirm", {"as_at": "2024-10-31"})
    assert analyst.post(f"/imports/{run.id}/confirm", {"as_at": "2024-10-31"}).status == 409
    wait_until_done(database, run.id)
    assert analyst.post(f"/imports/{run.id}/confirm", {"as_at": "2024-10-31"}).status == 409
    assert initiatives(database) == 2


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("a,b\n1,2\n", "otro.csv", "not those of any known source"),
        (FILE, "fichas.exe", ""),
        ("", "vacio.csv", ""),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_beside_its_field(database, analyst, text, name, says):
    page = upload(analyst, text, name)
    assert page.status == 422
    assert page.error("file")
    assert says in page.error("file")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_no_file_at_all(analyst):
    page = analyst.post("/imports")
    assert page.status == 422
    assert page.error("file") == "Choose a file"


def test_a_discarded_file_leaves_nothing(database, analyst):
    upload(analyst)
    run = only_run(database)
    page = analyst.follow(analyst.post(f"/imports/{run.id}/discard"))
    assert "discarded" in page.main
    with database.reading() as session:
        assert session.scalar(select(col(ImportRun.state))) is ImportState.DISCARDED
    assert analyst.post(f"/imports/{run.id}/confirm", {"as_at": "2024-10-31"}).status == 409


def test_an_unreadable_day_is_told_beside_its_field(database, analyst):
    upload(analyst)
    page = analyst.get(f"/imports/{only_run(database).id}?as_at=2026-02-31")
    assert page.status == 422
    assert page.error("as_at")


def test_only_who_may_import_gets_there(database, visitors):
    with database.writing() as session:
        person = a_person(session, (Role.CASE_LEAD, an_institution(session)))
    assert visitors.of(person.person_id).get("/imports").status == 403
