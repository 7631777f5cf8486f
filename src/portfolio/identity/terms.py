"""Words of this room."""

from enum import Enum


class TokenPurpose(Enum):
    """What a one-time token opens."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a purpose, not a password


class SignInMethod(Enum):
    """How a session was opened."""

    PASSWORD = "password"  # noqa: S105
    PASSWORD_AND_FACTOR = "password+totp"  # noqa: S105
    DEMONSTRATION = "demonstration"


class KeyScope(Enum):
    """What a key of the API may do. Whoever may write may read."""

    MEASUREMENTS_READ = "measurements_read"
    MEASUREMENTS_WRITE = "measurements_write"
