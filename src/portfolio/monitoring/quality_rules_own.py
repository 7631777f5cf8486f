"""Our own rules on data, from what real files held: stale rows, zeros that mean missing, thousands given as millions, broken text;
figures of several rooms that contradict each other."""

import polars as pl

from portfolio.i18n import N_
from portfolio.monitoring.health_terms import FixPlace, Severity
from portfolio.monitoring.quality_rule import Rule
from portfolio.monitoring.ratios import WHOLE, basis_points
from portfolio.projects.terms import ProjectStage

STALE_AFTER_DAYS = 100
"""A quarter and the days to report it."""

UNITS_APART = 100
"""Factor from which two amounts of one project look as if one were in thousands (or millions)."""

PROGRESS_APART_BP = 3_000
"""Points by which money may run ahead of the work, or behind it, before somebody looks."""

YEARS_BEFORE, YEARS_AFTER = 5, 10
"""Beyond them a date is a slip of the keyboard or of a file, not a plan."""

BROKEN_TEXT = "Ã[\u0080-\u00bf]|Â[\u00a0-\u00bf]|\ufffd"
"""Text that was read in the wrong encoding once (é as two letters), or lost letters."""

STALENESS = "stale_days"
"""Computed by the runner: days between the last change and the as-at date."""

_is_open = pl.col("stage") != ProjectStage.CLOSED.value
_cost, _approved, _paid = pl.col("total_cost"), pl.col("approved_budget"), pl.col("paid")
_larger, _smaller = pl.max_horizontal(_cost, _approved), pl.min_horizontal(_cost, _approved)
_financial = basis_points(_paid, _cost)

OWN_RULES = (
    Rule(
        "P01",
        N_("The data were brought up to date in the last hundred days"),
        ("stage", "updated_on"),
        (pl.col(STALENESS) <= STALE_AFTER_DAYS).fill_null(False),
        Severity.WARNING,
        FixPlace.RETURN,
        applies=_is_open,
    ),
    Rule(
        "P02",
        N_("What was paid is not more than what is approved"),
        ("paid", "approved_budget"),
        _paid <= _approved,
        Severity.ERROR,
        FixPlace.MONEY,
    ),
    Rule(
        "P03",
        N_("The total cost is not zero: a zero often stands for what is missing"),
        ("total_cost",),
        _cost != 0,
        Severity.WARNING,
        FixPlace.MONEY,
    ),
    Rule(
        "P04",
        N_("Cost and approved budget are in the same units, neither a hundred times the other"),
        ("total_cost", "approved_budget"),
        _larger // UNITS_APART < _smaller,
        Severity.WARNING,
        FixPlace.MONEY,
        applies=(_cost > 0) & (_approved > 0),
    ),
    Rule(
        "P05",
        N_("Title and description can be read: no letters were lost or doubled when they were copied"),
        ("title", "description"),
        ~pl.concat_str("title", "description", separator=" ", ignore_nulls=True).str.contains(BROKEN_TEXT),
        Severity.WARNING,
        FixPlace.PROJECT,
    ),
    Rule(
        "P06",
        N_("Physical progress lies between 0 and 100 %"),
        ("actual_progress_bp",),
        pl.col("actual_progress_bp").is_between(0, WHOLE),
        Severity.ERROR,
        FixPlace.RETURN,
    ),
    Rule(
        "P07",
        N_("Money and work advance together: less than thirty points apart"),
        ("actual_progress_bp", "paid", "total_cost"),
        (pl.col("actual_progress_bp") - _financial).abs() < PROGRESS_APART_BP,
        Severity.WARNING,
        FixPlace.RETURN,
    ),
    Rule(
        "P08",
        N_("Forecast and actual dates lie between five years before the start and ten years after the end"),
        ("starts_on", "ends_on", "earliest_date", "latest_date"),
        (pl.col("earliest_date") >= pl.col("starts_on").dt.offset_by(f"-{YEARS_BEFORE}y"))
        & (pl.col("latest_date") <= pl.col("ends_on").dt.offset_by(f"{YEARS_AFTER}y")),
        Severity.ERROR,
        FixPlace.PLAN,
    ),
    Rule(
        "P09",
        N_("No milestone waits on a forecast that is over: what is late has a new forecast"),
        ("pending", "overdue_forecasts"),
        pl.col("overdue_forecasts") == 0,
        Severity.WARNING,
        FixPlace.PLAN,
        applies=pl.col("pending") > 0,
    ),
    Rule(
        "P10",
        N_("Contracts with their amendments are together not above what is decided"),
        ("contracted", "approved_budget"),
        pl.col("contracted") <= _approved,
        Severity.ERROR,
        FixPlace.CONTRACTS,
    ),
    Rule(
        "P11",
        N_("What was paid is not more than what was accrued"),
        ("paid", "accrued"),
        _paid <= pl.col("accrued"),
        Severity.ERROR,
        FixPlace.MONEY,
    ),
    Rule(
        "P12",
        N_("What was accrued, or paid, is not more than what was committed"),
        ("paid", "accrued", "committed"),
        pl.max_horizontal(_paid, pl.col("accrued")) <= pl.col("committed"),
        Severity.ERROR,
        FixPlace.MONEY,
    ),
    Rule(
        "P13",
        N_("What was paid is not more than the approval codes of the years allow"),
        ("paid", "ceilings"),
        _paid <= pl.col("ceilings"),
        Severity.WARNING,
        FixPlace.MONEY,
    ),
    Rule(
        "P14",
        N_("Nothing is executed on a budget line for which nothing was decided"),
        ("paid", "undecided_lines"),
        pl.col("undecided_lines") == 0,
        Severity.ERROR,
        FixPlace.MONEY,
    ),
    Rule(
        "P15",
        N_("No invoice is dated before its contract was signed"),
        ("invoices", "early_invoices"),
        pl.col("early_invoices") == 0,
        Severity.ERROR,
        FixPlace.CONTRACTS,
        applies=pl.col("invoices") > 0,
    ),
    Rule(
        "P16",
        N_("Physical progress does not go down from one period to the next"),
        ("progress_drops",),
        pl.col("progress_drops") == 0,
        Severity.WARNING,
        FixPlace.RETURN,
    ),
    Rule(
        "P17",
        N_("The newest value of every indicator lies where its unit can be"),
        ("impossible_values",),
        pl.col("impossible_values") == 0,
        Severity.ERROR,
        FixPlace.INDICATORS,
    ),
)
