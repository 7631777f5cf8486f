"""Every code of the arithmetic has words, and what the formula's table says is what its sentences say."""

from enum import Enum

import pytest

import portfolio.monitoring.labels
from portfolio.i18n import language
from portfolio.labels import is_labelled
from portfolio.monitoring import health_terms
from portfolio.monitoring.data_quality import RULES
from portfolio.monitoring.health_terms import Dimension, Flag, Missing
from portfolio.monitoring.health_words import (
    flag_sentence,
    formula_sentences,
    not_available,
    reason_sentence,
    score,
    share,
)
from portfolio.monitoring.rating_formula import FIVE, FORMULA, SCALES, Scale
from portfolio.monitoring.ratings import Reason

assert portfolio.monitoring.labels


def test_every_code_has_words() -> None:
    kinds = [
        kind
        for kind in vars(health_terms).values()
        if isinstance(kind, type) and kind.__module__ == health_terms.__name__
    ]
    members = [member for kind in kinds if issubclass(kind, Enum) for member in kind]
    assert len(members) > 60
    assert [member for member in members if not is_labelled(member)] == []


@pytest.mark.parametrize("flag", Flag)
def test_every_flag_is_a_sentence_with_its_reasons(flag: Flag) -> None:
    other = "cost" if flag is Flag.RATED_ABOVE_EVIDENCE else "low"
    with language("en"):
        sentence = flag_sentence(flag, 5, 4, "high", other)
    assert sentence.endswith(".")
    assert "%" not in sentence.replace("0.05%", "").replace("0.04%", "")


def test_reasons_that_matter_are_in_the_sentence() -> None:
    with language("en"):
        assert "87.65%" in flag_sentence(Flag.UNCHANGED_NARRATIVE, 8_765, 8_000)
        assert "Cost" in flag_sentence(Flag.RATED_ABOVE_EVIDENCE, 2, 2, "high", "cost")
        assert flag_sentence(Flag.RETURN_MISSING, 1, 0) == "A return has been overdue for 1 day."
        assert not_available(Missing.NO_PLAN) == "Not available: there is no plan of amounts by month."


@pytest.mark.parametrize("scale", SCALES.values())
def test_the_formula_is_shown_whole(scale: Scale) -> None:
    with language("en"):
        sentences = formula_sentences(scale)
        for part, sentence in zip(FORMULA, sentences, strict=False):
            assert f"weight {part.weight} of 100" in sentence
        for (_level, least), sentence in zip(scale.levels, sentences[-len(scale.levels) :], strict=True):
            assert score(least) in sentence
    assert len(sentences) == len(FORMULA) + 4 + len(scale.levels)


def test_a_reason_shows_its_measure_or_why_there_is_none() -> None:
    cost, *_rest, risks, _quality = FORMULA
    with language("en"):
        assert reason_sentence(Reason(cost, 1_234, 3, None)) == (
            "Cost: Cost over the current baseline, 12.34%; scores 3 of 5 and weighs 25."
        )
        assert "out of tolerance, 2;" in reason_sentence(Reason(risks, 2, 3, None))
        assert reason_sentence(Reason(risks, None, None, Missing.NO_REGISTER)).startswith("Risks: Not available")
    assert risks.dimension is Dimension.RISKS


def test_both_decimals_are_shown_because_bands_are_judged_by_them() -> None:
    with language("en"):
        assert share(1_001) == "10.01%"
        assert share(-500) == "-5%"


def test_rules_are_sentences_of_their_own() -> None:
    assert len({each.checks for each in RULES}) == len(RULES)
    assert FIVE.steps == 4
