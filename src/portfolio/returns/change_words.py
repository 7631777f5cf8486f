"""What changed, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.projects.terms import ProjectStage, Standing
from portfolio.returns.changes import Change, Kind, Part
from portfolio.risk.terms import RiskState
from portfolio.web.formatting import short_day


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One line: what it is about, what happened, and whether somebody should look twice."""

    what: str
    happened: str
    is_bad: bool


def in_words(pack: CountryPack, changes: Iterable[Change]) -> list[ShownChange]:
    return [ShownChange(_subject(change), _happened(pack, change), change.kind is Kind.LATER) for change in changes]


def _subject(change: Change) -> str:
    plain = {
        Part.STAGE: _("Stage of the project"),
        Part.STANDING: _("Standing of the project"),
        Part.PLAN: _("Approved plan"),
    }
    if change.part in plain:
        return plain[change.part]
    kinds = {Part.MILESTONE: _("Milestone"), Part.INDICATOR: _("Indicator"), Part.RISK: _("Risk")}
    return f"{kinds[change.part]}: {change.what}"


def _happened(pack: CountryPack, change: Change) -> str:
    if change.kind is Kind.NEW:
        return _("new")
    if change.kind is Kind.GONE:
        return _("no longer there")
    if change.kind is Kind.REACHED:
        return _("reached on %(day)s") % {"day": _day(change.after)}
    before, after = (_value(pack, change.part, text) for text in (change.before, change.after))
    if change.kind is Kind.LATER:
        return _("later: from %(before)s to %(after)s") % {"before": before, "after": after}
    if change.kind is Kind.EARLIER:
        return _("earlier: from %(before)s to %(after)s") % {"before": before, "after": after}
    return _("from %(before)s to %(after)s") % {"before": before, "after": after}


def _value(pack: CountryPack, part: Part, text: str) -> str:
    if not text:
        return _("nothing")
    if part is Part.STAGE:
        return label(ProjectStage(text))
    if part is Part.STANDING:
        return label(Standing(text))
    if part is Part.PLAN:
        return _("plan %(number)s") % {"number": text} if text != "0" else _("none approved")
    if part is Part.MILESTONE:
        return _day(text)
    if part is Part.RISK:
        return _risk(pack, text)
    return text


def _risk(pack: CountryPack, text: str) -> str:
    """A risk's state or its rating, whose words are the pack's."""
    states: dict[str, Any] = {state.value: state for state in RiskState}
    if text in states:
        return label(states[text])
    return str(pack.risk.ratings[text].label) if text in pack.risk.ratings else text


def _day(text: str) -> str:
    return short_day(date.fromisoformat(text)) if text else _("no date")
