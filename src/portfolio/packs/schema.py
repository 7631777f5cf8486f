"""The country pack as a whole, and how to ask it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import get_currency_precision, list_currencies
from pydantic import Field, StringConstraints, field_validator, model_validator

from portfolio.i18n import LANGUAGES, Phrase
from portfolio.packs.bodies import Body, HostInstitution, OpinionRule, PowerAssignment
from portfolio.packs.gates import GateRules
from portfolio.packs.money import BudgetLine, CostCategory, DiscountRate, IndexedUnit, Tax
from portfolio.packs.parts import Choice, Code, Origin, Part
from portfolio.packs.questions import Section
from portfolio.packs.risk import RiskRules
from portfolio.packs.rubric import Deadline, Rubric
from portfolio.packs.terms import (
    LABELLED,
    DeadlineCode,
    Power,
    SectionCode,
    SentenceCode,
    StandardLevel,
    Theme,
    TrackCode,
    WordCode,
)
from portfolio.packs.tracks import Track

_VOCABULARY = {kind: name for name, kind in LABELLED.items()}


class FiscalYear(Origin):
    """Fiscal year N begins on the first of `start_month` of calendar year N, or of N-1 when `named_by_end`."""

    start_month: int = Field(ge=1, le=12)
    named_by_end: bool = False


class Closure(Part):
    """A day on which the administration is closed besides the country's holidays: a date, or every year as `MM-DD`."""

    on: Annotated[str, StringConstraints(pattern=r"^(\d{4}-)?\d{2}-\d{2}$")]
    reason: Phrase

    @field_validator("on")
    @classmethod
    def day_exists(cls, value: str) -> str:
        date.fromisoformat(value if len(value) > 5 else f"2024-{value}")
        return value


class WorkCalendar(Origin):
    """`holidays_of`: ISO country whose public holidays count; `weekend`: weekdays without work, Monday is 0."""

    holidays_of: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    weekend: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(default=(5, 6), max_length=6)
    closures: tuple[Closure, ...] = ()


class StandardsChoice(Origin):
    """Which sets of the standards library a country uses, how strictly (`levels`), and which are not merged."""

    library: Code
    sets: tuple[Code, ...] = Field(min_length=1)
    levels: dict[Code, StandardLevel] = Field(default_factory=dict)
    separately: tuple[Code, ...] = ()


class CountryPack(Part):
    """Everything that differs between countries. Mappings keep the order of the file and never change after loading."""

    code: Code
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d+(\.\d+)?$")]
    title: Phrase
    notice: Phrase
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    time_zone: str
    languages: tuple[str, ...] = Field(min_length=1)
    currency: str
    indexed_units: dict[str, IndexedUnit] = Field(default_factory=dict)
    tax: Tax
    fiscal_year: FiscalYear
    calendar: WorkCalendar
    institutions: dict[str, HostInstitution]
    bodies: dict[str, Body]
    powers: dict[Power, PowerAssignment]
    opinion: OpinionRule
    tracks: dict[TrackCode, Track]
    sections: dict[SectionCode, Section]
    rubric: Rubric | None = None
    risk: RiskRules
    life: GateRules
    deadlines: dict[DeadlineCode, Deadline]
    standards: StandardsChoice
    words: dict[WordCode, Phrase]
    sentences: dict[SentenceCode, Phrase]
    labels: dict[str, dict[str, Phrase]]
    kinds: dict[str, Choice]
    themes: dict[Theme, Choice]
    budget_lines: dict[str, BudgetLine]
    cost_categories: dict[str, CostCategory]
    benefit_dimensions: dict[str, Choice]
    funding_sources: dict[str, Choice]
    procurement_methods: dict[str, Choice]
    discount_rates: tuple[DiscountRate, ...] = Field(min_length=1)

    @field_validator("time_zone")
    @classmethod
    def time_zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value} is not a time zone") from error
        return value

    @field_validator("currency")
    @classmethod
    def currency_exists(cls, value: str) -> str:
        if value not in list_currencies():
            raise ValueError(f"{value} is not an ISO 4217 currency")
        return value

    @field_validator("languages")
    @classmethod
    def languages_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(value) - set(LANGUAGES):
            raise ValueError(f"no catalogue for {', '.join(sorted(unknown))}")
        return value

    @model_validator(mode="after")
    def sections_are_all_there(self) -> Self:
        if missing := [code.value for code in SectionCode if code not in self.sections]:
            raise ValueError(f"sections are missing: {', '.join(missing)}")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def minor_units(self) -> int:
        """Decimal places of the currency: 2 for USD, 0 for CLP."""
        return get_currency_precision(self.currency)

    def section(self, code: SectionCode | str) -> Section:
        """KeyError when there is none (there always is, for a SectionCode)."""
        return self.sections[SectionCode(code)]

    def track(self, code: TrackCode | str) -> Track:
        """KeyError when the pack does not offer this track."""
        return self.tracks[TrackCode(code)]

    def word(self, code: WordCode | str) -> Phrase:
        return self.words[WordCode(code)]

    def label(self, member: StrEnum) -> Phrase:
        """The words for a member of one of the vocabularies in `terms.LABELLED`; KeyError for any other."""
        return self.labels[_VOCABULARY[type(member)]][member]

    def body_with(self, power: Power | str) -> Body | None:
        """The first holder of a power, whatever the case; for a case use `authority.lawful_decider`. None: nobody."""
        assignment = self.powers.get(Power(power))
        return None if assignment is None else self.bodies[assignment.holders[0]]

    def deadline_days(self, code: DeadlineCode | str) -> int:
        """Working days."""
        return self.deadlines[DeadlineCode(code)].working_days

    def required_sections(self, track: TrackCode | str) -> tuple[Section, ...]:
        """Sections that must be complete before submission on a track, in the order of the form."""
        return tuple(self.sections[code] for code in SectionCode if TrackCode(track) in self.sections[code].required_in)

    def shown_sections(self, track: TrackCode | str) -> tuple[Section, ...]:
        """Required and optional sections of a track, in the order of the form."""
        wanted = TrackCode(track)
        everything = (self.sections[code] for code in SectionCode)
        return tuple(section for section in everything if wanted in (*section.required_in, *section.optional_in))

    def usable_budget_lines(self) -> tuple[BudgetLine, ...]:
        """Lines without children, in the order of the file."""
        parents = {line.parent for line in self.budget_lines.values()}
        return tuple(line for line in self.budget_lines.values() if line.code not in parents)

    def discount_rate(self, on: date) -> DiscountRate:
        """The rate in force on a day."""
        known = [rate for rate in self.discount_rates if rate.valid_from is None or rate.valid_from <= on]
        return known[-1] if known else self.discount_rates[0]

    def unit_value(self, unit: str) -> Decimal:
        """One unit in major units of the currency: 1 for the currency, the reference value for an indexed unit."""
        return Decimal(1) if unit == self.currency else self.indexed_units[unit].reference_value
