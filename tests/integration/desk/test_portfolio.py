"""The portfolio list: nobody finds more than their mandate, pages lose no row, totals never cross currencies."""

import re
from datetime import date

import pytest
from sqlmodel import col

from case_factories import a_call, a_case, a_submitted_case
from conftest import NOW
from factories import a_person, an_institution
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.terms import CaseStatus
from portfolio.desk import portfolio_list
from portfolio.desk.portfolio_list import list_page, totals
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind, Role
from portfolio.people.viewer import SYSTEM
from portfolio.projects.models import Initiative
from portfolio.projects.ordering import Order, Place, read_place
from portfolio.projects.terms import IMPORTED, AmountState
from portfolio.reports.asked import read_asked


def url_for(name, **parameters):
    return "/" + "/".join([name, *map(str, parameters.values())])


def an_import(session, institution, title="Imported", *, minor=None, currency="CLP", key="1", ordinal=0):
    row = Initiative(
        institution_id=institution.id,
        title=title,
        state=IMPORTED,
        currency=currency,
        requested_minor=minor,
        requested_state=AmountState.KNOWN if minor is not None else AmountState.EXEMPT,
        source="elsewhere",
        source_key=key,
        source_ordinal=ordinal,
        reference=key,
        sort_key=title.lower(),
        search_text=title.lower(),
        as_at=date(2026, 1, 1),
    )
    session.add(row)
    record(session, SYSTEM, Tag.PROJECTS_IMPORTED, row)
    session.flush()
    return row


def titles(session, viewer, query=None, **place):
    place = {"after": "", "before": "", **place}
    page = list_page(session, viewer, read_asked(query or {}, "USD"), NOW, url_for=url_for, **place)
    return [row.title for row in page.rows]


@pytest.fixture
def world(session):
    ministry, other, oversight = (an_institution(session, name) for name in ("Salud", "Educación", "Hacienda"))
    lead = a_person(session, (Role.CASE_LEAD, ministry))
    other_lead = a_person(session, (Role.CASE_LEAD, other))
    analyst = a_person(session, (Role.BUDGET_ANALYST, oversight))
    auditor = a_person(session, (Role.AUDITOR, oversight))
    call = a_call(session)
    a_case(session, ministry, lead, call, title="Borrador de salud")
    a_submitted_case(session, ministry, lead, call, title="Enviada de salud", number="PF-2027-000001")
    a_submitted_case(session, other, other_lead, call, title="Enviada de educación", number="PF-2027-000002")
    an_import(session, ministry, "Importada de salud", minor=5)
    an_import(session, other, "Importada de educación", key="2")
    return {
        "lead": lead, "analyst": analyst, "auditor": auditor, "call": call, "ministry": ministry,
    }  # fmt: skip


def test_each_mandate_finds_its_own(session, world):
    assert set(titles(session, world["lead"])) == {"Borrador de salud", "Enviada de salud", "Importada de salud"}
    submitted = {"Enviada de salud", "Enviada de educación", "Importada de salud", "Importada de educación"}
    assert set(titles(session, world["analyst"])) == submitted
    assert set(titles(session, world["auditor"])) == {*submitted, "Borrador de salud"}
    assert titles(session, a_person(session, (Role.REVIEWER, world["ministry"]))) == []


def test_a_recused_person_finds_it_in_no_list_count_search_or_total(session, world):
    case = a_submitted_case(session, world["ministry"], world["lead"], world["call"], title="Apartada", number="PF-9")
    session.add(Recusal(person_id=world["analyst"].person_id, subject_id=case.id, kind=RecusalKind.DECLARED))
    record(session, SYSTEM, Tag.CONFLICT_DECLARED, case)
    session.flush()
    asked = read_asked({"text": "apartada"}, "USD")
    assert titles(session, world["analyst"], {"text": "apartada"}) == []
    assert totals(session, world["analyst"], asked, NOW) == []
    assert titles(session, world["auditor"], {"text": "apartada"}) == ["Apartada"]


def test_words_are_found_by_their_beginning_without_accents_and_all_of_them(session, world):
    analyst = world["analyst"]
    assert titles(session, analyst, {"text": "EDUCACION envi"}) == ["Enviada de educación"]
    assert titles(session, analyst, {"text": "000002"}) == ["Enviada de educación"]
    assert set(titles(session, analyst, {"text": "hacienda"})) == set()
    assert titles(session, analyst, {"text": "nviada"}) == []
    assert titles(session, analyst, {"text": "%"}) == titles(session, analyst)


def test_the_index_follows_a_changed_title(session, world):
    row = session.query(Initiative).filter(col(Initiative.title) == "Importada de salud").one()
    row.title, row.search_text = "Otra cosa", "otra cosa"
    record(session, SYSTEM, Tag.PROJECTS_IMPORTED, row)
    session.flush()
    assert titles(session, world["analyst"], {"text": "otra"}) == ["Otra cosa"]
    assert "Otra cosa" not in titles(session, world["analyst"], {"text": "importada"})


def test_filters_narrow_together(session, world):
    analyst = world["analyst"]
    ministry = str(world["ministry"].id)
    assert set(titles(session, analyst, {"institution": ministry})) == {"Enviada de salud", "Importada de salud"}
    assert titles(session, analyst, {"institution": ministry, "state": "submitted"}) == ["Enviada de salud"]
    assert set(titles(session, analyst, {"source": "elsewhere"})) == {"Importada de salud", "Importada de educación"}
    assert titles(session, analyst, {"least": "5", "most": "5", "currency": "CLP"}) == ["Importada de salud"]
    assert titles(session, analyst, {"call": str(world["call"].id), "text": "salud"}) == ["Enviada de salud"]


@pytest.mark.parametrize("sort", ["title", "-title", "requested", "-requested", "number", "institution", "-decided"])
def test_pages_forward_and_back_lose_no_row_and_repeat_none(session, world, monkeypatch, sort):
    monkeypatch.setattr(portfolio_list, "PAGE", 3)
    for place in range(10):
        an_import(
            session, world["ministry"], f"Fila {place % 4}", minor=place % 3 if place % 2 else None, key=f"k{place}"
        )
    analyst, asked = world["analyst"], read_asked({"sort": sort}, "USD")

    def walk(page):
        return [row.href for row in page.rows]

    def cursor(href, name):
        found = re.search(rf"[?&]{name}=([^&]+)", href)
        return found.group(1) if found else ""

    def read(after="", before=""):
        return list_page(session, analyst, asked, NOW, after=after, before=before, url_for=url_for)

    pages = [read()]
    while pages[-1].next:
        pages.append(read(after=cursor(pages[-1].next, "after")))
    seen = [href for page in pages for href in walk(page)]
    assert len(seen) == len(set(seen)) == 14
    back = [pages[-1]]
    while back[-1].previous:
        back.append(read(before=cursor(back[-1].previous, "before")))
    assert walk(back[-1]) == walk(pages[0])
    assert {href for page in back for href in walk(page)} == set(seen)


def test_unknown_amounts_come_last_in_both_directions(session, world):
    for sort in ("requested", "-requested"):
        page = list_page(
            session, world["analyst"], read_asked({"sort": sort, "source": "elsewhere"}, "USD"), NOW,
            after="", before="", url_for=url_for,
        )  # fmt: skip
        assert [row.title for row in page.rows] == ["Importada de salud", "Importada de educación"]
        assert [row.requested for row in page.rows] == ["5", "Exempt from publication"]


def test_a_made_up_place_is_the_first_page(session, world):
    for text in ("x", "AAAA", Place(5, world["call"].id).text(), "%00", "🙂"):
        assert read_place(text, Order()) is None
    assert titles(session, world["analyst"], after="nonsense") == titles(session, world["analyst"])


def test_totals_keep_currencies_apart_and_count_what_is_not_known(session, world):
    found = {line.currency: line for line in totals(session, world["analyst"], read_asked({}, "USD"), NOW)}
    assert set(found) == {"CLP", "USD"}
    assert (found["CLP"].requested, found["CLP"].without, found["CLP"].initiatives) == ("5 CLP", 1, 2)
    assert found["USD"].requested == "500,000.00 USD"


def test_wide_amounts_add_up_beyond_what_a_column_holds(session, world):
    for place in range(3):
        an_import(session, world["ministry"], minor=2**63 - 1, currency="GBP", key=f"wide{place}")
    found = {line.currency: line for line in totals(session, world["analyst"], read_asked({}, "USD"), NOW)}
    whole, cents = divmod(3 * (2**63 - 1), 100)
    assert found["GBP"].requested == f"{whole:,}.{cents:02d} GBP"


def test_an_embargoed_decision_is_kept_from_the_institution_in_every_way(session, world):
    call, lead = world["call"], world["lead"]
    call.embargo_until = NOW.replace(year=2027)
    case = a_submitted_case(
        session, world["ministry"], lead, call, status=CaseStatus.DECIDED, title="Decidida", number="PF-8"
    )
    row = session.get_one(Initiative, case.initiative_id)
    row.decided_minor, row.state = 777, CaseStatus.DECIDED.value
    record(session, SYSTEM, Tag.DECISION_CONFIRMED, case)
    session.flush()

    def shown(viewer, query):
        page = list_page(session, viewer, read_asked(query, "USD"), NOW, after="", before="", url_for=url_for)
        return {found.title: (found.state, found.decided) for found in page.rows}

    assert shown(world["analyst"], {"text": "decidida"}) == {"Decidida": ("With funding", "7.77")}
    assert shown(lead, {"text": "decidida"}) == {"Decidida": ("Decision not published yet", "")}
    assert "Decidida" not in shown(lead, {"state": "decided"})
    usd = next(line for line in totals(session, lead, read_asked({}, "USD"), NOW) if line.currency == "USD")
    assert usd.decided == ""
    call.embargo_until = NOW.replace(year=2025)
    session.flush()
    assert shown(lead, {"text": "decidida"})["Decidida"] == ("With funding", "7.77")


def test_the_page_its_part_and_its_totals(database, visitors):
    with database.writing() as session:
        ministry = an_institution(session, "Salud")
        analyst = a_person(session, (Role.BUDGET_ANALYST, ministry))
        an_import(session, ministry, "<b>Hostil</b>", minor=1234567)
    visitor = visitors.of(analyst.person_id)
    page = visitor.get("/portfolio")
    assert page.heading == "Portfolio"
    assert "1,234,567" in page.main
    assert "<b>Hostil</b>" in page.main
    part = visitor.get(
        "/portfolio?text=hostil&institution=&sort=title", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert part.headers["hx-push-url"] == "/portfolio?text=hostil"
    assert part.text.strip().startswith("<section")
    assert "1,234,567 CLP" in visitor.get("/portfolio/totals").main
    assert "Nothing found" in visitor.get("/portfolio?text=nada").main


def test_what_cannot_be_read_is_told_beside_its_field_and_kept(database, visitors):
    with database.writing() as session:
        analyst = a_person(session, (Role.BUDGET_ANALYST, an_institution(session)))
    page = visitors.of(analyst.person_id).get("/portfolio?least=mucho&institution=zzz&currency=XYZ1&after=%00")
    assert page.status == 422
    assert page.value("least") == "mucho"
    assert page.error("institution")
    assert page.error("currency")


def test_who_only_minds_people_has_no_portfolio(database, visitors):
    with database.writing() as session:
        person = a_person(session, (Role.USER_MANAGER, an_institution(session)))
    assert visitors.of(person.person_id).get("/portfolio").status == 403
