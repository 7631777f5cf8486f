"""The signed statement of an approval code: the proof that a verifier checks without asking anybody.

Canonical JSON (RFC 8785) of the statement, signed with Ed25519 under the purpose `code`. `typ` and `alg` are fixed:
another value is refused, never obeyed. As a file: `{"alg": "Ed25519", "signature": "…", "statement": {…}}`. A
statement proves what was issued; whether the code was suspended or drawn upon since then only the database knows.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Annotated, Any, Literal

import rfc8785
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from portfolio.approvals.code_terms import StatementProblem
from portfolio.approvals.code_text import parse_code
from portfolio.audit.signing_keys import KeyPurpose, PublicKey, SigningKey

ALG = "Ed25519"
MEMBERS = {"alg", "signature", "statement"}
MAX_FILE_CHARACTERS = 50_000

Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Instant = Annotated[
    AwareDatetime, PlainSerializer(lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str)
]
# As text: a JSON reader that keeps numbers as doubles is exact only to 2**53, and an amount in pesos may pass that.
MinorUnits = Annotated[int, Field(ge=1, lt=2**63), PlainSerializer(str, return_type=str)]


class DecisionEvent(BaseModel):
    """An event of the audit trail that the code rests on: its number in the chain of decisions and its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int = Field(ge=0, lt=2**53)
    hash: Hex64


class Statement(BaseModel):
    """What the authority says of one code. `ceiling` in minor units of `currency`, tax included; both dates are within
    validity.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    typ: Literal["pf-gatecode+1"] = "pf-gatecode+1"
    iss: Text
    kid: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    code: str
    project: Text
    version_digest: Hex64
    institution: Text
    buyer_units: tuple[Text, ...] = Field(min_length=1, max_length=50)
    purpose: Text
    ceiling: MinorUnits
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    fiscal_years: tuple[Annotated[int, Field(ge=1900, le=2999)], ...] = Field(min_length=1, max_length=30)
    not_before: date
    expires: date
    conditions_digest: Hex64
    decision_events: tuple[DecisionEvent, ...] = Field(max_length=50)
    issued_at: Instant

    @field_validator("code")
    @classmethod
    def _is_a_code(cls, code: str) -> str:
        if parse_code(code) != code:
            raise ValueError("not an approval code in its printed form")
        return code

    @model_validator(mode="after")
    def _dates_in_order(self) -> "Statement":
        if self.expires < self.not_before:
            raise ValueError("expires before it is valid")
        return self


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement with its 64-byte signature."""

    statement: Statement
    signature: bytes

    def as_json(self) -> str:
        """The file for `codes verify --statement`; the same statement and key always give the same characters."""
        signature = base64.urlsafe_b64encode(self.signature).decode("ascii")
        content: dict[str, Any] = {
            "alg": ALG,
            "signature": signature,
            "statement": self.statement.model_dump(mode="json"),
        }
        return rfc8785.dumps(content).decode("utf-8") + "\n"


def canonical_bytes(statement: Statement) -> bytes:
    """The very bytes that are signed (before the prefix of the key's purpose)."""
    return rfc8785.dumps(statement.model_dump(mode="json"))


def sign_statement(key: SigningKey, statement: Statement) -> SignedStatement:
    """Sign. Raises `ValueError` for a key of another purpose, or another `kid` than the statement names."""
    if key.purpose is not KeyPurpose.CODE:
        raise ValueError("this key does not sign codes")
    if key.kid != statement.kid:
        raise ValueError("the statement names another key")
    return SignedStatement(statement, key.sign(canonical_bytes(statement)))


def verify_statement(keys: Mapping[str, PublicKey], text: str) -> Statement | StatementProblem:
    """The statement, if one of the pinned keys (by `kid`) signed exactly what the text says; else why not.

    What the text says more or says otherwise than the statement's canonical form (a second key, a number as text) is
    `UNREADABLE`: nothing unsigned is ever shown as signed.
    """
    parsed = _parsed(text)
    if parsed is None:
        return StatementProblem.UNREADABLE
    statement, signature = parsed
    key = keys.get(statement.kid)
    if key is None or key.purpose is not KeyPurpose.CODE or key.kid != statement.kid:
        return StatementProblem.UNKNOWN_KEY
    if not key.verifies(canonical_bytes(statement), signature):
        return StatementProblem.BAD_SIGNATURE
    return statement


def _parsed(text: str) -> tuple[Statement, bytes] | None:
    if len(text) > MAX_FILE_CHARACTERS:
        return None
    try:
        envelope = json.loads(text, object_pairs_hook=_without_repeats)
        if not isinstance(envelope, dict) or set(envelope) != MEMBERS or envelope["alg"] != ALG:
            return None
        statement = Statement.model_validate(envelope["statement"])
        if rfc8785.dumps(envelope["statement"]) != canonical_bytes(statement):
            return None
        return statement, base64.b64decode(envelope["signature"], altchars=b"-_", validate=True)
    except (ValueError, TypeError, RecursionError, ValidationError, rfc8785.CanonicalizationError, binascii.Error):
        return None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found
