"""What is said of a text that is longer than what is kept of it."""

from portfolio.i18n import ngettext
from portfolio.web.formatting import number


def too_long(limit: int, given: int) -> str:
    """What is said of a text of `given` characters where only `limit` are kept: how many, and how many it has."""
    words = ngettext(
        "Enter %(n)s character or fewer: there are %(given)s",
        "Enter %(n)s characters or fewer: there are %(given)s",
        limit,
    )
    return words % {"n": number(limit), "given": number(given)}
