"""Forms of reviewers and of the review secretary; their lengths are those of the columns they fill."""

from pydantic import BaseModel, ConfigDict, Field


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConflictFields(_Form):
    """Why somebody steps aside."""

    conflict_reason: str = Field(min_length=10, max_length=2000)


class DeclineFields(_Form):
    """Why somebody gives a review back."""

    decline_reason: str = Field(min_length=10, max_length=2000)


class TakeBackFields(_Form):
    """Why the secretary gives a review to somebody else."""

    reason: str = Field(min_length=10, max_length=2000)
