"""What counts as met, what is open, and who may decide on a waiver. Pure."""

import uuid
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portfolio.checks.terms import CheckResult, WaiverState
from portfolio.i18n import gettext as _
from portfolio.packs.terms import StandardLevel

OWN_RESULTS = (CheckResult.MET, CheckResult.PARTLY, CheckResult.NOT_MET, CheckResult.NOT_APPLICABLE)
"""What an institution says of a criterion, and an officer of a standard; waived follows from a waiver and is never typed."""

SATISFIED = frozenset({CheckResult.MET, CheckResult.NOT_APPLICABLE, CheckResult.WAIVED})

LONGEST_WAIVER = 36
"""Months from its proposal after which a waiver ends at the latest. Ours: a waiver is a delay, not a repeal."""


@dataclass(frozen=True, slots=True)
class StandardFact:
    """A standard that applies to a case, and how strictly it is held."""

    code: str
    level: StandardLevel


@dataclass(frozen=True, slots=True)
class WaiverFact:
    """A waiver as far as results look at it."""

    standard: str
    state: WaiverState
    expires_on: date


def own_word(results: Sequence[str]) -> CheckResult | None:
    """What an institution says of a standard, from its criteria; nothing while one is unanswered.

    Criteria that are not applicable are left aside; all the others met is met, none is not met, anything else partly.
    """
    if not results or not all(results):
        return None
    found = [CheckResult(result) for result in results]
    relevant = [one for one in found if one is not CheckResult.NOT_APPLICABLE]
    if not relevant:
        return CheckResult.NOT_APPLICABLE
    if all(one is relevant[0] for one in relevant):
        return relevant[0]
    return CheckResult.PARTLY


def lacks_words(result: str, evidence: str) -> bool:
    """Whether an answer still needs words: evidence for what is met or partly met, a reason for what does not apply."""
    return result in ("met", "partly", "not_applicable") and not evidence.strip()


def needs_comment(own: CheckResult | None, verdict: CheckResult) -> bool:
    """Whether an officer's finding needs a comment: whenever it is not simply that the institution's "met" holds."""
    return verdict is not CheckResult.MET or own is not CheckResult.MET


def differs(own: CheckResult | None, verdict: CheckResult | None) -> bool:
    """Whether officer and institution disagree; nothing said is no disagreement."""
    return own is not None and verdict is not None and own is not verdict


def is_waived(standard: str, waivers: Sequence[WaiverFact], today: date) -> bool:
    """A granted waiver holds to the end of its last day; afterwards the standard counts as it was found."""
    return any(
        one.standard == standard and one.state is WaiverState.GRANTED and today <= one.expires_on for one in waivers
    )


def effective(
    standard: str, verdict: CheckResult | None, waivers: Sequence[WaiverFact], today: date
) -> CheckResult | None:
    """What counts: the finding, or waived where a waiver stands in for one that does not satisfy."""
    if verdict in (CheckResult.MET, CheckResult.NOT_APPLICABLE):
        return verdict
    return CheckResult.WAIVED if is_waived(standard, waivers, today) else verdict


def open_musts(
    standards: Sequence[StandardFact],
    verdicts: Mapping[str, CheckResult],
    waivers: Sequence[WaiverFact],
    today: date,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes of mandatory standards: (those without a finding, those found and neither met nor waived), in their order."""
    must = [one.code for one in standards if one.level is StandardLevel.MUST]
    results = {code: effective(code, verdicts.get(code), waivers, today) for code in must}
    unchecked = tuple(code for code in must if results[code] is None)
    unmet = tuple(code for code in must if results[code] is not None and results[code] not in SATISFIED)
    return unchecked, unmet


def share_of_shoulds_met(standards: Sequence[StandardFact], verdicts: Mapping[str, CheckResult]) -> Decimal | None:
    """Share, from 0 to 1, of recommended standards found met among those found met, partly or not; nothing for none."""
    found = [
        verdicts[one.code]
        for one in standards
        if one.level is StandardLevel.SHOULD and verdicts.get(one.code) not in (None, CheckResult.NOT_APPLICABLE)
    ]
    return Decimal(found.count(CheckResult.MET)) / len(found) if found else None


def why_not_until(expires_on: date, today: date) -> str | None:
    """What is wrong with the last day of a waiver that is proposed today."""
    if expires_on <= today:
        return _("The last day must be in the future.")
    if expires_on > months_after(today, LONGEST_WAIVER):
        return _("A waiver ends within %(months)s months.") % {"months": LONGEST_WAIVER}
    return None


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class WaiverActs:
    """Who has had a hand in a waiver so far."""

    state: WaiverState
    proposed_by: uuid.UUID
    first_by: uuid.UUID | None = None
    first_body: str = ""


def why_not_decide(acts: WaiverActs, people: Sequence[uuid.UUID], body: str | None) -> list[str]:
    """Every reason why not. `people`: the person and whoever they act for; `body`: the lawful body they act as.

    Two authorities of two bodies, two different people, and neither of them the proposer.
    """
    reasons = []
    if acts.state not in (WaiverState.PROPOSED, WaiverState.FIRST_AGREED):
        reasons.append(_("This waiver has been decided."))
    if acts.proposed_by in people:
        reasons.append(_("Whoever proposed a waiver does not decide on it."))
    if acts.first_by is not None and acts.first_by in people:
        reasons.append(_("You have agreed already: the second authority is another person."))
    elif acts.first_by is not None and body == acts.first_body:
        reasons.append(_("Your body has agreed already: the second authority is another body."))
    return reasons
