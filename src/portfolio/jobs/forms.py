"""Forms of the timetable."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

NOW = "now"


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RunFields(_Fields):
    """A run by hand: for one of the job's slots that are not done, or an extra one now."""

    slot: Literal["now"] | AwareDatetime
    reason: str = Field(min_length=5, max_length=500)


class PauseFields(_Fields):
    """A pause that lasts through a day of the country's clock."""

    until: date
    reason: str = Field(min_length=5, max_length=500)


class ResumeFields(_Fields):
    """The end of a pause before its time."""

    reason: str = Field(min_length=5, max_length=500)
