"""The totals below a grid, with the marks by which the script keeps them while amounts are typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portfolio.business_cases.lines.choices import natures
from portfolio.business_cases.lines.columns import Layout, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.counting import column_entries
from portfolio.business_cases.lines.grid_views import FootCell, FootRow, Head
from portfolio.business_cases.lines.reading import Line
from portfolio.business_cases.lines.values import amount_text
from portfolio.db.money import minor_digits
from portfolio.i18n import gettext as _


def lead(heads: Sequence[Head]) -> int:
    """How many columns stand before the first amount: the words of a total span them."""
    return next((place for place, head in enumerate(heads) if head.is_amount), len(heads))


def foot_of(
    spec: LineSpec,
    context: LineContext,
    heads: Sequence[Head],
    lines: Sequence[Line],
    to_fund: Mapping[int, int] | None,
) -> tuple[FootRow, ...]:
    if spec.layout is Layout.CARDS or not any(head.is_amount for head in heads):
        return ()
    counted = [(str(line.values.get("nature", "")), column_entries(spec, context, line)) for line in lines]
    summing = _Summing(heads, counted, minor_digits(context.currency))
    total = _("Total in %(currency)s, tax included") % {"currency": context.currency}
    rows = [summing.row(total)]
    if spec.name == "costs":
        rows += [summing.row(words, group) for group, words in natures(context)]
    if to_fund is not None:
        rows += [summing.given(_("Costs to be funded"), to_fund), summing.rest(_("Still without funding"), to_fund)]
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Summing:
    """Rows of totals under the columns from the first amount on."""

    heads: Sequence[Head]
    counted: Sequence[tuple[str, Mapping[str, int]]]
    places: int

    def row(self, label: str, group: str = "") -> FootRow:
        marks = {"data-total-group": group} if group else {}
        cells = [
            FootCell(self._text(self._sum(head.key, group)), {**marks, "data-total": head.key})
            if head.is_amount
            else FootCell("")
            for head in self.heads[lead(self.heads) :]
        ]
        if self._has_years:
            cells.append(FootCell(self._text(self._all(group)), marks or {"data-total-all": ""}))
        return FootRow(label, tuple(cells))

    def given(self, label: str, by_year: Mapping[int, int]) -> FootRow:
        cells = [FootCell(self._text(by_year.get(head.cell.year or 0, 0))) for head in self._years]
        return FootRow(label, (*cells, FootCell(self._text(sum(by_year.values())))))

    def rest(self, label: str, by_year: Mapping[int, int]) -> FootRow:
        cells = []
        for head in self._years:
            of = by_year.get(head.cell.year or 0, 0)
            marks = {"data-rest": head.key, "data-of": str(of)}
            cells.append(FootCell(self._text(of - self._sum(head.key, "")), marks))
        of = sum(by_year.values())
        marks = {"data-rest": "", "data-of": str(of)}
        return FootRow(label, (*cells, FootCell(self._text(of - self._all("")), marks)))

    @property
    def _years(self) -> list[Head]:
        return [head for head in self.heads if head.cell.year]

    @property
    def _has_years(self) -> bool:
        return bool(self._years)

    def _sum(self, key: str, group: str) -> int:
        return sum(sums.get(key, 0) for nature, sums in self.counted if group in ("", nature))

    def _all(self, group: str) -> int:
        return sum(self._sum(head.key, group) for head in self._years)

    def _text(self, minor: int) -> str:
        return amount_text(minor, self.places)
