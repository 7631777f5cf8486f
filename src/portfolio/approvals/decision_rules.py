"""The rules of the money, without a database: what may be decided on a case, what an envelope bears, what the ledger gets.

Amounts are minor units of one currency: that of the case, which is the call's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portfolio.approvals.terms import BudgetOutcome, DecisionChoice, EntryKind, Firmness, OpinionOutcome
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.web.formatting import money

FARTHEST_YEAR = 10
"""Years after the call's for which an indicative amount may be named."""


@dataclass(frozen=True, slots=True)
class Line:
    """An amount of one fiscal year, tranche and budget line; no budget line: of the whole."""

    year: int
    minor: int
    tranche: int = 1
    budget_line: str = ""

    @property
    def key(self) -> tuple[int, int, str]:
        return (self.year, self.tranche, self.budget_line)


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """What is known of a case when the budget office decides on it; gathered by `decision_facts`."""

    fiscal_year: int
    currency: str
    requested_by_year: Mapping[int, int] = field(default_factory=dict)
    recommended: int | None = None
    opinion: OpinionOutcome | None = None
    demands_opinion: bool = True
    opinion_binds: bool = True
    is_opinion_overdue: bool = False
    has_override: bool = False
    is_reconsideration_open: bool = False

    @property
    def requested(self) -> int:
        return sum(self.requested_by_year.values())

    @property
    def requested_this_year(self) -> int:
        return self.requested_by_year.get(self.fiscal_year, 0)

    @property
    def is_without_opinion(self) -> bool:
        """Whether a decision now would be one "without opinion", and listed as such."""
        return self.demands_opinion and self.opinion is None

    @property
    def needs_override(self) -> bool:
        return self.opinion is OpinionOutcome.UNFAVOURABLE and self.opinion_binds

    @property
    def is_barred(self) -> bool:
        """A binding unfavourable opinion stands that nobody has overridden."""
        return self.needs_override and not self.has_override


def sums_by_year(lines: Iterable[Line]) -> dict[int, int]:
    """Fiscal year → sum, ascending."""
    sums: Counter[int] = Counter()
    for line in lines:
        sums[line.year] += line.minor
    return dict(sorted(sums.items()))


def outcome_of(choice: DecisionChoice, lines: Iterable[Line], facts: DecisionFacts) -> BudgetOutcome:
    """Full or partial funding follows from the amount of the call's year against the request for that year."""
    if choice is DecisionChoice.DEFER:
        return BudgetOutcome.DEFERRED
    if choice is DecisionChoice.NOT_FUND:
        return BudgetOutcome.NOT_FUNDED
    given = sums_by_year(lines).get(facts.fiscal_year, 0)
    return BudgetOutcome.FUNDED if given >= facts.requested_this_year else BudgetOutcome.PARTLY


def why_not_now(facts: DecisionFacts) -> list[str]:
    """What stands against any decision on this case, whatever it says."""
    reasons = []
    if facts.is_without_opinion and facts.opinion_binds and not facts.is_opinion_overdue:
        reasons.append(_("There is no opinion yet, and its term has not run out."))
    if facts.is_reconsideration_open:
        reasons.append(_("A request for reconsideration waits for its answer."))
    return reasons


def why_not_decide(
    choice: DecisionChoice | None, lines: Iterable[Line], reasons: str, facts: DecisionFacts
) -> list[str]:
    """Every reason why this may not be proposed; empty when it may."""
    wanted = tuple(lines)
    if choice is None:
        return [_("Choose whether to fund, defer or not fund.")]
    found = why_not_now(facts)
    if choice is not DecisionChoice.FUND:
        if any(line.minor for line in wanted):
            found.append(_("A case that is deferred or not funded gets no amount."))
        if not reasons.strip():
            found.append(_("Give the reason: the institution will read it."))
        return found
    return found + _line_faults(wanted, facts) + _amount_faults(wanted, reasons, facts)


def _line_faults(lines: tuple[Line, ...], facts: DecisionFacts) -> list[str]:
    first, last = facts.fiscal_year, facts.fiscal_year + FARTHEST_YEAR
    found = []
    if any(not first <= line.year <= last for line in lines):
        found.append(_("Amounts are for the years %(first)s to %(last)s.") % {"first": first, "last": last})
    if any(line.minor < 0 for line in lines):
        found.append(_("An amount is not less than nothing."))
    if any(line.tranche < 1 for line in lines):
        found.append(_("Tranches count from 1."))
    if len({line.key for line in lines}) < len(lines):
        found.append(_("A year, tranche and budget line are there twice."))
    if sums_by_year(lines).get(first, 0) <= 0:
        found.append(_("Enter the amount for %(year)s, or defer the case.") % {"year": first})
    return found


def _amount_faults(lines: tuple[Line, ...], reasons: str, facts: DecisionFacts) -> list[str]:
    """Less than was asked, more than was asked or recommended, or money against the opinion: never without a word."""
    given = sums_by_year(lines)
    this_year, total = given.get(facts.fiscal_year, 0), sum(given.values())
    found = []
    if facts.is_barred:
        found.append(
            _(
                "The opinion is unfavourable and binding: only the authority that the rules name may override it, by an act."
            )
        )
    if reasons.strip():
        return found
    if this_year < facts.requested_this_year:
        found.append(_("Give the reason for funding less than was requested."))
    if this_year > facts.requested_this_year or total > facts.requested:
        found.append(_("Give the reason for funding more than was requested."))
    elif facts.recommended is not None and total > facts.recommended:
        found.append(_("Give the reason for funding more than was recommended."))
    if facts.opinion is OpinionOutcome.UNFAVOURABLE:
        found.append(_("Give the reason for funding against the opinion."))
    return found


@dataclass(frozen=True, slots=True)
class EnvelopeUse:
    """What an institution may be given in the call's year and what already counts against it: confirmed, proposed, typed.

    `ceiling`: nothing where none is set, which is not a ceiling of zero.
    """

    ceiling: int | None
    confirmed: int = 0
    proposed: int = 0
    drafted: int = 0

    @property
    def used(self) -> int:
        return self.confirmed + self.proposed + self.drafted

    @property
    def left(self) -> int | None:
        return None if self.ceiling is None else self.ceiling - self.used

    @property
    def percent(self) -> int:
        """Of the ceiling, rounded up; more than 100 when it is broken, even by a cent."""
        if not self.ceiling:
            return 0 if not self.used or self.ceiling is None else 101
        return -(-self.used * 100 // self.ceiling)


def over_envelope(institution: str, ceiling: int | None, bound: int, wanted: int, currency: str) -> str | None:
    """Why an amount does not fit: `bound` is what is confirmed and proposed already, `wanted` what is to be added."""
    if ceiling is None or bound + wanted <= ceiling:
        return None
    return _(
        "%(institution)s: the envelope is %(ceiling)s; %(bound)s of it is decided or proposed and %(wanted)s would be "
        "added, which is %(over)s too much."
    ) % {
        "institution": institution,
        "ceiling": money(Money(currency, ceiling)),
        "bound": money(Money(currency, bound)),
        "wanted": money(Money(currency, wanted)),
        "over": money(Money(currency, bound + wanted - ceiling)),
    }


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry that the ledger gets."""

    kind: EntryKind
    firmness: Firmness
    line: Line


def firmness_of(year: int, fiscal_year: int) -> Firmness:
    """The call's own year binds; later ones are said, not promised."""
    return Firmness.FIRM if year <= fiscal_year else Firmness.INDICATIVE


def proposal_postings(lines: Iterable[Line], fiscal_year: int) -> list[Posting]:
    """One entry for each amount, as proposed."""
    return [Posting(EntryKind.PROPOSED, firmness_of(line.year, fiscal_year), line) for line in lines if line.minor]


def confirmation_postings(lines: Iterable[Line], earlier: Iterable[Line], fiscal_year: int) -> list[Posting]:
    """What turns the earlier balance into the amounts decided now: the first decision by law, later ones as differences.

    `earlier`: every entry already in the ledger that was not a mere proposal. Nothing is overwritten: the sum of all
    entries of a key is what is decided for it.
    """
    balance: Counter[tuple[int, int, str]] = Counter()
    before = tuple(earlier)
    for line in before:
        balance[line.key] += line.minor
    kind = EntryKind.MODIFICATION if before else EntryKind.LAW
    wanted = {line.key: line.minor for line in lines}
    postings = []
    for key in sorted(set(wanted) | set(balance)):
        change = wanted.get(key, 0) - balance[key]
        if change:
            year, tranche, budget_line = key
            postings.append(Posting(kind, firmness_of(year, fiscal_year), Line(year, change, tranche, budget_line)))
    return postings


def suggested_lines(facts: DecisionFacts) -> list[Line]:
    """What was asked year by year, cut where the recommended total is used up: a start for a person, never a decision."""
    left = facts.requested if facts.recommended is None else facts.recommended
    lines = []
    for year, asked in sorted(facts.requested_by_year.items()):
        if year >= facts.fiscal_year and (given := min(asked, left)) > 0:
            lines.append(Line(year, given))
            left -= given
    return lines
