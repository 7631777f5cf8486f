"""What can be refused, in words a person can read. `web.errors` turns each kind into a page and a status."""


class Refused(Exception):
    """An act that rules do not allow; carries every reason, already in the reader's language. Shown with 409."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class FieldRefused(Refused):
    """A value that only the database could judge (taken, no longer current); shown beside its field with 422."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class NotFound(Exception):
    """Nothing there, or nothing that this person may know of: the answer does not tell which. Shown with 404."""


class NotAllowed(Exception):
    """The person is known and lacks the permission. Shown with 403."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class ConfigurationError(Exception):
    """A setting or a country pack that cannot be used; stops the start. Names file, line and reason."""
