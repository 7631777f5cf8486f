"""What a rating is, whose it is to carry, and when it must be looked at again. No database, no clock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from portfolio.i18n import gettext as _
from portfolio.packs.risk import LADDER, RiskMatrix, RiskRules
from portfolio.packs.terms import Tier


def rating_at(matrix: RiskMatrix, likelihood: int, impact: int) -> str:
    """The code of the rating of two steps, each counted from 1. Raises `ValueError` outside the matrix."""
    if not (1 <= likelihood <= len(matrix.likelihood) and 1 <= impact <= len(matrix.impact)):
        raise ValueError(f"{likelihood} by {impact} is not in the matrix {matrix.code}")
    return matrix.cells[likelihood - 1][impact - 1]


def chance_fault(matrix: RiskMatrix, chance: int | None, likelihood: int) -> str:
    """Why a stated chance, in percent, contradicts a likelihood, in words; nothing where it does not, or the matrix has no
    ranges."""
    bounds = matrix.range_of(likelihood) if 1 <= likelihood <= len(matrix.likelihood) else None
    if chance is None or bounds is None or bounds[0] <= chance <= bounds[1]:
        return ""
    words = _("«%(likelihood)s» stands for a chance from %(least)s to %(most)s percent: change one of the two")
    return words % {"likelihood": matrix.likelihood[likelihood - 1].label, "least": bounds[0], "most": bounds[1]}


def is_above(residual: tuple[int, int], inherent: tuple[int, int]) -> bool:
    """Whether a risk with what is done about it would be likelier or worse than as if nothing were done."""
    return residual[0] > inherent[0] or residual[1] > inherent[1]


def rescaled(step: int, of: int, to: int) -> int:
    """A step of a scale of `of` steps on one of `to`: ends stay ends, order stays order, halves go up (the worse side)."""
    if not 1 <= step <= of:
        raise ValueError(f"{step} is not a step of {of}")
    return 1 + (2 * (step - 1) * (to - 1) + (of - 1)) // (2 * (of - 1))


def carrier(rules: RiskRules, rating: str) -> Tier:
    """The lowest tier that carries such a rating by itself."""
    return next(tier for tier in LADDER if rules.rank(rating) <= rules.rank(rules.tolerance[tier]))


def above(tier: Tier) -> Tier | None:
    """The next tier up; nothing above the strategic one."""
    place = LADDER.index(tier) + 1
    return LADDER[place] if place < len(LADDER) else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a living risk stands: its residual rating, where it waits, and what was already settled.

    `answered`: the worst rating that a tier above took note of and answered; `accepted`: the rating of the acceptance in
    force. Both cover what is rated so or milder, nothing worse.
    """

    rating: str
    waits_at: Tier | None = None
    answered: str | None = None
    accepted: str | None = None


def escalates_to(rules: RiskRules, standing: Standing) -> Tier | None:
    """The tier that must hear of a risk now, or nothing: tolerated, covered, or already before a tier."""
    if standing.waits_at is not None or carrier(rules, standing.rating) is Tier.OPERATIONAL:
        return None
    covered = [code for code in (standing.answered, standing.accepted) if code is not None]
    if any(rules.rank(standing.rating) <= rules.rank(code) for code in covered):
        return None
    return above(Tier.OPERATIONAL)


def may_keep(rules: RiskRules, tier: Tier, rating: str) -> str | None:
    """Why a tier cannot answer for a rating by itself, or nothing; then it can only pass it on."""
    if rules.rank(rating) <= rules.rank(rules.tolerance[tier]):
        return None
    return _("A risk rated so is beyond what this tier may carry: pass it on to the next one.")


def acceptance_refusals(
    rules: RiskRules, rating: str, roles: Collection[str], today: date, expires_on: date, *, is_proposer: bool
) -> list[str]:
    """Every reason why a person with these roles (codes) may not accept a risk rated so until a day."""
    rule = rules.ratings[rating]
    refusals = []
    if not set(rule.accepted_by) & set(roles):
        refusals.append(_("A risk rated «%(rating)s» is accepted by another authority.") % {"rating": rule.label})
    if is_proposer:
        refusals.append(_("Whoever proposed the acceptance does not decide it."))
    return refusals + expiry_refusals(rules, rating, today, expires_on)


def expiry_refusals(rules: RiskRules, rating: str, today: date, expires_on: date) -> list[str]:
    """An acceptance ends after today, and within what the rating allows."""
    rule = rules.ratings[rating]
    if expires_on <= today:
        return [_("The acceptance must end on a day to come.")]
    if expires_on > today + timedelta(days=rule.accepted_days):
        words = _("A risk rated «%(rating)s» is accepted for %(days)s days at most.")
        return [words % {"rating": rule.label, "days": rule.accepted_days}]
    return []


def next_review(rules: RiskRules, rating: str, today: date) -> date:
    return today + timedelta(days=rules.ratings[rating].review_days)
