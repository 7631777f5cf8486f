"""Forms of indicators. Numbers are typed as people write them and kept by `numbers`."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from portfolio.i18n import gettext as _
from portfolio.kpis.terms import (
    Channel,
    Curve,
    Dimension,
    Direction,
    Family,
    Frequency,
    IndicatorKind,
    SurveyTopic,
    UnitKind,
)
from portfolio.web.forms import TypedDecimal

TARGETS = 5
"""Dated targets that the form offers."""


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TargetFields(_Form):
    """A curve: up to five dated targets."""

    curve: Curve = Curve.LINEAR
    tolerance: TypedDecimal = Field(default=Decimal(0), ge=0)
    on_1: date
    value_1: TypedDecimal
    on_2: date | None = None
    value_2: TypedDecimal | None = None
    on_3: date | None = None
    value_3: TypedDecimal | None = None
    on_4: date | None = None
    value_4: TypedDecimal | None = None
    on_5: date | None = None
    value_5: TypedDecimal | None = None
    reason: str = Field(default="", max_length=1000)

    @property
    def points(self) -> list[tuple[date, Decimal]]:
        """By date; both cells of a pair are filled, or neither (see `_pairs`)."""
        pairs = [(getattr(self, f"on_{n}"), getattr(self, f"value_{n}")) for n in range(1, TARGETS + 1)]
        return sorted((on, value) for on, value in pairs if on is not None and value is not None)

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        for n in range(1, TARGETS + 1):
            if (getattr(self, f"on_{n}") is None) != (getattr(self, f"value_{n}") is None):
                raise ValueError(_("Give each target both a date and a value"))
        days = [on for on, _value in self.points]
        if len(set(days)) < len(days):
            raise ValueError(_("Give each target a date of its own"))
        return self


class DetailFields(_Form):
    """What may change of an indicator without touching what was promised."""

    name: str = Field(min_length=3, max_length=200)
    family: Family
    formula: str = Field(default="", max_length=1000)
    data_source: str = Field(default="", max_length=300)
    owner_id: uuid.UUID
    owner_post: str = Field(default="", max_length=120)
    dimensions: list[Dimension] = Field(default_factory=list)
    measured_until: date | None = None
    lowest: TypedDecimal | None = None
    highest: TypedDecimal | None = None


class IndicatorFields(TargetFields, DetailFields):
    """A new indicator or benefit. `code`: of the catalogue, blank for an own one."""

    code: str = Field(default="", max_length=20)
    kind: IndicatorKind = IndicatorKind.INDICATOR
    unit_kind: UnitKind
    unit: str = Field(default="", max_length=60)
    direction: Direction
    frequency: Frequency
    baseline: TypedDecimal | None = None
    baseline_on: date | None = None
    measured_from: date
    is_context: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.baseline is None) != (self.baseline_on is None):
            raise ValueError(_("Give the baseline both a value and a date"))
        if self.direction is Direction.BAND and not self.tolerance:
            raise ValueError(_("Give the half width of the band as tolerance"))
        if self.measured_until is not None and self.measured_until < self.measured_from:
            raise ValueError(_("The last day of measuring comes before the first"))
        return self


class CorrectionFields(_Form):
    """A corrected value; blank where the period turns out to be not available."""

    value: TypedDecimal | None = None
    note: str = Field(default="", max_length=1000)
    reason: str = Field(min_length=10, max_length=1000)
    confirmed: bool = False


class StopFields(_Form):
    stop_reason: str = Field(min_length=10, max_length=1000)


class WaveFields(_Form):
    """A wave of a survey, on one topic and channel."""

    wave: str = Field(min_length=1, max_length=60)
    topic: SurveyTopic
    channel: Channel
    asked_from: date
    asked_to: date
    sample_size: int = Field(ge=1, le=100_000_000)
    scale_from: TypedDecimal = Decimal(1)
    scale_to: TypedDecimal = Decimal(5)
    score: TypedDecimal
    method: str = Field(default="", max_length=1000)
    indicator_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.asked_to < self.asked_from:
            raise ValueError(_("The last day comes before the first"))
        if not self.scale_from < self.scale_to:
            raise ValueError(_("The scale must end above where it begins"))
        if not self.scale_from <= self.score <= self.scale_to:
            raise ValueError(_("The score lies outside its scale"))
        return self


class AdoptFields(_Form):
    """A wave of a survey becomes a measurement; `reason` where the period has one, `note` and `confirmed` for an unusual value."""

    note: str = Field(default="", max_length=1000)
    reason: str = Field(default="", max_length=1000)
    confirmed: bool = False
