"""Faults that no override of a shipped file can plant, put into the pack itself."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from portfolio.packs.checks import faults_of
from portfolio.packs.loader import load_pack
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import LABELLED, DeadlineCode, Power, SectionCode, TrackCode

PACK = load_pack("eclac")


def without(mapping: Mapping[Any, Any], *keys: object) -> dict[Any, Any]:
    return {key: value for key, value in mapping.items() if key not in keys}


def told(**changes: object) -> list[str]:
    return [fault.reason for fault in faults_of(PACK.model_copy(update=changes))]


def test_the_pack_itself_has_none() -> None:
    assert told() == []


@pytest.mark.parametrize("deadline", list(DeadlineCode))
def test_every_deadline_is_needed(deadline: DeadlineCode) -> None:
    assert any(f"the deadline {deadline}" in reason for reason in told(deadlines=without(PACK.deadlines, deadline)))


@pytest.mark.parametrize("power", list(Power)[:9])
def test_every_act_needs_a_holder(power: Power) -> None:
    assert f"nobody holds {power}, which the tracks demand" in told(powers=without(PACK.powers, power))


@pytest.mark.parametrize("power", list(Power)[9:])
def test_powers_that_are_no_acts_on_a_case_may_be_nobodys(power: Power) -> None:
    assert told(powers=without(PACK.powers, power)) == []


@pytest.mark.parametrize("name", LABELLED)
def test_every_vocabulary_has_words(name: str) -> None:
    assert any(reason.startswith("words are missing for") for reason in told(labels=without(PACK.labels, name)))
    for member in LABELLED[name]:
        assert PACK.label(member) is PACK.labels[name][member.value]


def test_a_sample_needs_a_full_track() -> None:
    reasons = told(tracks=without(PACK.tracks, TrackCode.FULL))
    assert "a sample goes to full evaluation, but the pack has no full track" in reasons


def test_a_track_without_sections_is_empty() -> None:
    sections = {
        code: section.model_copy(update={"required_in": tuple(t for t in section.required_in if t != "operation")})
        for code, section in PACK.sections.items()
    }
    assert "no section is required: the case would be empty" in told(sections=sections)


def test_money_needs_categories_lines_and_units_apart_from_the_currency() -> None:
    assert "there is no cost category" in told(cost_categories={})
    assert "no line can be used in a cost line" in told(budget_lines={})
    units = {"USD": load_pack("chile").indexed_units["UTM"]}
    assert "is the currency itself" in told(indexed_units=units)


def test_reviews_without_rubric_are_told() -> None:
    assert "peer review is demanded, but the pack has no rubric" in told(rubric=None)


def test_an_advisory_opinion_needs_no_override_and_may_be_skipped() -> None:
    rule = load_pack("ecuador").opinion
    tracks = dict(PACK.tracks)
    tracks[TrackCode.OPERATION] = tracks[TrackCode.OPERATION].model_copy(update={"opinion": False})
    assert told(opinion=rule, powers=without(PACK.powers, Power.OVERRIDE), tracks=tracks) == []


def test_sections_of_the_form_are_fixed() -> None:
    with pytest.raises(ValueError, match="sections are missing: exit"):
        CountryPack.model_validate(PACK.model_dump() | {"sections": _dumped(SectionCode.EXIT)})


def _dumped(*left_out: SectionCode) -> dict[str, object]:
    sections: Iterable[tuple[SectionCode, object]] = PACK.model_dump()["sections"].items()
    return {code: section for code, section in sections if code not in left_out}
