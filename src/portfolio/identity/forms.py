"""Forms of this room."""

from pydantic import BaseModel, ConfigDict, Field


class SignInFields(BaseModel):
    """What the sign-in page asks; the code only of whoever has a second factor."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)
    code: str = Field(default="", max_length=20)
