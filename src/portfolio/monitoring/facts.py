"""Everything that the health of projects is reckoned from, read from the tables of every room, for all projects or one."""

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy.orm import Session

from portfolio.execution.years import bounds_of, year_of
from portfolio.monitoring import facts_checks, facts_kpis, facts_money, facts_plan, facts_quality, facts_risks
from portfolio.monitoring.data_quality import Checked, check_data
from portfolio.monitoring.health import COUNTS
from portfolio.monitoring.portion import Portion
from portfolio.monitoring.quality_rule import PROJECTS
from portfolio.monitoring.ratings import FACTS
from portfolio.monitoring.ratios import basis_points
from portfolio.monitoring.told import Told, read_told
from portfolio.monitoring.variance import BOTH_PLANS, both_variances
from portfolio.packs.schema import CountryPack


@dataclass(frozen=True, slots=True)
class Read:
    """What the tables say of a portion at a date; the schema of each frame is that of the module named.

    `lives`, `dates`: `facts_plan.LIVES`, `DATES`; `milestones`: `facts_plan.MILESTONES`; `indicators`, `points`:
    `facts_kpis`; `risks`: `facts_risks.RISKS`; `plans`: `variance.BOTH_PLANS`; `told`: what the returns say;
    `spent`: `facts_money.FLOWED`.
    """

    as_at: date
    lives: pl.DataFrame
    plans: pl.DataFrame
    milestones: pl.DataFrame
    indicators: pl.DataFrame
    points: pl.DataFrame
    risks: pl.DataFrame
    told: Told
    spent: pl.DataFrame


def read_facts(session: Session, pack: CountryPack, portion: Portion, as_at: date) -> Read:
    """One statement for each source."""
    lives = facts_plan.read_lives(session, portion)
    milestones = facts_plan.read_milestones(session, portion, as_at)
    dates = facts_plan.dates_of(lives, facts_plan.read_approved(session, portion), milestones)
    indicators, points = facts_kpis.read_indicators(session, portion)
    year = bounds_of(pack, year_of(pack, as_at))
    told, spent = read_told(session, portion), facts_money.read_spent(session, portion, lives, as_at, year=year)
    decided = facts_money.read_decided(session, pack, portion)
    costs = facts_money.at_the_end(spent, told.progress, decided)
    return Read(
        as_at=as_at,
        lives=lives,
        plans=plans_of(lives, dates, decided, costs),
        milestones=milestones,
        indicators=indicators,
        points=points,
        risks=facts_risks.read_risks(session, pack, portion),
        told=told,
        spent=spent,
    )


def plans_of(lives: pl.DataFrame, dates: pl.DataFrame, decided: pl.DataFrame, costs: pl.DataFrame) -> pl.DataFrame:
    """`variance.BOTH_PLANS` of the projects of `LIVES`; `costs` is of `facts_money.at_the_end`. Pure."""
    found = dates.join(lives.select("project", planned_cost="decided"), on="project", how="left", maintain_order="left")
    for more in (decided, costs):
        found = found.join(more, on="project", how="left", maintain_order="left")
    return found.with_columns(first_planned_cost=pl.coalesce("first_decided", "planned_cost")).select(list(BOTH_PLANS))


def counts_of(read: Read) -> pl.DataFrame:
    """`project` and `health.COUNTS`, one row a project. Pure.

    Of a project without milestones none is due; of one without indicators none is determined; without a register, nothing.
    """
    results = facts_kpis.results_of(read.indicators, read.points, read.as_at)
    return (
        read.lives.select("project")
        .join(read.milestones, on="project", how="left", maintain_order="left")
        .join(results, on="project", how="left", maintain_order="left")
        .join(read.risks, on="project", how="left", maintain_order="left")
        .select("project", *(pl.col(name) for name in COUNTS))
        .with_columns(pl.col(name).fill_null(0) for name in COUNTS if name != "severe_risks")
    )


def quality_rows(session: Session, pack: CountryPack, portion: Portion, read: Read) -> pl.DataFrame:
    """Columns of `quality_rule.PROJECTS` of a portion, by the project's id.

    After them come the namesakes outside the portion, with their code and nothing else: a code is held against all.
    """
    about = facts_quality.read_about(session, portion)
    milestones, promised = read.milestones, facts_kpis.promised_of(read.indicators, read.points)
    handed_in = read.told.returns.group_by("project").agg(pl.col("submitted_on").max())
    days = [
        promised.select("project", "measured_on"),
        milestones.select("project", "last_reached"),
        handed_in.select("project", "submitted_on"),
    ]
    touched = [*facts_quality.read_touched(session, portion), read.spent.select("project", "at")]
    updated = facts_quality.updated_on(about, touched, days, pack.zone)
    sources = facts_quality.read_sources(session, portion)
    progress = milestones.select("project", planned_progress_bp=basis_points(pl.col("weight_due"), pl.col("weight")))
    done = read.told.progress.select("project", "actual_progress_bp")
    dates = read.plans.select("project", "planned_start", "planned_finish")
    spent = read.spent.select("project", "paid", "programmed_budget", "committed", "accrued", "is_in_year")
    contracts = facts_money.read_contracts(session, portion)
    found = about
    checks = [*facts_checks.read_checks(session, pack, portion, read.as_at), facts_checks.drops(read.told.worked)]
    for more in (updated, sources, promised.drop("measured_on"), progress, dates, done, spent, contracts, *checks):
        found = found.join(more, on="project", how="left", maintain_order="left")
    mine = found.with_columns(
        *(pl.col(name).fill_null(0) for name in COUNTED),
        starts_on=pl.coalesce("starts_on", "planned_start"),
        ends_on=pl.coalesce("ends_on", "planned_finish"),
        in_treasury_budget=pl.col("is_in_year").fill_null(False)
        if facts_checks.has_files(session)
        else pl.lit(None, pl.Boolean()),
        live_processes=pl.col("live_processes").fill_null(0) + pl.col("orders").fill_null(0),
    )
    mine = mine.select(name for name in PROJECTS if name in mine.columns)
    return pl.concat([mine, facts_quality.read_namesakes(session, portion)], how="diagonal")


COUNTED = (
    "targets",
    "zero_targets",
    "achieved",
    "zero_achieved",
    "funding_sources",
    "contracts",
    "live_contracts",
    "contracts_without_state",
)
"""Counts of rows that are there or not: none found is none."""


def check_portion(session: Session, pack: CountryPack, portion: Portion, read: Read) -> Checked:
    """The rules run on a portion of which the facts were read: findings and summary are those of its own projects."""
    rows = quality_rows(session, pack, portion, read)
    checked = check_data(rows, read.as_at)
    own = rows.filter(pl.col("stage").is_not_null()).select("project")
    return Checked(
        findings=checked.findings.join(own, on="project", how="semi", maintain_order="left"),
        summary=checked.summary.join(own, on="project", how="semi", maintain_order="left"),
        institutions=checked.institutions,
        not_checked=checked.not_checked,
    )


def rating_facts(read: Read, quality: pl.DataFrame) -> pl.DataFrame:
    """`ratings.FACTS`: one row a project of the portion; `quality` is `data_quality.SUMMARY`. Pure."""
    return (
        both_variances(read.plans, read.as_at)
        .select(
            "project",
            "cost_variance_bp",
            "cost_missing",
            "schedule_variance_bp",
            "schedule_share_missing",
            "first_schedule_variance_bp",
        )
        .join(counts_of(read), on="project", how="left", maintain_order="left")
        .join(
            quality.select("project", "rules_checked", "rules_passed"), on="project", how="left", maintain_order="left"
        )
        .select(list(FACTS))
    )
