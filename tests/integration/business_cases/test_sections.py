"""Writing a section: by field, whole, two at once, locked, and with what nobody should send."""

import threading
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase, CaseAnswer, CaseRevision
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.engine import Database
from portfolio.packs.loader import load_pack
from portfolio.people.models import Duty
from portfolio.people.viewer import SYSTEM
from visitors import Page, Visitor

from .conftest import Scene

QUESTIONS = list(load_pack("eclac").section("problem").questions.values())
FIRST, SECOND = f"problem.{QUESTIONS[0].code}", f"problem.{QUESTIONS[1].code}"


def autosave(visitor: Visitor, scene: Scene, field: str, value: str, version: int | str) -> Any:
    data = {"csrf_token": visitor.csrf, "field": field, "value": value, "version": str(version)}
    return visitor.client.post(
        scene.at("answers"),
        data=data,
        headers={"cookie": visitor._headers(None)["cookie"], "sec-fetch-site": "same-origin"},
    )


def stored(database: Database, scene: Scene) -> dict[str, str]:
    with database.reading() as session:
        rows = session.scalars(select(CaseAnswer).where(col(CaseAnswer.case_id) == scene.case.id))
        return {f"{row.section}.{row.question}": row.value for row in rows}


def set_status(database: Database, scene: Scene, status: CaseStatus, *open_sections: str) -> None:
    with database.writing() as session:
        case = session.get_one(BusinessCase, scene.case.id)
        case.status, case.open_sections = status, list(open_sections)
        record(session, SYSTEM, Tag.CASE_MOVED, case)


def whole_form(page: Page) -> dict[str, str]:
    """Every field of the section's form as the page shows it."""
    form = page.by_id("answers")
    data: dict[str, str] = {}
    for element in form.iter():
        kind = element.get("type")
        name = element.get("name")
        if not name or element.tag.endswith("button"):
            continue
        if element.tag.endswith("textarea"):
            data[name] = (element.text or "").removeprefix("\n")
        elif kind != "radio" or element.get("checked") is not None:
            data[name] = element.get("value") or ""
    return data


def test_a_field_is_saved_while_it_is_written_and_its_version_goes_up(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    first = autosave(visitor, scene, FIRST, "96,000 people wait", 0)
    assert first.status_code == 200
    assert first.json()["version"] == "1"
    assert len(first.json()["saved_at"]) == 5
    assert autosave(visitor, scene, FIRST, "96,000 people wait 74 days", 1).json()["version"] == "2"
    assert stored(database, scene) == {FIRST: "96,000 people wait 74 days"}
    page = visitor.get(scene.at("sections/problem"))
    assert page.value(FIRST) == "\n96,000 people wait 74 days" or page.value(FIRST) == "96,000 people wait 74 days"


def test_the_same_text_again_is_no_new_version_and_no_revision(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    autosave(visitor, scene, FIRST, "Same", 0)
    assert autosave(visitor, scene, FIRST, "Same", 0).json()["version"] == "1"
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CaseRevision)) == 1


def test_a_colleague_s_text_is_never_overwritten_unseen(scene: Scene, database: Database) -> None:
    mine, theirs = scene.visitor, scene.visitors.of(scene.colleague.person_id)
    autosave(theirs, scene, FIRST, "What Luis wrote", 0)
    answer = autosave(mine, scene, FIRST, "What Ana wrote", 0)
    assert answer.status_code == 409
    assert "What Luis wrote" in answer.text
    assert "What Ana wrote" in answer.text
    assert "Luis Pérez" in answer.text
    assert 'data-version="1"' in answer.text
    assert stored(database, scene) == {FIRST: "What Luis wrote"}
    assert autosave(mine, scene, FIRST, "Both", 1).status_code == 200


def test_two_people_in_two_fields_of_a_section_do_not_meet(scene: Scene, database: Database) -> None:
    mine, theirs = scene.visitor, scene.visitors.of(scene.colleague.person_id)
    shown = whole_form(mine.get(scene.at("sections/problem")))
    autosave(theirs, scene, SECOND, "Luis's field", 0)
    answer = mine.post(scene.at("sections/problem"), {**shown, FIRST: "Ana's field"})
    assert answer.status == 303, answer.main
    assert stored(database, scene) == {FIRST: "Ana's field", SECOND: "Luis's field"}


def test_a_whole_form_shows_both_texts_saves_the_rest_and_keeps_what_was_typed(
    scene: Scene, database: Database
) -> None:
    mine, theirs = scene.visitor, scene.visitors.of(scene.colleague.person_id)
    shown = whole_form(mine.get(scene.at("sections/problem")))
    autosave(theirs, scene, FIRST, "What Luis wrote", 0)
    answer = mine.post(scene.at("sections/problem"), {**shown, FIRST: "What Ana wrote", SECOND: "Untouched by Luis"})
    assert answer.status == 409
    assert "What Luis wrote" in answer.main
    assert (answer.value(FIRST) or "").strip() == "What Ana wrote"
    assert stored(database, scene) == {FIRST: "What Luis wrote", SECOND: "Untouched by Luis"}
    again = mine.post(scene.at("sections/problem"), whole_form(answer))
    assert again.status == 303
    assert stored(database, scene)[FIRST] == "What Ana wrote"


def test_two_saves_at_the_same_instant_have_one_winner_and_one_who_is_told(scene: Scene, database: Database) -> None:
    visitors = [scene.visitor, scene.visitors.of(scene.colleague.person_id)]
    answers: list[int] = []
    gate = threading.Barrier(2)

    def save(visitor: Visitor, text: str) -> None:
        gate.wait()
        answers.append(autosave(visitor, scene, FIRST, text, 0).status_code)

    threads = [threading.Thread(target=save, args=(v, f"text {i}")) for i, v in enumerate(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409]
    assert next(iter(stored(database, scene).values())).startswith("text ")


def test_a_bad_value_comes_back_beside_its_field_and_the_others_are_saved(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    limit = QUESTIONS[0].max_length
    answer = visitor.post(
        scene.at("sections/problem"),
        {FIRST: "x" * (limit + 3), f"version.{FIRST}": "v:0", SECOND: "Fine", f"version.{SECOND}": "v:0"},
    )
    assert answer.status == 422
    assert answer.error(FIRST.replace(".", "-")).startswith("3 characters too many")
    assert (answer.value(FIRST) or "").strip() == "x" * (limit + 3)
    assert stored(database, scene) == {SECOND: "Fine"}
    refused = autosave(visitor, scene, FIRST, "x" * (limit + 1), 0)
    assert refused.status_code == 422
    assert refused.json()["error"].startswith("1 character too many")


def test_a_yes_brings_up_its_question_and_the_page_says_so(scene: Scene) -> None:
    visitor = scene.visitor
    before = visitor.get(scene.at("sections/ai"))
    assert "hidden" in next(e for e in before.tree.iter() if e.get("data-asked-when-field") == "ai.uses_ai").attrib
    answer = visitor.post(scene.at("sections/ai"), {**whole_form(before), "ai.uses_ai": "yes", "then": "next"})
    page = visitor.follow(answer)
    assert "further questions" in page.text
    assert "hidden" not in next(e for e in page.tree.iter() if e.get("data-asked-when-field") == "ai.uses_ai").attrib


def test_save_and_continue_leads_where_the_button_says(scene: Scene) -> None:
    visitor = scene.visitor
    page = visitor.get(scene.at("sections/problem"))
    button = next(e for e in page.tree.iter() if e.get("name") == "then" and e.get("value") == "next")
    assert button.get("aria-describedby") == "onward"
    assert "“Costs”" in (page.by_id("onward").text or "")
    answer = visitor.post(scene.at("sections/problem"), {**whole_form(page), FIRST: "T", "then": "next"})
    assert answer.location.split("?")[0] == scene.at("sections/costs")


def test_without_script_the_page_says_that_a_table_has_its_own_button(scene: Scene) -> None:
    assert "saved by the button of that part" in scene.visitor.get(scene.at("sections/costs")).text
    assert "saved by the button of that part" not in scene.visitor.get(scene.at("sections/problem")).text


@pytest.mark.parametrize("status", [CaseStatus.ALIGNING, CaseStatus.SUBMITTED, CaseStatus.DECIDED])
def test_a_locked_case_is_read_only_with_its_reason(scene: Scene, database: Database, status: CaseStatus) -> None:
    autosave(scene.visitor, scene, FIRST, "Written before", 0)
    set_status(database, scene, status)
    page = scene.visitor.get(scene.at("sections/problem"))
    assert page.by_id("answers") is None
    assert "Written before" in page.main
    refused = autosave(scene.visitor, scene, FIRST, "Too late", 1)
    assert refused.status_code == 422
    assert refused.json()["error"]
    kept = scene.visitor.post(scene.at("sections/problem"), {FIRST: "Too late", f"version.{FIRST}": "v:1"})
    assert kept.status == 409
    assert "Too late" in kept.main
    assert stored(database, scene) == {FIRST: "Written before"}


def test_a_return_opens_the_named_sections_only(scene: Scene, database: Database) -> None:
    set_status(database, scene, CaseStatus.INCOMPLETE, "problem")
    assert autosave(scene.visitor, scene, FIRST, "Corrected", 0).status_code == 200
    other = autosave(scene.visitor, scene, "exit.plan", "Not opened", 0)
    assert other.status_code == 422
    assert scene.visitor.get(scene.at("sections/costs")).by_id("answers") is None


def test_another_institution_finds_nothing(scene: Scene) -> None:
    stranger = scene.visitors.of(scene.stranger.person_id)
    for page in ("formulation", "sections/problem", "head", f"history/{FIRST}"):
        assert stranger.get(scene.at(page)).status == 404
    assert autosave(stranger, scene, FIRST, "Intruder", 0).status_code == 404
    assert str(scene.case.id) not in stranger.get("/cases").text


@pytest.mark.parametrize(
    ("field", "value", "version"),
    [
        (FIRST, "a\x00b", "0"),
        (FIRST, "x" * 1_000_000, "0"),
        ("problem", "x", "0"),
        ("problem.nothing", "x", "0"),
        ("nothing.nothing", "x", "0"),
        ("x" * 5000, "x", "0"),
        (FIRST, "x", "-1"),
        (FIRST, "x", "999999999999999999999"),
        (FIRST, "x", "one"),
        ("", "", ""),
    ],
)
def test_hostile_input_is_refused_alike_and_never_breaks(
    scene: Scene, database: Database, field: str, value: str, version: str
) -> None:
    assert autosave(scene.visitor, scene, field, value, version).status_code in (400, 409, 413, 422)
    assert stored(database, scene) == {}


def test_lone_surrogates_and_unreadable_bytes_are_refused(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    headers = {
        "cookie": visitor._headers(None)["cookie"],
        "sec-fetch-site": "same-origin",
        "content-type": "application/x-www-form-urlencoded",
    }
    for raw in (b"%ED%A0%80", b"\xff\xfe"):
        body = f"csrf_token={visitor.csrf}&version=0&field={FIRST}&value=".encode() + raw
        answer = visitor.client.post(scene.at("answers"), content=body, headers=headers)
        assert answer.status_code < 500
    assert not any("\ud800" in text for text in stored(database, scene).values())


def test_markup_of_a_user_is_shown_as_text(scene: Scene) -> None:
    autosave(scene.visitor, scene, FIRST, "</textarea><script>alert(1)</script>", 0)
    assert "<script>alert" not in scene.visitor.get(scene.at("sections/problem")).text
    assert "<script>alert" not in scene.visitor.get(scene.at(f"history/{FIRST}")).text


def test_the_trail_hears_of_a_section_once_and_every_save_is_kept(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    for version, text in enumerate(("one", "two", "three")):
        autosave(visitor, scene, FIRST, text, version)
    with database.reading() as session:
        edits = select(func.count()).where(
            col(AuditEvent.action) == Tag.CASE_EDITED.value, col(AuditEvent.object_id) == scene.case.id
        )
        assert session.scalar(edits) in (1, 2)  # two when a stretch of ten minutes ended meanwhile
        assert session.scalar(select(func.count()).select_from(CaseRevision)) == 3
    page = visitor.get(scene.at(f"history/{FIRST}"))
    assert all(text in page.main for text in ("one", "two", "three"))


def test_whoever_edits_becomes_an_author_once(scene: Scene, database: Database) -> None:
    colleague = scene.visitors.of(scene.colleague.person_id)
    for version, text in enumerate(("one", "two")):
        autosave(colleague, scene, FIRST, text, version)
    with database.reading() as session:
        people = session.scalars(select(col(Duty.person_id)).where(col(Duty.subject_id) == scene.case.id)).all()
    assert sorted(people, key=str) == sorted([scene.lead.person_id, scene.colleague.person_id], key=str)


def test_an_earlier_text_can_be_brought_back(scene: Scene, database: Database) -> None:
    visitor = scene.visitor
    autosave(visitor, scene, FIRST, "The good one", 0)
    autosave(visitor, scene, FIRST, "The bad one", 1)
    answer = visitor.post(scene.at("sections/problem"), {FIRST: "The good one", f"version.{FIRST}": "v:2"})
    assert answer.status == 303
    assert stored(database, scene) == {FIRST: "The good one"}


def test_a_section_that_the_track_hides_and_one_that_does_not_exist(scene: Scene) -> None:
    assert scene.visitor.get(scene.at("sections/nothing")).status == 404
    assert scene.visitor.get(f"/cases/{uuid.uuid4()}/sections/problem").status == 404


def test_the_task_list_says_what_is_missing_with_a_way_to_each_field(scene: Scene) -> None:
    page = scene.visitor.get(scene.at("formulation"))
    links = [e.get("href") for e in page.by_id("missing").iter() if e.get("href")]
    assert f"{scene.at('sections/problem')}#{FIRST.replace('.', '-')}" in links
    target = scene.visitor.get(scene.at("sections/problem"))
    assert target.by_id(FIRST.replace(".", "-")) is not None
    autosave(scene.visitor, scene, FIRST, "Now it is there", 0)
    later = scene.visitor.get(scene.at("formulation"))
    assert f"{scene.at('sections/problem')}#{FIRST.replace('.', '-')}" not in later.text
