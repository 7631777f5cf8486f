"""Totals, gaps, what a review lacks, the seal, and who reads what."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.packs.loader import load_pack
from portfolio.packs.terms import NamesShown
from portfolio.peer_review import rules
from portfolio.peer_review.rules import Audience, Draft, ReviewFacts

RUBRIC = load_pack("eclac").rubric
GROUPS = tuple(RUBRIC.groups)
LONG = "A reason that says enough about this group. " * 3


def scored(score):
    return dict.fromkeys(GROUPS, score)


def test_a_total_runs_from_0_to_100_points():
    assert [rules.weighted_total(RUBRIC, scored(n)) for n in range(5)] == [0, 2500, 5000, 7500, 10000]


@given(st.lists(st.integers(0, 4), min_size=len(GROUPS), max_size=len(GROUPS)))
def test_a_total_is_the_exact_weighted_mean(scores):
    found = rules.weighted_total(RUBRIC, dict(zip(GROUPS, scores, strict=True)))
    exact = sum(Decimal(RUBRIC.groups[code].weight) * s / 4 for code, s in zip(GROUPS, scores, strict=True))
    assert Decimal(found) / 100 == exact


def test_a_gap_as_wide_as_the_pack_says_calls_a_third_and_a_narrower_one_does_not():
    wide = RUBRIC.third_review_gap * 100
    assert rules.calls_a_third(RUBRIC, [3000, 3000 + wide])
    assert not rules.calls_a_third(RUBRIC, [3000, 2999 + wide])
    assert not rules.calls_a_third(RUBRIC, [3000])
    assert not rules.calls_a_third(None, [0, 10000])


def test_the_mean_is_rounded_once():
    assert rules.mean([]) is None
    assert rules.mean([5000, 5001]) == 5001
    assert rules.mean([5000, 5000, 5001]) == 5000


def full_drafts(score=3):
    return {code: Draft(score, LONG) for code in GROUPS}


def test_a_full_review_lacks_nothing():
    assert rules.lacking(RUBRIC, full_drafts(), LONG) == {}


def test_every_group_needs_score_and_reason_and_the_whole_a_summary():
    problems = rules.lacking(RUBRIC, {}, "")
    assert list(problems) == [name for c in GROUPS for name in (f"score.{c}", f"reason.{c}")] + ["summary"]


def test_a_low_score_needs_a_fuller_reason():
    short = "x" * rules.MIN_REASON
    drafts = full_drafts() | {GROUPS[0]: Draft(RUBRIC.low_score, short), GROUPS[1]: Draft(RUBRIC.low_score + 1, short)}
    assert list(rules.lacking(RUBRIC, drafts, LONG)) == [f"reason.{GROUPS[0]}"]


def test_spaces_are_no_reason():
    drafts = full_drafts() | {GROUPS[0]: Draft(3, " " * 500)}
    assert f"reason.{GROUPS[0]}" in rules.lacking(RUBRIC, drafts, LONG)


@pytest.mark.parametrize(
    ("facts", "sealed"),
    [
        (ReviewFacts(demanded=2), True),
        (ReviewFacts(demanded=2, filed=1, outstanding=1), True),
        (ReviewFacts(demanded=2, filed=1), True),
        (ReviewFacts(demanded=2, filed=2), False),
        (ReviewFacts(demanded=2, filed=2, third_needed=True), True),
        (ReviewFacts(demanded=2, filed=2, outstanding=1, third_needed=True, third_assigned=True), True),
        (ReviewFacts(demanded=2, filed=3), False),
        (ReviewFacts(demanded=2, filed=1, outstanding=1, is_closed=True), False),
        (ReviewFacts(demanded=0), True),
    ],
)
def test_the_seal_opens_when_all_are_in_or_the_secretary_closes(facts, sealed):
    assert facts.is_sealed is sealed


def test_reviewers_lack_until_the_track_is_served_and_one_more_after_a_gap():
    assert ReviewFacts(demanded=2, filed=1).lacking == 1
    assert ReviewFacts(demanded=2, filed=2).lacking == 0
    assert ReviewFacts(demanded=2, filed=2, third_needed=True).lacking == 1
    assert ReviewFacts(demanded=2, filed=2, outstanding=1, third_needed=True, third_assigned=True).lacking == 0


def test_nobody_reads_what_is_sealed_and_the_institution_waits_for_the_closing():
    counts = [0, 1, 2, 3]
    for demanded, filed, outstanding, third, closed in itertools.product(
        counts, counts, counts, (True, False), (True, False)
    ):
        facts = ReviewFacts(demanded, filed, outstanding, third, False, closed)
        for audience in Audience:
            if facts.is_sealed:
                assert not rules.may_read(facts, audience)
            elif audience is not Audience.OVERSIGHT:
                assert rules.may_read(facts, audience) is closed


@pytest.mark.parametrize(
    ("shown", "has_opinion", "names"),
    [
        (NamesShown.NEVER, True, False),
        (NamesShown.AFTER_OPINION, False, False),
        (NamesShown.AFTER_OPINION, True, True),
        (NamesShown.ALWAYS, False, True),
    ],
)
def test_the_pack_says_when_the_institution_learns_names(shown, has_opinion, names):
    rubric = RUBRIC.model_copy(update={"names_shown": shown, "anonymous_to_agency": True})
    assert rules.shows_names(rubric, Audience.AGENCY, has_opinion) is names
    assert rules.shows_institutions(rubric, Audience.AGENCY, has_opinion) is names
    assert rules.shows_names(rubric, Audience.OVERSIGHT, has_opinion)
