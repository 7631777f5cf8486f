"""What happens to the funded projects after the money: each capability of delivery plays its own part, in this order."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portfolio.demo.delivery_closing import closing
from portfolio.demo.delivery_health import health
from portfolio.demo.delivery_kpis import measure, measure_carried_over
from portfolio.demo.delivery_life import lives
from portfolio.demo.delivery_money import money
from portfolio.demo.delivery_plan import plans
from portfolio.demo.delivery_returns import returns
from portfolio.demo.delivery_risks import risks
from portfolio.demo.road import Stage
from portfolio.demo.stories import Story


@dataclass(frozen=True, slots=True)
class Told:
    """A story that was walked, and the case that it became."""

    story: Story
    case_id: uuid.UUID


Part = Callable[[Stage, Sequence[Told]], None]
"""Real acts on the projects of the cases that were funded; each opens its own transactions with `stage.act(day)`."""

PARTS: tuple[Part, ...] = (plans, measure, lives, risks, money, returns, measure_carried_over, health, closing)


def play(stage: Stage, told: Sequence[Told]) -> None:
    """Every part, one after the other, before the clock is set to the demonstration's present."""
    for part in PARTS:
        part(stage, told)
