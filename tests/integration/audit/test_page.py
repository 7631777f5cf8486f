"""The auditor's page: found by person, act, record and day; nobody else's; the whole trail can be taken away."""

from datetime import UTC, datetime, timedelta

import pytest

from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.audit import last_check
from portfolio.audit.sources import FileSource
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.audit.verdict import Finding, Kind, Verdict
from portfolio.audit.verify import verify_source
from portfolio.business_cases.terms import CaseStatus
from portfolio.db import clock
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from visitors import Visitor, Visitors


@pytest.fixture
def auditor(database: Database) -> Viewer:
    with database.writing() as session:
        return a_person(session, (Role.AUDITOR, an_institution(session)), name="Rosa Auditora")


@pytest.fixture
def body(database: Database, auditor: Viewer) -> Institution:
    """An institution that Ana added, with a reason."""
    with database.writing() as session:
        ana = a_person(session, name="Ana Souza")
        found = an_institution(session, "Ministry of Works")
        record(session, ana, Tag.INSTITUTION_CHANGED, found, words="Merged by decree 12")
    return found


@pytest.fixture
def visitor(visitors: Visitors, auditor: Viewer) -> Visitor:
    return visitors.of(auditor.person_id)


def events(page: object) -> str:
    return " ".join("".join(page.by_id("events").itertext()).split())  # type: ignore[attr-defined]


def test_an_event_is_found_by_who_what_which_and_when(visitor: Visitor, body: Institution) -> None:
    today = utc_now().date()
    for query in (
        "person=souza",
        "action=institution.changed",
        f"object_id={body.id}",
        f"since={today - timedelta(days=1)}&until={today + timedelta(days=1)}",
        "chain=decision&person=ana%20souza",
    ):
        assert "Merged by decree 12" in events(visitor.get(f"/audit?{query}")), query
    for query in ("person=nobody", "action=case.moved", f"since={today + timedelta(days=2)}", "chain=read"):
        assert "Merged by decree 12" not in events(visitor.get(f"/audit?{query}")), query


def test_the_page_shows_the_very_bytes_that_were_hashed(visitor: Visitor, body: Institution) -> None:
    shown = events(visitor.get(f"/audit?object_id={body.id}"))
    assert '"action":"institution.changed"' in shown
    assert str(body.id) in shown


def test_a_case_is_found_by_the_number_that_people_know(visitor: Visitor, database: Database, auditor: Viewer) -> None:
    with database.writing() as session:
        registry = an_institution(session, "Civil Registry")
        lead = a_person(session, (Role.CASE_LEAD, registry))
        case = a_case(session, registry, lead, a_call(session), CaseStatus.DECIDED, number="PF-2027-000055")
        record(session, lead, Tag.CASE_MOVED, case, words="Found by its number")
    assert "Found by its number" in events(visitor.get("/audit?object_id=pf-2027-000055"))
    page = visitor.get("/audit?object_id=PF-2027-000056")
    assert page.status == 422
    assert "No record goes by this number" in page.text


@pytest.mark.parametrize("query", ["object_id=x", "since=yesterday", "action=nothing.known", "person=ab", "chain=x"])
def test_a_search_that_cannot_be_read_says_so_beside_the_field(visitor: Visitor, query: str) -> None:
    page = visitor.get(f"/audit?{query}")
    assert page.status == 422
    assert page.error(query.split("=")[0])


def test_pages_go_back_and_forth_without_losing_the_filter(
    visitor: Visitor, database: Database, auditor: Viewer
) -> None:
    with database.writing() as session:
        for number in range(120):
            record(session, auditor, Tag.CALL_CHANGED, None, number=number)
    first = visitor.get("/audit?action=call.changed")
    seen, page = [], first
    while True:
        rows = [row for row in page.tree.iter() if row.get("id", "").startswith("event-")]
        seen += [row.get("id") for row in rows]
        older = [a.get("href") for a in page.tree.iter() if a.get("rel") == "next"]
        if not older:
            break
        assert "action=call.changed" in older[0]
        page = visitor.get(older[0])
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    newer = next(a.get("href") for a in page.tree.iter() if a.get("rel") == "prev")
    assert "number" in events(visitor.get(newer))


def test_only_auditors_read_the_trail(visitors: Visitors, database: Database) -> None:
    with database.writing() as session:
        other = a_person(session, (Role.DIRECTIVE_HEAD, an_institution(session)))
    assert visitors.of(other.person_id).get("/audit").status == 403
    assert visitors.of(other.person_id).post("/audit/export").status == 403


def test_the_page_tells_what_the_last_verification_said(visitor: Visitor, database: Database) -> None:
    assert "not verified yet" in visitor.get("/audit").main
    with database.writing() as session:
        last_check.keep(session, Verdict(events=1234), utc_now())
    assert "1,234" in visitor.get("/audit").main
    with database.writing() as session:
        last_check.keep(session, Verdict(finding=Finding(Kind.GAP, "event 3 should follow" * 30)), utc_now())
    page = visitor.get("/audit")
    assert "The trail does not hold" in page.main
    assert "gap: event 3" in page.main


def test_the_exported_trail_verifies_and_its_export_is_in_the_trail(
    visitor: Visitor, body: Institution, tmp_path: object
) -> None:
    answer = visitor.client.post(
        "/audit/export", data={"csrf_token": visitor.csrf}, headers=visitor._headers({"sec-fetch-site": "same-origin"})
    )
    assert answer.status_code == 200
    assert "trail.jsonl" in answer.headers["content-disposition"]
    path = tmp_path / "trail.jsonl"  # type: ignore[operator]
    path.write_bytes(answer.content)
    assert verify_source(FileSource(path), tmp_path, {}).finding is None  # type: ignore[arg-type]
    assert '"trail.exported"' in answer.text
    assert "Merged by decree" not in answer.text


def test_days_are_those_that_the_page_shows_where_the_clock_was_moved(
    visitor: Visitor, database: Database, auditor: Viewer
) -> None:
    """A demonstration tells of April; its events were written today."""
    with database.writing() as session:
        clock.move(session, datetime(2026, 4, 12, 15, tzinfo=UTC))
    with database.writing() as session:
        ana = a_person(session, name="Ana Souza")
        record(session, ana, Tag.INSTITUTION_CHANGED, an_institution(session, "Works"), words="Told in April")
    with database.writing() as session:
        session.delete(session.get_one(clock.InstallationFact, clock.OFFSET))
    with database.writing() as session:
        record(session, ana, Tag.INSTITUTION_CHANGED, an_institution(session, "Roads"), words="Told in its own time")
    with database.writing() as session:
        clock.move(session, datetime(2026, 4, 14, 15, tzinfo=UTC))
    today = utc_now().date()

    def shown(query: str) -> str:
        return events(visitor.get(f"/audit?action=institution.changed&{query}"))

    april, own = "Told in April", "Told in its own time"
    assert april in shown("since=2026-04-12&until=2026-04-12")
    assert own not in shown("since=2026-04-12&until=2026-04-12")
    assert april not in shown("since=2026-04-13&until=2026-05-12")
    around = f"since={today - timedelta(days=1)}&until={today + timedelta(days=1)}"
    assert own in shown(around)
    assert april not in shown(around)
