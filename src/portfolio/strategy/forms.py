"""Forms of calls. Instants are typed on the country's clock, to the second."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from portfolio.i18n import gettext as _
from portfolio.packs.terms import Theme
from portfolio.strategy.terms import CallKind
from portfolio.web.formatting import country_zone


def _instant(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        typed = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_("Enter a day and an hour, for example 2027-09-30T23:59:59")) from None
    if typed.tzinfo is not None or not 2000 <= typed.year <= 2200:
        raise ValueError(_("Enter a day and an hour, for example 2027-09-30T23:59:59"))
    # The hour that a clock shows twice counts as the later one; one that it skips does not exist.
    found = typed.replace(microsecond=0, tzinfo=country_zone(), fold=1).astimezone(UTC)
    if found.astimezone(country_zone()).replace(tzinfo=None) != typed.replace(microsecond=0):
        raise ValueError(_("The clock skips this hour on that day"))
    return found


LocalInstant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant typed on the country's clock (`YYYY-MM-DDTHH:MM[:SS]`), kept in UTC."""


def typed_instant(value: datetime | None) -> str:
    """An instant as its field shows it."""
    return "" if value is None else value.astimezone(country_zone()).strftime("%Y-%m-%dT%H:%M:%S")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CallFields(_Form):
    """A new call, or what may still be changed of one."""

    title: str = Field(max_length=160)
    summary: str = Field(default="", max_length=2000)
    kind: CallKind
    fiscal_year: int = Field(ge=2000, le=2100)
    opens_at: LocalInstant
    closes_at: LocalInstant
    embargo_until: LocalInstant | None = None

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Self:
        if self.closes_at <= self.opens_at:
            raise ValueError(_("The call must close after it opens"))
        return self


class StageFields(_Form):
    """The dated stages after submission; each is given whole or not at all."""

    admissibility_begins: LocalInstant | None = None
    admissibility_ends: LocalInstant | None = None
    review_begins: LocalInstant | None = None
    review_ends: LocalInstant | None = None
    opinion_begins: LocalInstant | None = None
    opinion_ends: LocalInstant | None = None
    decision_begins: LocalInstant | None = None
    decision_ends: LocalInstant | None = None


class ActionLineFields(_Form):
    """An objective and one of its action lines."""

    code: str = Field(max_length=20, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]*$")
    title: str = Field(max_length=200)
    objective: str = Field(default="", max_length=300)
    theme: Theme | None = None


class ExtensionFields(_Form):
    """A new closing for everybody, with its reason."""

    closes_at: LocalInstant
    reason: str = Field(min_length=10, max_length=2000)
