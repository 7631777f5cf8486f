"""The language of whoever reads: catalogues, the language of a request, and words that data carries itself.

Source text is English, inside `_("…")` and `ngettext(…)`. At import time use the marker `N_("…")` and translate when shown.
Where one English word has several translations (an open call is "abierto", an open condition "abierta"), say of what:
`pgettext("condition", "Open")`, or `NP_("condition", "Open")` at import time.
"""

import gettext as _stdlib
from collections.abc import Callable, Iterator, Mapping
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


CONTEXT_END = "\x04"
"""Between context and text, as in compiled catalogues."""


def gettext(message: str) -> str:
    """The words of a text, or of what `NP_` marked."""
    context, found, text = message.rpartition(CONTEXT_END)
    if found:
        return pgettext(context, text)
    given = _names.get(message)
    if given is not None:
        return str(given)
    return catalogue(_current.get()).gettext(message) if message else ""


def pgettext(context: str, message: str) -> str:
    """The words of a text that means this in one place and that in another; `context` is a word of ours, never shown."""
    return catalogue(_current.get()).pgettext(context, message)


def ngettext(singular: str, plural: str, number: int) -> str:
    return catalogue(_current.get()).ngettext(singular, plural, number)


def N_(message: str) -> str:
    """Mark a text for the catalogues where it is defined; `gettext` translates it where it is shown."""
    return message


def NP_(context: str, message: str) -> str:
    """Mark a text with its context; `gettext` translates what this returns."""
    return f"{context}{CONTEXT_END}{message}"


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

    def changed(self, change: Callable[[str], str]) -> "Phrase":
        """The same in every language, each text changed."""
        return Phrase(es=change(self.es), pt=change(self.pt), en=change(self.en))


_names: dict[str, Phrase] = {}
"""What the country calls things that the catalogues name too: text → its own word."""


def use_names(names: Mapping[str, Phrase]) -> None:
    """Set once at start: texts that are shown in the country's own words (instead of those set before)."""
    _names.clear()
    _names.update(names)
