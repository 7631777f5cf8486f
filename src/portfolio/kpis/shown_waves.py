"""Waves of surveys as they stand on a page: what was answered, which indicator they inform, what became of their score."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from portfolio.i18n import gettext as _
from portfolio.kpis.models import Indicator, Measurement, SurveyWave
from portfolio.kpis.numbers import PLACES, shown
from portfolio.kpis.words import name_of, period_words
from portfolio.labels import label
from portfolio.web.formatting import short_day


@dataclass(frozen=True, slots=True)
class ShownWave:
    wave: str
    days: str
    topic: str
    channel: str
    sample: int
    score: str
    method: str
    indicator: str
    indicator_href: str
    adopted: str
    adoption_href: str


def shown_waves(
    rows: Sequence[SurveyWave],
    indicators: Mapping[uuid.UUID, Indicator],
    adopted: Mapping[uuid.UUID, tuple[SurveyWave, Measurement]],
    reverse: Callable[..., str],
) -> list[ShownWave]:
    """`adopted`: by the wave's id; a wave of an indicator that was not adopted yet leads to its adoption."""

    def score(row: SurveyWave) -> str:
        words = _("%(score)s on a scale from %(least)s to %(most)s")
        ends = (row.score, row.scale_from, row.scale_to)
        return words % dict(zip(("score", "least", "most"), (shown(end, PLACES) for end in ends), strict=True))

    return [
        ShownWave(
            wave=row.wave,
            days=f"{short_day(row.asked_from)} – {short_day(row.asked_to)}",
            topic=label(row.topic),
            channel=label(row.channel),
            sample=row.sample_size,
            score=score(row),
            method=row.method,
            **_informs(row, indicators, adopted, reverse),
        )
        for row in rows
    ]


def _informs(
    row: SurveyWave,
    indicators: Mapping[uuid.UUID, Indicator],
    adopted: Mapping[uuid.UUID, tuple[SurveyWave, Measurement]],
    reverse: Callable[..., str],
) -> dict[str, str]:
    """Which indicator a wave informs, the period that its score became a measurement of, or where it can become one."""
    one = indicators.get(row.indicator_id) if row.indicator_id else None
    if one is None:
        return {"indicator": "", "indicator_href": "", "adopted": "", "adoption_href": ""}
    where = {"project_id": row.project_id, "indicator_id": one.id}
    found = adopted.get(row.id)
    may_become = found is None and one.stopped_on is None
    return {
        "indicator": name_of(one),
        "indicator_href": reverse("kpis.indicator", **where),
        "adopted": period_words(one.frequency, found[1].period_on) if found else "",
        "adoption_href": reverse("kpis.adopt_wave", project_id=row.project_id, wave_id=row.id) if may_become else "",
    }
