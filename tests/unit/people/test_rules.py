"""Separation of duties when a role is given: each rule alone, with the reason it says."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from portfolio.people.permissions import EXCLUSIVE_ROLES, GRANTS, REACH
from portfolio.people.rules import (
    AGENCY_ROLES,
    INCOMPATIBLE,
    ONE_CHAIR,
    Held,
    reasons_against,
    why_not_confirm,
)
from portfolio.people.terms import Holding, Role

ANA, LUIS, EVA = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
HEALTH, WORKS = uuid.uuid4(), uuid.uuid4()
JANUARY, JUNE, DECEMBER = date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)


def held(role: Role, person: uuid.UUID = ANA, place: uuid.UUID = HEALTH, **more: object) -> Held:
    return Held(person, role, place, valid_from=JANUARY, **more)  # type: ignore[arg-type]


def acting(role: Role, for_whom: uuid.UUID = LUIS, **more: object) -> Held:
    details = {"valid_to": JUNE, "holding": Holding.SUBSTITUTE, "for_person_id": for_whom, **more}
    return held(role, **details)


def test_a_first_role_meets_no_rule() -> None:
    assert reasons_against(held(Role.CASE_LEAD), [], [], []) == []


@pytest.mark.parametrize("alone", sorted(EXCLUSIVE_ROLES, key=lambda r: r.value))
@pytest.mark.parametrize("other", [Role.CASE_LEAD, Role.REVIEWER, Role.BUDGET_ANALYST])
def test_some_roles_are_held_alone_in_whichever_order_they_come(alone: Role, other: Role) -> None:
    for new, old in ((alone, other), (other, alone)):
        (reason,) = reasons_against(held(new, place=WORKS), [held(old)], [], [])
        assert "is held alone" in reason


@pytest.mark.parametrize("pair", sorted(INCOMPATIBLE, key=lambda p: sorted(r.value for r in p)))
def test_pairs_that_nobody_holds_at_one_time_wherever(pair: frozenset[Role]) -> None:
    one, other = sorted(pair, key=lambda r: r.value)
    assert "at the same time" in reasons_against(held(one, place=WORKS), [held(other)], [], [])[0]
    assert "at the same time" in reasons_against(held(other), [held(one, place=WORKS)], [], [])[0]


def test_what_ended_before_does_not_count() -> None:
    over = replace(held(Role.AGENCY_CIO), valid_to=JUNE)
    later = replace(held(Role.DIRECTIVE_HEAD), valid_from=date(2026, 7, 1))
    assert reasons_against(later, [over], [], []) == []
    assert reasons_against(replace(later, valid_from=JUNE), [over], [], []) != []


def test_the_same_role_twice_at_one_time_is_refused_and_one_after_the_other_is_not() -> None:
    assert "already holds" in reasons_against(held(Role.REVIEWER), [held(Role.REVIEWER)], [], [])[0]
    first = replace(held(Role.REVIEWER), valid_to=JUNE)
    assert reasons_against(replace(held(Role.REVIEWER), valid_from=date(2026, 7, 1)), [first], [], []) == []
    assert reasons_against(held(Role.REVIEWER, place=WORKS), [held(Role.REVIEWER)], [], []) == []


@pytest.mark.parametrize("role", sorted(ONE_CHAIR, key=lambda r: r.value))
def test_a_chair_has_one_holder_and_its_substitutes(role: Role) -> None:
    taken = held(role, person=LUIS)
    assert "Somebody else holds" in reasons_against(held(role), [], [], [taken])[0]
    assert reasons_against(acting(role), [], [taken], [taken]) == []
    in_a_unit = held(role, unit_id=uuid.uuid4())
    assert reasons_against(in_a_unit, [], [], [taken]) == [], "a unit has a chair of its own"


class TestActingForSomebody:
    """One level deep, dated, under the rules of both persons (security.md S12)."""

    principal = held(Role.AGENCY_CIO, person=LUIS)

    def reasons(self, new: Held, own: list[Held] | None = None, theirs: list[Held] | None = None) -> list[str]:
        return reasons_against(new, own or [], [self.principal] if theirs is None else theirs, [self.principal])

    def test_it_may_be(self) -> None:
        assert self.reasons(acting(Role.AGENCY_CIO)) == []

    def test_it_needs_a_last_day_within_a_year(self) -> None:
        assert "needs a last day" in self.reasons(acting(Role.AGENCY_CIO, valid_to=None))[0]
        assert "a year at most" in self.reasons(acting(Role.AGENCY_CIO, valid_to=date(2027, 6, 30)))[0]

    def test_nobody_acts_for_themselves(self) -> None:
        own = held(Role.AGENCY_CIO)
        reasons = reasons_against(acting(Role.AGENCY_CIO, for_whom=ANA), [own], [own], [own])
        assert "Nobody acts for themselves." in reasons

    def test_the_other_person_holds_it_in_own_right_on_all_these_days(self) -> None:
        ends_in_may = replace(self.principal, valid_to=date(2026, 5, 31))
        not_direct = replace(self.principal, holding=Holding.DELEGATE, for_person_id=EVA)
        elsewhere = replace(self.principal, institution_id=WORKS)
        for theirs in ([], [ends_in_may], [not_direct], [elsewhere]):
            assert any("in own right" in reason for reason in self.reasons(acting(Role.AGENCY_CIO), theirs=theirs))

    def test_own_roles_bind_whoever_acts(self) -> None:
        reasons = self.reasons(acting(Role.AGENCY_CIO), own=[held(Role.DIRECTIVE_HEAD, place=WORKS)])
        assert any("at the same time" in reason for reason in reasons)

    def test_the_roles_of_the_person_acted_for_bind_too(self) -> None:
        theirs = [self.principal, held(Role.CASE_LEAD, person=LUIS)]
        reasons = self.reasons(acting(Role.AGENCY_CIO), own=[held(Role.BUDGET_DECIDER, place=WORKS)], theirs=theirs)
        assert any(reason.startswith("The person acted for") for reason in reasons)


def test_a_role_does_not_end_before_it_begins() -> None:
    new = replace(held(Role.CASE_LEAD), valid_from=DECEMBER, valid_to=JUNE)
    assert reasons_against(new, [], [], []) == ["The role would end before it begins."]


def test_every_reason_is_said_at_once() -> None:
    new = replace(held(Role.AGENCY_CIO), valid_from=DECEMBER, valid_to=JUNE)
    taken = replace(held(Role.AGENCY_CIO, person=LUIS), valid_from=date(2020, 1, 1))
    own = replace(held(Role.AUDITOR), valid_from=date(2020, 1, 1))
    assert len(reasons_against(new, [own], [], [taken])) >= 2


@pytest.mark.parametrize(
    ("decider", "word"),
    [(ANA, "of their own"), (LUIS, "You proposed"), (EVA, "acts for you")],
)
def test_three_persons_take_part_in_a_role(decider: uuid.UUID, word: str) -> None:
    assert word in (why_not_confirm(decider, receiver_id=ANA, proposer_id=LUIS, principal_id=EVA) or "")
    assert why_not_confirm(uuid.uuid4(), ANA, LUIS, EVA) is None
    assert why_not_confirm(uuid.uuid4(), ANA, None, None) is None


def test_a_user_manager_proposes_no_role_that_watches_or_decides() -> None:
    from portfolio.people.permissions import Permission

    forbidden = {Permission.OPINION_SIGN, Permission.DECISION_CONFIRM, Permission.CODE_ISSUE, Permission.AUDIT_READ}
    for role in AGENCY_ROLES:
        assert not GRANTS[role] & forbidden, role
    assert Role.ADMINISTRATOR not in AGENCY_ROLES
    assert set(REACH) == set(GRANTS) == set(Role)
