"""The language of whoever reads: catalogues, the language of a request, and words that data carries itself.

Source text is English, inside `_("…")` and `ngettext(…)`. At import time use the marker `N_("…")` and translate when shown.
"""

import gettext as _stdlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

LANGUAGES: tuple[str, ...] = ("es", "pt", "en")
"""Languages of the interface, the first being the default."""

_current: ContextVar[str] = ContextVar("portfolio_language", default=LANGUAGES[0])


@cache
def catalogue(code: str) -> _stdlib.NullTranslations:
    """The compiled catalogue of one language; English is the source text itself."""
    if code == "en":
        return _stdlib.NullTranslations()
    folder = resources.files("portfolio") / "locale" / code / "LC_MESSAGES" / "messages.mo"
    with resources.as_file(folder) as path:
        if not path.exists():
            raise FileNotFoundError(f"{path}: the catalogues are not compiled; run `make catalogues`")
        with path.open("rb") as stream:
            return _stdlib.GNUTranslations(stream)


def current_language() -> str:
    return _current.get()


def set_language(code: str) -> None:
    """Choose the language for the rest of this request; an unknown one leaves the default."""
    _current.set(code if code in LANGUAGES else LANGUAGES[0])


@contextmanager
def language(code: str) -> Iterator[None]:
    """Render in somebody else's language: a mail, a letter."""
    token = _current.set(code if code in LANGUAGES else LANGUAGES[0])
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str) -> str:
    return catalogue(_current.get()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    return catalogue(_current.get()).ngettext(singular, plural, number)


def N_(message: str) -> str:
    """Mark a text for the catalogues where it is defined; `gettext` translates it where it is shown."""
    return message


_ = gettext


class Phrase(BaseModel):
    """Words that data (a country pack, a standard) carries in all languages itself; `str()` gives the reader's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    es: str
    pt: str
    en: str

    def __str__(self) -> str:
        return self.in_language(current_language())

    def in_language(self, code: str) -> str:
        return {"es": self.es, "pt": self.pt, "en": self.en}.get(code, self.es)
