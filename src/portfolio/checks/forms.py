"""Forms of the check; their lengths are those of the columns they fill."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from portfolio.checks.terms import CheckResult


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VerdictFields(_Form):
    """What an officer finds on one standard."""

    result: CheckResult
    evidence: str = Field(default="", max_length=2000)
    comment: str = Field(default="", max_length=4000)


class WaiverFields(_Form):
    """A waiver as proposed."""

    standard: str = Field(max_length=20)
    waiver_reason: str = Field(min_length=20, max_length=4000)
    compensation: str = Field(min_length=20, max_length=4000)
    expires_on: date
