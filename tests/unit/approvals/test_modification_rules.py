"""Changing a decided amount: the ledger's sums become what was asked, and what was drawn or capped is never passed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.approvals.decision_rules import Line
from portfolio.approvals.modification_rules import (
    Asked,
    CodesOfYear,
    ModificationFacts,
    balance_of,
    balance_wanted,
    changes_by_year,
    limits_codes,
    lines_of_balance,
    modification_postings,
    why_not_modify,
)
from portfolio.approvals.terms import ActType, EntryKind, Firmness, ModificationKind

FIRM, INDICATIVE = Firmness.FIRM, Firmness.INDICATIVE
LAW, CUT, SUPPLEMENT = ModificationKind.LAW, ModificationKind.CUT, ModificationKind.SUPPLEMENT
REALLOCATION = ModificationKind.MODIFICATION
TODAY = date(2027, 3, 1)
BALANCE = balance_of([(FIRM, Line(2027, 1000)), (INDICATIVE, Line(2028, 500))])
FACTS = ModificationFacts(2027, "USD", TODAY, "Health", BALANCE)


def asked(kind=CUT, *lines, firm_through=2027, **more):
    values = {
        "act_type": ActType.DECREE,
        "act_number": "12",
        "act_date": TODAY,
        "effective_on": TODAY,
        "reasons": "Less revenue",
        **more,
    }
    return Asked(kind, tuple(lines or (Line(2027, 700), Line(2028, 500))), firm_through, **values)


def test_a_cut_posts_only_the_difference():
    [posting] = modification_postings(asked(), BALANCE)
    assert (posting.kind, posting.firmness, posting.line) == (EntryKind.MODIFICATION, FIRM, Line(2027, -300))


def test_the_law_of_a_later_year_makes_its_amounts_firm():
    wanted = asked(LAW, Line(2027, 1000), Line(2028, 450), firm_through=2028)
    found = [(p.kind, p.firmness, p.line.minor) for p in modification_postings(wanted, BALANCE)]
    assert found == [(EntryKind.LAW, FIRM, 450), (EntryKind.LAW, INDICATIVE, -500)]
    assert why_not_modify(wanted, FACTS) == []


def test_nothing_but_the_law_makes_another_year_firm():
    wanted = asked(REALLOCATION, Line(2027, 1000), Line(2028, 450), firm_through=2028)
    assert why_not_modify(wanted, FACTS) == [
        "Only what the legislature approved makes the amounts of another year firm."
    ]


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (asked(CUT, Line(2027, 1000), Line(2028, 500)), "Nothing would change"),
        (asked(CUT, Line(2027, 700), Line(2028, 600)), "A cut takes money away"),
        (asked(SUPPLEMENT, Line(2027, 700), Line(2028, 900)), "A supplement adds money"),
        (asked(CUT, Line(2026, 7)), "for the years 2027 to 2037"),
        (asked(CUT, Line(2027, -1)), "not less than nothing"),
        (asked(CUT, Line(2027, 1, tranche=0)), "Tranches count from 1"),
        (asked(CUT, Line(2027, 1), Line(2027, 2)), "there twice"),
        (asked(firm_through=2026), "Amounts bind through 2027 at least"),
        (asked(reasons=" "), "A reason is required"),
        (asked(act_number=" "), "number of the act"),
        (asked(act_date=date(2027, 3, 2), effective_on=date(2027, 3, 2)), "lies in the future"),
        (asked(effective_on=date(2027, 2, 28)), "not before"),
    ],
)
def test_what_may_not_be_asked_says_why(wanted, reason):
    assert any(reason in found for found in why_not_modify(wanted, FACTS)), why_not_modify(wanted, FACTS)


def test_below_what_is_drawn_is_refused_with_the_figures():
    facts = replace(FACTS, codes={2027: CodesOfYear(held=1000, drawn=80_000)})
    [reason] = why_not_modify(asked(CUT, Line(2027, 700), Line(2028, 500)), facts)
    assert "800.00 USD is reserved or committed" in reason
    assert "793.00 USD less" in reason


def test_codes_are_limited_where_they_hold_more_than_is_decided():
    facts = replace(FACTS, codes={2027: CodesOfYear(held=1000, drawn=700)})
    wanted = asked()
    assert why_not_modify(wanted, facts) == []
    assert [limits_codes(change, facts) for change in changes_by_year(wanted, BALANCE)] == [True, False]
    roomy = replace(FACTS, codes={2027: CodesOfYear(held=700, drawn=0)})
    assert not any(limits_codes(change, roomy) for change in changes_by_year(wanted, BALANCE))


def test_an_envelope_bears_a_rise_and_no_more():
    more = asked(SUPPLEMENT, Line(2027, 1200), Line(2028, 500))
    assert why_not_modify(more, replace(FACTS, envelope=5200, bound=5000)) == []
    [reason] = why_not_modify(more, replace(FACTS, envelope=5199, bound=5000))
    assert "0.01 USD too much" in reason
    assert why_not_modify(asked(), replace(FACTS, envelope=1, bound=5000)) == []


lines = st.lists(
    st.builds(
        Line,
        year=st.integers(2027, 2029),
        minor=st.integers(0, 10**12),
        tranche=st.integers(1, 2),
        budget_line=st.sampled_from(["", "1.3"]),
    ),
    unique_by=lambda line: line.key,
    max_size=6,
)


@given(lines, lines, st.integers(2027, 2029), st.integers(2027, 2029))
def test_whatever_is_asked_the_sum_of_all_entries_is_what_was_asked(first, second, through, later):
    start = balance_wanted(asked(LAW, *first, firm_through=through))
    wanted = asked(LAW, *second, firm_through=later)
    posted = [(p.firmness, p.line) for p in modification_postings(wanted, start)]
    after = balance_of([*[(f, Line(k[0], m, k[1], k[2])) for (k, f), m in start.items()], *posted])
    assert after == balance_wanted(wanted)
    changes = changes_by_year(wanted, start)
    assert sum(change.difference for change in changes) == sum(line.minor for line in lines_of_balance(after)) - sum(
        line.minor for line in lines_of_balance(start)
    )
