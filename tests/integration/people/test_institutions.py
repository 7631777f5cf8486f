"""Bodies of the State: the tree, names that change, codes, units, and an end with a successor."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from accounts import an_account
from factories import a_unit, an_institution
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.models import Institution, InstitutionCode, InstitutionName, Membership, Unit
from portfolio.people.terms import Role
from visitors import Page, Visitor, Visitors

TODAY = utc_now().date()


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session, "Ministerio de Salud")


@pytest.fixture
def admin(database: Database, visitors: Visitors) -> Visitor:
    with database.writing() as session:
        office = an_institution(session, "Oficina central")
    return visitors.of(an_account(database, (Role.ADMINISTRATOR, office)).person_id)


def change(admin: Visitor, row: Institution, act: str, **fields: str) -> Page:
    return admin.post(f"/institutions/{row.id}/{act}", fields)


def again(database: Database, row: Institution) -> Institution:
    with database.reading() as session:
        return session.get_one(Institution, row.id)


def test_a_body_is_added_below_another_and_stands_in_the_tree(
    admin: Visitor, database: Database, home: Institution
) -> None:
    fields = {"name": "Instituto de Vacunas", "kind": "autonomous", "parent_id": str(home.id)}
    assert admin.post("/institutions/new", fields).status == 303
    tree = admin.get("/institutions").main
    assert tree.index("Ministerio de Salud") < tree.index("— Instituto de Vacunas") < tree.index("Oficina central")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "Ministerio de Salud", "kind": "central"}, "name"),
        ({"name": "X", "kind": "central"}, "name"),
        ({"name": "Otro ministerio", "kind": "empire"}, "kind"),
        (
            {"name": "Otro ministerio", "kind": "central", "parent_id": "00000000-0000-0000-0000-000000000001"},
            "parent_id",
        ),
        ({"name": "Otro ministerio", "kind": "central", "valid_from": "1/2"}, "valid_from"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    admin: Visitor, home: Institution, fields: dict[str, str], wrong: str
) -> None:
    page = admin.post("/institutions/new", fields)
    assert page.status == 422
    assert page.error(wrong)


def test_a_new_name_keeps_the_former_and_both_find_the_body(
    admin: Visitor, database: Database, home: Institution
) -> None:
    day = (TODAY - timedelta(days=10)).isoformat()
    fields = {"name": "Ministerio de Salud Pública", "first_day": day, "ground": "Ley 123"}
    assert change(admin, home, "rename", **fields).status == 303
    row = again(database, home)
    assert row.name == "Ministerio de Salud Pública"
    with database.reading() as session:
        former = session.scalars(select(InstitutionName)).one()
    assert (former.name, former.valid_to) == ("Ministerio de Salud", TODAY - timedelta(days=11))
    assert "Salud Pública" in admin.get("/institutions?text=publica").main
    assert "Ley 123" in admin.get(f"/institutions/{home.id}").main
    earlier = {**fields, "name": "Otro nombre", "first_day": (TODAY - timedelta(days=400)).isoformat()}
    assert change(admin, home, "rename", **earlier).error("first_day")
    assert change(admin, home, "rename", **{**fields, "first_day": (TODAY + timedelta(days=4)).isoformat()}).error(
        "first_day"
    )


def test_a_body_ends_with_its_roles_and_names_its_successor(
    admin: Visitor, database: Database, home: Institution
) -> None:
    with database.writing() as session:
        heir = an_institution(session, "Ministerio de Bienestar")
    lead = an_account(database, (Role.CASE_LEAD, home))
    fields = {"last_day": TODAY.isoformat(), "successor_id": str(heir.id), "ground": "Ley 124"}
    assert change(admin, home, "close", **fields).status == 303
    row = again(database, home)
    assert (row.valid_to, row.successor_id) == (TODAY, heir.id)
    with database.reading() as session:
        held = session.scalars(select(Membership).where(col(Membership.person_id) == lead.person_id)).one()
    assert held.valid_to == TODAY
    assert change(admin, home, "close", **fields).status == 409
    assert change(admin, heir, "close", **{**fields, "successor_id": str(heir.id)}).error("successor_id")


def test_a_code_ends_the_earlier_one_of_its_scheme(admin: Visitor, database: Database, home: Institution) -> None:
    assert change(admin, home, "code", scheme="budget", code="16").status == 303
    assert change(admin, home, "code", scheme="budget", code="16-B", valid_from="2026-07-01").status == 303
    with database.reading() as session:
        rows = session.scalars(select(InstitutionCode).order_by(col(InstitutionCode.valid_from))).all()
    assert [(row.code, str(row.valid_to)) for row in rows] == [("16", "2026-06-30"), ("16-B", "None")]
    with database.writing() as session:
        other = an_institution(session)
    assert change(admin, other, "code", scheme="budget", code="16-B").error("code")
    assert change(admin, other, "code", scheme="budget", code="16", valid_from="2026-07-01").status == 303


def test_units_are_added_and_closed_when_nobody_is_left(
    admin: Visitor, database: Database, home: Institution, visitors: Visitors
) -> None:
    assert change(admin, home, "unit", unit_name="Informática").status == 303
    assert change(admin, home, "unit", unit_name="informatica").error("unit_name")
    with database.writing() as session:
        busy = a_unit(session, home, "Finanzas")
        from factories import a_person

        a_person(session, (Role.FINANCE_MANAGER, home), unit=busy)
        idle = session.scalars(select(Unit).where(col(Unit.name) == "Informática")).one()
    assert admin.post(f"/units/{busy.id}/close").status == 409
    assert admin.post(f"/units/{idle.id}/close").status == 303


def test_a_body_never_stands_below_itself(admin: Visitor, database: Database, home: Institution) -> None:
    with database.writing() as session:
        child = an_institution(session, "Instituto de Vacunas", parent=home)
    fields = {"name": home.name, "kind": "central", "parent_id": str(child.id)}
    assert change(admin, home, "correct", **fields).error("parent_id")


def test_a_correction_verifies_a_body_that_only_a_file_named(
    admin: Visitor, database: Database, home: Institution
) -> None:
    assert change(admin, home, "correct", name="Ministerio de la Salud", kind="other_power").status == 303
    row = again(database, home)
    assert row.name == "Ministerio de la Salud"
    assert row.is_verified
    with database.reading() as session:
        assert session.scalars(select(InstitutionName)).all() == []


def test_an_unknown_act_or_body_is_not_found(admin: Visitor, home: Institution) -> None:
    assert change(admin, home, "explode").status == 404
    assert admin.get(f"/institutions/{home.id}/explode").status == 404
    assert admin.get("/institutions/00000000-0000-0000-0000-000000000001").status == 404


def test_each_form_of_a_body_can_be_opened(admin: Visitor, home: Institution) -> None:
    for act in ("correct", "rename", "close", "code", "unit"):
        assert admin.get(f"/institutions/{home.id}/{act}").status == 200
