"""A Word table as one XML string: typed columns, figures to the right, the header repeated on each page."""

from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import polars as pl

from portfolio.db.money import Money
from portfolio.documents.out_columns import Column, ColumnKind, Data, Totals, batches, clean_text
from portfolio.i18n import gettext as _
from portfolio.web.formatting import instant, number, percent, plain_amount, short_day

_TO_THE_RIGHT = {ColumnKind.INTEGER, ColumnKind.MONEY, ColumnKind.PERCENT}
_WIDTH = 9000  # twentieths of a point; Word fits it to the page
_BORDER = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="8A94A0"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_MARGINS = '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'


def table_xml(columns: Sequence[Column], data: Data, *, with_totals: bool) -> str:
    """`<w:tbl>` for a frame or rows. Amounts carry no currency: that is another column, as everywhere."""
    totals = Totals()
    rows: list[str] = []
    for batch in batches(columns, data):
        totals.add(columns, batch)
        rows += _rows(columns, batch)
    if with_totals:
        rows += [_row(cells, columns, bold=True) for cells in _total_cells(columns, totals)]
    header = _row([clean_text(column.title) for column in columns], columns, bold=True, is_header=True)
    grid = f'<w:gridCol w:w="{_WIDTH // max(len(columns), 1)}"/>' * len(columns)
    properties = f'<w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_BORDER}</w:tblBorders>{_MARGINS}'
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{header}{''.join(rows)}</w:tbl>"


def _rows(columns: Sequence[Column], batch: pl.DataFrame) -> list[str]:
    places = {column.name: index for index, column in enumerate(columns)}
    rows = []
    for values in batch.iter_rows():
        texts = []
        for column, value in zip(columns, values, strict=True):
            if value is None:
                texts.append("")
            elif column.kind is ColumnKind.MONEY:
                texts.append(plain_amount(Money(values[places[column.currency_column]], value)))
            else:
                texts.append(_SHOWN_AS[column.kind](value))
        rows.append(_row(texts, columns))
    return rows


_SHOWN_AS: dict[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.TEXT: str,
    ColumnKind.INTEGER: number,
    ColumnKind.DATE: short_day,
    ColumnKind.DATETIME: instant,
    ColumnKind.PERCENT: percent,
    ColumnKind.BOOLEAN: lambda value: _("Yes") if value else _("No"),
}


def _total_cells(columns: Sequence[Column], totals: Totals) -> list[list[str]]:
    """One line a currency; the word stands in the first column that is not an amount."""
    currencies = sorted({currency for sums in totals.minor.values() for currency in sums})
    word = next((index for index, column in enumerate(columns) if column.kind is not ColumnKind.MONEY), 0)
    lines = []
    for currency in currencies:
        texts = [
            plain_amount(Money(currency, totals.minor[column.name].get(currency, 0)))
            if column.kind is ColumnKind.MONEY
            else ""
            for column in columns
        ]
        texts[word] = _("Total %(currency)s") % {"currency": currency}
        lines.append(texts)
    return lines


def _row(texts: Sequence[str], columns: Sequence[Column], *, bold: bool = False, is_header: bool = False) -> str:
    cells = "".join(
        _cell(text, right=column.kind in _TO_THE_RIGHT, bold=bold, shaded=is_header)
        for text, column in zip(texts, columns, strict=True)
    )
    header = "<w:tblHeader/>" if is_header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{header}</w:trPr>{cells}</w:tr>"


def _cell(text: str, *, right: bool, bold: bool, shaded: bool) -> str:
    shading = '<w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E3E8ED"/></w:tcPr>' if shaded else ""
    place = '<w:jc w:val="right"/>' if right else ""
    lines = '</w:t><w:br/><w:t xml:space="preserve">'.join(escape(text).replace("\r", "").split("\n"))
    weight = "<w:b/>" if bold else ""
    return (
        f'<w:tc>{shading}<w:p><w:pPr><w:spacing w:before="20" w:after="20"/>{place}</w:pPr>'
        f'<w:r><w:rPr>{weight}<w:sz w:val="17"/></w:rPr><w:t xml:space="preserve">{lines}</w:t></w:r></w:p></w:tc>'
    )
