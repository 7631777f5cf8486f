"""The visible approval code: 20 Crockford letters that a person can dictate, and that show a slip before the database
is asked.

1 letter of scheme version, 16 random ones (80 bits), 3 Reed-Solomon check letters over GF(32). Any 1 to 3 changed
letters, and any swap of two neighbours, are detected always; a wilder change passes once in 32,768. Nothing can be
read from a code or guessed: it is a key to look up, not a right. Scheme: `security.md` section 7.
"""

import hashlib
import hmac
import secrets
from typing import Final

from reedsolo import RSCodec

from portfolio.approvals.code_terms import CodeProblem

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""

VERSION: Final = "1"
LETTERS: Final = 20
_CHECKS: Final = 3
_RANDOM: Final = LETTERS - _CHECKS - len(VERSION)
_GROUP: Final = 4

# x^5 + x^2 + 1, first root alpha^1. Other fields must not be used through reedsolo in this process: its tables are
# global.
_CODEC: Final = RSCodec(_CHECKS, nsize=31, c_exp=5, prim=0x25, fcr=1)

_VALUE: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_FORGIVEN: Final = str.maketrans(
    {**{low: low.upper() for low in "abcdefghjkmnpqrstvwxyz"}, **dict.fromkeys("iIlL", "1"), "o": "0", "O": "0"}
)
_IGNORED: Final = dict.fromkeys(
    map(ord, " \t\r\n\u00a0\u2007\u2009\u202f\u200b\ufeff-\u2010\u2011\u2012\u2013\u2014\u2212_.·")
)
_LONGEST_TYPED: Final = 200


def new_code() -> str:
    """A fresh code in its printed form, `1XXX-XXXX-XXXX-XXXX-XXXX`."""
    return _printed(_with_checks(VERSION + "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))))


def parse_code(text: str) -> str | CodeProblem:
    """The printed form of what somebody typed, or what is wrong with it.

    Forgives lower case, spaces, dashes of every kind, O for 0, I and L for 1. `CHECK` means the length and letters are
    right and some letter is not the one printed; it never reaches the database.
    """
    if len(text) > _LONGEST_TYPED:
        return CodeProblem.LENGTH
    letters = text.translate(_IGNORED).translate(_FORGIVEN)
    if any(letter not in _VALUE for letter in letters):
        return CodeProblem.LETTERS
    if len(letters) != LETTERS:
        return CodeProblem.LENGTH
    if _with_checks(letters[:-_CHECKS]) != letters:
        return CodeProblem.CHECK
    if letters[0] != VERSION:
        return CodeProblem.VERSION
    return _printed(letters)


def lookup_digest(pepper: bytes, code: str) -> str:
    """HMAC-SHA256 in hex of a printed code: what the index and the logs hold instead of the code itself."""
    return hmac.new(pepper, code.encode("ascii"), hashlib.sha256).hexdigest()


def _with_checks(letters: str) -> str:
    return "".join(ALPHABET[value] for value in _CODEC.encode(bytes(_VALUE[letter] for letter in letters)))


def _printed(letters: str) -> str:
    return "-".join(letters[start : start + _GROUP] for start in range(0, LETTERS, _GROUP))
