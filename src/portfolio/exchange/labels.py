"""Words of imports, and of the sources that the shipped mappings read."""

from collections.abc import Mapping

from portfolio.exchange.terms import ImportState
from portfolio.i18n import N_, Phrase
from portfolio.labels import register
from portfolio.projects.sources import name_sources

register(
    {
        ImportState.PREVIEWED: N_("To be confirmed"),
        ImportState.RUNNING: N_("Running"),
        ImportState.FINISHED: N_("Imported"),
        ImportState.FAILED: N_("Failed, nothing was imported"),
        ImportState.DISCARDED: N_("Discarded"),
    }
)


def _titles() -> Mapping[str, Phrase]:
    from portfolio.exchange.mappings import shipped_mappings  # reads files of tables: only where somebody asks

    return {mapping.source: mapping.title for mapping in shipped_mappings().values()}


name_sources(_titles)
