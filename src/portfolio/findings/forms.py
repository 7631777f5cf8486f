"""Forms of findings."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from portfolio.findings.terms import Judgement


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenFields(_Fields):
    """A finding that a person opens."""

    evidence: str = Field(max_length=4000)
    due_on: date


class AnswerFields(_Fields):
    """What the institution did or will do."""

    text: str = Field(max_length=4000)


class JudgeFields(_Fields):
    """Whether the answer settles the finding; a reason where it does not."""

    judgement: Judgement
    reason: str | None = Field(default=None, max_length=2000)
    due_on: date | None = None
