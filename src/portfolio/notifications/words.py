"""The words of every kind of notice: subject and body, English source with %(name)s placeholders.

A room that owes a notice adds its kind here. Placeholders are the params of `owe`; amounts, days, instants and enum
members go in as such and come out in the reader's own format and language.
"""

from portfolio.i18n import N_

KINDS: dict[str, tuple[str, str]] = {
    "trail_broken": (
        N_("The audit trail does not verify"),
        N_(
            "The verification of %(at)s found: %(finding)s. Keep the database and the checkpoint file as they are, and "
            "run portfolio audit verify on a copy."
        ),
    ),
}
"""kind → (subject, body)."""
