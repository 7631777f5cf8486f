"""The 26 rules on public investment data that MapaInversiones publishes for the Dominican Republic, in our own words and types.

Source: Inter-American Development Bank, EL-BID/data-Mapainversiones, "Reglas comerciales de República Dominicana" (documentation
CC BY 4.0): the facts, not the text. The numbers are theirs. Rules 23 and 25 count processes and contracts and their states; as
a rule on data they ask that every one of them has a state. Rule 21 asks both ways: what the budget has and the bank has not
is rule 20.
"""

import polars as pl

from portfolio.i18n import N_
from portfolio.monitoring.health_terms import FixPlace, Severity
from portfolio.monitoring.quality_rule import (
    EXECUTING,
    FINISHED,
    PHASES,
    Rule,
    Subject,
    is_filled,
    is_meaningful,
    is_positive,
)
from portfolio.projects.terms import ProjectStage

ERROR, WARNING = Severity.ERROR, Severity.WARNING
_EXECUTING = pl.col("stage").is_in(EXECUTING)
_BEGUN = pl.col("stage").is_in((*EXECUTING, *FINISHED))
_FINISHED = pl.col("stage").is_in(FINISHED)
_CLOSED = pl.col("stage") == ProjectStage.CLOSED.value
_STAGES = [stage.value for stage in ProjectStage]


def _one_of(column: str, values: tuple[str, ...] | list[str]) -> pl.Expr:
    return pl.col(column).is_in(values).fill_null(False)


def _present(column: str) -> pl.Expr:
    return pl.col(column).is_not_null()


def _alone(column: str) -> pl.Expr:
    return is_filled(column) & pl.col(column).is_unique()


PUBLIC_RULES = (
    Rule("R01", N_("The project has one identifier of its own"), ("code",), _alone("code"), ERROR, FixPlace.PROJECT),
    Rule(
        "R02",
        N_("The project has one code of the public investment system, and no other project has it"),
        ("investment_code",),
        _alone("investment_code"),
        ERROR,
        FixPlace.PROJECT,
    ),
    Rule("R03", N_("A sector or function is named"), ("sector",), is_filled("sector"), ERROR, FixPlace.PROJECT),
    Rule(
        "R04",
        N_("An executing or responsible unit is named"),
        ("executing_unit",),
        is_filled("executing_unit"),
        ERROR,
        FixPlace.PROJECT,
    ),
    Rule(
        "R05",
        N_("At least one source of funding is named"),
        ("funding_sources",),
        is_positive("funding_sources"),
        ERROR,
        FixPlace.MONEY,
    ),
    Rule(
        "R06",
        N_("The description tells what the project is about, in more words than its title"),
        ("title", "description"),
        is_meaningful("description", "title"),
        WARNING,
        FixPlace.PROJECT,
    ),
    Rule(
        "R07",
        N_("Start and end are dated, and the end does not lie before the start"),
        ("starts_on", "ends_on"),
        (pl.col("ends_on") >= pl.col("starts_on")).fill_null(False),
        ERROR,
        FixPlace.PLAN,
    ),
    Rule("R08", N_("The total cost is known"), ("total_cost",), _present("total_cost"), ERROR, FixPlace.MONEY),
    Rule("R09", N_("The stage is one of the list"), ("stage",), _one_of("stage", _STAGES), ERROR, FixPlace.PROJECT),
    Rule(
        "R10",
        N_("Physical progress is planned"),
        ("planned_progress_bp",),
        _present("planned_progress_bp"),
        ERROR,
        FixPlace.PLAN,
    ),
    Rule(
        "R11",
        N_("A project that is carried out or finished reports its physical progress"),
        ("stage", "actual_progress_bp"),
        _present("actual_progress_bp"),
        ERROR,
        FixPlace.RETURN,
        applies=_BEGUN,
    ),
    Rule(
        "R12",
        N_("Targets are set, and none of them is zero"),
        ("targets", "zero_targets"),
        is_positive("targets") & (pl.col("zero_targets") == 0).fill_null(False),
        ERROR,
        FixPlace.INDICATORS,
    ),
    Rule(
        "R13",
        N_("A finished project has achieved something that is not zero on its targets"),
        ("stage", "achieved", "zero_achieved"),
        is_positive("achieved") & (pl.col("zero_achieved") == 0).fill_null(False),
        ERROR,
        FixPlace.INDICATORS,
        applies=_FINISHED,
    ),
    Rule(
        "R14",
        N_("The phase, preinvestment or investment, is named"),
        ("phase",),
        _one_of("phase", PHASES),
        ERROR,
        FixPlace.PROJECT,
    ),
    Rule("R15", N_("There is a budget, whatever the stage"), ("budget",), _present("budget"), ERROR, FixPlace.MONEY),
    Rule(
        "R16",
        N_("The programmed budget is above zero"),
        ("programmed_budget",),
        is_positive("programmed_budget"),
        ERROR,
        FixPlace.MONEY,
    ),
    Rule(
        "R17",
        N_("The approved budget is above zero"),
        ("approved_budget",),
        is_positive("approved_budget"),
        ERROR,
        FixPlace.MONEY,
    ),
    Rule("R18", N_("At least one place is named"), ("locations",), is_positive("locations"), ERROR, FixPlace.PROJECT),
    Rule(
        "R19",
        N_("Schedule, physical and financial progress have the same components"),
        ("components", "components_incoherent"),
        is_positive("components") & (pl.col("components_incoherent") == 0).fill_null(False),
        WARNING,
        FixPlace.PLAN,
    ),
    Rule(
        "R20",
        N_("Every investment line of the budget names its project"),
        ("investment_lines", "lines_without_project"),
        pl.col("lines_without_project") == 0,
        ERROR,
        FixPlace.IMPORTS,
        applies=pl.col("investment_lines") > 0,
        subject=Subject.INSTITUTION,
    ),
    Rule(
        "R21",
        N_("A project that is carried out is in the budget of the year"),
        ("stage", "in_treasury_budget"),
        pl.col("in_treasury_budget"),
        WARNING,
        FixPlace.MONEY,
        applies=_EXECUTING,
    ),
    Rule(
        "R22",
        N_("The budget of the year is the same here and in the treasury's system"),
        ("budget", "treasury_budget"),
        pl.col("budget") == pl.col("treasury_budget"),
        ERROR,
        FixPlace.IMPORTS,
        applies=pl.col("treasury_budget").is_not_null(),
    ),
    Rule(
        "R23",
        N_("Every procurement process of the budget lines has a state"),
        ("processes", "processes_without_state"),
        pl.col("processes_without_state") == 0,
        WARNING,
        FixPlace.CONTRACTS,
        applies=pl.col("processes") > 0,
    ),
    Rule(
        "R24",
        N_("A project that is carried out with a budget has a procurement process that was not cancelled"),
        ("stage", "approved_budget", "live_processes"),
        pl.col("live_processes") > 0,
        WARNING,
        FixPlace.CONTRACTS,
        applies=_EXECUTING & (pl.col("approved_budget") > 0),
    ),
    Rule(
        "R25",
        N_("Every contract of the budget lines has a state"),
        ("contracts", "contracts_without_state"),
        pl.col("contracts_without_state") == 0,
        WARNING,
        FixPlace.CONTRACTS,
        applies=pl.col("contracts") > 0,
    ),
    Rule(
        "R26",
        N_("Contracts run while the project is carried out, and none is open once it is closed"),
        ("stage", "contracts", "live_contracts"),
        pl.when(_CLOSED).then(pl.col("live_contracts") == 0).otherwise(pl.col("live_contracts") > 0),
        WARNING,
        FixPlace.CONTRACTS,
        applies=(_EXECUTING | _CLOSED) & (pl.col("contracts") > 0),
    ),
)
