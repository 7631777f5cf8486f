"""Tables that hold what a case costs and what pays for it."""

from portfolio.business_cases.lines import choices
from portfolio.business_cases.lines.columns import Column, Kind, LineSpec
from portfolio.business_cases.lines.context import LineContext
from portfolio.business_cases.models import (
    CostAmount,
    CostLine,
    FundingAmount,
    FundingLine,
    LotLine,
    OperationLine,
    ParticipantLine,
)
from portfolio.business_cases.terms import FundingNature, Recurrence
from portfolio.i18n import N_
from portfolio.packs.terms import SectionCode


def _has_units(context: LineContext) -> bool:
    return bool(context.units)


COSTS = LineSpec(
    name="costs",
    section=SectionCode.COSTS,
    model=CostLine,
    amounts=(CostAmount, "cost_id"),
    title=N_("Costs by fiscal year"),
    noun=N_("Cost"),
    help=N_(
        "One line for each cost, with what it takes in every fiscal year of its life. Leave a year blank when it costs nothing."
    ),
    columns=(
        Column("description", N_("Description"), needed=True, wide=True),
        Column("category", N_("Category"), Kind.CHOICE, options=choices.cost_categories, needed=True),
        Column("budget_line", N_("Budget line"), Kind.CHOICE, options=choices.budget_lines, needed=True),
        Column("nature", N_("Capital or current"), Kind.CHOICE, options=choices.natures, needed=True),
        Column("recurrence", N_("How often"), Kind.CHOICE, options=choices.of_enum(Recurrence)),
        Column("unit", N_("Unit"), Kind.CHOICE, options=choices.units, shown=_has_units),
        Column("tax_included", N_("Tax included"), Kind.YES_NO, default=choices.YES),
        Column("is_digital", N_("Digital spending"), Kind.YES_NO, default=choices.YES),
        Column("amounts", N_("Amounts by year"), Kind.YEARS, needed=True),
    ),
)

FUNDING = LineSpec(
    name="funding",
    section=SectionCode.FUNDING,
    model=FundingLine,
    amounts=(FundingAmount, "funding_id"),
    title=N_("Sources by fiscal year"),
    noun=N_("Source"),
    help=N_("Year by year the sources together must equal the costs, tax included."),
    columns=(
        Column("source", N_("Source"), Kind.CHOICE, options=choices.funding_sources, needed=True),
        Column("nature", N_("Asked or secured"), Kind.CHOICE, options=choices.of_enum(FundingNature), needed=True),
        Column("note", N_("Note"), hint=N_("Contract, agreement or act that secures it."), wide=True),
        Column("amounts", N_("Amounts by year"), Kind.YEARS, needed=True),
    ),
)

LOTS = LineSpec(
    name="lots",
    section=SectionCode.PROCUREMENT,
    model=LotLine,
    title=N_("Lots to be bought"),
    noun=N_("Lot"),
    help=N_("Each lot gets an approval code of its own for its fiscal year. Amounts include tax."),
    columns=(
        Column("title", N_("What is bought"), needed=True, wide=True),
        Column("category", N_("Category"), Kind.CHOICE, options=choices.cost_categories),
        Column("method", N_("Method"), Kind.CHOICE, options=choices.procurement_methods, needed=True),
        Column("fiscal_year", N_("Fiscal year"), Kind.YEAR, options=choices.fiscal_years, needed=True),
        Column("amount_minor", N_("Amount"), Kind.MONEY, needed=True),
        Column("is_pilot", N_("Pilot"), Kind.YES_NO, default=choices.NO),
        Column("note", N_("Note"), wide=True),
    ),
)

PARTICIPANTS = LineSpec(
    name="participants",
    section=SectionCode.STAKEHOLDERS,
    model=ParticipantLine,
    title=N_("Other institutions that take part"),
    noun=N_("Institution"),
    help=N_("Begin to type the name and choose from the list. Their people will not review this case."),
    columns=(
        Column("institution_id", N_("Institution"), Kind.INSTITUTION, needed=True, wide=True),
        Column("part", N_("What it does"), wide=True),
        Column("amount_minor", N_("Own amount"), Kind.MONEY, needed=True, hint=N_("0 when it contributes no money.")),
    ),
)

OPERATION = LineSpec(
    name="operation",
    section=SectionCode.COSTS,
    model=OperationLine,
    title=N_("What keeps the services running"),
    noun=N_("Service"),
    help=N_("One line for each contract or service, for this fiscal year and the one before, tax included."),
    columns=(
        Column("service", N_("Service or system"), needed=True, wide=True),
        Column("supplier", N_("Supplier")),
        Column("contract", N_("Contract")),
        Column("category", N_("Category"), Kind.CHOICE, options=choices.cost_categories, needed=True),
        Column("budget_line", N_("Budget line"), Kind.CHOICE, options=choices.budget_lines, needed=True),
        Column("previous_minor", N_("Last year"), Kind.MONEY),
        Column("amount_minor", N_("This year"), Kind.MONEY, needed=True),
        Column("reason", N_("Reason for growth"), wide=True),
    ),
)
