"""The sheet as a workbook, out and back: what came back is compared row by row, and only what a person accepts is taken."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path

from portfolio.approvals.decision_sheet import Sheet, SheetRow
from portfolio.approvals.sheet_form import Typed, amount_text, choice_of, stored, understood
from portfolio.approvals.terms import DecisionChoice
from portfolio.db.money import Money
from portfolio.db.text import folded
from portfolio.documents.out_columns import About, Column, ColumnKind
from portfolio.documents.reading import Row, Table
from portfolio.documents.xlsx_out import write_xlsx
from portfolio.errors import Refused
from portfolio.i18n import LANGUAGES, language
from portfolio.i18n import gettext as _
from portfolio.labels import label

ENTERED = ("choice", "amount", "following", "reason")
"""Columns that come back; all others are only read."""
_KEYS = ("case", "mark")


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of the workbook that says something else than the sheet: field → (before, after) as texts.

    `is_stale`: the row was changed here after the workbook was written. `refused`: why it cannot be accepted at all.
    """

    case_id: uuid.UUID
    number: str
    title: str
    changes: Mapping[str, tuple[str, str]]
    typed: Typed
    mark: str
    is_stale: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A workbook against the sheet. `unknown`: rows that name no case of the sheet, by their number in the file."""

    differences: tuple[Difference, ...]
    same: int
    unknown: tuple[int, ...]


def columns(fiscal_year: int) -> list[Column]:
    """Titles in the reader's language; the last two columns recognise the row when it comes back."""
    money, year = ColumnKind.MONEY, fiscal_year
    return [
        Column("number", _("Number")),
        Column("title", _("Case")),
        Column("institution", _("Institution")),
        Column("priority", _("Institution's priority"), ColumnKind.INTEGER),
        Column("track", _("Track")),
        Column("currency", _("Currency")),
        Column("requested_this_year", _("Requested %(year)s") % {"year": year}, money),
        Column("requested", _("Requested, all years"), money),
        Column("recommended", _("Recommended, all years"), money, _("Empty: not stated")),
        Column("opinion", _("Opinion")),
        Column("last_year", _("Decided %(year)s") % {"year": year - 1}, money, _("Empty: not stated")),
        Column("executed", _("Executed %(year)s") % {"year": year - 1}, money, _("Empty: not stated")),
        Column("carry_over", _("Carry-over to %(year)s") % {"year": year}, money, _("Empty: not stated")),
        Column("state", _("State")),
        Column("choice", _("Decision"), description=_("Comes back. One of: %(words)s") % {"words": _choices()}),
        Column("amount", _("Decide %(year)s") % {"year": year}, money, _("Comes back")),
        Column("following", _("Indicative %(year)s") % {"year": year + 1}, money, _("Comes back")),
        Column("reason", _("Reason"), description=_("Comes back")),
        Column("case", _("Row key"), description=_("Recognises the row when the workbook comes back: leave it")),
        Column("mark", _("State of the row"), description=_("Tells whether the row changed meanwhile: leave it")),
    ]


def _choices() -> str:
    return ", ".join(label(choice) for choice in DecisionChoice)


def write_sheet(sheet: Sheet, path: Path, about: About) -> None:
    """Exactly the rows that the sheet shows."""
    write_xlsx(columns(sheet.call.fiscal_year), [_values(row) for row in sheet.rows], path, about)


def about_sheet(sheet: Sheet, asked_by: str, as_at: datetime, filters: Sequence[tuple[str, str]]) -> About:
    title = f"{_('Budget decision sheet')}: {sheet.call.title}"
    return About(title=title, as_at=as_at, asked_by=asked_by, filters=tuple(filters))


def _values(row: SheetRow) -> tuple[object, ...]:
    position, draft = row.position, row.position.draft
    choice = label(draft.choice) if draft is not None and draft.choice is not None else ""
    return (
        position.number,
        position.case.title,
        row.institution,
        position.case.priority,
        row.track,
        position.case.currency,
        row.requested_this_year.minor,
        row.requested.minor,
        _minor(row.recommended),
        label(position.facts.opinion) if position.facts.opinion else _("Without opinion"),
        _minor(row.last_year),
        None,
        _minor(row.carry_over),
        label(row.state),
        choice or (label(row.outcome) if row.outcome and not row.is_open else ""),
        _minor(row.this_year),
        _minor(row.following_year),
        row.reason,
        str(row.case_id),
        row.mark,
    )


def _minor(money: Money | None) -> int | None:
    return None if money is None else money.minor


def compare(table: Table, sheet: Sheet) -> Compared:
    """Which rows of a workbook say something else. Raises `Refused` for one that is not this sheet."""
    places = _places(table.header, sheet.call.fiscal_year)
    rows = {str(row.case_id): row for row in sheet.rows}
    differences, unknown, same = [], [], 0
    for line in table.rows:
        row = rows.get(line.cells[places["case"]].strip())
        if row is None:
            unknown.append(line.number)
            continue
        found = _difference(line, places, row)
        if found is None:
            same += 1
        else:
            differences.append(found)
    return Compared(tuple(differences), same, tuple(unknown))


def _places(header: Sequence[str], fiscal_year: int) -> dict[str, int]:
    """Where the columns are, by their titles in any language of the house: people move columns and add their own."""
    titles: dict[str, str] = {}
    for code in LANGUAGES:
        with language(code):
            titles |= {folded(column.title): column.name for column in columns(fiscal_year)}
    places = {titles[folded(cell)]: at for at, cell in reversed(list(enumerate(header))) if folded(cell) in titles}
    missing = [name for name in (*ENTERED, *_KEYS) if name not in places]
    if missing:
        shown = {column.name: column.title for column in columns(fiscal_year)}
        raise Refused(
            _("This is not a workbook of this sheet: it lacks %(columns)s.")
            % {"columns": ", ".join(shown[name] for name in missing)}
        )
    return places


def _difference(line: Row, places: Mapping[str, int], row: SheetRow) -> Difference | None:
    shown = stored(row)
    cell = partial(_cell, line, places)
    typed = Typed(
        choice=_choice(cell("choice")),
        amount=_amount(cell("amount"), places["amount"] in line.typed, row),
        following=_amount(cell("following"), places["following"] in line.typed, row),
        reason=cell("reason"),
    )
    if not row.is_open:
        return (
            None if _is_unchanged(typed, row) else _refused(row, typed, shown, row.closed_because or label(row.state))
        )
    changes = {
        name: (getattr(shown, name), getattr(typed, name))
        for name in ENTERED
        if getattr(shown, name) != getattr(typed, name)
    }
    if not changes:
        return None
    problems = understood(typed, row).errors
    if row.is_detailed and {"amount", "following"} & set(changes):
        problems = {**problems, "amount": _("The amounts of this case are split: change them on its page.")}
    return Difference(
        case_id=row.case_id,
        number=row.position.number,
        title=row.position.case.title,
        changes=changes,
        typed=typed,
        mark=row.mark,
        is_stale=cell("mark") != row.mark,
        refused=" ".join(problems.values()),
    )


def _cell(line: Row, places: Mapping[str, int], name: str) -> str:
    return line.cells[places[name]].strip()


def _is_unchanged(typed: Typed, row: SheetRow) -> bool:
    """Whether a row that cannot be entered still says what it said; its amounts are those decided or proposed."""
    amounts = (row.this_year, row.following_year)
    said = tuple("" if money is None else amount_text(money) for money in amounts)
    return (typed.amount, typed.following) == said and typed.reason == row.reason


def _refused(row: SheetRow, typed: Typed, shown: Typed, why: str) -> Difference:
    changes = {"amount": (shown.amount, typed.amount)}
    return Difference(row.case_id, row.position.number, row.position.case.title, changes, typed, row.mark, refused=why)


def _choice(text: str) -> str:
    """A choice in any language of the house; what is none of them stays as typed, and is refused by name."""
    if not text:
        return ""
    found = choice_of(text)
    return text[:40] if found is None else found.value


def _amount(text: str, is_typed: bool, row: SheetRow) -> str:
    """An amount as the sheet would show it. A cell that holds a number is read as one, a text as people write it."""
    if not text or not is_typed:
        return text
    try:
        return amount_text(Money.of(Decimal(text), row.position.case.currency))
    except (InvalidOperation, ValueError):
        return text
