"""The rules of changing a decided amount, without a database: what may be asked, what the ledger gets, whom it touches.

Amounts are minor units of the case's currency. A balance is what all entries of a key and firmness come to; a modification
adds entries that turn one balance into another, and never touches an earlier entry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from portfolio.approvals.decision_rules import FARTHEST_YEAR, Line, Posting, over_envelope
from portfolio.approvals.terms import ActType, EntryKind, Firmness, ModificationKind
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.web.formatting import money

Key = tuple[int, int, str]
Balance = Mapping[tuple[Key, Firmness], int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants the decided amounts to be: `lines` are all of them, not only those that change.

    `firm_through`: the last fiscal year whose amounts bind.
    """

    kind: ModificationKind
    lines: tuple[Line, ...]
    firm_through: int
    act_type: ActType
    act_number: str
    act_date: date
    effective_on: date
    reasons: str


@dataclass(frozen=True, slots=True)
class CodesOfYear:
    """What the codes of a fiscal year hold: ceilings in force (and what ended codes used), and what was drawn on them."""

    held: int = 0
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class ModificationFacts:
    """What is known of a decided case; gathered by `modification_reads`.

    `envelope`: ceiling of the institution in the call's year; `bound`: what is decided or proposed of it, this modification
    left out.
    """

    fiscal_year: int
    currency: str
    today: date
    institution: str = ""
    balance: Balance = field(default_factory=dict)
    codes: Mapping[int, CodesOfYear] = field(default_factory=dict)
    envelope: int | None = None
    bound: int = 0

    @property
    def firm_through(self) -> int:
        """The last year that binds now."""
        firm = [key[0] for (key, firmness), minor in self.balance.items() if firmness is Firmness.FIRM and minor]
        return max([self.fiscal_year, *firm])


@dataclass(frozen=True, slots=True)
class YearChange:
    """A fiscal year before and after; nothing for a firmness in which the year has no amount."""

    year: int
    firm_before: int = 0
    firm_after: int = 0
    indicative_before: int = 0
    indicative_after: int = 0

    @property
    def before(self) -> int:
        return self.firm_before + self.indicative_before

    @property
    def after(self) -> int:
        return self.firm_after + self.indicative_after

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def is_same(self) -> bool:
        return (self.firm_before, self.indicative_before) == (self.firm_after, self.indicative_after)


def balance_of(entries: Iterable[tuple[Firmness, Line]]) -> dict[tuple[Key, Firmness], int]:
    """What the entries come to, zeros left out."""
    sums: Counter[tuple[Key, Firmness]] = Counter()
    for firmness, line in entries:
        sums[line.key, firmness] += line.minor
    return {key: minor for key, minor in sorted(sums.items(), key=lambda item: (item[0][0], item[0][1].value)) if minor}


def lines_of_balance(balance: Balance) -> tuple[Line, ...]:
    """The amounts that stand, firm and indicative of a key together, by year, tranche and budget line."""
    sums: Counter[Key] = Counter()
    for (key, _firmness), minor in balance.items():
        sums[key] += minor
    return tuple(Line(key[0], minor, key[1], key[2]) for key, minor in sorted(sums.items()) if minor)


def balance_wanted(asked: Asked) -> dict[tuple[Key, Firmness], int]:
    """The balance that the ledger shall come to."""
    return balance_of((_firmness(line.year, asked.firm_through), line) for line in asked.lines)


def modification_postings(asked: Asked, balance: Balance) -> list[Posting]:
    """The differences, one entry for each key and firmness that changes."""
    kind = EntryKind.LAW if asked.kind is ModificationKind.LAW else EntryKind.MODIFICATION
    wanted = balance_wanted(asked)
    touched = sorted({*wanted, *balance}, key=lambda item: (item[0], item[1].value))
    return [
        Posting(kind, firmness, Line(key[0], change, key[1], key[2]))
        for key, firmness in touched
        if (change := wanted.get((key, firmness), 0) - balance.get((key, firmness), 0))
    ]


def changes_by_year(asked: Asked, balance: Balance) -> list[YearChange]:
    """Every fiscal year that has or had an amount, ascending."""
    before, after = _by_year(balance), _by_year(balance_wanted(asked))
    firm, indicative = Firmness.FIRM, Firmness.INDICATIVE
    return [
        YearChange(
            year, before[year, firm], after[year, firm], before[year, indicative], after[year, indicative]
        )
        for year in sorted({year for year, _firmness in (*before, *after)})
    ]  # fmt: skip


def why_not_modify(asked: Asked, facts: ModificationFacts) -> list[str]:
    """Every reason why the amounts may not become these; empty when they may."""
    changes = changes_by_year(asked, facts.balance)
    return [
        *_faults_of_lines(asked, facts),
        *_faults_of_act(asked, facts),
        *_faults_of_kind(asked, changes, facts),
        *_faults_of_codes(changes, facts),
        *_faults_of_envelope(changes, facts),
    ]


def limits_codes(change: YearChange, facts: ModificationFacts) -> bool:
    """Whether the codes of the year hold more than is decided from now on: nothing new may be reserved on them."""
    codes = facts.codes.get(change.year)
    return codes is not None and change.firm_after < change.firm_before and codes.held > change.firm_after


def _firmness(year: int, firm_through: int) -> Firmness:
    return Firmness.FIRM if year <= firm_through else Firmness.INDICATIVE


def _by_year(balance: Balance) -> Counter[tuple[int, Firmness]]:
    sums: Counter[tuple[int, Firmness]] = Counter()
    for (key, firmness), minor in balance.items():
        sums[key[0], firmness] += minor
    return sums


def _faults_of_lines(asked: Asked, facts: ModificationFacts) -> list[str]:
    first, last = facts.fiscal_year, facts.fiscal_year + FARTHEST_YEAR
    found = []
    if any(not first <= line.year <= last for line in asked.lines):
        found.append(_("Amounts are for the years %(first)s to %(last)s.") % {"first": first, "last": last})
    if any(line.minor < 0 for line in asked.lines):
        found.append(_("An amount is not less than nothing."))
    if any(line.tranche < 1 for line in asked.lines):
        found.append(_("Tranches count from 1."))
    if len({line.key for line in asked.lines}) < len(asked.lines):
        found.append(_("A year, tranche and budget line are there twice."))
    if not facts.firm_through <= asked.firm_through <= last:
        found.append(
            _("Amounts bind through %(year)s at least: what is firm does not become indicative again.")
            % {"year": facts.firm_through}
        )
    return found


def _faults_of_act(asked: Asked, facts: ModificationFacts) -> list[str]:
    found = []
    if not asked.reasons.strip():
        found.append(_("A reason is required."))
    if not asked.act_number.strip():
        found.append(_("Give the number of the act."))
    if asked.act_date > facts.today:
        found.append(_("The date of the act lies in the future."))
    if asked.effective_on < asked.act_date:
        found.append(_("A modification takes effect with its act or after it, not before."))
    return found


def _faults_of_kind(asked: Asked, changes: list[YearChange], facts: ModificationFacts) -> list[str]:
    found = []
    if not modification_postings(asked, facts.balance):
        found.append(_("Nothing would change: enter the amounts as they shall be."))
    elif asked.kind is ModificationKind.SUPPLEMENT and not _only(changes, 1):
        found.append(_("A supplement adds money: no year gets less. For a reallocation choose a modification."))
    elif asked.kind is ModificationKind.CUT and not _only(changes, -1):
        found.append(_("A cut takes money away: no year gets more. For a reallocation choose a modification."))
    if asked.firm_through > facts.firm_through and asked.kind is not ModificationKind.LAW:
        found.append(_("Only what the legislature approved makes the amounts of another year firm."))
    return found


def _only(changes: list[YearChange], sign: int) -> bool:
    differences = [change.difference * sign for change in changes]
    return min(differences) >= 0 and max(differences) > 0


def _faults_of_codes(changes: list[YearChange], facts: ModificationFacts) -> list[str]:
    found = []
    for change in changes:
        codes = facts.codes.get(change.year, CodesOfYear())
        if change.firm_after < change.firm_before and codes.drawn > change.firm_after:
            found.append(
                _(
                    "%(year)s: %(drawn)s is reserved or committed on approval codes already; the amount cannot be lowered "
                    "to %(after)s, which is %(over)s less. Orders have to be released first."
                )
                % {
                    "year": change.year,
                    "drawn": money(Money(facts.currency, codes.drawn)),
                    "after": money(Money(facts.currency, change.firm_after)),
                    "over": money(Money(facts.currency, codes.drawn - change.firm_after)),
                }
            )
    return found


def _faults_of_envelope(changes: list[YearChange], facts: ModificationFacts) -> list[str]:
    rise = next((change.difference for change in changes if change.year == facts.fiscal_year), 0)
    if rise <= 0:
        return []
    refused = over_envelope(facts.institution, facts.envelope, facts.bound, rise, facts.currency)
    return [refused] if refused else []
