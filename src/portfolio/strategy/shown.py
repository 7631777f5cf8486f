"""Calls as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Theme
from portfolio.strategy.models import ActionLine, Call
from portfolio.strategy.queries import action_lines_of, stages_of
from portfolio.strategy.rules import closing_tone, has_closed, is_open
from portfolio.strategy.terms import CallStageCode
from portfolio.web.formatting import exact_instant


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call in a list: where it stands in words and colour, and what its countdown says."""

    call: Call
    state: str
    tone: str
    closing: str
    closing_tone: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ShownStage:
    """A dated stage; `state` says whether it is past, running or still to come."""

    title: str
    begins_at: datetime
    ends_at: datetime
    state: str
    tone: str


def shown_call(call: Call, at: datetime) -> ShownCall:
    if at < call.opens_at:
        state, tone = _("Opens soon"), "waiting"
        closing = _("Opens on %(instant)s") % {"instant": exact_instant(call.opens_at)}
    elif is_open(call, at):
        state, tone = _("Open"), "good"
        closing = _("Closes on %(instant)s") % {"instant": exact_instant(call.closes_at)}
    else:
        state, tone = _("Closed"), "quiet"
        closing = _("Closed on %(instant)s") % {"instant": exact_instant(call.closes_at)}
    return ShownCall(call, state, tone, closing, closing_tone(call, at), is_open(call, at))


def shown_stages(session: Session, call: Call) -> list[ShownStage]:
    """Formulation first, which is the time the call is open; then the dated stages in order."""
    at = now(session)
    dated = [(CallStageCode.FORMULATION, call.opens_at, call.closes_at)]
    dated += [(row.code, row.begins_at, row.ends_at) for row in stages_of(session, call.id)]
    return [ShownStage(label(code), begins, ends, *_place_in_time(begins, ends, at)) for code, begins, ends in dated]


def _place_in_time(begins: datetime, ends: datetime, at: datetime) -> tuple[str, str]:
    if at < begins:
        return _("To come"), "quiet"
    return (_("Now"), "active") if at <= ends else (_("Past"), "neutral")


def by_objective(session: Session, call: Call) -> Mapping[str, Sequence[ActionLine]]:
    """Action lines under their objective, in the order of their codes; lines without one come under ""."""
    grouped: dict[str, list[ActionLine]] = {}
    for line in action_lines_of(session, call.id):
        grouped.setdefault(line.objective, []).append(line)
    return grouped


def theme_words(pack: CountryPack) -> dict[str, str]:
    return {code.value: str(choice.label) for code, choice in pack.themes.items()}


def theme_options(pack: CountryPack) -> list[tuple[str, str]]:
    return [(code.value, str(pack.themes[code].label)) for code in Theme if code in pack.themes]


def is_past(call: Call, at: datetime) -> bool:
    return has_closed(call, at)
