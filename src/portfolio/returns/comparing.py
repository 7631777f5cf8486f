"""What is declared, beside the period before and what the record says: the table that signers and verifiers read."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.rating_models import Rating
from portfolio.monitoring.rating_periods import period_end
from portfolio.monitoring.rating_words import gap_words, period_words
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.returns.doubts import Doubted
from portfolio.returns.field_words import value_words
from portfolio.returns.models import ProgressReturn
from portfolio.returns.on_record import Paid, Plan, computed_rating, doubts_of, paid_on_record, plan_on_record
from portfolio.returns.queries import period_before
from portfolio.returns.versions import Content, content_of
from portfolio.returns.words import field_words
from portfolio.web.formatting import money, number, percent, short_day

COMPARED = ("physical", "paid", "forecast_finish", "forecast_cost", "procurement", "level")
"""Fields that stand in the table; the narratives are read, not compared."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field: the period before, this one, what the record says and where from, the differences, what is unusual."""

    label: str
    before: str
    now: str
    record: str
    source: str
    differences: Sequence[str]
    doubts: Sequence[str]
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`before`: the period compared with, in words, or nothing for a first return."""

    before: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Record:
    """A figure of the record as a JSON value, in words, and where it comes from."""

    value: Any
    words: str
    source: str


def comparison_of(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, row: ProgressReturn
) -> Comparison:
    """`viewer` is the whole viewer."""
    earlier = period_before(session, row)
    was, said = None if earlier is None else content_of(earlier), content_of(row)
    record = {
        **_of_plan(plan_on_record(session, project)),
        "paid": _of_paid(row, paid_on_record(session, pack, project, row)),
        "level": _of_rating(computed_rating(session, viewer, pack, project, row)),
    }
    found = doubts_of(session, pack, project, row)
    lines = [_line(row, name, was, said, record.get(name), found) for name in COMPARED]
    return Comparison(period_words(earlier.period_on) if earlier else "", lines)


def _line(
    row: ProgressReturn, name: str, was: Content | None, said: Content, record: _Record | None, found: list[Doubted]
) -> Line:
    value, currency = said.get(name), row.currency
    differences = []
    if was is not None and (words := _difference(row, name, was.get(name), value)):
        differences.append(_("Against the period before: %(difference)s") % {"difference": words})
    if record is not None and (words := _difference(row, name, record.value, value)):
        differences.append(_("Against the record: %(difference)s") % {"difference": words})
    return Line(
        label=field_words(name),
        before="" if was is None else value_words(name, was.get(name), was["currency"]),
        now=value_words(name, value, currency),
        record="" if record is None else record.words,
        source="" if record is None else record.source,
        differences=differences,
        doubts=[doubted.words for doubted in found if doubted.field == name],
        note=str(row.confirmed.get(name, {}).get("note", "")),
    )


def _of_plan(plan: Plan) -> dict[str, _Record]:
    source = _("By the milestones, today")
    finish = None if plan.finish is None else plan.finish.isoformat()
    return {
        "physical": _Record(plan.physical_bp, value_words("physical", plan.physical_bp, ""), source),
        "forecast_finish": _Record(finish, value_words("forecast_finish", finish, ""), source),
    }


def _of_paid(row: ProgressReturn, paid: Paid) -> _Record:
    end = period_end(row.period_on)
    until = end if paid.until is None else paid.until.replace(day=monthrange(paid.until.year, paid.until.month)[1])
    if until < end:
        days = {"day": short_day(end), "until": short_day(until)}
        source = _("Financial system, up to %(day)s; reported until %(until)s") % days
    else:
        source = _("Financial system, up to %(day)s") % {"day": short_day(end)}
    words = _("nothing reported") if paid.minor is None else money(Money(row.currency, paid.minor))
    return _Record(paid.minor, words, source)


def _of_rating(rating: Rating | None) -> _Record:
    if rating is None:
        return _Record(None, _("not computed yet"), _("Computed rating of the period"))
    return _Record(rating.level.value, label(rating.level), _("Computed rating of the period"))


def _difference(row: ProgressReturn, name: str, before: Any, after: Any) -> str:
    """In words; nothing where one of both is not known."""
    if before in (None, "") or after in (None, ""):
        return ""
    return _("the same") if before == after else _DIFFERENCES[name](row, before, after)


def _points(_row: ProgressReturn, before: Any, after: Any) -> str:
    points = number(abs(int(after) - int(before)) / 100)
    words = _("%(n)s percentage points more") if int(after) > int(before) else _("%(n)s percentage points less")
    return words % {"n": points}


def _amounts(row: ProgressReturn, before: Any, after: Any) -> str:
    difference = int(after) - int(before)
    words = _("%(amount)s more (%(share)s)") if difference > 0 else _("%(amount)s less (%(share)s)")
    if not int(before):
        words = _("%(amount)s more") if difference > 0 else _("%(amount)s less")
        return words % {"amount": money(Money(row.currency, abs(difference)))}
    share = percent(abs(difference) / abs(int(before)))
    return words % {"amount": money(Money(row.currency, abs(difference))), "share": share}


def _days(_row: ProgressReturn, before: Any, after: Any) -> str:
    days = (date.fromisoformat(after) - date.fromisoformat(before)).days
    if days > 0:
        return ngettext("%(num)s day later", "%(num)s days later", days) % {"num": days}
    return ngettext("%(num)s day earlier", "%(num)s days earlier", -days) % {"num": -days}


def _changed(_row: ProgressReturn, _before: Any, _after: Any) -> str:
    return _("another state")


def _levels(row: ProgressReturn, before: Any, after: Any) -> str:
    """In levels of the return's scale, which goes from the best down; another scale is not compared."""
    order = [level.value for level, _least in SCALES[row.scale].levels]
    if before not in order or after not in order:
        return _("of another scale: not compared")
    return gap_words(order.index(before) - order.index(after), None)


_DIFFERENCES: dict[str, Callable[[ProgressReturn, Any, Any], str]] = {
    "physical": _points,
    "paid": _amounts,
    "forecast_cost": _amounts,
    "forecast_finish": _days,
    "procurement": _changed,
    "level": _levels,
}
