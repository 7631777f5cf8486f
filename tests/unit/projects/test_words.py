"""What an initiative is found by."""

import pytest

from portfolio.projects.words import LONGEST, after_prefix, terms_of, typed_terms


def test_words_are_folded_and_cut_and_single_letters_left_out():
    assert terms_of("Órgano de Ñuñoa, PF-2027-000123 y 5") == {"organo", "de", "nunoa", "pf", "2027", "000123", "5"}
    assert max(map(len, terms_of("x" * 100))) == LONGEST


def test_typed_words_come_longest_first_each_once():
    assert typed_terms("SALUD sa salud  digitál!") == ["digital", "salud", "sa"]
    assert typed_terms(" %_ ") == []


@pytest.mark.parametrize("word", ["sal", "z", "9", "ñu"])
def test_the_range_of_a_beginning_holds_just_the_words_that_begin_so(word):
    end = after_prefix(word)
    assert word <= word + "zzz" < end
    assert not end.startswith(word)
