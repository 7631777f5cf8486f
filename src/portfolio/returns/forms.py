"""The twelve fields of a return, and the acts on it."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from portfolio.monitoring.health_terms import Confidence
from portfolio.returns.terms import TEXT, ProcurementState
from portfolio.web.forms import TypedDecimal

LARGEST = Decimal(10) ** 15
Amount = Annotated[TypedDecimal, Field(ge=0, lt=LARGEST)]
Words = Annotated[str, Field(max_length=TEXT)]


DOUBTED = ("physical", "paid", "forecast_finish", "forecast_cost")
"""Fields whose values may be unusual: each has a tick that names the value it confirms, and a reason."""


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReturnFields(_Fields):
    """The fields as a draft: each may be empty until the return is put up for its signature."""

    physical: Annotated[TypedDecimal, Field(ge=0, le=100)] | None = None
    paid: Amount | None = None
    forecast_finish: date | None = None
    forecast_cost: Amount | None = None
    procurement: ProcurementState | None = None
    done: Words = ""
    blocked: Words = ""
    next_steps: Words = ""
    level: Confidence | None = None
    evidence_cost: Words = ""
    evidence_schedule: Words = ""
    evidence_results: Words = ""
    sure_physical: str = Field(default="", max_length=40)
    note_physical: Words = ""
    sure_paid: str = Field(default="", max_length=40)
    note_paid: Words = ""
    sure_forecast_finish: str = Field(default="", max_length=40)
    note_forecast_finish: Words = ""
    sure_forecast_cost: str = Field(default="", max_length=40)
    note_forecast_cost: Words = ""
    version: int = 0

    def tick_on(self, name: str) -> str:
        """The value that was confirmed of a doubted field, as `acts.value_key` writes it."""
        return str(getattr(self, f"sure_{name}"))

    def note_on(self, name: str) -> str:
        return str(getattr(self, f"note_{name}")).strip()


class SignFields(_Fields):
    """The sponsor's signature, bound to the digest shown."""

    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class SendBackFields(_Fields):
    """What is wrong with it: to those who signed or, before the signature, to those who wrote."""

    reason: str = Field(max_length=TEXT)


class CorrectFields(_Fields):
    """Why a published return is corrected."""

    why: str = Field(max_length=TEXT)
