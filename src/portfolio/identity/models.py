"""Accounts and sessions. Tokens are kept as digests only; nothing here is personal beyond the link to the person."""

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from portfolio.db.base import Audited, Table, Versioned, enum_type
from portfolio.identity.terms import KeyScope, TokenPurpose
from portfolio.people.terms import ProposalState


class Account(Versioned, Audited, table=True):
    """How a person signs in. `epoch` rises with password, factor, role or disabling, and ends every session."""

    __tablename__ = "account"

    person_id: uuid.UUID = Field(foreign_key="person.id", unique=True)
    password_hash: str = Field(default="", max_length=200)
    totp_secret: str = Field(default="", max_length=200, description="sealed with the installation's secret")
    totp_confirmed_at: datetime | None = None
    epoch: int = 1
    disabled_at: datetime | None = None


class FactorReset(Versioned, Audited, table=True):
    """A lost second factor: one person asks, an administrator who is neither of the two confirms (security.md section 1)."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="nobody_resets_an_own_factor"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="a_second_person_decides"),
        Index(
            "ix_factor_reset_waiting",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    reason: str = Field(max_length=400, description="what was lost, and how the person was recognised")
    asked_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", description="nobody: the command line")
    state: ProposalState = Field(default=ProposalState.PROPOSED, sa_type=enum_type(ProposalState))
    decided_by_id: uuid.UUID | None = Field(
        default=None, foreign_key="person.id", description="nobody: the command line, where no administrator was left"
    )
    decided_at: datetime | None = None
    decision_reason: str = Field(default="", max_length=400)


class LoginSession(Table, table=True):
    """One signed-in browser; the cookie holds 256 random bits of which only the SHA-256 is here."""

    __tablename__ = "login_session"

    token_hash: str = Field(max_length=64, unique=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    csrf_token: str = Field(max_length=64)
    epoch: int
    method: str = Field(max_length=20, description="password, password+totp, demonstration")
    seen_at: datetime
    busy_at: datetime = Field(
        description="as `seen_at`, but stays behind for good after a pause of `sessions.IDLE_ACTS`"
    )
    expires_at: datetime
    address: str = Field(default="", max_length=60)
    agent: str = Field(default="", max_length=200)


class OneTimeToken(Table, table=True):
    """An invitation or a reset of the password: used once, for a limited time."""

    __tablename__ = "one_time_token"

    token_hash: str = Field(max_length=64, unique=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    purpose: TokenPurpose = Field(sa_type=enum_type(TokenPurpose))
    expires_at: datetime
    used_at: datetime | None = None


class RecoveryCode(Table, table=True):
    """A single-use code for whoever lost the second factor; only its digest is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)

    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    code_hash: str = Field(max_length=64)
    used_at: datetime | None = None


class UsedFactorStep(SQLModel, table=True):
    """A time step of the second factor that was used: it never works twice, on any worker."""

    __tablename__ = "used_factor_step"

    person_id: uuid.UUID = Field(primary_key=True, foreign_key="person.id")
    step: int = Field(primary_key=True)


class Attempt(Table, table=True):
    """A failed try against a limit, shared by all workers: counted within a window, then purged."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_scope", "scope", "key_hash", "created_at"),)

    scope: str = Field(max_length=40)
    key_hash: str = Field(max_length=64)


class FormKey(SQLModel, table=True):
    """A form's one-time key that was used, and where its act led: a double click is one act."""

    __tablename__ = "form_key"

    key: str = Field(primary_key=True, max_length=64)
    person_id: uuid.UUID = Field(foreign_key="person.id")
    location: str = Field(default="", max_length=400)
    used_at: datetime


class ApiKey(Table, Audited, table=True):
    """The key of an institution's information system, kept as a digest; `person_id` is whom the trail names when it acts.

    It works through `expires_on`, that day included in the country's calendar, unless it was revoked before.
    """

    __tablename__ = "api_key"
    __unaudited__: ClassVar[frozenset[str]] = frozenset({"last_used_at"})
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="somebody_revoked_it"),
        Index("ix_api_key_institution", "institution_id", "id"),
    )

    institution_id: uuid.UUID = Field(foreign_key="institution.id")
    person_id: uuid.UUID = Field(foreign_key="person.id", unique=True)
    start: str = Field(max_length=16, description="the first signs of the key, to tell keys apart")
    key_hash: str = Field(max_length=64, unique=True)
    scope: KeyScope = Field(sa_type=enum_type(KeyScope))
    expires_on: date
    made_by_id: uuid.UUID = Field(foreign_key="person.id")
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    revoke_reason: str = Field(default="", max_length=400)


class ApiAnswer(Table, table=True):
    """What a call of the API was answered, by the name that its sender gave it: sent again, it is answered alike, and nothing is
    done twice. Kept for some days, then purged.
    """

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("key_id", "call"), Index("ix_api_answer_created_at", "created_at"))

    key_id: uuid.UUID = Field(foreign_key="api_key.id")
    call: str = Field(max_length=80, description="the Idempotency-Key of the call")
    asked: str = Field(max_length=64, description="digest of what was asked")
    status: int
    body: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
