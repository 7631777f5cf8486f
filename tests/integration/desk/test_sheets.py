"""The sheets: what a viewer may know of a case, and every cell of an imported initiative."""

from datetime import date

import pytest

from case_factories import a_call, a_case, a_content, a_submitted_case
from conftest import NOW
from factories import a_person, an_institution
from portfolio.approvals.models import Opinion
from portfolio.approvals.terms import OpinionOutcome
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.exchange.importing import import_file
from portfolio.exchange.models import ImportRun
from portfolio.exchange.reading import read_file
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative

HEAD = "codigo_bip,nombre,etapa,costo_clp,rate,institucion_formuladora,sector\n"


@pytest.fixture
def case_and_people(database):
    with database.writing() as session:
        session.info["now"] = NOW
        ministry, other = an_institution(session, "Salud"), an_institution(session, "Otra")
        directive = an_institution(session, "Gobierno digital", code="DIG")
        lead = a_person(session, (Role.CASE_LEAD, ministry), name="Ana Pérez")
        call = a_call(session)
        lines = [
            {"id": "1", "budget_line": "", "unit": "", "tax_included": True, "amounts": {"2027": 100, "2028": 250}},
            {"id": "2", "budget_line": "", "unit": "", "tax_included": True, "amounts": {"2027": 1}},
        ]
        content = a_content("Historia clínica", costs={"lines": {"costs": lines}})
        content["case"] |= {"currency": "USD", "call": {"id": "x", "title": "y", "fiscal_year": 2027}}
        case = a_submitted_case(
            session,
            ministry,
            lead,
            call,
            S.RECOMMENDED,
            title="Historia clínica",
            number="PF-2027-000009",
            content=content,
        )
        for signed in (True, False):
            opinion = Opinion(
                case_id=case.id,
                snapshot_id=newest_snapshot(session, case.id).id,
                outcome=OpinionOutcome.FAVOURABLE,
                reasons="Razones firmadas" if signed else "Borrador secreto",
                drafted_by_id=lead.person_id,
                signed_by_id=lead.person_id if signed else None,
                signed_at=NOW if signed else None,
            )
            session.add(opinion)
        record(session, lead, Tag.OPINION_SIGNED, case)
        return {
            "case": case.id,
            "draft": a_case(session, ministry, lead, call, title="Borrador").id,
            "lead": lead.person_id,
            "other": a_person(session, (Role.CASE_LEAD, other)).person_id,
            "head": a_person(session, (Role.DIRECTIVE_HEAD, directive)).person_id,
        }


def test_the_sheet_shows_step_amounts_costs_and_only_signed_opinions(case_and_people, visitors):
    page = visitors.of(case_and_people["lead"]).get(f"/cases/{case_and_people['case']}")
    assert page.status == 200
    assert page.heading == "Historia clínica"
    for words in (
        "PF-2027-000009",
        "Decide the budget",
        "250,000.00 USD",
        "Razones firmadas",
        "Ana Pérez",
        "Favourable",
    ):
        assert words in page.main, words
    assert "1.01" in page.main  # 100 and 1 of 2027 in one line
    assert "3.51" in page.main
    assert "Borrador secreto" not in page.main


def test_the_sheet_says_why_the_total_is_more_than_what_is_requested(case_and_people, visitors, database):
    lead, path = visitors.of(case_and_people["lead"]), f"/cases/{case_and_people['case']}"
    assert "other sources of funding" not in lead.get(path).main
    with database.writing() as session:
        case = session.get_one(BusinessCase, case_and_people["case"])
        initiative = session.get_one(Initiative, case.initiative_id)
        initiative.requested_minor = 301
        record(session, SYSTEM, Tag.CASE_MOVED, initiative)
    assert "Of this total 0.50 USD comes from other sources of funding" in lead.get(path).main


def test_nobody_finds_the_sheet_of_a_case_that_is_not_theirs_to_see(case_and_people, visitors):
    other, head = visitors.of(case_and_people["other"]), visitors.of(case_and_people["head"])
    assert other.get(f"/cases/{case_and_people['case']}").status == 404
    assert head.get(f"/cases/{case_and_people['case']}").status == 200
    assert head.get(f"/cases/{case_and_people['draft']}").status == 404
    assert visitors.of(case_and_people["lead"]).get(f"/cases/{case_and_people['draft']}").status == 200


def test_every_cell_of_an_imported_initiative_with_its_state_and_over_time(database, visitors):
    rows = (("1-1,Uno,PERFIL,100,RS,A,", date(2020, 1, 1)), ("1-1,Uno,DISEÑO,a definir,FI,A,", date(2024, 1, 1)))
    for row, day in rows:
        mapped = read_file((HEAD + row + "\n").encode(), "f.csv", None, day)
        run = ImportRun(mapping=mapped.mapping.name, source="chile_bip", file_name="f.csv", file_sha256="0" * 64)
        with database.writing() as session:
            import_file(session, SYSTEM, mapped, run)
    with database.writing() as session:
        initiative = session.query(Initiative).one()
        analyst = a_person(session, (Role.BUDGET_ANALYST, an_institution(session)))
        lead = a_person(session, (Role.CASE_LEAD, an_institution(session)))
    page = visitors.of(analyst.person_id).get(f"/initiatives/{initiative.id}")
    assert page.status == 200
    for words in (
        "Unverified institution",
        "a definir",
        "Words instead of a value",
        "costo_clp",
        "100 CLP",
        "Over time",
    ):
        assert words in page.main, words
    assert visitors.of(lead.person_id).get(f"/initiatives/{initiative.id}").status == 404
