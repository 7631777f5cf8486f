"""Words of this room."""

from enum import Enum


class TokenPurpose(Enum):
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a purpose, not a password
