"""What an opinion lacks before it can be signed, and what the case still owes."""

from dataclasses import replace
from datetime import date

import pytest

from portfolio.approvals.guards import CaseFacts
from portfolio.approvals.opinion_rules import ConditionText, DraftFacts, lacks, obstacles
from portfolio.approvals.terms import OpinionOutcome

TODAY = date(2026, 8, 3)
GOOD = DraftFacts(OpinionOutcome.FAVOURABLE, 900, 1000, "Reasons", ("verdict:1",))
CONDITION = ConditionText("Show the test", "CIO", "Report", "2026-09-01", "1", "verdict:1")
CONDITIONED = replace(GOOD, outcome=OpinionOutcome.WITH_CONDITIONS, conditions=(CONDITION,))


def found(draft: DraftFacts, record: tuple[str, ...] = ("verdict:1", "review:2")) -> str:
    return " ".join(lacks(draft, record, TODAY))


def test_a_complete_draft_lacks_nothing():
    assert found(GOOD) == ""
    assert found(CONDITIONED) == ""
    assert found(replace(GOOD, outcome=OpinionOutcome.UNFAVOURABLE, recommended=None)) == ""


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (replace(GOOD, outcome=None), "Choose the opinion"),
        (replace(GOOD, outcome=OpinionOutcome.RETURNED), "Choose the opinion"),
        (replace(GOOD, reasons=" "), "Write the reasons"),
        (replace(GOOD, grounds=()), "without its source"),
        (replace(GOOD, grounds=("verdict:9",)), "no longer in the record"),
        (replace(GOOD, recommended=None), "recommended amount"),
        (replace(GOOD, recommended=1001), "No more can be recommended"),
        (replace(GOOD, conditions=(CONDITION,)), "Only an opinion with conditions"),
        (replace(CONDITIONED, conditions=(ConditionText(),)), "at least one condition"),
        (replace(CONDITIONED, conditions=(replace(CONDITION, owner=""),)), "its owner"),
        (replace(CONDITIONED, conditions=(replace(CONDITION, due_on="2026-08-02"),)), "due date"),
        (replace(CONDITIONED, conditions=(replace(CONDITION, due_on="soon"),)), "due date"),
        (replace(CONDITIONED, conditions=(replace(CONDITION, ground="review:2"),)), "the ground that asks"),
        (replace(CONDITIONED, conditions=(replace(CONDITION, tranche="0"),)), "number from 1"),
    ],
)
def test_each_thing_that_lacks_is_said(draft, words):
    assert words in found(draft)


def test_everything_that_the_case_owes_is_said_at_once_with_its_page():
    facts = CaseFacts(reviews_outstanding=1, standards_unchecked=2, blocking_open=1, standards_unmet=3)
    routes = [item.route for item in obstacles(facts, OpinionOutcome.FAVOURABLE)]
    assert routes == ["peer_review.reviews", "checks.case", "peer_review.observations", "checks.case"]


def test_a_standard_without_a_finding_is_not_said_twice() -> None:
    facts = CaseFacts(standards_unchecked=13, standards_unmet=13)
    (only,) = obstacles(facts, OpinionOutcome.FAVOURABLE)
    assert "13" in only.text


def test_an_unmet_standard_stands_only_against_a_plainly_favourable_opinion():
    facts = CaseFacts(standards_unmet=1)
    assert obstacles(facts, OpinionOutcome.FAVOURABLE)
    assert not obstacles(facts, OpinionOutcome.WITH_CONDITIONS)
    assert not obstacles(facts, OpinionOutcome.UNFAVOURABLE)
