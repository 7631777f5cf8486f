"""What counts as met, what stays open, waivers and who decides on them."""

import itertools
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.checks import rules
from portfolio.checks.rules import StandardFact, WaiverActs, WaiverFact
from portfolio.checks.terms import CheckResult as R
from portfolio.checks.terms import WaiverState
from portfolio.packs.terms import StandardLevel

TODAY = date(2026, 8, 3)
MUST, SHOULD = StandardLevel.MUST, StandardLevel.SHOULD
STANDARDS = [
    StandardFact("T01", MUST),
    StandardFact("T02", MUST),
    StandardFact("T03", SHOULD),
    StandardFact("T04", SHOULD),
]


def waiver(state=WaiverState.GRANTED, days=1, standard="T01"):
    return WaiverFact(standard, state, TODAY + timedelta(days=days))


@pytest.mark.parametrize(
    ("results", "word"),
    [
        ([], None),
        (["met", ""], None),
        (["met", "met"], R.MET),
        (["met", "not_applicable"], R.MET),
        (["not_applicable", "not_applicable"], R.NOT_APPLICABLE),
        (["not_met", "not_met", "not_applicable"], R.NOT_MET),
        (["met", "not_met"], R.PARTLY),
        (["partly", "partly"], R.PARTLY),
    ],
)
def test_the_word_of_the_institution_follows_from_its_criteria(results, word):
    assert rules.own_word(results) is word


def test_only_the_institutions_met_that_holds_needs_no_comment():
    for own, verdict in itertools.product([None, *rules.OWN_RESULTS], rules.OWN_RESULTS):
        assert rules.needs_comment(own, verdict) is not (own is R.MET and verdict is R.MET)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [(R.MET, ((), ())), (R.NOT_APPLICABLE, ((), ())), (R.PARTLY, ((), ("T01",))), (R.NOT_MET, ((), ("T01",)))],
)
def test_a_mandatory_standard_is_open_unless_met_or_not_applicable(verdict, expected):
    assert rules.open_musts(STANDARDS[:1], {"T01": verdict}, [], TODAY) == expected


def test_a_mandatory_standard_without_a_finding_is_unchecked_and_recommended_ones_never_are_open():
    assert rules.open_musts(STANDARDS, {"T03": R.NOT_MET}, [], TODAY) == (("T01", "T02"), ())


@pytest.mark.parametrize("verdict", [None, R.PARTLY, R.NOT_MET])
def test_a_granted_waiver_closes_a_standard_until_the_end_of_its_last_day(verdict):
    verdicts = {} if verdict is None else {"T01": verdict}
    assert rules.open_musts(STANDARDS[:1], verdicts, [waiver(days=0)], TODAY) == ((), ())
    assert rules.open_musts(STANDARDS[:1], verdicts, [waiver(days=-1)], TODAY) != ((), ())


@pytest.mark.parametrize("state", [WaiverState.PROPOSED, WaiverState.FIRST_AGREED, WaiverState.REFUSED])
def test_a_waiver_that_is_not_granted_waives_nothing(state):
    assert rules.open_musts(STANDARDS[:1], {"T01": R.NOT_MET}, [waiver(state)], TODAY) == ((), ("T01",))


def test_a_waiver_of_another_standard_waives_nothing():
    assert rules.open_musts(STANDARDS[:1], {"T01": R.NOT_MET}, [waiver(standard="T02")], TODAY) == ((), ("T01",))


@given(st.dictionaries(st.sampled_from(["T01", "T02"]), st.sampled_from(rules.OWN_RESULTS)), st.booleans())
def test_every_must_is_unchecked_or_unmet_or_satisfied_and_never_two(verdicts, has_waiver):
    waivers = [waiver()] if has_waiver else []
    unchecked, unmet = rules.open_musts(STANDARDS, verdicts, waivers, TODAY)
    satisfied = [
        code for code in ("T01", "T02") if rules.effective(code, verdicts.get(code), waivers, TODAY) in rules.SATISFIED
    ]
    assert sorted([*unchecked, *unmet, *satisfied]) == ["T01", "T02"]


def test_the_share_of_recommended_standards_leaves_aside_what_does_not_apply():
    assert rules.share_of_shoulds_met(STANDARDS, {}) is None
    assert rules.share_of_shoulds_met(STANDARDS, {"T03": R.MET, "T04": R.PARTLY}) == Decimal("0.5")
    assert rules.share_of_shoulds_met(STANDARDS, {"T03": R.MET, "T04": R.NOT_APPLICABLE}) == 1


@pytest.mark.parametrize(
    ("day", "good"), [("2026-08-03", False), ("2026-08-04", True), ("2029-08-03", True), ("2029-08-04", False)]
)
def test_a_waiver_ends_after_today_and_within_36_months(day, good):
    assert (rules.why_not_until(date.fromisoformat(day), TODAY) is None) is good


def test_months_after_the_last_of_a_month():
    assert rules.months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


PROPOSER, FIRST, OTHER = (uuid.UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("acts", "person", "body", "may"),
    [
        (WaiverActs(WaiverState.PROPOSED, PROPOSER), FIRST, "directive", True),
        (WaiverActs(WaiverState.PROPOSED, PROPOSER), PROPOSER, "directive", False),
        (WaiverActs(WaiverState.FIRST_AGREED, PROPOSER, FIRST, "directive"), OTHER, "commission", True),
        (WaiverActs(WaiverState.FIRST_AGREED, PROPOSER, FIRST, "directive"), OTHER, "directive", False),
        (WaiverActs(WaiverState.FIRST_AGREED, PROPOSER, FIRST, "directive"), FIRST, "commission", False),
        (WaiverActs(WaiverState.FIRST_AGREED, PROPOSER, FIRST, "directive"), PROPOSER, "commission", False),
        (WaiverActs(WaiverState.GRANTED, PROPOSER, FIRST, "directive"), OTHER, "commission", False),
        (WaiverActs(WaiverState.REFUSED, PROPOSER, FIRST, "directive"), OTHER, "commission", False),
    ],
)
def test_two_authorities_two_people_and_not_the_proposer(acts, person, body, may):
    assert (rules.why_not_decide(acts, [person], body) == []) is may


def test_acting_for_the_proposer_is_as_good_as_being_the_proposer():
    acts = WaiverActs(WaiverState.PROPOSED, PROPOSER)
    assert rules.why_not_decide(acts, [OTHER, PROPOSER], "directive")
