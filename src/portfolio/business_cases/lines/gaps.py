"""What the lines of a case still lack: pure functions over lines, each gap with the place where it is filled."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portfolio.business_cases.lines.arithmetic import growth
from portfolio.business_cases.lines.columns import Kind, LineSpec, cells_of
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.lines.reading import Line
from portfolio.business_cases.lines.specs import OPTIONS, RISKS, SHARED_SOLUTIONS, SPECS
from portfolio.business_cases.lines.specs_money import COSTS, FUNDING, LOTS, OPERATION
from portfolio.business_cases.lines.totals import LineTotals
from portfolio.business_cases.terms import OptionKind, Reuse, SharedSolution
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import label
from portfolio.packs.terms import CaseFact, SectionCode, TrackCode
from portfolio.web import formatting

LEAST_RISKS = 3
"""Our design: a case that sees fewer risks has not looked."""

GROWTH_WITHOUT_REASON = Fraction(1, 10)
"""Our design: a running cost that grows by more than this against last year says why."""


@dataclass(frozen=True, slots=True)
class Gap:
    """`anchor`: the id of the field or of the table on the section's page."""

    section: SectionCode
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Everything the checks look at: lines by table, totals, what the answers say the case touches."""

    context: LineContext
    track: TrackCode
    lines: Mapping[str, Sequence[Line]]
    totals: LineTotals
    facts: frozenset[CaseFact]

    def of(self, spec: LineSpec) -> Sequence[Line]:
        return self.lines.get(spec.name, ())


def table_gap(spec: LineSpec, text: str) -> Gap:
    return Gap(spec.section, f"lines-{spec.name}", text)


def cell_gap(spec: LineSpec, line: Line, key: str, text: str) -> Gap:
    return Gap(spec.section, f"{line.id}-{key}", text)


def named(spec: LineSpec, number: int, text: str) -> str:
    return _("%(noun)s %(number)s: %(what)s") % {"noun": _(spec.noun), "number": number, "what": text}


def unfilled(facts: LineFacts) -> Iterator[Gap]:
    """One gap for each line that lacks cells that submission asks for."""
    for spec in SPECS.values():
        cells = cells_of(spec, facts.context)
        for number, line in enumerate(facts.of(spec), start=1):
            if spec.fixed is not None or line.values.get("not_applicable_reason"):
                continue
            empty = [column for column in spec.columns if column.needed and _is_empty(line, column.name, column.kind)]
            if not empty:
                continue
            names = ", ".join(_(column.label) for column in empty)
            first = next((cell.key for cell in cells if cell.column is empty[0]), empty[0].name)
            text = named(spec, number, _("fill in %(columns)s") % {"columns": names})
            yield cell_gap(spec, line, first, text)


def _is_empty(line: Line, name: str, kind: Kind) -> bool:
    if kind is Kind.YEARS:
        return not line.amounts
    return line.values.get(name) in (None, "")


def option_gaps(facts: LineFacts) -> Iterator[Gap]:
    """Doing nothing is compulsory, with at least one other beside it, and exactly one is preferred."""
    lines = facts.of(OPTIONS)
    kinds = Counter(line.values["kind"] for line in lines)
    if not kinds[OptionKind.DO_NOTHING.value]:
        yield table_gap(OPTIONS, _("Add the option of doing nothing: the others are measured against it"))
    if len(lines) - kinds[OptionKind.DO_NOTHING.value] < 1:
        yield table_gap(OPTIONS, _("Add at least one option beside doing nothing"))
    preferred = sum(1 for line in lines if line.values["is_preferred"])
    if lines and preferred != 1:
        yield table_gap(OPTIONS, _("Mark exactly one option as preferred"))


def cost_gaps(facts: LineFacts) -> Iterator[Gap]:
    """At least one cost with an amount; on the operation track its lines are the costs."""
    spec = OPERATION if facts.track is TrackCode.OPERATION else COSTS
    if not facts.totals.whole_life.minor and not facts.of(spec):
        yield table_gap(spec, _("Add at least one line with its amounts"))
    for number, line in enumerate(facts.of(COSTS), start=1):
        if line.unit and line.unit not in facts.context.units:
            text = named(COSTS, number, _("choose another unit: %(unit)s is not in use") % {"unit": line.unit})
            yield cell_gap(COSTS, line, "unit", text)


def funding_gaps(facts: LineFacts) -> Iterator[Gap]:
    """Year by year the sources equal the costs."""
    for year, gap in facts.totals.mismatch_by_year.items():
        amount = formatting.money(Money(gap.currency, abs(gap.minor)))
        text = (
            _("%(year)s: %(amount)s of the costs have no source")
            if gap.minor > 0
            else _("%(year)s: the sources exceed the costs by %(amount)s")
        )
        yield table_gap(FUNDING, text % {"year": year, "amount": amount})


def risk_gaps(facts: LineFacts) -> Iterator[Gap]:
    lacking = LEAST_RISKS - len(facts.of(RISKS))
    if lacking > 0:
        text = ngettext("Add %(n)s more risk", "Add %(n)s more risks", lacking) % {"n": lacking}
        yield table_gap(RISKS, text)


def shared_solution_gaps(facts: LineFacts) -> Iterator[Gap]:
    """Each one is answered; where it is relevant and not reused, with the reason."""
    for line in facts.of(SHARED_SOLUTIONS):
        words = label(SharedSolution(line.values["solution"]))
        if not line.values["use"]:
            yield cell_gap(
                SHARED_SOLUTIONS, line, "use", _("%(solution)s: say whether it is reused") % {"solution": words}
            )
        elif line.values["use"] == Reuse.NOT_REUSED.value and not line.values["reason"].strip():
            text = _("%(solution)s: say why it is not reused") % {"solution": words}
            yield cell_gap(SHARED_SOLUTIONS, line, "reason", text)


def lot_gaps(facts: LineFacts) -> Iterator[Gap]:
    """What is bought in a year does not exceed what that year costs, whoever pays for it."""
    lots = facts.of(LOTS)
    if CaseFact.PROCUREMENT in facts.facts and not lots:
        yield table_gap(LOTS, _("Add at least one lot: the case says that something is bought"))
    sums: Counter[int] = Counter()
    for line in lots:
        if line.values["fiscal_year"] is not None:
            sums[line.values["fiscal_year"]] += line.values["amount_minor"] or 0
    for year, minor in sorted(sums.items()):
        cost = facts.totals.by_year.get(year)
        over = minor - (cost.minor if cost else 0)
        if over > 0:
            amount = formatting.money(Money(facts.totals.currency, over))
            text = _("%(year)s: the lots exceed the costs of the year by %(amount)s")
            yield table_gap(LOTS, text % {"year": year, "amount": amount})


def operation_gaps(facts: LineFacts) -> Iterator[Gap]:
    """Growth beyond the threshold, and what is new this year, says why."""
    for number, line in enumerate(facts.of(OPERATION), start=1):
        if needs_reason(line) and not line.values["reason"].strip():
            yield cell_gap(OPERATION, line, "reason", named(OPERATION, number, _("say why it grows or is new")))


def needs_reason(line: Line) -> bool:
    """An operation line that is new this year, or grows by more than the threshold."""
    amount, previous = line.values["amount_minor"], line.values["previous_minor"]
    if not amount:
        return False
    share = growth(amount, previous)
    return not previous or (share is not None and share > GROWTH_WITHOUT_REASON)


def all_of(*groups: Iterable[Gap]) -> list[Gap]:
    return [gap for group in groups for gap in group]
