"""What waits for whom: each role finds its own work, by date, and nobody finds what is not theirs to see."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from case_factories import a_call, a_case, a_submitted_case
from conftest import NOW
from databases import statements
from factories import a_person, an_institution
from portfolio.approvals.models import SignOff
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase, ParticipantLine
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.desk import waiting, waiting_agency, waiting_oversight  # noqa: F401  (they register the groups)
from portfolio.desk.waiting import Asking, waiting_for
from portfolio.packs.loader import load_pack
from portfolio.peer_review.models import Observation, Review
from portfolio.peer_review.terms import ObservationKind
from portfolio.people.models import Duty, Recusal
from portfolio.people.terms import DutyKind, RecusalKind, Role


def url_for(name, **parameters):
    return "/" + "/".join([name, *map(str, parameters.values())])


def found(session, viewer):
    """Group → titles, in order."""
    groups = waiting_for(Asking(session, viewer, load_pack("eclac"), NOW), url_for)
    return {group.code: [row.title for row in group.rows] for group in groups}


@pytest.fixture
def house(session):
    ministry = an_institution(session, "Salud")
    directive = an_institution(session, "Gobierno digital", code="DIG")
    budget = an_institution(session, "Hacienda", code="FIN")
    lead = a_person(session, (Role.CASE_LEAD, ministry))
    return {"ministry": ministry, "directive": directive, "budget": budget, "lead": lead, "call": a_call(session)}


def test_groups_with_something_overdue_come_first_the_longest_overdue_on_top(session, house, monkeypatch):
    def line(code, days):
        return waiting.Waiting(code, code, "desk.waiting", due=NOW + timedelta(days=days))

    lines = [line("near", 2), line("late", -3), line("late", 5), line("later", -200), waiting.Waiting("none", "n", "x")]
    groups = {code: waiting.Group(place, code) for place, code in enumerate(("near", "none", "late", "later"))}
    monkeypatch.setattr(waiting, "_groups", groups)
    monkeypatch.setattr(waiting, "_providers", [lambda _asking: lines])
    shown = waiting_for(Asking(session, house["lead"], load_pack("eclac"), NOW), url_for)
    assert [group.code for group in shown] == ["later", "late", "near", "none"]


def test_a_lead_finds_drafts_of_their_own_and_what_was_returned(session, house):
    other = a_person(session, (Role.CASE_LEAD, house["ministry"]))
    a_case(session, house["ministry"], house["lead"], house["call"], title="Mía")
    a_case(session, house["ministry"], other, house["call"], title="De otra persona")
    a_submitted_case(session, house["ministry"], house["lead"], house["call"], S.INCOMPLETE, title="Devuelta")
    assert found(session, house["lead"]) == {"returned": ["Devuelta"], "draft": ["Mía"]}


def test_a_signatory_signs_once_and_then_submits(session, house):
    cio = a_person(session, (Role.AGENCY_CIO, house["ministry"]))
    case = a_case(session, house["ministry"], house["lead"], house["call"], S.ALIGNING, title="Por firmar")
    assert found(session, cio) == {"sign_off": ["Por firmar"]}
    row = SignOff(case_id=case.id, person_id=cio.person_id, role="agency_cio", digest="0" * 64, signed_at=NOW)
    session.add(row)
    record(session, cio, Tag.CASE_SIGNED_OFF, row)
    session.flush()
    assert found(session, cio) == {"submit": ["Por firmar"]}
    row.lapsed_at = NOW
    session.flush()
    assert found(session, cio) == {"sign_off": ["Por firmar"]}


def test_with_every_sign_off_the_head_who_did_not_sign_submits(session, house):
    """Three roles of four are enough: the fourth is not asked to sign, and may submit."""
    head = a_person(session, (Role.HEAD_OF_SERVICE, house["ministry"]))
    case = a_case(session, house["ministry"], house["lead"], house["call"], S.ALIGNING, title="Firmada", track="full")
    demanded = load_pack("eclac").track("full").sign_offs
    for role in (Role.FINANCE_MANAGER, Role.DIGITAL_EXPERT, Role.AGENCY_CIO)[:demanded]:
        assert found(session, head) == {"sign_off": ["Firmada"]}
        person = a_person(session, (role, house["ministry"]))
        row = SignOff(case_id=case.id, person_id=person.person_id, role=role.value, digest="0" * 64, signed_at=NOW)
        session.add(row)
        record(session, person, Tag.CASE_SIGNED_OFF, row)
        session.flush()
    assert found(session, head) == {"submit": ["Firmada"]}


def test_the_directive_body_admits_and_the_budget_office_decides(session, house):
    analyst = a_person(session, (Role.DIRECTIVE_ANALYST, house["directive"]))
    budget = a_person(session, (Role.BUDGET_ANALYST, house["budget"]))
    for status, title in ((S.SUBMITTED, "Enviada"), (S.CHECKING, "En verificación"), (S.RECOMMENDED, "Recomendada")):
        a_submitted_case(session, house["ministry"], house["lead"], house["call"], status, title=title)
    assert found(session, analyst) == {"admit": ["Enviada"], "opinion": ["En verificación"]}
    assert found(session, budget) == {"decide": ["Recomendada"]}


def test_a_body_does_not_find_the_cases_of_its_own_house(session, house):
    analyst = a_person(session, (Role.DIRECTIVE_ANALYST, house["directive"]))
    lead = a_person(session, (Role.CASE_LEAD, house["directive"]))
    a_submitted_case(session, house["directive"], lead, house["call"], S.SUBMITTED, title="De la casa")
    assert "admit" not in found(session, analyst)


def test_a_recused_person_finds_nothing(session, house):
    analyst = a_person(session, (Role.DIRECTIVE_ANALYST, house["directive"]))
    case = a_submitted_case(session, house["ministry"], house["lead"], house["call"], S.SUBMITTED, title="Enviada")
    session.add(Recusal(person_id=analyst.person_id, subject_id=case.id, kind=RecusalKind.DECLARED))
    record(session, analyst, Tag.CONFLICT_DECLARED, case)
    session.flush()
    assert found(session, analyst) == {}


def test_a_reviewer_finds_reviews_by_their_date_with_working_days_left(session, house):
    reviewer = a_person(session, (Role.REVIEWER, house["budget"]))
    for title, days in (("Después", 20), ("Antes", -3)):
        case = a_submitted_case(session, house["ministry"], house["lead"], house["call"], S.IN_REVIEW, title=title)
        review = Review(
            case_id=case.id,
            snapshot_id=newest_snapshot(session, case.id).id,
            reviewer_id=reviewer.person_id,
            institution_id=house["budget"].id,
            assigned_at=NOW,
            assigned_by_id=house["lead"].person_id,
            due_at=NOW + timedelta(days=days),
        )
        session.add_all(
            [review, Duty(person_id=reviewer.person_id, subject_id=case.id, kind=DutyKind.REVIEWER, began_at=NOW)]
        )
        record(session, reviewer, Tag.REVIEWER_ASSIGNED, case)
    session.flush()
    groups = waiting_for(Asking(session, reviewer, load_pack("eclac"), NOW), url_for)
    assert [(g.code, [(r.title, r.tone) for r in g.rows]) for g in groups] == [
        ("review", [("Antes", "bad"), ("Después", "active")])
    ]
    assert "late" in groups[0].rows[0].left


def test_an_open_observation_waits_for_the_institution_once_a_case(session, house):
    case = a_submitted_case(session, house["ministry"], house["lead"], house["call"], S.CHECKING, title="Observada")
    for days in (9, 2):
        session.add(
            Observation(
                case_id=case.id,
                snapshot_id=newest_snapshot(session, case.id).id,
                section="problem",
                kind=ObservationKind.QUESTION,
                text="¿Cuántas personas?",
                made_by_id=house["lead"].person_id,
                made_at=NOW,
                due_at=NOW + timedelta(days=days),
            )
        )
    record(session, house["lead"], Tag.OBSERVATION_MADE, case)
    session.flush()
    groups = waiting_for(Asking(session, house["lead"], load_pack("eclac"), NOW), url_for)
    assert [(g.code, len(g.rows), g.rows[0].due) for g in groups] == [("observation", 1, "Aug 5, 2026")]


def test_the_first_page_of_somebody_without_work_says_so(database, visitors):
    with database.writing() as session:
        person = a_person(session, (Role.AUDITOR, an_institution(session)))
    page = visitors.of(person.person_id).get("/")
    assert page.status == 200
    assert "Nothing waits for you" in page.main


def test_however_many_institutions_have_cases_the_page_asks_as_often(database, visitors):
    """One with cases of forty institutions is told as quickly as one with cases of two."""
    with database.writing() as session:
        directive, call = an_institution(session, "Gobierno digital", code="DIG"), a_call(session)
        analyst = a_person(session, (Role.DIRECTIVE_ANALYST, directive))

    def submitted(number, partner=None):
        with database.writing() as session:
            ministry = an_institution(session, f"Ministerio {number}")
            lead = a_person(session, (Role.CASE_LEAD, ministry))
            case = a_submitted_case(session, ministry, lead, call, title=f"Caso {number}")
            if partner is not None:
                session.add(ParticipantLine(case_id=case.id, position=1, institution_id=partner))
            return ministry.id

    def asked(cases):
        with statements(database) as found:
            page = visitors.of(analyst.person_id).get("/")
        assert all(f"Caso {number}" in page.text for number in range(1, cases + 1))
        return len(found)

    visitors.of(analyst.person_id).get("/")
    first = submitted(1)
    unknown = submitted(2, partner=first)
    with database.writing() as session:  # one that somebody began to name
        case = session.scalars(select(BusinessCase).where(col(BusinessCase.institution_id) == unknown)).one()
        session.add(ParticipantLine(case_id=case.id, position=2))
    before = asked(2)
    for number in range(3, 9):
        submitted(number, partner=first if number % 2 else None)
    assert asked(8) == before
