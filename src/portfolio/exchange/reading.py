"""A file's bytes to mapped rows, for the command, the preview and the import alike."""

from datetime import date

from portfolio.documents.mapping import Mapped, map_table
from portfolio.errors import Refused
from portfolio.exchange.mappings import read_and_recognise, shipped_mappings
from portfolio.i18n import gettext as _


def read_file(data: bytes, name: str, mapping: str | None = None, as_at: date | None = None) -> Mapped:
    """Through the named mapping, or the one that fits the columns.

    Raises `Refused` with the reason when the file cannot be used at all, an unknown mapping is named, or nobody says
    which day the file describes.
    """
    known = shipped_mappings()
    if mapping and mapping not in known:
        raise Refused(
            _("There is no mapping %(name)s; known are %(known)s.") % {"name": mapping, "known": ", ".join(known)}
        )
    table, found = read_and_recognise(data, name, known.values(), chosen=known[mapping] if mapping else None)
    return map_table(table, found, as_at)
