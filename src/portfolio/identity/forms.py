"""Forms of this room."""

import uuid
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from portfolio.identity.terms import KeyScope


class Fields(BaseModel):
    """Nothing but what is declared."""

    model_config = ConfigDict(extra="forbid")


class SignInFields(Fields):
    """What the sign-in page asks; the code, if there is a second factor, is asked on the next."""

    email: str = Field(max_length=254)
    password: str = Field(max_length=1000)


class CodeFields(Fields):
    """The second page of signing in."""

    code: str = Field(max_length=20)


class ForgottenFields(Fields):
    """Whose password was forgotten."""

    email: str = Field(max_length=254)


class NewPasswordFields(Fields):
    """A password, twice; its length is judged with the rest of its rules, so that one sentence says why."""

    new_password: str = Field(max_length=1000)
    again: str = Field(max_length=1000)


class ChangePasswordFields(NewPasswordFields):
    """The present one too, by the person who is signed in."""

    password: str = Field(max_length=1000)


class ProfileFields(Fields):
    """What people say about themselves."""

    name: str = Field(min_length=3, max_length=120)
    job_title: str = Field(default="", max_length=120)
    language: Literal["es", "pt", "en"]


class EnrolFields(Fields):
    """The authenticator's first code, and the password."""

    code: str = Field(max_length=20)
    password: str = Field(max_length=1000)


class PasswordFields(Fields):
    """The password alone: for what binds."""

    password: str = Field(max_length=1000)


class ApiKeyFields(Fields):
    """A key for an information system of an institution, and the password of whoever makes it."""

    name: str = Field(min_length=3, max_length=120)
    institution: uuid.UUID
    scope: KeyScope
    expires_on: date
    password: str = Field(max_length=1000)


class RevokeKeyFields(Fields):
    """Why a key stops working."""

    reason: str = Field(min_length=3, max_length=400)
