"""Separation of duties as pure rules, each planted for the person and for the one they act for."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from portfolio.approvals.separation import Act, ActorFacts, CaseTies, conflicts
from portfolio.approvals.ties import months_before

ANA, BEA = uuid.UUID(int=1), uuid.UUID(int=2)
HEALTH, DIGITAL, FINANCE = uuid.UUID(int=10), uuid.UUID(int=11), uuid.UUID(int=12)
UNIT, OTHER_UNIT = uuid.UUID(int=20), uuid.UUID(int=21)

FREE = ActorFacts(ANA, institutions=frozenset({DIGITAL}), seats=frozenset({(DIGITAL, UNIT)}))
CASE = CaseTies(family=frozenset({HEALTH}), authors=frozenset({BEA}))
OVERSIGHT = [act for act in Act if act is not Act.SIGN_OFF]
ME = frozenset({ANA})


@pytest.mark.parametrize("act", Act)
def test_somebody_untied_may_do_everything(act: Act) -> None:
    assert conflicts(FREE, CASE, act) == []


@pytest.mark.parametrize("act", OVERSIGHT)
@pytest.mark.parametrize("tie", ["authors", "signatories", "recused"])
def test_who_wrote_signed_or_is_recused_never_judges(act: Act, tie: str) -> None:
    assert len(conflicts(FREE, replace(CASE, **{tie: ME}), act)) == 1


@pytest.mark.parametrize("act", OVERSIGHT)
def test_nobody_judges_an_institution_of_their_own_or_tied_to_it(act: Act) -> None:
    assert len(conflicts(replace(FREE, institutions=frozenset({DIGITAL, HEALTH})), CASE, act)) == 1


@pytest.mark.parametrize(
    ("chair", "barred"),
    [
        ("reviewers", {Act.OPINION, Act.RECONSIDER, Act.DECIDE, Act.CONFIRM, Act.ISSUE_CODE, Act.WAIVE}),
        ("opinion_signers", {Act.REVIEW, Act.DECIDE, Act.CONFIRM, Act.ISSUE_CODE}),
        ("deciders", {Act.REVIEW, Act.OPINION, Act.RECONSIDER}),
        ("issuers", {Act.REVIEW, Act.OPINION, Act.RECONSIDER}),
    ],
)
def test_reviewer_signer_and_issuer_are_different_people(chair: str, barred: set[Act]) -> None:
    tied = replace(CASE, **{chair: ME})
    assert {act for act in Act if conflicts(FREE, tied, act)} == barred


@pytest.mark.parametrize("act", [Act.CONFIRM, Act.ISSUE_CODE, Act.WAIVE])
def test_the_second_person_is_another_one(act: Act) -> None:
    assert conflicts(FREE, replace(CASE, proposers=ME), act) == ["You proposed this; another person confirms it."]


def test_opinion_and_money_are_decided_in_different_units() -> None:
    same = replace(CASE, opinion_seats=frozenset({(DIGITAL, UNIT)}))
    other = replace(CASE, opinion_seats=frozenset({(DIGITAL, OTHER_UNIT)}))
    for act in (Act.DECIDE, Act.CONFIRM):
        assert len(conflicts(FREE, same, act)) == 1
        assert conflicts(FREE, other, act) == []
    assert conflicts(FREE, same, Act.OPINION) == []


def test_only_a_sole_author_may_not_sign_off() -> None:
    alone = replace(CASE, authors=ME)
    together = replace(CASE, authors=frozenset({ANA, BEA}))
    assert len(conflicts(FREE, alone, Act.SIGN_OFF)) == 1
    assert conflicts(FREE, together, Act.SIGN_OFF) == []


def test_whoever_acts_for_another_satisfies_the_rules_of_both() -> None:
    tied = replace(CASE, reviewers=frozenset({BEA}))
    acting = replace(FREE, acting_for=(ActorFacts(BEA),))
    found = conflicts(acting, tied, Act.OPINION)
    assert len(found) == 2  # BEA wrote and reviewed
    assert all(reason.startswith("The person you act for may not do this:") for reason in found)


def test_twenty_four_months_end_on_the_same_day_or_the_last_of_a_shorter_month() -> None:
    assert months_before(date(2026, 8, 3), 24) == date(2024, 8, 3)
    assert months_before(date(2028, 2, 29), 12) == date(2027, 2, 28)
    assert months_before(date(2026, 1, 31), 2) == date(2025, 11, 30)


def test_s13_whoever_had_a_part_in_a_reset_of_a_factor_keeps_away_from_that_persons_cases() -> None:
    person = uuid.uuid4()
    ties = CaseTies(factor_resetters=frozenset({person}))
    for act in Act:
        assert any("second factor" in reason for reason in conflicts(ActorFacts(person), ties, act)), act
        assert not conflicts(ActorFacts(uuid.uuid4()), ties, act)
