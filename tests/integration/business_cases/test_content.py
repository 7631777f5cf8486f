"""The content of a case, its digests, what is missing, and the snapshot."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from case_factories import a_call, a_case, a_submitted_case, an_action_line, an_answer
from factories import a_person, an_institution
from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.completeness import Missing, _checks, missing, register_check, standing
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.differences import difference
from portfolio.business_cases.lines.totals import case_totals
from portfolio.business_cases.models import BusinessCase, CaseAnswer
from portfolio.business_cases.snapshots import content_of, freeze, newest_snapshot, snapshots_of
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import SectionCode
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.strategy.models import Call

PACK = load_pack("eclac")
FIRST = next(iter(PACK.section("problem").questions))


@pytest.fixture
def lead(session: Session) -> Viewer:
    return a_person(session, (Role.CASE_LEAD, an_institution(session)))


@pytest.fixture
def case(session: Session, lead: Viewer) -> BusinessCase:
    return a_case(session, _home(session, lead), lead, a_call(session), title="Certificates without queues")


def _home(session: Session, lead: Viewer) -> Any:
    return session.get_one(Institution, next(iter(lead.homes)))


def test_every_section_is_in_the_content_in_the_order_of_the_form(session: Session, case: BusinessCase) -> None:
    content = read_content(session, PACK, case)
    assert list(content["sections"]) == [code.value for code in SectionCode]
    assert content["case"]["title"] == "Certificates without queues"
    json.dumps(content)


def test_an_answer_that_is_not_asked_any_more_is_not_part_of_the_content(
    session: Session, case: BusinessCase, lead: Viewer
) -> None:
    an_answer(session, case, "ai", "uses_ai", "yes", lead)
    an_answer(session, case, "ai", "decision", "It orders applications", lead)
    assert "decision" in read_content(session, PACK, case)["sections"]["ai"]["answers"]
    asked = read_content(session, PACK, case)
    row = an_answer(session, case, "problem", FIRST, "   ", lead)
    assert row.id
    assert read_content(session, PACK, case) == asked  # a blank answer is no answer
    uses = session.scalars(select(CaseAnswer).where(col(CaseAnswer.question) == "uses_ai")).one()
    uses.value = "no"
    session.flush()
    assert list(read_content(session, PACK, case)["sections"]["ai"]["answers"]) == ["uses_ai"]


def test_the_digest_of_a_snapshot_is_that_of_its_content_and_holds(
    session: Session, case: BusinessCase, lead: Viewer
) -> None:
    an_answer(session, case, "problem", FIRST, "96.000 personas esperan 74 días — «cada año»", lead)
    state = standing(session, PACK, case)
    content = read_content(session, PACK, case)
    snapshot = freeze(
        session, PACK, case, lead, library_digest="0" * 64, track=state.choice, totals=case_totals(session, PACK, case)
    )
    record(session, lead, Tag.CASE_SUBMITTED, case)
    session.commit()
    session.expire_all()
    found = newest_snapshot(session, case.id)
    assert found is not None
    assert found.digest == content_digest(content) == digest(found.content) == snapshot.digest
    assert difference(content_of(found), content) == []
    assert found.track == state.track.code.value
    assert found.track_reasons[0]["es"].startswith("La iniciativa es de tipo")
    initiative = session.get_one(Initiative, case.initiative_id)
    assert initiative.requested_minor == 0
    assert "96.000 personas" in initiative.summary
    assert "96.000 personas esperan 74 dias" in initiative.search_text


def test_a_second_snapshot_shows_what_changed(session: Session, case: BusinessCase, lead: Viewer) -> None:
    answer = an_answer(session, case, "problem", FIRST, "Before", lead)
    for text in ("Before", "After"):
        answer.value = text
        session.flush()
        state = standing(session, PACK, case)
        freeze(session, PACK, case, lead, library_digest="", track=state.choice, totals=state.totals)
    older, newer = snapshots_of(session, case.id)
    assert (older.number, newer.number) == (1, 2)
    [change] = difference(content_of(older), content_of(newer))
    assert (change.section, change.field, change.before, change.after) == ("problem", FIRST, "Before", "After")


def test_a_changed_snapshot_is_not_believed(session: Session, lead: Viewer) -> None:
    made = a_submitted_case(session, _home(session, lead), lead, a_call(session))
    snapshot = newest_snapshot(session, made.id)
    assert snapshot is not None
    snapshot.content = snapshot.content.replace("USD", "CLP")
    with pytest.raises(ValueError, match="is not what its digest says"):
        content_of(snapshot)
    session.rollback()


def test_an_action_line_is_asked_for_where_the_call_has_lines_and_strategy_is_required(
    session: Session, case: BusinessCase, lead: Viewer
) -> None:
    case.track = "full"
    assert "action_line" not in {item.field for item in missing(session, PACK, case)}
    an_action_line(session, session.get_one(Call, case.call_id), "1.1")
    asked = [item for item in missing(session, PACK, case) if item.field == "action_line"]
    assert [item.href for item in asked] == [f"/cases/{case.id}/sections/strategy#strategy-action_line"]
    an_answer(session, case, "strategy", "action_line", "1.1", lead)
    assert "action_line" not in {item.field for item in missing(session, PACK, case)}
    assert read_content(session, PACK, case)["sections"]["strategy"]["answers"] == {"action_line": "1.1"}


def test_a_check_of_another_room_counts_for_required_sections_only(session: Session, case: BusinessCase) -> None:
    def check(_session: Session, _pack: Any, state: Any) -> list[Missing]:
        return [Missing(code, "x", f"in {code}", "") for code in ("problem", "exit", "")]

    register_check("test", check)
    try:
        case.track = "self_declaration"
        found = [item.text for item in missing(session, PACK, case) if item.field == "x"]
    finally:
        del _checks["test"]
    assert found == ["in ", "in problem"]
