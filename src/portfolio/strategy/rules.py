"""When a call is open and whether a case may still be submitted: one comparison of server time, to the second."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from portfolio.i18n import gettext as _


class Window(Protocol):
    """What the rules look at of a call."""

    opens_at: datetime
    closes_at: datetime


class Leave(Protocol):
    """What the rules look at of a waiver for late submission."""

    until: datetime


REMINDERS: Mapping[str, timedelta] = {
    "14d": timedelta(days=14),
    "7d": timedelta(days=7),
    "3d": timedelta(days=3),
    "1d": timedelta(days=1),
    "3h": timedelta(hours=3),
}
"""How long before the closing the leads of open drafts are reminded; longest first."""


def to_the_second(instant: datetime) -> datetime:
    """The closing second belongs to the call as a whole: 23:59:59.999 is in time for 23:59:59."""
    return instant.replace(microsecond=0)


def is_open(call: Window, now: datetime) -> bool:
    return call.opens_at <= now and to_the_second(now) <= to_the_second(call.closes_at)


def has_closed(call: Window, now: datetime) -> bool:
    return to_the_second(now) > to_the_second(call.closes_at)


def may_submit(call: Window, waivers: Iterable[Leave], now: datetime) -> str | None:
    """Why a case may not be submitted now, or nothing. `waivers`: those recorded for this very case."""
    if now < call.opens_at:
        return _("The call has not opened yet.")
    if is_open(call, now):
        return None
    ends = [to_the_second(waiver.until) for waiver in waivers]
    if not ends:
        return _("The call has closed. A case can only be submitted late with a recorded waiver.")
    if to_the_second(now) > max(ends):
        return _("The leave to submit late has run out.")
    return None


def reminder_due(call: Window, now: datetime) -> str | None:
    """The code of the reminder whose hour has come, the latest only; nothing before the first and after the closing."""
    if not is_open(call, now):
        return None
    left = call.closes_at - now
    passed = [code for code, before in REMINDERS.items() if left <= before]
    return passed[-1] if passed else None


def closing_tone(call: Window, now: datetime) -> str:
    """How pressing the closing is: a tone of the house."""
    left = call.closes_at - now
    if has_closed(call, now):
        return "neutral"
    if left <= REMINDERS["1d"]:
        return "bad"
    return "caution" if left <= REMINDERS["7d"] else "active"
