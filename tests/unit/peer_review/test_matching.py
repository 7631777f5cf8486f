"""Proposals: least busy first, different institutions, hard cases before easy ones, and a reason for each."""

import uuid

from portfolio.peer_review.matching import Candidate, Need, propose, ranked, why

A, B, C, D = (uuid.UUID(int=n) for n in range(1, 5))
HOUSES = {A: uuid.UUID(int=91), B: uuid.UUID(int=92), C: uuid.UUID(int=92), D: uuid.UUID(int=93)}
CASES = [uuid.UUID(int=n) for n in range(50, 60)]


def candidate(person, **more):
    return Candidate(person, f"Person {person.int}", HOUSES[person], f"House {HOUSES[person].int}", **more)


def people(chosen):
    return [one.person_id for one in chosen]


def test_the_least_busy_comes_first_then_the_most_experienced():
    found = ranked([candidate(A, open_reviews=1, on_theme=9), candidate(B), candidate(C, on_theme=1)])
    assert people(found) == [C, B, A]


def test_reviewers_of_one_case_come_from_different_institutions_where_possible():
    need = Need(CASES[0], 2, (candidate(B), candidate(C), candidate(D, open_reviews=3)))
    assert people(propose([need])[CASES[0]]) == [B, D]


def test_two_of_one_institution_are_better_than_nobody():
    need = Need(CASES[0], 2, (candidate(B), candidate(C)))
    assert people(propose([need])[CASES[0]]) == [B, C]


def test_an_institution_that_reviews_already_is_not_proposed_again():
    need = Need(CASES[0], 1, (candidate(B), candidate(D, open_reviews=2)), frozenset({HOUSES[B]}))
    assert people(propose([need])[CASES[0]]) == [D]


def test_a_hard_case_chooses_before_an_easy_one():
    easy = Need(CASES[0], 1, (candidate(A), candidate(B), candidate(D)))
    hard = Need(CASES[1], 1, (candidate(A),))
    chosen = propose([easy, hard])
    assert people(chosen[CASES[1]]) == [A]
    assert people(chosen[CASES[0]]) == [B]


def test_a_batch_spreads_the_load():
    everybody = (candidate(A), candidate(B), candidate(D))
    chosen = propose([Need(case, 1, everybody) for case in CASES[:6]])
    loads = [person for picked in chosen.values() for person in people(picked)]
    assert {loads.count(person) for person in (A, B, D)} == {2}


def test_too_few_are_too_few():
    assert propose([Need(CASES[0], 2, ())]) == {CASES[0]: ()}


def test_a_proposal_says_why():
    assert why(candidate(A)) == ["0 open reviews"]
    assert why(candidate(A, open_reviews=1, on_theme=2, same_kind=True)) == [
        "1 open review",
        "2 reviews filed on this theme",
        "works in an institution of the same kind",
    ]
