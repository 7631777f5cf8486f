"""Which new passwords are refused, and why: pure functions and two word lists (security.md section 1). No rule of composition."""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from portfolio.db.text import folded
from portfolio.i18n import gettext, ngettext

MIN_LENGTH, MAX_LENGTH = 15, 128
LISTS = ("common_passwords.txt", "common_long_passwords.txt")
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "012345678901234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "q1w2e3r4t5y6u7i8o9p0",
)
"""What fingers and memory walk along; each counts backwards too."""
SHORTEST_RUN = 4
MOST_BY_RUNS = 0.7
FEWEST_DISTINCT = 5
SHORTEST_NAME = 5
LEFT_BESIDE_A_NAME = 10


@cache
def common() -> frozenset[str]:
    """The lists' words, folded and without spaces."""
    folder = resources.files("portfolio.identity")
    return frozenset(word for name in LISTS for word in (folder / name).read_text(encoding="utf-8").split("\n") if word)


def why_not(password: str, about: Iterable[str] = ()) -> str | None:
    """The reason a new password is refused, or nothing. `about` are names a guesser would try first."""
    if len(password) < MIN_LENGTH:
        return ngettext("Use %(n)s character or more", "Use %(n)s characters or more", MIN_LENGTH) % {"n": MIN_LENGTH}
    if len(password) > MAX_LENGTH:
        return ngettext("Use %(n)s character or fewer", "Use %(n)s characters or fewer", MAX_LENGTH) % {"n": MAX_LENGTH}
    plain = folded(password).replace(" ", "")
    if is_guessed_early(plain):
        return gettext("This password is among the first that are guessed; choose a phrase of several words")
    if is_little_more_than_a_name(plain, about):
        return gettext("The password is little more than your name, address or institution")
    return None


def is_guessed_early(plain: str) -> bool:
    """Few letters, a repetition, a walk along the keys, a common word with decoration, or two common words."""
    return (
        len(set(plain)) < FEWEST_DISTINCT
        or plain in common()
        or repeats(plain)
        or walks(plain)
        or stem_of(plain) in common()
        or any(plain[:cut] in common() and plain[cut:] in common() for cut in range(1, len(plain)))
    )


def stem_of(plain: str) -> str:
    """The word without the digits and signs around it."""
    letters = [position for position, letter in enumerate(plain) if letter.isalpha()]
    return plain[letters[0] : letters[-1] + 1] if letters else ""


def repeats(plain: str) -> bool:
    """Whether the text is one piece written twice or more, the last one maybe cut; by the prefix function, in one pass."""
    prefix = [0] * len(plain)
    for position in range(1, len(plain)):
        length = prefix[position - 1]
        while length and plain[position] != plain[length]:
            length = prefix[length - 1]
        prefix[position] = length + (plain[position] == plain[length])
    return bool(plain) and 2 * (len(plain) - prefix[-1]) <= len(plain)


def walks(plain: str) -> bool:
    """Whether most of the text runs along the alphabet, the digits or the keyboard."""
    paths = [path for run in RUNS for path in (run, run[::-1])]
    position = covered = 0
    while position < len(plain):
        length = max(_along(path, plain[position:]) for path in paths)
        covered += length if length >= SHORTEST_RUN else 0
        position += max(length, 1) if length >= SHORTEST_RUN else 1
    return covered > MOST_BY_RUNS * len(plain)


def _along(path: str, text: str) -> int:
    """How many of the first letters of the text the path holds in a row."""
    length = 0
    while length < len(text) and text[: length + 1] in path:
        length += 1
    return length


def is_little_more_than_a_name(plain: str, about: Iterable[str]) -> bool:
    for name in about:
        for part in folded(name).replace("@", " ").replace(".", " ").split():
            if len(part) >= SHORTEST_NAME and part in plain and len(plain) - len(part) < LEFT_BESIDE_A_NAME:
                return True
    return False
