"""Differences as people read them."""

from case_factories import a_content
from portfolio.business_cases.change_words import ChangeKind, described
from portfolio.business_cases.differences import difference
from portfolio.i18n import language
from portfolio.packs.loader import load_pack

PACK = load_pack("eclac")
QUESTION = next(iter(PACK.section("problem").questions.values()))


def test_a_change_says_where_and_both_texts() -> None:
    older = a_content("Old title", problem={"answers": {QUESTION.code: "Before"}}, ai={"answers": {"uses_ai": "no"}})
    newer = a_content("New title", problem={"answers": {QUESTION.code: "After"}}, ai={"answers": {"uses_ai": "yes"}})
    newer["case"]["kind"] = "pilot"
    shown = described(PACK, "USD", difference(older, newer))
    assert [(change.before, change.after, change.kind) for change in shown] == [
        ("Old title", "New title", ChangeKind.CHANGED),
        ("New", "Pilot", ChangeKind.CHANGED),
        ("Before", "After", ChangeKind.CHANGED),
        ("No", "Yes", ChangeKind.CHANGED),
    ]
    assert shown[2].place == f"{PACK.section('problem').label} · {QUESTION.label}"
    with language("es"):
        assert described(PACK, "USD", difference(older, newer))[1].after == "Piloto"


def test_files_and_answers_that_come_and_go() -> None:
    older, newer = a_content(problem={"answers": {QUESTION.code: "Here"}}), a_content()
    newer["attachments"] = [{"id": "x", "name": "a.csv", "title": "Quotations"}]
    gone, came = described(PACK, "USD", difference(older, newer))
    assert (gone.before, gone.after, gone.kind) == ("Here", "", ChangeKind.REMOVED)
    assert (came.before, came.after, came.kind) == ("", "Quotations", ChangeKind.ADDED)


def test_a_question_of_an_older_pack_is_not_lost() -> None:
    newer = a_content(
        problem={"answers": {"gone_since": "Text", "other": "x"}}, strategy={"answers": {"action_line": "1.1"}}
    )
    assert [change.after for change in described(PACK, "USD", difference(a_content(), newer))] == ["Text", "x", "1.1"]
