"""Properties of matrices and of escalation, in every matrix of every shipped pack."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.packs.loader import load_shipped
from portfolio.packs.risk import LADDER, RiskMatrix, RiskRules
from portfolio.packs.terms import Tier
from portfolio.risk.catalogue import catalogue
from portfolio.risk.rules import (
    Standing,
    above,
    acceptance_refusals,
    carrier,
    escalates_to,
    expiry_refusals,
    may_keep,
    next_review,
    rating_at,
    rescaled,
)
from portfolio.risk.terms import RiskCategory

RULES = [pack.risk for pack in load_shipped().values()]
MATRICES = [(rules, matrix) for rules in RULES for matrix in rules.matrices.values()]
TODAY = date(2026, 8, 3)

rules_and_matrix = st.sampled_from(MATRICES)
tiers = st.none() | st.sampled_from(LADDER[1:])


def a_point(matrix: RiskMatrix) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(1, len(matrix.likelihood)), st.integers(1, len(matrix.impact)))


@given(st.data())
def test_a_worse_step_never_has_a_milder_rating(data: st.DataObject) -> None:
    rules, matrix = data.draw(rules_and_matrix)
    (likelihood, impact), (more, worse) = data.draw(a_point(matrix)), data.draw(a_point(matrix))
    low = rating_at(matrix, min(likelihood, more), min(impact, worse))
    high = rating_at(matrix, max(likelihood, more), max(impact, worse))
    assert rules.rank(low) <= rules.rank(high)


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_there_is_a_matrix_of_each_size(size: int) -> None:
    assert any(len(matrix.likelihood) == size == len(matrix.impact) for _rules, matrix in MATRICES)


@given(st.data())
def test_outside_the_matrix_is_no_rating(data: st.DataObject) -> None:
    _rules, matrix = data.draw(rules_and_matrix)
    outside = data.draw(st.sampled_from([(0, 1), (1, 0), (len(matrix.likelihood) + 1, 1), (1, len(matrix.impact) + 1)]))
    with pytest.raises(ValueError, match="not in the matrix"):
        rating_at(matrix, *outside)


@given(st.integers(2, 9), st.integers(2, 9))
def test_rescaling_keeps_ends_and_order(of: int, to: int) -> None:
    steps = [rescaled(step, of, to) for step in range(1, of + 1)]
    assert (steps[0], steps[-1]) == (1, to)
    assert steps == sorted(steps)
    if of == to:
        assert steps == list(range(1, of + 1))


def a_rating(rules: RiskRules) -> st.SearchStrategy[str]:
    return st.sampled_from(list(rules.ratings))


@given(st.data())
def test_what_is_out_of_tolerance_is_heard_by_somebody(data: st.DataObject) -> None:
    """Nothing beyond the project's tolerance stays with the project alone unless it waits, was answered or was accepted so."""
    rules = data.draw(st.sampled_from(RULES))
    rating, covers = a_rating(rules), st.none() | a_rating(rules)
    standing = Standing(data.draw(rating), data.draw(tiers), data.draw(covers), data.draw(covers))
    tier = escalates_to(rules, standing)
    is_tolerated = rules.rank(standing.rating) <= rules.rank(rules.tolerance[Tier.OPERATIONAL])
    covered = any(
        code is not None and rules.rank(code) >= rules.rank(standing.rating)
        for code in (standing.answered, standing.accepted)
    )
    assert (tier is None) == (is_tolerated or standing.waits_at is not None or covered)
    assert tier in (None, Tier.DIRECTIVE)


@given(st.data())
def test_passing_on_ends_with_a_tier_that_may_answer(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(RULES))
    rating = data.draw(a_rating(rules))
    tier: Tier = Tier.DIRECTIVE
    for _step in LADDER:
        if may_keep(rules, tier, rating) is None:
            break
        higher = above(tier)
        assert higher is not None, "a risk that nobody may answer for"
        tier = higher
    assert may_keep(rules, tier, rating) is None
    assert LADDER.index(carrier(rules, rating)) <= LADDER.index(tier)


@given(st.data())
def test_an_acceptance_has_an_authority_another_person_and_an_end(data: st.DataObject) -> None:
    rules = data.draw(st.sampled_from(RULES))
    rating = data.draw(a_rating(rules))
    days = data.draw(st.integers(-400, 1200))
    roles = data.draw(st.sets(st.sampled_from(["case_lead", "agency_cio", "head_of_service", "commission_chair"])))
    is_proposer = data.draw(st.booleans())
    refusals = acceptance_refusals(rules, rating, roles, TODAY, TODAY + timedelta(days=days), is_proposer=is_proposer)
    rule = rules.ratings[rating]
    allowed = bool(roles & set(rule.accepted_by)) and not is_proposer and 0 < days <= rule.accepted_days
    assert (refusals == []) == allowed


def test_worse_risks_are_looked_at_sooner_and_accepted_for_less_time() -> None:
    for rules in RULES:
        reviews = [next_review(rules, code, TODAY) for code in rules.ratings]
        assert reviews == sorted(reviews, reverse=True)
        longest = [rating.accepted_days for rating in rules.ratings.values()]
        assert longest == sorted(longest, reverse=True)
    assert expiry_refusals(RULES[0], "extreme", TODAY, TODAY + timedelta(days=91))


def test_the_catalogue_is_whole_and_in_three_languages() -> None:
    entries = catalogue()
    assert list(entries) == [f"R{number:02d}" for number in range(1, 82)]
    assert {entry.category for entry in entries.values()} == set(RiskCategory)
    for entry in entries.values():
        assert all((entry.event.es, entry.event.pt, entry.event.en))
        assert len({entry.event.es, entry.event.en}) == 2
