"""The rules of the money: what may be decided, what an envelope bears, and a ledger whose sums are what was decided."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.approvals.decision_rules import (
    DecisionFacts,
    EnvelopeUse,
    Line,
    confirmation_postings,
    outcome_of,
    over_envelope,
    proposal_postings,
    suggested_lines,
    sums_by_year,
    why_not_decide,
    why_not_now,
)
from portfolio.approvals.terms import BudgetOutcome, DecisionChoice, EntryKind, Firmness, OpinionOutcome

FUND, DEFER, NOT_FUND = DecisionChoice.FUND, DecisionChoice.DEFER, DecisionChoice.NOT_FUND
FACTS = DecisionFacts(2027, "USD", {2027: 1000, 2028: 500}, recommended=1500, opinion=OpinionOutcome.FAVOURABLE)
WHOLE = [Line(2027, 1000), Line(2028, 500)]

lines = st.lists(
    st.builds(
        Line,
        year=st.integers(2027, 2030),
        minor=st.integers(0, 10**12),
        tranche=st.integers(1, 3),
        budget_line=st.sampled_from(["", "1.3", "2.2"]),
    ),
    unique_by=lambda line: line.key,
    max_size=8,
)
facts = st.builds(
    DecisionFacts,
    fiscal_year=st.just(2027),
    currency=st.just("USD"),
    requested_by_year=st.just({2027: 1000}),
    recommended=st.none() | st.integers(0, 2000),
    opinion=st.none() | st.sampled_from(OpinionOutcome),
    demands_opinion=st.booleans(),
    opinion_binds=st.booleans(),
    is_opinion_overdue=st.booleans(),
    has_override=st.booleans(),
    is_reconsideration_open=st.booleans(),
)


def test_funding_exactly_what_was_asked_needs_no_reason():
    assert why_not_decide(FUND, WHOLE, "", FACTS) == []


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ([Line(2027, 900)], "less than was requested"),
        ([Line(2027, 1100)], "more than was requested"),
        ([Line(2027, 1000), Line(2028, 501)], "more than was requested"),
    ],
)
def test_another_amount_needs_a_reason_and_one_is_enough(wanted, words):
    assert words in " ".join(why_not_decide(FUND, wanted, "", FACTS))
    assert why_not_decide(FUND, wanted, "Because", FACTS) == []


def test_more_than_was_recommended_needs_a_reason():
    found = why_not_decide(FUND, WHOLE, "", replace(FACTS, recommended=1400))
    assert found == ["Give the reason for funding more than was recommended."]


def test_deferring_and_not_funding_need_a_reason_and_take_no_amount():
    assert why_not_decide(DEFER, [], "Next year", FACTS) == []
    assert len(why_not_decide(NOT_FUND, [], "", FACTS)) == 1
    assert why_not_decide(NOT_FUND, [Line(2027, 1)], "No", FACTS) != []


@pytest.mark.parametrize(
    "wanted",
    [
        [Line(2026, 1000)],
        [Line(2027, 1000), Line(2038, 5)],
        [Line(2027, -5)],
        [Line(2027, 500), Line(2027, 500)],
        [Line(2027, 1000, 0)],
        [Line(2028, 500)],
    ],
)
def test_amounts_that_make_no_sense_are_refused_whatever_the_reason(wanted):
    assert why_not_decide(FUND, wanted, "Because", FACTS) != []


def test_an_unfavourable_binding_opinion_stops_money_unless_it_is_overridden():
    against = replace(FACTS, opinion=OpinionOutcome.UNFAVOURABLE, recommended=None)
    assert "may override it" in " ".join(why_not_decide(FUND, WHOLE, "Because", against))
    assert why_not_decide(FUND, WHOLE, "Because", replace(against, has_override=True)) == []
    assert why_not_decide(FUND, WHOLE, "Because", replace(against, opinion_binds=False)) == []
    assert why_not_decide(FUND, WHOLE, "", replace(against, opinion_binds=False)) != []


def test_without_an_opinion_nothing_is_decided_until_its_term_has_run_out():
    none_yet = replace(FACTS, opinion=None, recommended=None)
    assert why_not_now(none_yet) == ["There is no opinion yet, and its term has not run out."]
    assert why_not_now(replace(none_yet, is_opinion_overdue=True)) == []
    assert why_not_now(replace(none_yet, opinion_binds=False)) == []
    assert why_not_now(replace(none_yet, demands_opinion=False)) == []


@given(facts, lines, st.sampled_from(DecisionChoice), st.sampled_from(["", "Because"]))
def test_no_money_ever_passes_a_binding_rule(known, wanted, choice, reason):
    if why_not_decide(choice, wanted, reason, known):
        return
    assert not known.is_reconsideration_open
    if known.demands_opinion and known.opinion_binds and known.opinion is None:
        assert known.is_opinion_overdue
    if choice is FUND and known.opinion is OpinionOutcome.UNFAVOURABLE and known.opinion_binds:
        assert known.has_override
    assert (sum(sums_by_year(wanted).values()) > 0) == (choice is FUND)


def test_full_or_partial_follows_from_the_amount_of_the_calls_year():
    assert outcome_of(FUND, WHOLE, FACTS) is BudgetOutcome.FUNDED
    assert outcome_of(FUND, [Line(2027, 999)], FACTS) is BudgetOutcome.PARTLY
    assert outcome_of(DEFER, WHOLE, FACTS) is BudgetOutcome.DEFERRED
    assert outcome_of(NOT_FUND, [], FACTS) is BudgetOutcome.NOT_FUNDED


def test_an_envelope_is_kept_to_the_cent_and_the_figures_are_said():
    assert over_envelope("Health", 1000, 600, 400, "USD") is None
    assert over_envelope("Health", None, 10**9, 10**9, "USD") is None
    words = over_envelope("Health", 1000, 600, 401, "USD") or ""
    assert "10.00 USD" in words
    assert "6.00 USD" in words
    assert "0.01 USD" in words


def test_what_remains_counts_confirmed_proposed_and_entered():
    use = EnvelopeUse(1000, 300, 200, 100)
    assert (use.used, use.left, use.percent) == (600, 400, 60)
    assert EnvelopeUse(1000, 1001).percent == 101
    assert EnvelopeUse(None, 5).left is None
    assert EnvelopeUse(0, 1).percent > 100


@given(st.lists(lines, min_size=1, max_size=4))
def test_the_ledger_sums_to_the_last_decision_and_nothing_is_overwritten(decisions):
    ledger = []
    for number, wanted in enumerate(decisions):
        before = list(ledger)
        postings = confirmation_postings(wanted, [posting.line for posting in ledger], 2027)
        ledger += postings
        assert ledger[: len(before)] == before
        kinds = {posting.kind for posting in postings}
        assert kinds <= ({EntryKind.LAW} if not before else {EntryKind.MODIFICATION}), number
        balance = {}
        for posting in ledger:
            balance[posting.line.key] = balance.get(posting.line.key, 0) + posting.line.minor
        assert {key: minor for key, minor in balance.items() if minor} == {
            line.key: line.minor for line in wanted if line.minor
        }
        for posting in postings:
            firm = posting.firmness is Firmness.FIRM
            assert firm == (posting.line.year == 2027)


def test_proposals_are_entries_of_their_own_kind():
    postings = proposal_postings([*WHOLE, Line(2029, 0)], 2027)
    assert [(p.kind, p.firmness, p.line.year) for p in postings] == [
        (EntryKind.PROPOSED, Firmness.FIRM, 2027),
        (EntryKind.PROPOSED, Firmness.INDICATIVE, 2028),
    ]


@given(st.dictionaries(st.integers(2027, 2031), st.integers(0, 10**9)), st.none() | st.integers(0, 10**10))
def test_a_suggestion_never_passes_what_was_asked_or_recommended(asked, recommended):
    known = replace(FACTS, requested_by_year=asked, recommended=recommended)
    given_ = sums_by_year(suggested_lines(known))
    assert all(minor <= asked[year] for year, minor in given_.items())
    assert recommended is None or sum(given_.values()) <= recommended
