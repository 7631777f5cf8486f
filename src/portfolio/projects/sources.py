"""Where initiatives come from, in words: whoever brings them in says what its sources are called."""

from collections.abc import Callable, Mapping

from portfolio.i18n import Phrase
from portfolio.i18n import gettext as _
from portfolio.projects.terms import OWN_SOURCE

_names: list[Callable[[], Mapping[str, Phrase]]] = []


def name_sources(names: Callable[[], Mapping[str, Phrase]]) -> None:
    """`names` is asked when words are first shown, so that nothing is read at the start."""
    _names.append(names)


def source_words(source: str) -> str:
    """A source that nobody named goes by what its rows call it."""
    if source == OWN_SOURCE:
        return _("Submitted here")
    return next((str(names()[source]) for names in _names if source in names()), source)
