"""The lists that cells choose from: the country pack's, and the fixed ones of this room."""

from collections.abc import Mapping
from enum import Enum

from portfolio.business_cases.lines.columns import Options
from portfolio.business_cases.lines.context import LineContext
from portfolio.i18n import N_, gettext
from portfolio.labels import label
from portfolio.packs.parts import Choice
from portfolio.packs.terms import ExpenseNature

YES, NO = "yes", "no"


def of_enum(members: type[Enum]) -> Options:
    def options(_context: LineContext) -> list[tuple[str, str]]:
        return [(str(member.value), label(member)) for member in members]

    return options


def _listed(choices: Mapping[str, Choice]) -> list[tuple[str, str]]:
    return [(choice.code, str(choice.label)) for choice in choices.values()]


def cost_categories(context: LineContext) -> list[tuple[str, str]]:
    return _listed(context.pack.cost_categories)


def budget_lines(context: LineContext) -> list[tuple[str, str]]:
    """Only lines that can be charged; their number is part of the words, because people know them by it."""
    return [(line.code, f"{line.code} {line.label}") for line in context.pack.usable_budget_lines()]


def natures(context: LineContext) -> list[tuple[str, str]]:
    return [(member.value, str(context.pack.label(member))) for member in ExpenseNature]


def units(context: LineContext) -> list[tuple[str, str]]:
    return [("", context.currency), *((unit, unit) for unit in context.units)]


def funding_sources(context: LineContext) -> list[tuple[str, str]]:
    return _listed(context.pack.funding_sources)


def benefit_dimensions(context: LineContext) -> list[tuple[str, str]]:
    return _listed(context.pack.benefit_dimensions)


def procurement_methods(context: LineContext) -> list[tuple[str, str]]:
    return _listed(context.pack.procurement_methods)


def yes_no(_context: LineContext) -> list[tuple[str, str]]:
    return [(YES, gettext(N_("Yes"))), (NO, gettext(N_("No")))]


def fiscal_years(context: LineContext) -> list[tuple[str, str]]:
    return [(str(year), str(year)) for year in context.years]
