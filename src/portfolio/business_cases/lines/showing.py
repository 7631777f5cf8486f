"""Lines of a frozen content as tables to read: for reviewers, the snapshot's page, and letters. No database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portfolio.business_cases.lines.columns import Cell, Kind, LineSpec, cells_of
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.specs import SPECS
from portfolio.business_cases.lines.values import amount_text, shown
from portfolio.db.money import minor_digits
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode

Content = Mapping[str, Any]
ContentLine = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReadHead:
    """A column: its words, and whether it holds amounts."""

    label: str
    is_amount: bool


@dataclass(frozen=True, slots=True)
class ReadTable:
    """`rows`: texts in the order of `heads`, "" for what is not stated. `foot`: totals, empty when nothing is added up."""

    name: str
    title: str
    heads: tuple[ReadHead, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.rows


def read_tables(pack: CountryPack, content: Content, section: SectionCode | str) -> list[ReadTable]:
    """The tables of one section of a content, those without lines left out, in the order of their declaration."""
    code = SectionCode(section)
    tables = [read_table(pack, content, spec) for spec in SPECS.values() if spec.section is code]
    return [table for table in tables if not table.is_empty]


def read_table(pack: CountryPack, content: Content, spec: LineSpec) -> ReadTable:
    """One table. A content of an older version may lack it, or columns of it: they are empty then."""
    lines: Sequence[ContentLine] = content["sections"].get(spec.section.value, {}).get("lines", {}).get(spec.name, [])
    years = sorted({int(year) for line in lines for year in line.get("amounts") or {}})
    context = LineContext(pack=pack, currency=content["case"]["currency"], years=tuple(years))
    cells = [cell for cell in cells_of(spec, context) if not _is_empty_column(cell, lines)]
    heads = [ReadHead(cell.label, cell.is_amount) for cell in cells]
    rows = [tuple(_text(cell, line, context) for cell in cells) for line in lines]
    if years:
        heads.append(ReadHead(_("Total in %(currency)s, tax included") % {"currency": context.currency}, True))
        rows = [(*row, _amount(sum(_counted(line).values()), context)) for row, line in zip(rows, lines, strict=True)]
    return ReadTable(spec.name, _(spec.title), tuple(heads), tuple(rows), _foot(cells, lines, context))


def read_value(spec: LineSpec, pack: CountryPack, currency: str, name: str, value: Any) -> str:
    """One value of a content as it is read, for differences between two versions."""
    context = LineContext(pack=pack, currency=currency, years=())
    column = spec.column(name)
    if column.kind is Kind.YEARS:
        pairs = [f"{year}: {_amount(int(minor), context)}" for year, minor in sorted((value or {}).items())]
        return "; ".join(pairs)
    return _shown(Cell(column, name, ""), value, context, "", "")


def _is_empty_column(cell: Cell, lines: Sequence[ContentLine]) -> bool:
    """Notes that nobody wrote, units where all amounts are in the currency: they would only take room."""
    if cell.column.needed or cell.year is not None:
        return False
    return all(line.get(cell.column.name) in (None, "") for line in lines)


def _text(cell: Cell, line: ContentLine, context: LineContext) -> str:
    if cell.year is not None:
        value = (line.get("amounts") or {}).get(str(cell.year))
        return "" if value is None else amount_text(int(value), context.places(line.get("unit") or ""))
    return _shown(cell, line.get(cell.column.name), context, line.get("unit") or "", line.get("institution") or "")


def _shown(cell: Cell, value: Any, context: LineContext, unit: str, institution: str) -> str:
    if cell.column.kind is Kind.DATE and value:
        value = date.fromisoformat(value)
    if cell.column.kind is Kind.INSTITUTION:
        return institution or str(value or "")
    return shown(cell, value, context, unit)


def _counted(line: ContentLine) -> Mapping[str, int]:
    """By year, in the currency and tax included, as it was counted when the content was made."""
    found: Mapping[str, int] = line.get("counted") or {}
    return found


def _foot(cells: Sequence[Cell], lines: Sequence[ContentLine], context: LineContext) -> tuple[str, ...]:
    if len(lines) < 2 or not any(cell.is_amount for cell in cells):
        return ()
    texts = [_column_sum(cell, lines, context) for cell in cells]
    if any(cell.year for cell in cells):
        texts.append(_amount(sum(sum(_counted(line).values()) for line in lines), context))
    return tuple(texts)


def _column_sum(cell: Cell, lines: Sequence[ContentLine], context: LineContext) -> str:
    if cell.year is not None:
        return _amount(sum(_counted(line).get(str(cell.year), 0) for line in lines), context)
    if cell.column.kind is Kind.MONEY and cell.column.summed:
        return _amount(sum(line.get(cell.column.name) or 0 for line in lines), context)
    return ""


def _amount(minor: int, context: LineContext) -> str:
    return amount_text(minor, minor_digits(context.currency))
