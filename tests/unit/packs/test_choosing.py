"""Every case takes exactly one track, and is told why and what would change it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolio.packs.choosing import NoTrack, choose_track, matches, threshold_minor
from portfolio.packs.loader import SHIPPED, load_pack
from portfolio.packs.terms import CaseKind, TrackCode

AMOUNTS = st.integers(0, 10**16) | st.sampled_from([0, 1, 2_000_000, 2_000_001, 10_000_000, 67_428_999, 67_429_000])


@given(st.sampled_from(SHIPPED), st.sampled_from(list(CaseKind)), AMOUNTS)
def test_every_kind_and_amount_takes_exactly_one_track(name: str, kind: CaseKind, cost: int) -> None:
    pack = load_pack(name)
    choice = choose_track(pack, kind, cost)
    assert len(matches(pack, kind, cost)) == 1
    assert pack.track(choice.track.code) == choice.track
    assert choice.track.name.es in choice.why[0].es
    assert all("{" not in text for phrase in (*choice.why, *choice.would_change) for text in (phrase.es, phrase.pt))


@given(st.sampled_from(["new", "pilot"]), AMOUNTS, st.decimals("1", "1000000", places=2))
def test_the_choice_holds_for_any_value_of_the_unit(kind: str, cost: int, value: Decimal) -> None:
    pack = load_pack("chile")
    choice = choose_track(pack, CaseKind(kind), cost, {"UTM": value})
    over = cost >= threshold_minor(pack, pack.track("full").conditions[0].at_least, {"UTM": value})  # type: ignore[arg-type]
    assert choice.track.code is (TrackCode.FULL if over else TrackCode.OPINION_ONLY)


@pytest.mark.parametrize(
    ("name", "kind", "cost", "track"),
    [
        ("chile", "new", 67_428_999, "opinion_only"),
        ("chile", "new", 67_429_000, "full"),
        ("chile", "operation", 10**12, "operation"),
        ("ecuador", "new", 2_000_000, "registration"),
        ("ecuador", "new", 2_000_001, "self_declaration"),
        ("ecuador", "operation", 2_000_001, "self_declaration"),
        ("eclac", "pilot", 10_000_000, "self_declaration"),
        ("eclac", "new", 10_000_000, "full"),
    ],
)
def test_known_cases(name: str, kind: str, cost: int, track: str) -> None:
    assert choose_track(load_pack(name), CaseKind(kind), cost).track.code == track


def test_the_reasons_are_sentences_with_the_threshold_in_both_units() -> None:
    choice = choose_track(load_pack("chile"), CaseKind.NEW, 1)
    assert [phrase.es.replace("\xa0", " ") for phrase in choice.why] == [
        "La iniciativa es de tipo “Nueva”, por eso sigue la vía “Solo pronunciamiento”.",
        "Su costo de vida completa es menor que 1.000 UTM (CLP 67.429.000).",
    ]
    assert choice.would_change[0].es.replace("\xa0", " ") == (
        "Con un costo de 1.000 UTM (CLP 67.429.000) o más seguiría la vía “Evaluación completa”."
    )
    assert any("“Emergency”" in phrase.en for phrase in choice.would_change)


def test_a_negative_cost_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        choose_track(load_pack("eclac"), CaseKind.NEW, -1)


def test_an_unchecked_pack_without_an_answer_says_so() -> None:
    pack = load_pack("eclac")
    with pytest.raises(NoTrack, match="0 tracks"):
        choose_track(pack.model_copy(update={"tracks": {}}), CaseKind.NEW, 1)
