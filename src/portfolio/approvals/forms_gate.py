"""Forms of the gate: sign-offs, submission, admission, returns."""

from pydantic import BaseModel, ConfigDict, Field

REASON_LENGTH = 2000


class ProofFields(BaseModel):
    """A binding act: the password, and the digest of what was shown."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=1000)
    digest: str = Field(min_length=64, max_length=64)


class SignFields(ProofFields):
    """A sign-off in one role."""

    role: str = Field(max_length=40)


class BatchFields(BaseModel):
    """Several cases signed at once: what was shown of each, and one password."""

    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=1000)
    case: list[str] = Field(min_length=1, max_length=500)


class MoveReasonFields(BaseModel):
    """A move that needs a reason."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=REASON_LENGTH)


class WithdrawFields(ProofFields):
    """A withdrawal: reason and password."""

    reason: str = Field(min_length=3, max_length=REASON_LENGTH)


class AdmitFields(BaseModel):
    """The snapshot that was examined."""

    model_config = ConfigDict(extra="forbid")

    digest: str = Field(min_length=64, max_length=64)


class ReturnFields(BaseModel):
    """What the institution has to complete, and why."""

    model_config = ConfigDict(extra="forbid")

    sections: list[str] = Field(min_length=1, max_length=40)
    reason: str = Field(min_length=3, max_length=4000)
