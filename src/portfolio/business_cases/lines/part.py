"""One table on a page: its grid, the figures above it, and what the reader should know of single lines."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portfolio.business_cases.lines.arithmetic import by_year, growth
from portfolio.business_cases.lines.binding import BoundLine
from portfolio.business_cases.lines.columns import LineSpec
from portfolio.business_cases.lines.content import content_line
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.counting import cost_entries
from portfolio.business_cases.lines.gaps import GROWTH_WITHOUT_REASON, needs_reason
from portfolio.business_cases.lines.grid import make_grid
from portfolio.business_cases.lines.reading import Line, context_of, lines_of
from portfolio.business_cases.lines.showing import read_table
from portfolio.business_cases.lines.specs import INDICATORS
from portfolio.business_cases.lines.specs_money import COSTS, FUNDING, OPERATION
from portfolio.business_cases.lines.totals import LineTotals, case_totals
from portfolio.business_cases.lines.values import percent_of
from portfolio.business_cases.lines.vanity import is_vanity
from portfolio.business_cases.models import BusinessCase
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.web import formatting

MONEY_TABLES = (COSTS.name, FUNDING.name, OPERATION.name)


def table_context(
    session: Session,
    pack: CountryPack,
    case: BusinessCase,
    spec: LineSpec,
    *,
    editable: bool,
    back: str = "section",
    years: int = 0,
    bound: Sequence[BoundLine] = (),
) -> dict[str, Any]:
    """For `business_cases/lines/_table.html`. `back`: where saving leads, `section` or `page`."""
    context = context_of(session, pack, case, spec, years=years)
    lines = lines_of(session, spec, case.id)
    totals = case_totals(session, pack, case) if spec.name in MONEY_TABLES else None
    grid = make_grid(
        spec,
        context,
        lines,
        bound=bound,
        notes=line_notes(spec, lines),
        to_fund=_to_fund(session, context, case) if spec is FUNDING else None,
    )
    return {
        "case": case,
        "grid": grid,
        "editable": editable,
        "back": back,
        "shown": _as_read(pack, case, spec, context, lines),
        "figures": _figures(spec, totals, lines) if totals else [],
        "remarks": _remarks(spec, context),
        "mismatches": _mismatches(totals) if totals and spec is FUNDING else [],
    }


def line_notes(spec: LineSpec, lines: Sequence[Line]) -> Mapping[uuid.UUID, Sequence[str]]:
    """Warnings that stand beside a line and keep nobody from submitting."""
    if spec is INDICATORS:
        flagged = [line for line in lines if is_vanity(line.values["name"], line.values["unit"])]
        words = _("This counts what is delivered, not what changes for people: it stays as context and does not count.")
        return {line.id: [words] for line in flagged}
    if spec is OPERATION:
        return {line.id: [_change(line)] for line in lines if line.values["amount_minor"] is not None}
    return {}


def _change(line: Line) -> str:
    share = growth(line.values["amount_minor"], line.values["previous_minor"])
    if share is None:
        words = _("New this year")
    else:
        sign = "+" if share > 0 else ""
        words = _("%(change)s against last year") % {"change": sign + formatting.percent(percent_of(share))}
    return words + (": " + _("a reason is needed") if needs_reason(line) and not line.values["reason"] else "")


def _to_fund(session: Session, context: LineContext, case: BusinessCase) -> dict[int, int]:
    """Costs by year that need a source; operation lines are asked for as they stand."""
    return by_year(cost_entries(context, lines_of(session, COSTS, case.id)))


def _as_read(pack: CountryPack, case: BusinessCase, spec: LineSpec, context: LineContext, lines: Sequence[Line]) -> Any:
    stored = [content_line(spec, context, line) for line in lines if line.version]
    content = {
        "case": {"currency": case.currency},
        "sections": {spec.section.value: {"lines": {spec.name: stored}}},
    }
    return read_table(pack, content, spec)


def _figures(spec: LineSpec, totals: LineTotals, lines: Sequence[Line]) -> list[dict[str, str]]:
    if spec is OPERATION:
        return _operation_figures(totals.currency, lines)
    money = formatting.money
    whole = {"label": _("Whole-life cost"), "value": money(totals.whole_life), "note": _("tax included")}
    if spec is FUNDING:
        gap = totals.gap
        return [
            whole,
            {"label": _("Asked for"), "value": money(totals.asked)},
            {"label": _("All sources"), "value": money(totals.funding)},
            {"label": _("Difference"), "value": money(gap), "tone": "good" if totals.is_balanced else "caution"},
        ]
    return [
        whole,
        {"label": _("Capital"), "value": money(_all(totals, totals.capital_by_year))},
        {"label": _("Current"), "value": money(_all(totals, totals.current_by_year))},
    ]


def _operation_figures(currency: str, lines: Sequence[Line]) -> list[dict[str, str]]:
    now = sum(line.values["amount_minor"] or 0 for line in lines)
    before = sum(line.values["previous_minor"] or 0 for line in lines)
    share = growth(now, before)
    return [
        {"label": _("This year"), "value": formatting.money(Money(currency, now)), "note": _("tax included")},
        {"label": _("Last year"), "value": formatting.money(Money(currency, before))},
        {
            "label": _("Change"),
            "value": _("not comparable") if share is None else formatting.percent(percent_of(share)),
            "tone": "caution" if share is not None and share > GROWTH_WITHOUT_REASON else "",
        },
    ]


def _all(totals: LineTotals, years: Mapping[int, Money]) -> Money:
    return Money(totals.currency, sum(amount.minor for amount in years.values()))


def _remarks(spec: LineSpec, context: LineContext) -> list[str]:
    """What the amounts rest on: tax, and the value of each indexed unit with its date."""
    if spec is not COSTS:
        return []
    tax = context.pack.tax
    remarks = [
        _("Where tax is not included, %(tax)s of %(rate)s is added in the totals.")
        % {"tax": tax.name, "rate": formatting.percent(tax.rate)}
    ]
    for code in context.units:
        unit = context.pack.indexed_units[code]
        words = _("1 %(unit)s = %(value)s %(currency)s, value of %(day)s.")
        remarks.append(
            words
            % {
                "unit": code,
                "value": formatting.number(unit.reference_value),
                "currency": context.currency,
                "day": formatting.short_day(unit.reference_on),
            }
        )
    return remarks


def _mismatches(totals: LineTotals) -> list[str]:
    sentences = []
    for year, gap in totals.mismatch_by_year.items():
        amount = formatting.money(Money(gap.currency, abs(gap.minor)))
        words = (
            _("%(year)s: %(amount)s of the costs have no source")
            if gap.minor > 0
            else _("%(year)s: the sources exceed the costs by %(amount)s")
        )
        sentences.append(words % {"year": year, "amount": amount})
    return sentences
