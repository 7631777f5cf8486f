"""Whoever's house is concerned does not decide: the named substitute does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.packs.authority import (
    demanded_powers,
    institution_relation,
    is_in_conflict,
    lawful_decider,
    lawful_deciders,
)
from portfolio.packs.loader import SHIPPED, load_pack
from portfolio.packs.terms import Power, Relation


@pytest.mark.parametrize(
    ("lineage", "power", "body", "because"),
    [
        (("MINSAL",), Power.OPINION, "sgd", Relation.UNRELATED),
        (("SGD", "MH"), Power.OPINION, "science", Relation.SAME),
        (("MH",), Power.OPINION, "science", Relation.ABOVE),
        (("TEAM", "SGD", "MH"), Power.OPINION, "science", Relation.BELOW),
        (("DIPRES", "MH"), Power.OPINION, "science", Relation.SISTER_BODY),
        (("SII", "MH"), Power.OPINION, "sgd", Relation.UNRELATED),
        (("MH",), Power.BUDGET_DECISION, "social_evaluation", Relation.ABOVE),
        (("DIPRES", "MH"), Power.CODE_ISSUE, "social_evaluation", Relation.SAME),
        (("SGD", "MH"), Power.BUDGET_DECISION, "social_evaluation", Relation.SISTER_BODY),
        (("SEGPRES",), Power.OVERRIDE, "social_minister", Relation.SAME),
    ],
)
def test_who_decides_in_chile(lineage: tuple[str, ...], power: Power, body: str, because: Relation) -> None:
    pack = load_pack("chile")
    decider = lawful_decider(pack, power, institution_relation(pack, lineage))
    assert decider is not None
    assert (decider.body.code, decider.because) == (body, because)
    assert decider.is_substitute == (because is not Relation.UNRELATED)


def test_a_waiver_takes_two_different_authorities_also_in_the_finance_ministry() -> None:
    pack = load_pack("chile")
    codes = [d.body.code for d in lawful_deciders(pack, Power.WAIVER, institution_relation(pack, ("MH",)))]
    assert codes == ["science", "social_evaluation"]


def test_a_participating_institution_counts_like_the_first() -> None:
    pack = load_pack("chile")
    relation = institution_relation(pack, ("MINSAL",), ("SGD", "MH"))
    decider = lawful_decider(pack, Power.OPINION, relation)
    assert decider is not None
    assert decider.body.code == "science"


LINEAGES = st.lists(
    st.sampled_from(["OUT", "UNIT", "MH", "SGD", "DIPRES", "SEGPRES", "FIN", "DIG", "MEF", "SNP"]), min_size=1
)


@given(st.sampled_from(SHIPPED), st.sampled_from(list(Power)), LINEAGES)
def test_nobody_in_conflict_ever_decides(name: str, power: Power, lineage: list[str]) -> None:
    pack = load_pack(name)
    relation = institution_relation(pack, lineage)
    deciders = lawful_deciders(pack, power, relation)
    assert not any(is_in_conflict(relation(decider.body)) for decider in deciders)
    assert len({decider.body.code for decider in deciders}) == len(deciders)


def test_powers_are_demanded_by_what_tracks_do() -> None:
    assert Power.OVERRIDE not in demanded_powers(load_pack("ecuador"))
    assert Power.CODE_ISSUE not in demanded_powers(load_pack("ecuador"))
    assert set(demanded_powers(load_pack("chile"))) == set(list(Power)[:9])


def test_a_power_nobody_holds_has_no_decider() -> None:
    pack = load_pack("ecuador")
    assert lawful_decider(pack, Power.OVERRIDE, institution_relation(pack, ("X",))) is None
