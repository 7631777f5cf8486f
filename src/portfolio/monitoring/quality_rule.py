"""What a rule on data is, and the frames that rules look at."""

from dataclasses import dataclass
from enum import Enum

import polars as pl

from portfolio.monitoring.health_terms import FixPlace, Severity
from portfolio.projects.terms import ProjectStage

PROJECTS = pl.Schema(
    {
        "project": pl.String(),
        "institution": pl.String(),
        "code": pl.String(),
        "investment_code": pl.String(),
        "title": pl.String(),
        "description": pl.String(),
        "sector": pl.String(),
        "executing_unit": pl.String(),
        "funding_sources": pl.Int64(),
        "starts_on": pl.Date(),
        "ends_on": pl.Date(),
        "stage": pl.String(),
        "phase": pl.String(),
        "locations": pl.Int64(),
        "planned_progress_bp": pl.Int64(),
        "actual_progress_bp": pl.Int64(),
        "targets": pl.Int64(),
        "zero_targets": pl.Int64(),
        "achieved": pl.Int64(),
        "zero_achieved": pl.Int64(),
        "components": pl.Int64(),
        "components_incoherent": pl.Int64(),
        "total_cost": pl.Int64(),
        "budget": pl.Int64(),
        "programmed_budget": pl.Int64(),
        "approved_budget": pl.Int64(),
        "paid": pl.Int64(),
        "in_treasury_budget": pl.Boolean(),
        "treasury_budget": pl.Int64(),
        "processes": pl.Int64(),
        "processes_without_state": pl.Int64(),
        "live_processes": pl.Int64(),
        "contracts": pl.Int64(),
        "contracts_without_state": pl.Int64(),
        "live_contracts": pl.Int64(),
        "updated_on": pl.Date(),
        "earliest_date": pl.Date(),
        "latest_date": pl.Date(),
        "pending": pl.Int64(),
        "overdue_forecasts": pl.Int64(),
        "committed": pl.Int64(),
        "accrued": pl.Int64(),
        "contracted": pl.Int64(),
        "invoices": pl.Int64(),
        "early_invoices": pl.Int64(),
        "ceilings": pl.Int64(),
        "undecided_lines": pl.Int64(),
        "progress_drops": pl.Int64(),
        "impossible_values": pl.Int64(),
    }
)
"""Every column a rule may look at; a frame may have fewer (never other types), and rules without theirs are not checked.

Money in minor units of one currency a row, shares in basis points, the rest counts. `stage` is a `ProjectStage` value, `phase`
one of `PHASES`. `targets` counts indicators with a target and `zero_targets` those whose target is zero; `achieved` and
`zero_achieved` the same of measurements. A component is incoherent when schedule, physical and financial progress do not all
have it. Processes and contracts are those linked to the project's budget lines. The columns after `updated_on` are those of
`facts_checks`, with `committed` and `accrued` up to the as-at date: what our own rules hold against each other.
"""

INSTITUTIONS = pl.Schema(
    {"institution": pl.String(), "investment_lines": pl.Int64(), "lines_without_project": pl.Int64()}
)
"""Budget lines of investment of the year in the treasury's system, and how many name no project."""

PHASES = ("preinvestment", "investment")

EXECUTING = tuple(
    stage.value
    for stage in (
        ProjectStage.PROOF_OF_CONCEPT,
        ProjectStage.PILOT,
        ProjectStage.EVALUATION,
        ProjectStage.SCALING,
        ProjectStage.PRODUCTION,
        ProjectStage.HAND_OVER,
    )
)
FINISHED = (ProjectStage.OPERATING.value, ProjectStage.CLOSED.value)


class Subject(Enum):
    """What a rule is about."""

    PROJECT = "project"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what must hold, of whom, and where what fails is put right.

    `holds` is true, false, or null where it cannot be told for that row; a row outside `applies` is not asked at all.
    """

    code: str
    checks: str
    needs: tuple[str, ...]
    holds: pl.Expr
    severity: Severity
    place: FixPlace
    applies: pl.Expr | None = None
    subject: Subject = Subject.PROJECT


def is_filled(column: str) -> pl.Expr:
    """Text that says something; null and blanks do not."""
    return pl.col(column).fill_null("").str.strip_chars() != ""


def is_positive(column: str) -> pl.Expr:
    """A number above zero; missing is a failure, not a zero."""
    return (pl.col(column) > 0).fill_null(False)


def plain(column: str) -> pl.Expr:
    """Text without case, accents, punctuation and repeated blanks, for comparing."""
    folded = pl.col(column).fill_null("").str.to_lowercase().str.normalize("NFKD").str.replace_all(r"\p{M}+", "")
    return folded.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


MEANINGFUL_LETTERS = 30
MEANINGFUL_WORDS = 5
"""Ours: the published rule asks for words that tell what the project is, and no numbers."""


def is_meaningful(text: str, title: str) -> pl.Expr:
    """So many letters, so many different words of three letters and more, and not just the title again."""
    words = plain(text).str.extract_all(r"\p{L}{3,}").list.unique().list.len()
    return (
        (plain(text).str.len_chars() >= MEANINGFUL_LETTERS)
        & (words >= MEANINGFUL_WORDS)
        & (plain(text) != plain(title))
    )
