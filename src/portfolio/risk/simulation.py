"""Cost and delay of many risks together, drawn at random: a pure function over arrays, the same numbers for the same seed.

Method (shown on the page in words): each draw asks of each risk whether it happens, by its chance, and how bad it is, by a
triangular distribution between its three points (how bad is one quantile for cost and delay: what is dear is also late).
Risks hang together by a correlation matrix that binds both questions through normal variables (a Gaussian copula).
Costs of a draw are summed over risks; days too, as if risks struck one after the other: the cautious reading.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from portfolio.i18n import gettext as _

Floats = npt.NDArray[np.float64]
Drawn = npt.NDArray[np.float32]
"""What is drawn is kept in single precision: seven digits of one future are more than its inputs have; sums are in double."""

PERCENTILES = (10, 50, 80, 90)
CHUNK = 8192
"""Draws that are worked on at a time: small enough for the processor's cache, so that memory does not grow with draws."""
TOLERANCE = 1e-9
MOST_RISKS = 200


@dataclass(frozen=True, slots=True)
class Inputs:
    """One row a risk: `chance` in (0, 1]; `cost` and `days` of shape (risks, 3) with low, likely and high, never falling.

    `correlation`: one number for every pair, or a matrix of shape (risks, risks). Costs in one unit, days in calendar days.
    """

    chance: Floats
    cost: Floats
    days: Floats
    correlation: float | Floats = 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Of one quantity: its mean, its percentiles in the order of `PERCENTILES`, and a histogram (counts between edges)."""

    mean: float
    percentiles: tuple[float, ...]
    counts: tuple[int, ...]
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out; contributions are shares of the mean, one a risk in the order given, summing to 1 (or all 0)."""

    cost: Summary
    days: Summary
    cost_share: tuple[float, ...]
    days_share: tuple[float, ...]
    draws: int
    seed: int


def correlation_matrix(given: float | Floats, risks: int) -> Floats:
    """The whole matrix. Raises `ValueError`, in words for a person, for one that no set of variables can have."""
    if isinstance(given, (int, float)):
        matrix = np.full((risks, risks), float(given))
        np.fill_diagonal(matrix, 1.0)
    else:
        matrix = np.asarray(given, dtype=np.float64)
    if matrix.shape != (risks, risks):
        raise ValueError(_("The correlations are not one row and one column for each risk."))
    if not np.all(np.isfinite(matrix)) or np.any(np.abs(matrix) > 1) or not np.allclose(np.diag(matrix), 1):
        raise ValueError(_("Correlations lie between -1 and 1, and each risk has 1 with itself."))
    if not np.allclose(matrix, matrix.T):
        raise ValueError(_("Correlations must be the same in both directions."))
    least = float(np.linalg.eigvalsh(matrix)[0]) if risks else 0.0
    if least < -TOLERANCE * max(risks, 1):
        words = _("These correlations contradict each other: no risks can have them (smallest eigenvalue %(value)s).")
        raise ValueError(words % {"value": f"{least:.4f}"})
    return matrix


def simulate(inputs: Inputs, *, draws: int, seed: int, bins: int = 24) -> Outcome:
    """Draw `draws` futures. Raises `ValueError`, in words for a person, for inputs that make no sense."""
    _check(inputs, draws)
    risks = len(inputs.chance)
    normals = _normals(inputs.correlation, risks, np.random.default_rng(seed))
    cost, days = np.zeros(draws), np.zeros(draws)
    cost_sum, days_sum = np.zeros(risks), np.zeros(risks)
    cost_curve, days_curve = _triangle(inputs.cost), _triangle(inputs.days)
    limits = _limits(inputs.chance)
    for begin in range(0, draws, CHUNK):
        size = min(CHUNK, draws - begin)
        happens = normals(size) <= limits
        quantile = ndtr(normals(size))
        for curve, total, shares in ((cost_curve, cost, cost_sum), (days_curve, days, days_sum)):
            drawn = curve.at(quantile)
            drawn *= happens
            total[begin : begin + size] = drawn.sum(axis=1, dtype=np.float64)
            shares += drawn.sum(axis=0, dtype=np.float64)
    return Outcome(
        cost=_summary(cost, bins),
        days=_summary(days, bins),
        cost_share=_shares(cost_sum),
        days_share=_shares(days_sum),
        draws=draws,
        seed=seed,
    )


def _check(inputs: Inputs, draws: int) -> None:
    risks = len(inputs.chance)
    if not 1 <= risks <= MOST_RISKS or draws < 1:
        raise ValueError(_("A simulation needs at least one risk, at most %(n)s, and one draw.") % {"n": MOST_RISKS})
    if inputs.cost.shape != (risks, 3) or inputs.days.shape != (risks, 3):
        raise ValueError(_("Each risk needs three costs and three numbers of days."))
    if not np.all((inputs.chance > 0) & (inputs.chance <= 1)):
        raise ValueError(_("Each chance lies between 0 and 1."))
    for three in (inputs.cost, inputs.days):
        if not np.all(np.isfinite(three)) or np.any(np.diff(three, axis=1) < 0):
            raise ValueError(_("The three points must rise: least, most likely, most."))


def _normals(correlation: float | Floats, risks: int, generator: np.random.Generator) -> Callable[[int], Drawn]:
    """What draws standard normal variables of shape (size, risks) that hang together as asked.

    One common correlation is drawn as one factor that all share beside what is each one's own: the same law as by its matrix,
    without multiplying by it.
    """
    matrix = correlation_matrix(correlation, risks)
    if isinstance(correlation, (int, float)) and correlation >= 0:
        shared, own = np.float32(correlation**0.5), np.float32((1 - correlation) ** 0.5)

        def by_factor(size: int) -> Drawn:
            drawn = generator.standard_normal((size, risks), dtype=np.float32)
            drawn *= own
            drawn += shared * generator.standard_normal((size, 1), dtype=np.float32)
            return drawn

        return by_factor
    root = _square_root(matrix).T.astype(np.float32)
    return lambda size: generator.standard_normal((size, risks), dtype=np.float32) @ root


def _square_root(matrix: Floats) -> Floats:
    """R with R·Rᵀ = matrix, also where the matrix is singular (all risks as one)."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0, None)), dtype=np.float64)


def _limits(chance: Floats) -> Drawn:
    """The normal quantile of each chance: a variable below it means that the risk happens."""
    return np.array([np.inf if p >= 1 else NormalDist().inv_cdf(float(p)) for p in chance], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Triangle:
    """Inverse of the distribution function of triangular variables, one a column: from the low end up to `split`, then
    from the high end down."""

    low: Drawn
    high: Drawn
    split: Drawn
    rising: Drawn
    falling: Drawn

    def at(self, quantile: Drawn) -> Drawn:
        """`quantile` of shape (draws, risks) in [0, 1]; the same shape of values."""
        is_low = quantile < self.split
        root = np.sqrt(np.where(is_low, quantile * self.rising, (1 - quantile) * self.falling))
        return np.where(is_low, self.low + root, self.high - root)


def _triangle(points: Floats) -> _Triangle:
    low, likely, high = points[:, 0], points[:, 1], points[:, 2]
    span = high - low
    split = np.divide(likely - low, span, out=np.zeros_like(span), where=span > 0)
    parts = (low, high, split, span * (likely - low), span * (high - likely))
    return _Triangle(*(part.astype(np.float32) for part in parts))


def _summary(values: Floats, bins: int) -> Summary:
    counts, edges = np.histogram(values, bins=bins)
    return Summary(
        mean=float(values.mean()),
        percentiles=tuple(float(value) for value in np.percentile(values, PERCENTILES)),
        counts=tuple(int(count) for count in counts),
        edges=tuple(float(edge) for edge in edges),
    )


def _shares(sums: Floats) -> tuple[float, ...]:
    total = float(sums.sum())
    return tuple(float(part) / total if total else 0.0 for part in sums)
