"""The frozen text of a case, section by section, in words: what a reviewer reads beside the criteria."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.business_cases.answers import said
from portfolio.business_cases.content_registry import table_named
from portfolio.i18n import gettext
from portfolio.packs.answers import asked_questions
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode, TrackCode


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A structured table: its title, heads, and rows of texts."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section as it was submitted; `anchor` is its place on the page."""

    code: str
    anchor: str
    title: str
    answers: Sequence[tuple[str, str]]
    tables: Sequence[ReadTable]

    @property
    def is_empty(self) -> bool:
        return not self.answers and not self.tables


def anchor_of(code: SectionCode | str) -> str:
    return f"section-{SectionCode(code).value}"


def read_sections(
    pack: CountryPack, content: Mapping[str, Any], track: str, action_lines: Mapping[str, str] | None = None
) -> list[ReadSection]:
    """Sections that the track shows, in the order of the form; `action_lines`: titles by code, of the case's call.

    Only from the frozen content: nothing is read from the case as it stands today.
    """
    currency = content["case"]["currency"]
    sections = []
    for section in pack.shown_sections(TrackCode(track)):
        part = content["sections"].get(section.code.value, {})
        given = part.get("answers", {})
        answers = [
            (str(question.label), said(question, given[question.code], currency))
            for question in asked_questions(section, given)
            if given.get(question.code)
        ]
        if section.code is SectionCode.STRATEGY and action_lines and given.get("action_line") in action_lines:
            answers.insert(0, (gettext("Action line"), action_lines[given["action_line"]]))
        tables = [
            table
            for name, lines in part.get("lines", {}).items()
            if lines and (table := _table(pack, section.code, name, lines, currency)) is not None
        ]
        if section.code is SectionCode.ATTACHMENTS and content.get("attachments"):
            tables.append(_attachments(content["attachments"]))
        sections.append(
            ReadSection(section.code.value, anchor_of(section.code), str(section.label), tuple(answers), tuple(tables))
        )
    return sections


def _table(
    pack: CountryPack, section: SectionCode, name: str, lines: Sequence[Mapping[str, Any]], currency: str
) -> ReadTable | None:
    """Columns that have words and, in some line, a value; nothing for a table that is not meant to be read so."""
    found = table_named(section, name)
    if found is None or not found.columns:
        return None
    used = [column for column in found.columns if any(line.get(column) not in (None, "", False) for line in lines)]
    return ReadTable(
        gettext(found.title),
        tuple(gettext(found.columns[column]) for column in used),
        tuple(tuple(found.show(pack, currency, column, line.get(column)) for column in used) for line in lines),
    )


def _attachments(files: Sequence[Mapping[str, Any]]) -> ReadTable:
    return ReadTable(
        gettext("Attachments"),
        (gettext("Title"), gettext("File")),
        tuple((str(one["title"] or one["name"]), str(one["name"])) for one in files),
    )
