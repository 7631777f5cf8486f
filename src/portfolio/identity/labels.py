"""Words of this room."""

from portfolio.i18n import N_
from portfolio.identity.terms import KeyScope
from portfolio.labels import register

register(
    {
        KeyScope.MEASUREMENTS_READ: N_("Read indicators and measurements"),
        KeyScope.MEASUREMENTS_WRITE: N_("Read them, and record measurements"),
    }
)
