"""Which passwords are refused: the guessed ones, quickly, and no phrase that somebody would really choose."""

import time

import pytest

from portfolio.identity.password_rules import common, repeats, walks, why_not


@pytest.mark.parametrize(
    "guessed",
    [
        "123456789987654321",  # on the list of long ones
        "password1234567890",  # a common word, decorated
        "!!!Contraseña!!!2026",
        "aaaaaaaaaaaaaaaaaaaa",
        "tigre feroz tigre feroz",
        "qwertyuiopasdfgh",
        "abcdefghijklmnop",
        "1qaz2wsx3edc4rfv",
        "0987654321098765",
        "princesa sunshine1".replace("1", ""),
    ],
)
def test_what_is_guessed_first_is_refused(guessed: str) -> None:
    assert why_not(guessed) is not None, guessed


@pytest.mark.parametrize(
    "fine",
    [
        "tres ranas verdes beben mate",
        "mi abuela cruza el puente azul",
        "vGx92 kkLq7 zzR4t mW",
        "a long phrase nobody guesses",
    ],
)
def test_a_phrase_of_several_words_is_accepted(fine: str) -> None:
    assert why_not(fine) is None


def test_length_is_bounded_on_both_sides() -> None:
    assert why_not("corta") == "Use 15 characters or more"
    assert why_not("x1y2z3" * 30) == "Use 128 characters or fewer"


def test_names_of_the_person_and_the_house_do_not_carry_a_password() -> None:
    assert why_not("villanueva-2026-ok", about=["Ana Villanueva"]) is not None
    assert why_not("villanueva sube tres montes altos", about=["Ana Villanueva"]) is None


def test_the_lists_are_as_large_as_promised() -> None:
    assert len(common()) > 50_000


def test_a_repetition_may_be_cut_at_its_end() -> None:
    assert repeats("abcdabcda")
    assert not repeats("abcdefgabc")
    assert not repeats("")


def test_a_walk_is_most_of_the_text() -> None:
    assert walks("asdfghjkl12345")
    assert not walks("asdf tres ranas verdes")


def test_a_judgement_takes_less_than_a_millisecond() -> None:
    common()
    longest = "tres ranas verdes beben mate " * 4
    started = time.perf_counter()
    for _ in range(20):
        why_not(longest[:128])
    assert (
        time.perf_counter() - started
    ) / 20 < 0.02  # twenty times what it takes: a busy machine passes, a scan does not
