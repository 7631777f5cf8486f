"""The simulation against what is known without drawing: means, extremes, correlation at its ends, the same seed twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.risk.simulation import Floats, Inputs, correlation_matrix, simulate

DRAWS = 40_000


def inputs(risks: int = 4, *, chance: float = 0.3, correlation: float | Floats = 0.0) -> Inputs:
    cost = np.tile([100.0, 200.0, 600.0], (risks, 1))
    days = np.tile([5.0, 10.0, 30.0], (risks, 1))
    return Inputs(np.full(risks, chance), cost, days, correlation)


def test_the_mean_is_that_of_chance_times_triangle() -> None:
    found = simulate(inputs(), draws=DRAWS, seed=1)
    assert found.cost.mean == pytest.approx(4 * 0.3 * 300, rel=0.03)
    assert found.days.mean == pytest.approx(4 * 0.3 * 15, rel=0.03)


def test_one_certain_risk_has_the_percentiles_of_its_triangle() -> None:
    found = simulate(inputs(1, chance=1.0), draws=DRAWS, seed=2)
    low, likely, high, split = 100.0, 200.0, 600.0, 0.2
    for share, value in zip((0.1, 0.5, 0.8, 0.9), found.cost.percentiles, strict=True):
        up = low + (share * (high - low) * (likely - low)) ** 0.5
        down = high - ((1 - share) * (high - low) * (high - likely)) ** 0.5
        assert value == pytest.approx(up if share < split else down, rel=0.02)


def test_correlation_widens_and_leaves_the_mean() -> None:
    apart, together = (simulate(inputs(12, correlation=rho), draws=DRAWS, seed=3) for rho in (0.0, 0.9))
    assert together.cost.mean == pytest.approx(apart.cost.mean, rel=0.04)
    assert together.cost.percentiles[3] > 1.3 * apart.cost.percentiles[3]
    assert together.cost.percentiles[0] < apart.cost.percentiles[0]


def test_one_number_and_its_whole_matrix_are_the_same_law() -> None:
    whole = np.full((6, 6), 0.5) + 0.5 * np.eye(6)
    by_factor, by_matrix = (simulate(inputs(6, correlation=rho), draws=DRAWS, seed=8) for rho in (0.5, whole))
    for one, other in zip(by_factor.cost.percentiles[1:], by_matrix.cost.percentiles[1:], strict=True):
        assert one == pytest.approx(other, rel=0.04)


def test_risks_that_are_one_strike_together_or_not_at_all() -> None:
    found = simulate(inputs(3, chance=0.5, correlation=1.0), draws=DRAWS, seed=4)
    assert found.cost.counts[0] == pytest.approx(DRAWS / 2, rel=0.03)
    assert found.cost.edges[-1] <= 1800.0


def test_the_same_seed_gives_the_same_numbers_and_another_does_not() -> None:
    first, again, other = (simulate(inputs(), draws=5_000, seed=seed) for seed in (9, 9, 10))
    assert first == again
    assert first.cost.percentiles != other.cost.percentiles


def test_a_risk_that_costs_nothing_contributes_nothing() -> None:
    asked = inputs(2)
    asked.cost[1] = 0.0
    found = simulate(asked, draws=5_000, seed=5)
    assert found.cost_share == pytest.approx((1.0, 0.0))
    assert found.days_share[1] == pytest.approx(0.5, abs=0.05)


def test_a_worse_risk_contributes_more() -> None:
    asked = inputs(3)
    asked.cost[2] *= 3
    share = simulate(asked, draws=DRAWS, seed=6).cost_share
    assert share[2] == pytest.approx(0.6, abs=0.03)
    assert sum(share) == pytest.approx(1.0)


CONTRADICTION = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])


@pytest.mark.parametrize(
    ("given_matrix", "reason"),
    [
        (CONTRADICTION, "contradict"),
        (-0.6, "contradict"),
        (1.2, "between -1 and 1"),
        (np.eye(2), "one row and one column"),
        (np.array([[1.0, 0.2, 0.0], [0.1, 1.0, 0.0], [0.0, 0.0, 1.0]]), "both directions"),
        (np.diag([1.0, 0.5, 1.0]), "between -1 and 1"),
        (float("nan"), "between -1 and 1"),
    ],
)
def test_correlations_that_cannot_be_are_refused_with_the_reason(given_matrix: float | Floats, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        simulate(inputs(3, correlation=given_matrix), draws=10, seed=1)


@given(st.integers(1, 40), st.floats(0, 1))
def test_one_common_correlation_from_none_to_all_is_always_possible(risks: int, rho: float) -> None:
    assert correlation_matrix(rho, risks).shape == (risks, risks)


@pytest.mark.parametrize("chance", [0.0, -0.1, 1.5, float("nan")])
def test_a_chance_that_is_none_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        simulate(inputs(2, chance=chance), draws=10, seed=1)


def test_points_that_fall_are_refused() -> None:
    asked = inputs(2)
    asked.days[0] = [9.0, 5.0, 10.0]
    with pytest.raises(ValueError, match="must rise"):
        simulate(asked, draws=10, seed=1)


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one risk"):
        simulate(inputs(0), draws=10, seed=1)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.floats(0.01, 1), st.floats(0, 1), st.integers(0, 2**32))
def test_percentiles_rise_and_stay_within_the_extremes(risks: int, chance: float, rho: float, seed: int) -> None:
    found = simulate(inputs(risks, chance=chance, correlation=rho), draws=500, seed=seed)
    for summary, most in ((found.cost, 600.0 * risks), (found.days, 30.0 * risks)):
        assert list(summary.percentiles) == sorted(summary.percentiles)
        assert summary.percentiles[0] >= 0
        assert summary.percentiles[-1] <= most * 1.0001
        assert sum(summary.counts) == 500
