"""Computed conflicts of interest: each reason by itself, and against a plain reading of the rule on random trees."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.i18n import language
from portfolio.peer_review.conflicts import CaseTies, Conflict, PersonTies, conflicts, words
from portfolio.peer_review.terms import ConflictKind
from portfolio.peer_review.ties import Tree, months_before

IDS = [uuid.UUID(int=n) for n in range(1, 13)]
CASE, ABOVE, BELOW, PARTNER, OTHER, UNIT, PERSON, PRINCIPAL = IDS[:8]


def ties(**more):
    return CaseTies(
        institution=CASE,
        unit=UNIT,
        above=frozenset({ABOVE}),
        below=frozenset({BELOW}),
        participants=frozenset({PARTNER}),
        **more,
    )


@pytest.mark.parametrize(
    ("person", "kind"),
    [
        ({"institutions": {CASE}}, ConflictKind.INSTITUTION),
        ({"institutions": {ABOVE}}, ConflictKind.ABOVE),
        ({"institutions": {BELOW}}, ConflictKind.BELOW),
        ({"institutions": {PARTNER}}, ConflictKind.PARTICIPANT),
        ({"past": {CASE}}, ConflictKind.PAST),
        ({"past": {PARTNER}}, ConflictKind.PAST),
        ({"past": {ABOVE}}, ConflictKind.PAST),
        ({"units": {UNIT}}, ConflictKind.UNIT),
    ],
)
def test_a_place_is_a_conflict(person, kind):
    facts = PersonTies(PERSON, **{name: frozenset(ids) for name, ids in person.items()})
    assert conflicts(facts, ties()) == (Conflict(kind),)


@pytest.mark.parametrize(
    ("chair", "kind"),
    [
        ("authors", ConflictKind.AUTHOR),
        ("advisers", ConflictKind.ADVISER),
        ("signatories", ConflictKind.SIGNATORY),
        ("officials", ConflictKind.OFFICIAL),
        ("recused", ConflictKind.RECUSED),
    ],
)
def test_a_hand_in_the_case_is_a_conflict(chair, kind):
    person = PersonTies(PERSON, institutions=frozenset({OTHER}))
    assert conflicts(person, ties(**{chair: frozenset({PERSON})})) == (Conflict(kind),)
    assert conflicts(person, ties(**{chair: frozenset({PRINCIPAL})})) == ()


def test_whoever_acts_for_somebody_has_their_conflicts_too():
    principal = PersonTies(PRINCIPAL, institutions=frozenset({CASE}))
    substitute = PersonTies(PERSON, institutions=frozenset({OTHER}), acting_for=(principal,))
    assert conflicts(substitute, ties()) == (Conflict(ConflictKind.INSTITUTION, of_principal=True),)
    assert conflicts(replace(substitute, acting_for=()), ties()) == ()


def test_every_kind_has_a_sentence_in_every_language():
    for code in ("es", "pt", "en"):
        with language(code):
            assert all(words(Conflict(kind, principal)) for kind in ConflictKind for principal in (True, False))


parents = st.lists(st.integers(-1, 11), min_size=12, max_size=12)


@settings(max_examples=200, deadline=None)
@given(parents, st.sets(st.integers(0, 11), max_size=3), st.sets(st.integers(0, 11), max_size=2), st.integers(0, 11))
def test_a_person_is_free_exactly_when_no_institution_of_theirs_is_on_the_line_of_the_case(links, mine, past, of):
    """The plain reading: walk up from each to see whether one is the other's ancestor; a parent comes before its children."""
    up = {n: (link if 0 <= link < n else None) for n, link in enumerate(links)}
    tree = Tree({IDS[n]: None if p is None else IDS[p] for n, p in up.items()}, {})

    def line(n):
        return {n} if up[n] is None else {n} | line(up[n])

    case = CaseTies(institution=IDS[of], above=tree.above(IDS[of]), below=tree.below(IDS[of]))
    person = PersonTies(
        PERSON,
        institutions=frozenset(IDS[n] for n in mine),
        past=frozenset(IDS[n] for n in past),
    )
    tied = any(n in line(of) or of in line(n) for n in mine | past)
    assert bool(conflicts(person, case)) is tied


def test_a_tree_that_bites_its_tail_ends():
    tree = Tree({CASE: ABOVE, ABOVE: BELOW, BELOW: CASE}, {})
    assert tree.above(CASE) == {ABOVE, BELOW}


def test_a_renamed_institution_is_the_one_it_became():
    tree = Tree({OTHER: None, CASE: ABOVE, ABOVE: None, PARTNER: None}, {OTHER: CASE, PARTNER: OTHER})
    assert tree.present(PARTNER) == CASE
    assert tree.above(PARTNER) == {ABOVE}
    assert CASE in tree.below(ABOVE)


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-08-03", "2024-08-03"), ("2028-02-29", "2026-02-28"), ("2026-01-31", "2024-01-31")]
)
def test_24_months_back(day, expected):
    from datetime import date

    assert months_before(date.fromisoformat(day), 24) == date.fromisoformat(expected)
