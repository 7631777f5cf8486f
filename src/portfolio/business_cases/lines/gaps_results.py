"""What indicators, benefits, milestones and team still lack (product.md rule 5; handbook 5.7 and 5.8)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from portfolio.business_cases.lines.gaps import Gap, LineFacts, cell_gap, named, table_gap
from portfolio.business_cases.lines.reading import Line
from portfolio.business_cases.lines.specs import BENEFITS, INDICATORS, MILESTONES, TEAM
from portfolio.business_cases.lines.values import FIGURE
from portfolio.business_cases.lines.vanity import is_vanity
from portfolio.business_cases.terms import IndicatorFamily
from portfolio.i18n import gettext as _
from portfolio.packs.terms import CaseFact

RECORD = ("name", "baseline", "target", "owner")
"""What makes an indicator a promise that can be checked later."""


def indicator_gaps(facts: LineFacts) -> Iterator[Gap]:
    """An operational one always; one of inclusion where the case touches a service to people, elsewhere a reason why not.

    Counts of what was delivered do not count.
    """
    lines = facts.of(INDICATORS)
    yield from _not_numbers(lines)
    if not any(_counts(line, IndicatorFamily.OPERATIONAL) for line in lines):
        yield table_gap(
            INDICATORS, _("Add an operational indicator with baseline, target and owner, that is not a mere count")
        )
    if any(_counts(line, IndicatorFamily.INCLUSION) for line in lines):
        return
    if CaseFact.PUBLIC_SERVICE in facts.facts:
        yield table_gap(
            INDICATORS,
            _("Add an indicator of inclusion with baseline, target and owner: the case touches a service to people"),
        )
    elif not any(_is_excused(line) for line in lines):
        yield table_gap(INDICATORS, _("Add an indicator of inclusion, or a line that says why none applies"))


def _not_numbers(lines: Sequence[Line]) -> Iterator[Gap]:
    """Texts from before these cells took only numbers: nobody can tell later whether such a target was reached."""
    for number, line in enumerate(lines, start=1):
        for name, words in (
            ("baseline", _("its baseline is not a number")),
            ("target", _("its target is not a number")),
        ):
            if line.values[name].strip() and not FIGURE.fullmatch(line.values[name]):
                yield cell_gap(INDICATORS, line, name, named(INDICATORS, number, words))


def _counts(line: Line, family: IndicatorFamily) -> bool:
    values = line.values
    is_whole = all(values[name].strip() for name in RECORD)
    return values["family"] == family.value and is_whole and not is_vanity(values["name"], values["unit"])


def _is_excused(line: Line) -> bool:
    is_inclusion = line.values["family"] == IndicatorFamily.INCLUSION.value
    return is_inclusion and bool(line.values["not_applicable_reason"].strip())


def benefit_gaps(facts: LineFacts) -> Iterator[Gap]:
    if not facts.of(BENEFITS):
        yield table_gap(BENEFITS, _("Add at least one benefit"))


def delivery_gaps(facts: LineFacts) -> Iterator[Gap]:
    """Milestones with dates, in their order, and somebody to reach them."""
    lines = facts.of(MILESTONES)
    if not lines:
        yield table_gap(MILESTONES, _("Add at least one milestone"))
    dated = [(number, line) for number, line in enumerate(lines, start=1) if line.values["due_on"]]
    for (_first, before), (number, line) in pairwise(dated):
        if line.values["due_on"] < before.values["due_on"]:
            text = named(MILESTONES, number, _("its date is before the one above: put them in order"))
            yield cell_gap(MILESTONES, line, "due_on", text)
    if not facts.of(TEAM):
        yield table_gap(TEAM, _("Add at least one role of the team"))
