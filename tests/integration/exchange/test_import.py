"""Real portfolios in the database: every row, to the cent, and the same file again changes nothing."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from factories import an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.money import Money
from portfolio.exchange.importing import import_file
from portfolio.exchange.models import ImportRun
from portfolio.exchange.planning import plan_import
from portfolio.exchange.reading import read_file
from portfolio.people.models import Institution, InstitutionCode
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative, Project, SearchTerm, SourceObservation
from portfolio.projects.terms import AmountState

SHARED_DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data folder is not beside the project")

GMPP = "gmpp/GMPP_Government_Major_Projects_Portfolio_AR_Data_March_2022.csv"
BEIS = "gmpp/BEIS_Government_Major_Projects_Portfolio_Data_March_2022.csv"
US = "us_itdashboard/projects_2012_clean.csv"
CANADA_2016 = "canada_gc_it_projects/gc-it-projects-2016.csv"
CANADA_2019 = "canada_gc_it_projects/gc-it-projects-2019.csv"
CHILE = "chile_bip_fichas/fichas_bip_muestra.csv"
CHILE_AS_AT = date(2026, 10, 31)


def bring_in(database, file, as_at=None, edit=lambda data: data):
    path = SHARED_DATA / file
    return bring(database, edit(path.read_bytes()), path.name, as_at)


def bring(database, data, name, as_at=None):
    mapped = read_file(data, name, None, as_at)
    run = ImportRun(mapping=mapped.mapping.name, source=mapped.mapping.source, file_name=name, file_sha256="0" * 64)
    with database.writing() as session:
        import_file(session, SYSTEM, mapped, run)
    return run


def counts(run):
    return run.read, run.created, run.updated, run.unchanged, run.rejected


def total(database, source):
    with database.reading() as session:
        return dict(
            session.execute(
                select(col(Initiative.currency), func.sum(col(Initiative.requested_minor)))
                .where(col(Initiative.source) == source)
                .group_by(col(Initiative.currency))
            ).all()
        )


def how_many(database, table):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


@needs_data
@pytest.mark.parametrize(
    ("file", "rows", "currency", "source"),
    [(US, 2472, "USD", "us_itdashboard"), (GMPP, 235, "GBP", "gmpp"), (CHILE, 33, "CLP", "chile_bip")],
)
def test_every_row_comes_in_to_the_cent_and_a_second_run_changes_nothing(database, file, rows, currency, source):
    as_at = CHILE_AS_AT if file == CHILE else None
    first = bring_in(database, file, as_at)
    assert counts(first) == (rows, rows, 0, 0, 0)
    assert how_many(database, Initiative) == how_many(database, SourceObservation) == rows
    assert how_many(database, Project) == rows
    assert total(database, source) == {currency: first.notes["totals"]["budget"][currency]}
    events = how_many(database, AuditEvent)

    second = bring_in(database, file, as_at)
    assert counts(second) == (rows, 0, 0, rows, 0)
    assert how_many(database, SourceObservation) == rows
    assert how_many(database, AuditEvent) == events + 1


@needs_data
def test_the_total_of_the_united_states_is_the_sum_of_the_column(database):
    bring_in(database, US)
    text = (SHARED_DATA / US).read_text(encoding="utf-8-sig")
    cells = [row["Planned_Cost_dollar_M"] for row in csv.DictReader(io.StringIO(text))]
    expected = sum((Decimal(cell) for cell in cells if cell.strip()), Decimal(0)) * 1_000_000
    assert Money("USD", int(total(database, "us_itdashboard")["USD"])).amount == expected


@needs_data
def test_a_later_file_adds_observations_and_an_older_one_never_overwrites(database):
    newest = bring_in(database, CANADA_2019)
    assert counts(newest) == (463, 463, 0, 0, 0)
    with_2019 = total(database, "canada_gc_it_projects")
    older = bring_in(database, CANADA_2016)
    assert (older.read, older.unchanged, older.rejected) == (398, 0, 0)
    assert older.created + older.updated == 398
    assert older.updated > 90
    assert how_many(database, Initiative) == 463 + older.created
    assert how_many(database, SourceObservation) == 463 + 398
    with database.reading() as session:
        only_old = session.scalar(
            select(func.sum(col(Initiative.requested_minor))).where(col(Initiative.as_at) == date(2016, 6, 9))
        )
        assert total(database, "canada_gc_it_projects")["CAD"] == with_2019["CAD"] + only_old
        twice = session.scalars(
            select(SourceObservation.initiative_id)
            .group_by(col(SourceObservation.initiative_id))
            .having(func.count() == 2)
        ).all()
        assert len(twice) == older.updated
        dates = set(session.scalars(select(Initiative.as_at).where(col(Initiative.id).in_(twice))))
        assert dates == {date(2019, 5, 1)}


@needs_data
def test_exempt_is_a_reason_and_missing_is_not_zero(database):
    bring_in(database, GMPP)
    with database.reading() as session:
        exempt = session.scalars(select(Initiative).where(col(Initiative.requested_state) == AmountState.EXEMPT)).all()
        assert len(exempt) > 5
        assert all(row.requested_minor is None and row.requested_is_null for row in exempt)
        assert all(row.requested_note.startswith("Exempt ") for row in exempt)
        zero = session.scalar(
            select(func.count()).where(
                col(Initiative.requested_minor).is_(None), col(Initiative.requested_state) == AmountState.KNOWN
            )
        )
        assert zero == 0


@needs_data
def test_identical_repeats_are_rows_of_their_own_with_a_flag(database):
    bring_in(database, US)
    with database.reading() as session:
        repeats = session.scalars(select(Initiative).where(col(Initiative.source_ordinal) > 0)).all()
        assert len(repeats) == 4
        assert all("identical_repeat" in row.source_flags for row in repeats)


@needs_data
def test_a_department_s_own_file_says_nothing_new_of_the_whole_portfolio(database):
    bring_in(database, GMPP)
    assert counts(bring_in(database, BEIS)) == (22, 0, 0, 22, 0)


@needs_data
def test_a_corrected_row_replaces_its_figures_and_keeps_what_it_said_before(database):
    bring_in(database, CHILE, CHILE_AS_AT)
    text = (SHARED_DATA / CHILE).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    known = next(row for row in rows if row["costo_clp"].strip() not in ("", "0"))
    was = known["costo_clp"]
    corrected = text.replace(f",{was},", ",1234,", 1)
    assert corrected != text
    run = bring(database, corrected.encode(), "fichas.csv", CHILE_AS_AT)
    assert counts(run) == (33, 0, 1, 32, 0)
    with database.reading() as session:
        row = session.scalars(select(SourceObservation).where(col(SourceObservation.run_id) == run.id)).one()
        assert row.content["values"]["budget"]["value"] == 1234
        assert row.content["replaced"][0]["content"]["values"]["budget"]["value"] == int(Decimal(was))
        assert session.get_one(Initiative, row.initiative_id).requested_minor == 1234


def chile(*rows):
    head = "codigo_bip,nombre,etapa,costo_clp,rate,institucion_formuladora,sector\n"
    return (head + "".join(f"{row},\n" for row in rows)).encode()


def test_a_body_is_found_by_exact_name_else_made_unverified_and_never_guessed(database):
    with database.writing() as session:
        health = an_institution(session, "Ministerio de Salud Pública").id
        an_institution(session, "Dos Veces")
        an_institution(session, "DOS VECES")
    data = chile(
        "1-1,Uno,PERFIL,10,RS,MINISTERIO DE SALUD PUBLICA",
        "2-2,Dos,PERFIL,10,RS,Ministerio de Salud",
        "3-3,Tres,PERFIL,10,RS,Dos veces",
        "4-4,Cuatro,PERFIL,10,RS,",
    )
    bring(database, data, "fichas.csv", CHILE_AS_AT)
    with database.reading() as session:
        found = {
            title: (id_ == health, verified, name)
            for title, id_, verified, name in session.execute(
                select(Initiative.title, Institution.id, Institution.is_verified, Institution.name).join(
                    Institution, col(Institution.id) == col(Initiative.institution_id)
                )
            )
        }
        codes = session.scalar(select(func.count()).select_from(InstitutionCode))
    assert found["Uno"] == (True, True, "Ministerio de Salud Pública")
    assert found["Dos"] == (False, False, "Ministerio de Salud")
    assert found["Tres"][1] is False
    assert found["Cuatro"][1] is False
    assert found["Cuatro"][2]
    assert codes == 3
    bring(database, data.replace(b"10,RS", b"11,RS"), "fichas.csv", CHILE_AS_AT)
    assert how_many(database, InstitutionCode) == 3


def test_a_long_key_and_long_texts_fit_their_columns_and_stay_whole_in_the_observation(database):
    long = "clave " * 200
    data = chile(f"{long},{'t' * 900},PERFIL,10,RS,{'i' * 400}")
    for _ in range(2):
        run = bring(database, data, "fichas.csv", CHILE_AS_AT)
    assert counts(run) == (1, 0, 0, 1, 0)
    with database.reading() as session:
        content = session.scalars(select(SourceObservation)).one().content
        assert content["key"] == [long.strip()]
        assert len(content["values"]["title"]["value"]) == 900


def test_the_plan_writes_nothing_and_says_what_the_import_then_does(database):
    mapped = read_file(chile("1-1,Uno,PERFIL,10,RS,A", ",Sin clave,PERFIL,10,RS,A"), "fichas.csv", None, CHILE_AS_AT)
    with database.reading() as session:
        plan = plan_import(session, mapped)
    assert (plan.read, plan.created, plan.updated, plan.unchanged, plan.rejected) == (2, 1, 0, 0, 1)
    assert how_many(database, Initiative) == 0


def test_one_event_tells_of_the_import_and_vouches_for_its_rows(database):
    run = bring(database, chile("1-1,Uno,PERFIL,10,RS,A"), "fichas.csv", CHILE_AS_AT)
    with database.reading() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert event.action == Tag.PROJECTS_IMPORTED.value
    assert event.object_id == run.id
    assert '"created":1' in event.canon


def test_a_title_may_be_missing_and_the_words_of_a_row_find_it(database):
    bring(database, chile("30-1,,PERFIL,10,RS,Órgano Ñuñoa"), "fichas.csv", CHILE_AS_AT)
    with database.reading() as session:
        row = session.scalars(select(Initiative)).one()
        terms = set(session.scalars(select(SearchTerm.term)))
    assert row.title is None
    assert row.reference == "30-1"
    assert {"organo", "nunoa", "30"} <= terms
