"""What the API takes and gives. Numbers travel as decimal text, so that nothing is lost on the way; days as 2026-08-31."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from portfolio.db.text import storable
from portfolio.i18n import gettext as _


def _storable(text: str) -> str:
    found = storable(text)
    if found is None:
        raise ValueError(_("This value is not accepted"))
    return found.strip()


Words = Annotated[str, AfterValidator(_storable)]
EXAMPLE: dict[str, Any] = {
    "period": "2026-08",
    "value": "1250.5",
    "group": {"sex": "women"},
    "note": "",
    "data_source": "Enrolment register",
}


class MeasurementIn(BaseModel):
    """A value of one period and group. Without `value` it is declared as not available, and `note` says why.

    `reason` corrects the value that is there, which stays beside it. `confirmed` says that somebody looked at a value that is
    far from the one before or out of its bounds; then `note` says why it is so.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    period: Words = Field(
        max_length=10,
        pattern=r"^\d{4}-\d{2}(-\d{2})?$",
        description="a month or any day of the period",
        examples=["2026-08"],
    )
    value: Decimal | None = Field(
        default=None, max_digits=20, description="decimal text or number", examples=["1250.5"]
    )
    group: dict[Words, Words] = Field(
        default_factory=dict,
        max_length=6,
        description="dimension and group, for the dimensions of the indicator; nothing: everybody",
        examples=[{"sex": "women"}],
    )
    note: Words = Field(default="", max_length=1000)
    data_source: Words = Field(default="", max_length=300)
    reason: Words = Field(default="", max_length=1000, description="why it corrects the value that is there")
    confirmed: bool = False


class MeasurementOut(BaseModel):
    """A value as it is kept. `is_valid`: no later one corrects it."""

    id: str
    period: date
    group: dict[str, str]
    value: str | None
    note: str
    data_source: str
    reason: str
    ordinal: int = Field(description="0 is the first value of its period and group, the highest the valid one")
    is_valid: bool
    is_unusual: bool
    measured_by: str
    recorded_at: datetime


class RecordedOut(MeasurementOut):
    """The answer to a call that records."""

    indicator: str
    outcome: str = Field(description="recorded, corrected or unchanged")
    corrects: str | None = None


class NewestOut(BaseModel):
    period: date
    value: str | None


class IndicatorOut(BaseModel):
    """An indicator that measurements can be sent for. `code` is blank for one that is not of the catalogue: use `id`."""

    id: str
    code: str
    name: str
    family: str
    unit_kind: str
    unit: str
    currency: str
    decimals: int
    direction: str
    frequency: str
    dimensions: list[str]
    measured_from: date
    measured_until: date | None
    stopped_on: date | None
    newest: NewestOut | None


class Indicators(BaseModel):
    """A page of them; `next` goes into `after` for the page that follows, and is nothing on the last one."""

    items: list[IndicatorOut]
    next: str | None


class Measurements(BaseModel):
    """A page of them, oldest period first, each with what corrected it after it; `next` as above."""

    items: list[MeasurementOut]
    next: str | None


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """Why not (RFC 9457). `errors` tells what is wrong with single fields."""

    type: str = "about:blank"
    status: int
    title: str
    instance: str = Field(description="give it to whoever looks after this installation")
    errors: list[FieldError] = []


def as_json(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json")
