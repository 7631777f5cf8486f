"""Figures of a project's money that contradict each other: each asks somebody to look, with the way to where it is mended.

What is owed comes from what was bound, and what was paid from what was owed; a sum that turns this order round was posted wrongly,
or something else was not posted. Paying more than the codes allow is possible (some purchases need none), and is said.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from litestar.exceptions import NoRouteMatchFoundException

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.projects.models import Project
from portfolio.web.formatting import money


class MoneySign(Enum):
    """What contradicts what."""

    ACCRUED_OVER_COMMITTED = "accrued_over_committed"
    PAID_OVER_ACCRUED = "paid_over_accrued"
    PAID_OVER_CODES = "paid_over_codes"
    UNDECIDED_LINE = "undecided_line"


@dataclass(frozen=True, slots=True)
class Found:
    """Sums to date in minor units, nothing where nothing was reported; `ceilings` of the codes of the years up to the day."""

    committed: int | None
    accrued: int | None
    paid: int | None
    ceilings: int | None
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign as the page shows it."""

    sentence: str
    acts: Sequence[tuple[str, str]]


def money_signs(found: Found) -> list[MoneySign]:
    """In the order of the words. Pure: what is not known contradicts nothing."""

    def above(one: int | None, other: int | None) -> bool:
        return one is not None and other is not None and one > other

    asked = (
        (MoneySign.ACCRUED_OVER_COMMITTED, above(found.accrued, found.committed)),
        (MoneySign.PAID_OVER_ACCRUED, above(found.paid, found.accrued)),
        (MoneySign.PAID_OVER_CODES, above(found.paid, found.ceilings)),
        (MoneySign.UNDECIDED_LINE, bool(found.lines)),
    )
    return [sign for sign, holds in asked if holds]


def shown_signs(
    signs: Sequence[MoneySign],
    found: Found,
    currency: str,
    project: Project,
    case_id: uuid.UUID | None,
    url_for: Callable[..., str],
    *,
    may_type: bool,
) -> list[Shown]:
    """With the figures and the pages where each is put right."""

    def amount(minor: int | None) -> str:
        return money(Money(currency, minor or 0))

    said = {
        MoneySign.ACCRUED_OVER_COMMITTED: _("Accrued %(more)s is more than committed %(less)s.")
        % {"more": amount(found.accrued), "less": amount(found.committed)},
        MoneySign.PAID_OVER_ACCRUED: _("Paid %(more)s is more than accrued %(less)s.")
        % {"more": amount(found.paid), "less": amount(found.accrued)},
        MoneySign.PAID_OVER_CODES: _(
            "Paid %(more)s is more than the approval codes of these years allow, %(less)s: the rest needed no code, or went past them."
        )
        % {"more": amount(found.paid), "less": amount(found.ceilings)},
        MoneySign.UNDECIDED_LINE: _("Something is executed on budget lines for which nothing was decided: %(lines)s.")
        % {"lines": ", ".join(found.lines)},
    }
    typed = [(_("Type the amounts of a month"), "execution.typed", {"project_id": project.id})] if may_type else []
    contracts = (_("Contracts and their draws"), "execution.contracts", {"project_id": project.id})
    codes = [(_("Approval codes"), "approvals.codes", {"case_id": case_id})] if case_id else []
    ways = {
        MoneySign.ACCRUED_OVER_COMMITTED: [*typed, contracts],
        MoneySign.PAID_OVER_ACCRUED: [*typed, contracts],
        MoneySign.PAID_OVER_CODES: [*codes, contracts],
        MoneySign.UNDECIDED_LINE: [
            *typed,
            *([(_("Budget decision"), "approvals.decision", {"case_id": case_id})] if case_id else []),
        ],
    }
    return [Shown(said[sign], _served(ways[sign], url_for)) for sign in signs]


def _served(
    ways: Sequence[tuple[str, str, dict[str, uuid.UUID]]], url_for: Callable[..., str]
) -> list[tuple[str, str]]:
    """The pages that this installation serves."""
    found = []
    for words, route, params in ways:
        with suppress(NoRouteMatchFoundException):
            found.append((words, url_for(route, **params)))
    return found
