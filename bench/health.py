"""`python -m bench.health [projects]`: the health of a synthetic portfolio, reckoned in portions as a job would.

Every project has two baselines, two years of planned months, twelve returns with their ratings, two narratives, and a row that
every rule on data looks at. Nothing is drawn by chance: values are hashes of the row's number, so that runs can be compared.
"""

import sys
import time
from datetime import date

import polars as pl

from portfolio.monitoring.data_quality import check_data
from portfolio.monitoring.health import Portfolio, health
from portfolio.monitoring.quality_rule import PROJECTS
from portfolio.monitoring.rating_formula import FIVE
from portfolio.monitoring.rating_gaps import gap_index
from portfolio.monitoring.s_curve import year_end
from portfolio.projects.terms import ProjectStage

PORTION = 10_000
PERIODS = 12
MONTHS = 24
BEGAN, PERIOD, AS_AT = date(2025, 1, 1), date(2026, 11, 1), date(2026, 11, 25)
STAGES = [stage.value for stage in ProjectStage]
LEVELS = [level.value for level, _least in FIVE.levels]
WORDS = "El equipo probó la migración de datos de la provincia y capacitó a quienes atienden en la oficina número "


def drawn(seed: int, least: int, most: int) -> pl.Expr:
    """A number between both, of the row's number and the seed."""
    return least + (pl.col("row").hash(seed) % (most - least + 1)).cast(pl.Int64)


def some(seed: int, value: pl.Expr) -> pl.Expr:
    """The value, save for one row in ten, where it is missing."""
    return pl.when(drawn(seed, 0, 9) > 0).then(value)


def day(seed: int, least: int, most: int) -> pl.Expr:
    return pl.lit(BEGAN) + pl.duration(days=drawn(seed, least, most))


def projects(start: int, count: int) -> pl.DataFrame:
    return pl.DataFrame({"row": pl.int_range(start, start + count, eager=True)}).with_columns(
        project=pl.format("p{}", "row"), institution=pl.format("i{}", pl.col("row") % 300)
    )


def rows_of_data(rows: pl.DataFrame) -> pl.DataFrame:
    """A frame of `PROJECTS`: counts and amounts with their gaps, words, dates, stages."""
    texts = {"code": "c", "investment_code": "s", "title": "Servicio ", "sector": "salud ", "executing_unit": "Unidad "}
    counts = [name for name, kind in PROJECTS.items() if kind == pl.Int64()]
    return rows.with_columns(
        **{name: some(n, drawn(n, 0, 10_000)) for n, name in enumerate(counts)},
        **{name: some(n, pl.format(prefix + "{}", "row")) for n, (name, prefix) in enumerate(texts.items(), 50)},
        description=some(60, pl.format(WORDS + "{}", "row")),
        starts_on=some(61, day(61, 0, 90)),
        ends_on=some(62, day(62, 80, 700)),
        updated_on=some(63, day(63, 400, 690)),
        stage=pl.lit(pl.Series(STAGES)).get(drawn(64, 0, len(STAGES) - 1)),
        phase=pl.lit("investment"),
        in_treasury_budget=drawn(65, 0, 9) > 0,
    ).select(list(PROJECTS))


def times(rows: pl.DataFrame, number: int, name: str, every: str) -> pl.DataFrame:
    """Each row so many times, with the first day of consecutive spans; `row` numbers the new rows apart."""
    spans = pl.date_range(BEGAN, date(2030, 1, 1), every, eager=True).head(number).alias(name)
    crossed = rows.join(spans.to_frame().with_row_index("n"), how="cross")
    return crossed.with_columns(row=pl.col("row") * number + pl.col("n")).drop("n")


def portfolio(rows: pl.DataFrame, quality: pl.DataFrame) -> Portfolio:
    returns = times(rows, PERIODS, "period", "2mo").with_columns(period=pl.col("period").dt.offset_by("0d"))
    level = pl.lit(pl.Series(LEVELS)).get(drawn(80, 0, 4))
    rated = returns.with_columns(scale=pl.lit("five"), level=level)
    key = ["project", "institution", "period"]
    return Portfolio(
        plans=rows.select(
            "project",
            planned_cost=drawn(1, 10**6, 10**12),
            projected_cost=some(2, drawn(2, 10**6, 10**12)),
            actual_cost=drawn(3, 10**6, 10**12),
            planned_start=day(4, 0, 90),
            planned_finish=some(5, day(5, 200, 900)),
            projected_finish=some(6, day(6, 200, 1000)),
            actual_finish=pl.when(drawn(7, 0, 3) == 0).then(day(7, 200, 690)),
            first_planned_cost=drawn(8, 10**6, 10**12),
            first_planned_start=day(4, 0, 90),
            first_planned_finish=day(9, 200, 700),
        ),
        phased=times(rows, MONTHS, "period", "1mo").select("project", "period", planned=drawn(10, 0, 10**9)),
        progress=rows.select(
            "project",
            period=pl.lit(PERIOD),
            earned=some(11, drawn(11, 0, 10**10)),
            actual=some(12, drawn(12, 0, 10**10)),
        ),
        counts=rows.select(
            "project",
            milestones_due=drawn(13, 0, 20),
            milestones_reached=drawn(14, 0, 20),
            indicators_determined=drawn(15, 0, 6),
            indicators_met=drawn(16, 0, 6),
            severe_risks=some(17, drawn(17, 0, 4)),
        ),
        quality=quality,
        ratings=pl.concat(
            [
                rated.select(*key, kind=pl.lit("declared"), scale="scale", level="level"),
                rated.filter(drawn(81, 0, 9) == 0).select(
                    *key, kind=pl.lit("independent"), scale="scale", level="level"
                ),
            ]
        ).select("project", "institution", "period", "kind", "scale", "level"),
        returns=returns.select(
            *key,
            due_on=pl.col("period").dt.offset_by("70d"),
            submitted_on=some(82, pl.col("period").dt.offset_by("70d") + pl.duration(days=drawn(83, -20, 10))),
        ),
        replans=rows.filter(drawn(84, 0, 3) == 0).select("project", "institution", on=day(85, 300, 690)),
        narratives=times(rows, 2, "period", "1mo").select(*key, narrative=pl.format(WORDS * 2 + "{}", drawn(86, 0, 1))),
    )


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    reckoning, flags, rated, gaps = 0.0, 0, 0, []
    everything = projects(0, total)
    data = rows_of_data(everything)
    began = time.perf_counter()
    quality = check_data(data, AS_AT)
    years = data.select(
        "project", "budget", "paid", planned_year="budget", planned_to_date="paid", forecast_rest="paid"
    )
    year_end(years.select("project", "budget", "planned_year", "planned_to_date", "paid", "forecast_rest"), 10)
    reckoning += time.perf_counter() - began
    del data
    for start in range(0, total, PORTION):
        rows = everything.slice(start, PORTION)
        given = portfolio(rows, quality.summary.slice(start, PORTION))
        began = time.perf_counter()
        found = health(given, PERIOD, AS_AT, FIVE)
        reckoning += time.perf_counter() - began
        flags, rated = flags + found.flags.height, rated + found.rated["level"].count()
        gaps.append(found.gaps)
    began = time.perf_counter()
    index = gap_index(pl.concat(gaps))
    reckoning += time.perf_counter() - began
    print(
        f"{total:,} projects reckoned in {reckoning:.1f} s: {rated:,} rated, {flags:,} flags, "
        f"{quality.findings.height:,} findings on data, {index.height} institutions"
    )


if __name__ == "__main__":
    main()
