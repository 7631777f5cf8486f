"""The difference between two contents: complete, empty for equals, and readable field by field."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from case_factories import a_content
from portfolio.business_cases.content import content_digest, section_digest
from portfolio.business_cases.differences import ATTACHMENTS, HEAD, Change, difference

texts = st.text(max_size=6)
values = st.one_of(texts, st.integers(-5, 5), st.none(), st.booleans())
answers = st.dictionaries(st.sampled_from(["who", "what", "why"]), texts.filter(bool), max_size=3)
lines = st.lists(
    st.tuples(st.sampled_from("abcde"), st.fixed_dictionaries({"title": texts, "amount": values})),
    max_size=4,
    unique_by=lambda pair: pair[0],
).map(lambda pairs: [{"id": key, **line} for key, line in pairs])


@st.composite
def contents(draw: Any) -> dict[str, Any]:
    content = a_content(draw(texts), problem={"answers": draw(answers)}, costs={"answers": draw(answers)})
    content["sections"]["costs"]["lines"]["costs"] = draw(lines)
    content["sections"]["risks"]["lines"]["risks"] = draw(lines)
    content["case"]["priority"] = draw(st.one_of(st.none(), st.integers(1, 9)))
    content[ATTACHMENTS] = [
        {"id": key, "name": name} for key, name in draw(st.dictionaries(st.sampled_from("xyz"), texts)).items()
    ]
    return content


def _rows(content: dict[str, Any], change: Change) -> list[dict[str, Any]]:
    if change.table == ATTACHMENTS:
        rows: list[dict[str, Any]] = content[ATTACHMENTS]
        return rows
    found: list[dict[str, Any]] = content["sections"][change.section]["lines"].setdefault(change.table, [])
    return found


def _apply(older: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The older content with the changes made in it."""
    made = copy.deepcopy(older)
    for change in changes:
        if not change.table:
            place = made["case"] if change.section == HEAD else made["sections"][change.section]["answers"]
            place[change.field] = change.after
            if change.after is None and change.section != HEAD:
                del place[change.field]
            continue
        rows = _rows(made, change)
        if change.is_new_line:
            rows.append(dict(change.after))
        elif change.is_removed_line:
            rows[:] = [row for row in rows if row["id"] != change.line]
        else:
            next(row for row in rows if row["id"] == change.line)[change.field] = change.after
    return made


def _unordered(content: dict[str, Any]) -> dict[str, Any]:
    plain = copy.deepcopy(content)
    plain[ATTACHMENTS].sort(key=lambda row: row["id"])
    for section in plain["sections"].values():
        section["lines"] = {
            name: sorted(rows, key=lambda row: row["id"]) for name, rows in section["lines"].items() if rows
        }
    return plain


@settings(max_examples=60, deadline=None)
@given(contents(), contents())
def test_the_changes_lead_from_the_older_content_to_the_newer(older: dict[str, Any], newer: dict[str, Any]) -> None:
    assert _unordered(_apply(older, difference(older, newer))) == _unordered(newer)


@settings(max_examples=30, deadline=None)
@given(contents())
def test_equal_contents_have_no_difference_and_one_digest(content: dict[str, Any]) -> None:
    again = copy.deepcopy(content)
    assert difference(content, again) == []
    assert content_digest(content) == content_digest(again)


@settings(max_examples=40, deadline=None)
@given(contents(), contents())
def test_a_difference_shows_in_the_digest(older: dict[str, Any], newer: dict[str, Any]) -> None:
    if difference(older, newer):
        assert content_digest(older) != content_digest(newer)


def test_a_moved_line_is_no_change_of_any_field() -> None:
    older, newer = a_content(), a_content()
    older["sections"]["risks"]["lines"]["risks"] = [{"id": "a", "event": "Late"}, {"id": "b", "event": "Dear"}]
    newer["sections"]["risks"]["lines"]["risks"] = list(reversed(older["sections"]["risks"]["lines"]["risks"]))
    assert difference(older, newer) == []


def test_a_renamed_institution_is_not_a_change_of_the_case() -> None:
    older, newer = a_content(), a_content()
    newer["case"]["institution"] = {**older["case"]["institution"], "name": "Another name"}
    assert difference(older, newer) == []


def test_changes_come_in_the_order_of_the_form() -> None:
    older = a_content("Old", problem={"answers": {"who": "Nobody"}})
    newer = a_content("New", problem={"answers": {"who": "Everybody"}}, exit={"answers": {"plan": "None"}})
    assert [(change.section, change.field, change.before, change.after) for change in difference(older, newer)] == [
        ("case", "title", "Old", "New"),
        ("problem", "who", "Nobody", "Everybody"),
        ("exit", "plan", None, "None"),
    ]


def test_a_section_s_digest_holds_while_other_sections_and_the_priority_change() -> None:
    older, newer = a_content(), a_content(costs={"answers": {"basis": "Quotations"}})
    newer["case"]["priority"] = 3
    assert section_digest(older, "problem") == section_digest(newer, "problem")
    assert section_digest(older, "costs") != section_digest(newer, "costs")


def test_a_section_s_digest_lapses_when_the_kind_or_the_files_change() -> None:
    older, newer, filed = a_content(), a_content(), a_content()
    newer["case"]["kind"] = "pilot"
    filed["attachments"] = [{"id": "x", "sha256": "0" * 64}]
    assert section_digest(older, "problem") != section_digest(newer, "problem")
    assert section_digest(older, "attachments") != section_digest(filed, "attachments")
    assert section_digest(older, "problem") == section_digest(filed, "problem")
