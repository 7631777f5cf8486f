"""Text that both databases treat alike: what may be stored, how it is searched and how it is ordered."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """Lower case without accents and with single spaces: `search_text` columns, and the start of `sort_key`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _SPACES.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def sort_key(text: str) -> str:
    """Orders as a Spanish or Portuguese reader expects, by code point on any database: accents only break ties."""
    return f"{folded(text)}\x1f{text}"[:400].replace("\x00", "")


def storable(text: str) -> str | None:
    """The text with line ends as LF, or None where PostgreSQL would refuse it (NUL, lone surrogates)."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")
