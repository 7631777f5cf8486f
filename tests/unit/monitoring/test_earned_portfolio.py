"""The portfolio's earned value is the single project's, rounded: the two are computed apart and must agree."""

from datetime import date
from fractions import Fraction

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.monitoring.earned_portfolio import EARNED, PLANS, PROGRESS, earned_values
from portfolio.monitoring.earned_value import PHASED, Figure, Progress, earned_value
from portfolio.monitoring.health_terms import Estimate
from portfolio.monitoring.ratios import WHOLE, whole

months = st.dates(date(2025, 1, 1), date(2028, 12, 31)).map(lambda day: day.replace(day=1))
amounts = st.none() | st.integers(0, 10**15)
projects = st.tuples(
    st.lists(st.tuples(months, st.integers(0, 10**14)), max_size=8), months, amounts | st.integers(-100, 0), amounts
)


def shown(figure: Figure, times: int = 1) -> int | None:
    return None if figure.value is None else whole(figure.value * times)


@settings(deadline=None)
@given(st.lists(projects, max_size=5))
def test_the_whole_agrees_with_each(drawn: list[tuple[list[tuple[date, int]], date, int | None, int | None]]) -> None:
    plans = pl.DataFrame(
        [(str(n), month, planned) for n, (plan, *_rest) in enumerate(drawn) for month, planned in plan],
        schema=PLANS,
        orient="row",
    )
    progress = pl.DataFrame(
        [(str(n), now, ev, ac) for n, (_plan, now, ev, ac) in enumerate(drawn)], schema=PROGRESS, orient="row"
    )
    found = earned_values(plans, progress)
    assert found.schema == EARNED
    assert found["project"].to_list() == progress["project"].to_list()
    for row, (plan, now, ev, ac) in zip(found.iter_rows(named=True), drawn, strict=True):
        one = earned_value(pl.DataFrame(plan, schema=PHASED, orient="row"), Progress(now, ev, ac))
        assert row["bac"] == shown(one.bac)
        assert row["pv"] == shown(one.pv)
        assert row["cv"] == shown(one.cv)
        assert row["sv"] == shown(one.sv)
        assert row["es"] == shown(one.es, WHOLE)
        assert row["spit"] == shown(one.spit, WHOLE)
        for name, figure in (("cpi", one.cpi), ("spi", one.spi)):
            assert row[name] == fits(shown(figure, WHOLE))
        assert row["eac"] == fits(shown(one.estimated(Estimate.COST_EFFICIENCY).eac))
        assert row["cost_missing"] == (one.cpi.missing.value if one.cpi.missing else None)
        assert row["time_missing"] == (one.spit.missing.value if one.spit.missing else None)


def fits(value: int | None) -> int | None:
    return value if value is not None and abs(value) < 2**63 else None


def test_two_of_three_months_earned() -> None:
    plans = pl.DataFrame(
        {"project": ["a"] * 3, "period": [date(2026, n, 1) for n in (1, 2, 3)], "planned": [100, 100, 300]},
        schema=PLANS,
    )
    progress = pl.DataFrame([("a", date(2026, 3, 1), 350, 400)], schema=PROGRESS, orient="row")
    row = earned_values(plans, progress).row(0, named=True)
    assert (row["cpi"], row["spi"], row["es"]) == (8750, 7000, 25_000)
    assert row["spit"] == whole(Fraction(5, 6) * WHOLE)
