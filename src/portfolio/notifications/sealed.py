"""A link that opens something (an invitation) must not lie readable in the outbox: sealed in the row, opened for the mail.

Whoever reads the table, or a backup of it, has the sealed text without the installation's secret, and after delivery
not even that: the sender calls `forget` in the transaction that marks the notice as mailed.
"""

import uuid

from portfolio.db.seal import seal, unseal
from portfolio.notifications.models import Notice

PARAM = "sealed_path"
PURPOSE = "notice path"


def sealed(secret: str, person_id: uuid.UUID, path: str) -> str:
    """The value of the param `sealed_path` for `owe`; opens for this person's notices only."""
    return seal(secret, PURPOSE, path.encode(), str(person_id))


def path_of(secret: str, notice: Notice) -> str:
    """Where the mail's link leads: the sealed path if there is one that opens, else the plain one."""
    held = notice.params.get(PARAM)
    plain = unseal(secret, PURPOSE, str(held), str(notice.person_id)) if held else None
    return notice.path if plain is None else plain.decode()


def forget(notice: Notice) -> None:
    """Take the sealed path out of a notice that was mailed or given up."""
    if PARAM in notice.params:
        notice.params = {name: value for name, value in notice.params.items() if name != PARAM}
