"""A typical case answers 8 to 15 of the 56; the rest are listed with the rule that excludes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.packs.loader import SHIPPED, load_pack
from portfolio.packs.terms import CaseFact, CaseKind, StandardLevel, TrackCode
from portfolio.standards.applicability import Applicable, CaseProfile, applicable
from portfolio.standards.library import library_for

TYPICAL = {
    "service to people, built": (
        "new",
        "public_service personal_data identity procurement software_development hosting",
    ),
    "service that exchanges data": (
        "new",
        "public_service personal_data identity procurement software_development hosting data_sharing",
    ),
    "service on a bought package": (
        "new",
        "public_service personal_data identity procurement data_sharing hosting notification",
    ),
    "internal system": ("new", "personal_data procurement software_development hosting staff_change"),
    "exchange between institutions": (
        "new",
        "data_sharing personal_data procurement software_development hosting publishes_data",
    ),
    "pilot with AI": ("pilot", "ai personal_data procurement software_development"),
    "infrastructure": ("new", "hosting procurement"),
}


def of(name: str, kind: str, facts: str, track: str = "full") -> dict[str, Applicable]:
    profile = CaseProfile(CaseKind(kind), TrackCode(track), frozenset(CaseFact(fact) for fact in facts.split()))
    return {found.standard.code: found for found in applicable(library_for(load_pack(name)), profile)}


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("typical", TYPICAL)
def test_a_typical_case_answers_8_to_15(name: str, typical: str) -> None:
    found = of(name, *TYPICAL[typical])
    assert len(found) == 56
    assert 8 <= sum(each.applies for each in found.values()) <= 15


def test_security_and_indicators_apply_to_every_case() -> None:
    for kind, facts in TYPICAL.values():
        found = of("eclac", kind, facts)
        assert found["T14"].applies
        assert found["T45"].applies


def test_the_rule_is_said() -> None:
    found = of("chile", "new", "public_service personal_data")
    assert found["T15"].rule.es == "Aplica porque trata datos personales."
    assert found["T17"].rule.es == (
        "No aplica por regla: la iniciativa no declara usar inteligencia artificial ni decidir de forma automatizada."
    )
    assert found["T42"].rule.en == (
        "Not answered apart: examined under T04 Legal, organisational, semantic and technical interoperability."
    )
    assert found["T24"].rule.pt == "Não se aplica: o país não usa esta norma."
    assert found["T43"].rule.en == "Not applicable: the country has not decided to ask for it."
    assert found["T48"].rule.en.startswith("Not applicable by rule: the case does not declare needing infrastructure")
    assert of("eclac", "operation", "")["T06"].rule.en == "Not applicable by rule to cases of this kind."
    assert of("eclac", "new", "public_service", "self_declaration")["T05"].rule.en.startswith(
        "Not applicable by rule on"
    )
    assert "then other standards cover it" in of("eclac", "new", "hosting software_development")["T48"].rule.en


def test_one_of_several_facts_is_enough() -> None:
    assert not of("eclac", "new", "")["T51"].applies
    assert of("eclac", "new", "signature")["T51"].rule.en == "Applies because something is signed electronically."


@given(
    st.sampled_from(SHIPPED),
    st.sampled_from(list(CaseKind)),
    st.sampled_from(list(TrackCode)),
    st.frozensets(st.sampled_from(list(CaseFact))),
)
def test_every_standard_is_judged_with_a_reason_and_only_those_that_apply_have_criteria(
    name: str, kind: CaseKind, track: TrackCode, facts: frozenset[CaseFact]
) -> None:
    found = applicable(library_for(load_pack(name)), CaseProfile(kind, track, facts))
    assert len(found) == 56
    for each in found:
        assert bool(each.criteria) == each.applies
        assert "{" not in each.rule.es + each.rule.pt + each.rule.en
        if each.applies:
            assert each.standard.level in (StandardLevel.MUST, StandardLevel.SHOULD)
            assert set(each.standard.applies_when.all) <= facts
            assert not set(each.standard.applies_when.none) & facts


def test_a_pack_may_ask_for_a_merged_standard_separately() -> None:
    pack = load_pack("eclac")
    choice = pack.standards.model_copy(update={"separately": ("T42",)})
    library = library_for(pack.model_copy(update={"standards": choice}))
    profile = CaseProfile(CaseKind.NEW, TrackCode.FULL, frozenset({CaseFact.DATA_SHARING}))
    assert {found.standard.code: found.applies for found in applicable(library, profile)}["T42"]
