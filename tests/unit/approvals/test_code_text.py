"""The visible code: what people type is forgiven, what they mistype is seen."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.approvals.code_terms import CodeProblem
from portfolio.approvals.code_text import ALPHABET, lookup_digest, new_code, parse_code

DESIGN_EXAMPLE = "14KK-KGER-BJCD-C9DR-HGP7"


def letters_of(code: str) -> str:
    return code.replace("-", "")


def test_a_new_code_is_twenty_crockford_letters_in_five_groups_and_reads_back():
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert re.fullmatch(r"1[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){4}", code)
        assert parse_code(code) == code


def test_the_random_letters_use_the_whole_alphabet():
    seen = {letter for _ in range(200) for letter in letters_of(new_code())[1:17]}
    assert seen == set(ALPHABET)


def test_the_example_of_the_design_is_a_code():
    assert parse_code(DESIGN_EXAMPLE) == DESIGN_EXAMPLE


@pytest.mark.parametrize(
    "typed",
    [
        "14kk-kger-bjcd-c9dr-hgp7",
        "14KKKGERBJCDC9DRHGP7",
        "  i4KK KGER BJCD C9DR HGP7\n",
        "l4KK–KGER—BJCD\u2011C9DR\u00a0HGP7",
        "L4KK.KGER.BJCD.C9DR.HGP7",
    ],
)
def test_how_people_type_is_forgiven(typed):
    assert parse_code(typed) == DESIGN_EXAMPLE


def test_the_letter_o_is_read_as_zero():
    code = next(code for code in iter(new_code, None) if "0" in code)
    assert parse_code(code.replace("0", "O")) == parse_code(code.replace("0", "o")) == code


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", CodeProblem.LENGTH),
        ("14KK-KGER-BJCD-C9DR-HGP", CodeProblem.LENGTH),
        ("14KK-KGER-BJCD-C9DR-HGP77", CodeProblem.LENGTH),
        ("-" * 10_000, CodeProblem.LENGTH),
        ("14KK-KGER-BJCD-C9DR-HGPU", CodeProblem.LETTERS),
        ("14KK-KGER-BJCD-C9DR-HGPÑ", CodeProblem.LETTERS),
        ("14KK-KGER-BJCD-C9DR-HGP٧", CodeProblem.LETTERS),
        ("14KK-KGER-BJCD-C9DR-HGP\x00", CodeProblem.LETTERS),
        ("14KK-KGER-BJCD-C9DR-HGP8", CodeProblem.CHECK),
        ("0000-0000-0000-0000-0000", CodeProblem.VERSION),
    ],
)
def test_each_slip_has_its_own_answer(typed, problem):
    assert parse_code(typed) is problem


def test_every_change_of_one_letter_is_detected():
    for code in (DESIGN_EXAMPLE, new_code(), new_code()):
        letters = letters_of(code)
        for place, right in enumerate(letters):
            for wrong in ALPHABET.replace(right, ""):
                assert parse_code(letters[:place] + wrong + letters[place + 1 :]) is CodeProblem.CHECK


def test_every_swap_of_two_neighbours_is_detected():
    for _ in range(50):
        letters = letters_of(new_code())
        for place in range(19):
            left, right = letters[place], letters[place + 1]
            if left != right:
                assert parse_code(letters[:place] + right + left + letters[place + 2 :]) is CodeProblem.CHECK


def test_up_to_three_changed_letters_are_always_detected():
    """Enough tries that a scheme with one check letter less (which misses one in 1,024) is found out."""
    rng = random.Random(2027)  # noqa: S311
    for _ in range(15_000):
        letters = list(letters_of(DESIGN_EXAMPLE))
        for place in rng.sample(range(20), rng.choice([2, 3, 3])):
            letters[place] = rng.choice(ALPHABET.replace(letters[place], ""))
        assert parse_code("".join(letters)) is CodeProblem.CHECK


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    found = parse_code(text)
    assert isinstance(found, CodeProblem) or parse_code(found) == found


def test_the_lookup_digest_depends_on_the_pepper_and_hides_the_code():
    assert lookup_digest(b"a", DESIGN_EXAMPLE) != lookup_digest(b"b", DESIGN_EXAMPLE)
    assert re.fullmatch("[0-9a-f]{64}", lookup_digest(b"a", DESIGN_EXAMPLE))
