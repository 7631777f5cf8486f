"""The words by which an initiative is found: the same for what is stored and for what is typed."""

import re
from collections.abc import Sequence

from portfolio.db.text import folded

LONGEST = 40
MOST_TYPED = 8
"""Words of a search that count; more of them would narrow nothing further."""

_WORD = re.compile(r"[^\W_]+")


def terms_of(search_text: str) -> frozenset[str]:
    """The distinct words of a text, folded: what the index holds of an initiative. Single letters are left out."""
    return frozenset(word[:LONGEST] for word in _WORD.findall(folded(search_text)) if len(word) > 1 or word.isdigit())


def typed_terms(text: str) -> Sequence[str]:
    """What was typed, as beginnings of words, the longest first: those narrow most."""
    words = {word[:LONGEST] for word in _WORD.findall(folded(text))}
    return sorted(words, key=lambda word: (-len(word), word))[:MOST_TYPED]


def after_prefix(prefix: str) -> str:
    """The least text greater than every text that begins with the prefix, by code point."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
