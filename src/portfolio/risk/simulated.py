"""From the register to the simulation and back to a page: which risks are in it, the figures in words, the histogram as marks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.risk.models import Risk
from portfolio.risk.simulation import MOST_RISKS, PERCENTILES, Floats, Inputs, Outcome, Summary, simulate
from portfolio.web.formatting import money, number, percent

DRAWS = 20_000
"""Enough for percentiles that do not move by a percent; the function itself takes 100,000 in less than a second."""
SEED, CORRELATION = 2026, 20
WIDTH, HEIGHT, EDGE = 640, 200, 16
"""Of the drawing; names of marks stay `EDGE` away from its sides."""
APART = 48
"""Closer than this two names above the drawing would overlap."""
FIGURES = 3
"""Digits of a drawn figure that are shown: another seed would change the rest."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`correlation` in percent, common to every pair."""

    correlation: int = CORRELATION
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the histogram, in units of a 640 × 200 drawing; its words say the same."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A percentile as an upright line; its name above, at `text`, blank where the name of another stands for both."""

    x: float
    text: float
    name: str


@dataclass(frozen=True, slots=True)
class Quantity:
    title: str
    mean: str
    percentiles: Sequence[tuple[str, str]]
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    least: str
    most: str


@dataclass(frozen=True, slots=True)
class Share:
    """What a risk contributes to the mean of cost and of days."""

    risk: Risk
    chance: str
    cost: str
    days: str
    cost_percent: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """`left_out`: living risks that the figures do not know, each with why."""

    quantities: Sequence[Quantity]
    shares: Sequence[Share]
    left_out: Sequence[tuple[Risk, str]]
    draws: str
    seed: int
    correlation: str
    refused: str = ""


def simulated(pack: CountryPack, risks: Sequence[Risk], asked: Asked) -> Simulated:
    """`risks` of one project, so of one currency. Nothing to draw, or correlations that cannot be, are said in `refused`."""
    live = [risk for risk in risks if risk.is_live]
    inside = [risk for risk in live if risk.cost_high_minor is not None or risk.days_high is not None][:MOST_RISKS]
    left_out = [(risk, _why_left_out(risk)) for risk in live if risk not in inside]
    shown = percent(Decimal(asked.correlation) / 100)
    if not inside:
        words = _("No living risk states three points of cost or of days: there is nothing to draw.")
        return Simulated((), (), left_out, number(0), asked.seed, shown, words)
    try:
        outcome = simulate(_inputs(pack, inside, asked), draws=DRAWS, seed=asked.seed)
    except ValueError as refused:
        return Simulated((), (), left_out, number(0), asked.seed, shown, str(refused))
    currency = inside[0].currency
    return Simulated(
        quantities=[
            _quantity(_("Cost"), outcome.cost, lambda value: money(Money(currency, shown_figure(value)))),
            _quantity(_("Delay"), outcome.days, lambda value: _("%(n)s days") % {"n": number(shown_figure(value))}),
        ],
        shares=_shares(pack, inside, outcome),
        left_out=left_out,
        draws=number(outcome.draws),
        seed=asked.seed,
        correlation=shown,
    )


def _why_left_out(risk: Risk) -> str:
    if risk.cost_high_minor is None and risk.days_high is None:
        return _("it states three points neither of cost nor of delay")
    return _("the simulation takes %(n)s risks at most") % {"n": number(MOST_RISKS)}


def chance_of(pack: CountryPack, risk: Risk) -> int:
    """In percent: what was stated, or that of the residual likelihood (of its end, where the matrix has changed)."""
    if risk.chance is not None:
        return risk.chance
    scale = pack.risk.in_force.likelihood
    return scale[min(risk.residual_likelihood, len(scale)) - 1].percent or 50


def _inputs(pack: CountryPack, risks: Sequence[Risk], asked: Asked) -> Inputs:
    return Inputs(
        chance=np.array([chance_of(pack, risk) / 100 for risk in risks]),
        cost=_points([(risk.cost_low_minor, risk.cost_likely_minor, risk.cost_high_minor) for risk in risks]),
        days=_points([(risk.days_low, risk.days_likely, risk.days_high) for risk in risks]),
        correlation=asked.correlation / 100,
    )


def _points(rows: Sequence[tuple[int | None, ...]]) -> Floats:
    """A quantity that a risk does not state is none of its effects: it adds nothing."""
    return np.array([[float(value or 0) for value in row] for row in rows])


def _quantity(title: str, summary: Summary, words: Callable[[float], str]) -> Quantity:
    edges, tallest = summary.edges, max(summary.counts)
    low, span = edges[0], (edges[-1] - edges[0]) or 1.0
    step = WIDTH / len(summary.counts)
    bars = [
        Bar(
            x=round(index * step + 1, 1),
            y=round(HEIGHT - HEIGHT * count / tallest, 1),
            width=round(step - 2, 1),
            height=round(HEIGHT * count / tallest, 1),
            words=_("%(n)s draws from %(low)s to %(high)s")
            % {"n": number(count), "low": words(edges[index]), "high": words(edges[index + 1])},
        )
        for index, count in enumerate(summary.counts)
    ]
    named = list(zip((f"P{share}" for share in PERCENTILES), summary.percentiles, strict=True))
    return Quantity(
        title=title,
        mean=words(summary.mean),
        percentiles=[(name, words(value)) for name, value in named],
        bars=bars,
        marks=_marks([(WIDTH * (value - low) / span, name) for name, value in named]),
        least=words(edges[0]),
        most=words(edges[-1]),
    )


def _marks(places: Sequence[tuple[float, str]]) -> list[Mark]:
    """In rising order. Lines so close that their names would overlap get one name together: «P10 · P50»."""
    groups: list[list[tuple[float, str]]] = []
    for x, name in places:
        if groups and x - groups[-1][-1][0] < APART:
            groups[-1].append((x, name))
        else:
            groups.append([(x, name)])
    found = []
    for group in groups:
        words = " · ".join(name for _x, name in group)
        edge = EDGE * len(group)
        middle = sum(x for x, _name in group) / len(group)
        text = round(min(max(middle, edge), WIDTH - edge), 1)
        found += [Mark(round(x, 1), text, words if place == 0 else "") for place, (x, _name) in enumerate(group)]
    return found


def shown_figure(value: float) -> int:
    """To three digits: 167,967 is 168,000."""
    whole = round(value)
    return round(whole, FIGURES - len(str(abs(whole)))) if abs(whole) >= 10**FIGURES else whole


def _shares(pack: CountryPack, risks: Sequence[Risk], outcome: Outcome) -> list[Share]:
    rows = [
        Share(
            risk=risk,
            chance=percent(Decimal(chance_of(pack, risk)) / 100),
            cost=percent(outcome.cost_share[index]),
            days=percent(outcome.days_share[index]),
            cost_percent=round(100 * outcome.cost_share[index]),
        )
        for index, risk in enumerate(risks)
    ]
    return sorted(rows, key=lambda row: (-row.cost_percent, row.risk.number))
