"""The trail's page says what each act was about in words: a kind, a name that the reader may see, its page."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from case_factories import a_call, a_case
from factories import a_person, an_institution
from health_stage import a_health_stage, with_risk
from portfolio.audit.queries import EventFilter, search_events
from portfolio.audit.subjects import KINDS, details_of_events, subjects_of
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.models import Verdict
from portfolio.checks.terms import CheckResult
from portfolio.db.base import utc_now
from portfolio.db.clock import now
from portfolio.db.engine import Database
from portfolio.i18n import language
from portfolio.identity.models import Account
from portfolio.labels import label
from portfolio.monitoring.rating_words import period_words
from portfolio.packs.loader import load_pack
from portfolio.people.models import Recusal
from portfolio.people.terms import RecusalKind, Role
from portfolio.people.viewer import Viewer
from portfolio.risk.register import Point, assess
from portfolio.risk.terms import Stance
from portfolio.tables import metadata
from return_stage import a_return_stage, due, signed
from visitors import Visitors


class Trail:
    """An auditor, a case with an edit and a standards finding, and an account whose password changed."""

    def __init__(self, database: Database) -> None:
        with database.writing() as session:
            here = an_institution(session, "Ministry of Works")
            self.auditor = a_person(session, (Role.AUDITOR, an_institution(session)), name="Olga Auditor")
            lead = a_person(session, (Role.CASE_LEAD, here), name="Lena Lead")
            self.case = a_case(session, here, lead, a_call(session), CaseStatus.CHECKING, title="Land registry")
            record(session, lead, Tag.CASE_EDITED, self.case, section="costs")
            account = Account(person_id=lead.person_id)
            session.add(account)
            session.flush()
            self.account_id = account.id
            record(session, lead, Tag.PASSWORD_CHANGED, account)


@pytest.fixture
def trail(database: Database) -> Trail:
    return Trail(database)


def events(visitors: Visitors, viewer: Viewer) -> str:
    page = visitors.of(viewer.person_id).get("/audit")
    assert page.status == 200
    found = page.by_id("events-table") or page.by_id("events")
    for hidden in [each for each in found.iter() if str(each.tag).endswith("details")]:
        hidden.clear()
    return " ".join("".join(found.itertext()).split())


def test_a_case_goes_by_its_title_and_links_to_its_sheet(visitors: Visitors, trail: Trail) -> None:
    page = visitors.of(trail.auditor.person_id).get("/audit")
    links = [a.get("href") for a in page.by_id("events").iter() if a.get("href")]
    assert f"/cases/{trail.case.id}" in links
    assert "Case Land registry" in events(visitors, trail.auditor)


def test_an_account_goes_by_the_name_of_its_person_and_no_identifier_is_shown(visitors: Visitors, trail: Trail) -> None:
    shown = events(visitors, trail.auditor)
    assert "Account Lena Lead" in shown
    assert str(trail.account_id) not in shown
    assert str(trail.case.id) not in shown


def test_the_sections_of_an_edit_are_named_by_their_titles(visitors: Visitors, trail: Trail) -> None:
    assert "Section: Costs" in events(visitors, trail.auditor)


def test_a_case_from_which_the_auditor_is_recused_has_no_name_there(
    visitors: Visitors, database: Database, trail: Trail
) -> None:
    with database.writing() as session:
        session.add(
            Recusal(
                person_id=trail.auditor.person_id,
                subject_id=trail.case.id,
                kind=RecusalKind.DECLARED,
                reason="family",
                at=utc_now(),
            )
        )
        record(session, trail.auditor, Tag.CONFLICT_DECLARED, session.get_one(BusinessCase, trail.case.id))
    shown = events(visitors, trail.auditor)
    assert "Land registry" not in shown
    assert f"Case {trail.case.id.hex[-8:]}" in shown


def test_the_kinds_are_those_of_tables_that_exist() -> None:
    assert set(KINDS) <= set(metadata.tables)


def test_a_record_without_a_name_of_its_own_goes_by_its_case(database: Database, trail: Trail) -> None:
    with database.writing() as session:
        case = session.get_one(BusinessCase, trail.case.id)
        snapshot = Snapshot(
            case_id=case.id,
            number=1,
            content="{}",
            digest="d" * 64,
            pack_code="eclac",
            pack_version="2026.1",
            pack_digest="p" * 64,
            track="full",
            submitted_at=utc_now(),
            submitted_by_id=trail.auditor.person_id,
        )
        session.add(snapshot)
        session.flush()
        verdict = Verdict(
            case_id=case.id,
            snapshot_id=snapshot.id,
            standard="T01",
            result=CheckResult.MET,
            evidence="E",
            given_by_id=trail.auditor.person_id,
            given_at=utc_now(),
        )
        session.add(verdict)
        session.flush()
        record(session, trail.auditor, Tag.CHECK_VERDICT_GIVEN, verdict, case=case.id, standard="T01", result="met")
    with database.reading() as session, language("en"):
        found = search_events(session, EventFilter(action=Tag.CHECK_VERDICT_GIVEN), "").rows
        (subject,) = subjects_of(session, trail.auditor, found, lambda name, **given: name).values()
        (said,) = details_of_events(session, load_pack("eclac"), found).values()
    assert (subject.kind, subject.name, subject.href) == ("Finding", "Land registry", "desk.case")
    assert subject.reference == verdict.id.hex[-8:]
    assert said == "Standard T01. Met"


def test_records_of_delivery_go_by_their_names_and_have_their_pages(session: Session) -> None:
    stage = a_return_stage(session)
    row = due(stage, stage.clock(2027, 1, 5))
    signed(stage, row)
    auditor = a_person(session, (Role.AUDITOR, an_institution(session)))
    session.commit()
    found = search_events(session, EventFilter(action=Tag.RETURN_SIGNED), "").rows
    (subject,) = subjects_of(session, auditor, found, lambda name, **given: f"{name} {given}").values()
    period = period_words(row.period_on)
    assert subject.name.startswith(f"{period} · ")
    assert subject.href == f"returns.return {{'return_id': {row.id!r}}}"
    assert details_of_events(session, stage.pack, found)[found[0].id] == f"Period: {period}"


def test_a_rating_of_a_risk_says_what_it_was_before(session: Session) -> None:
    stage = a_health_stage(session)
    risk = with_risk(session, stage)
    session.info["now"] = now(session) + timedelta(days=1)
    assess(session, stage.lead, stage.pack, stage.project, risk, Stance.RESIDUAL, Point(1, 1), "The supplier delivered")
    session.commit()
    found = search_events(session, EventFilter(action=Tag.RISK_ASSESSED), "").rows
    said = details_of_events(session, stage.pack, found)
    (subject,) = {one.kind for one in subjects_of(session, stage.auditor, found, lambda name, **given: name).values()}
    assert subject == "Assessment of a risk"
    assert any("Residual: from «" in words and "» to «" in words for words in said.values())


def test_kinds_of_acts_are_told_apart() -> None:
    words = [label(tag) for tag in Tag]
    assert len(words) == len(set(words))
