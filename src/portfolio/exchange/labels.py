"""Words of imports."""

from portfolio.exchange.terms import ImportState
from portfolio.i18n import N_
from portfolio.labels import register

register(
    {
        ImportState.PREVIEWED: N_("To be confirmed"),
        ImportState.RUNNING: N_("Running"),
        ImportState.FINISHED: N_("Imported"),
        ImportState.FAILED: N_("Failed, nothing was imported"),
        ImportState.DISCARDED: N_("Discarded"),
    }
)
