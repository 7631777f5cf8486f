"""The library as data: complete, consistent, frozen by digest, and refused with the line of what is wrong."""

from pathlib import Path

import pytest

from portfolio.errors import ConfigurationError
from portfolio.packs.loader import SHIPPED, load_pack
from portfolio.packs.terms import StandardLevel, Theme
from portfolio.standards.library import data_folder, library_for, load_library, read_library
from portfolio.standards.pack_checks import check_standards_choice


def test_all_56_standards_are_there_with_criteria_in_order() -> None:
    library = load_library()
    assert list(library.standards) == [f"T{number:02d}" for number in range(1, 57)]
    assert all(standard.criteria for standard in library.standards.values())
    assert {standard.theme for standard in library.standards.values()} == set(Theme)


def test_levels_are_those_of_the_sources() -> None:
    must = {code for code, standard in load_library().standards.items() if standard.level is StandardLevel.MUST}
    expected = [2, 4, 5, 6, 10, 11, 12, 13, 14, 15, 17, 18, 19, 27, 29, 42, 45, 46, 51]
    assert must == {f"T{number:02d}" for number in expected}
    undecided = {
        code for code, standard in load_library().standards.items() if standard.level is StandardLevel.COUNTRY_DECIDES
    }
    assert undecided == {f"T{number:02d}" for number in [1, 8, 24, 25, 35, 36, 37, 38, 43, 52, 56]}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_pack_chooses_levels_and_leaves_unused_sets_listed(name: str) -> None:
    pack = load_pack(name)
    assert list(check_standards_choice(pack)) == []
    library = library_for(pack)
    assert len(library.standards) == 56
    for code, level in pack.standards.levels.items():
        assert library.standards[code].level is level
    assert library.standards["T35"].level is StandardLevel.NOT_USED
    assert library_for(pack) is library


def test_the_digest_is_of_the_content() -> None:
    library = load_library()
    assert (
        library.digest
        == read_library(
            [*sorted(data_folder().glob("regional_*.yaml")), data_folder() / "regional.yaml"], "regional"
        ).digest
    )
    assert len(library.digest) == 64
    assert library.model_copy(update={"version": "2026.2"}).digest != library.digest
    assert library_for(load_pack("chile")).digest != library_for(load_pack("eclac")).digest


FAULTS = {
    "unknown set": ("standards:\n  T14:\n    set: moon\n", 1, "T14 is in the unknown set moon"),
    "unknown fact": ("standards:\n  T14:\n    applies_when: {all: [weather]}\n", 3, "applies_when"),
    "demanded and excluded": ("standards:\n  T14:\n    applies_when: {all: [ai], none: [ai]}\n", 3, "both"),
    "examined under nothing": ("standards:\n  T14: {examined_under: T99}\n", 1, "unknown standard T99"),
    "examined in a chain": ("standards:\n  T14: {examined_under: T09}\n", 1, "itself examined under another"),
    "criterion of another": (
        "standards:\n  T14:\n    criteria:\n      T15.9: {title: {es: x, pt: x, en: x}}\n",
        1,
        "does not belong to T14",
    ),
    "no title": ("standards:\n  T57: {set: service}\n", 2, "title: is missing"),
    "level": ("standards:\n  T14:\n    level: maybe\n", 3, "level"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_refused_with_file_line_and_reason(name: str, tmp_path: Path) -> None:
    text, line, reason = FAULTS[name]
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    shipped = [*sorted(data_folder().glob("regional_*.yaml")), data_folder() / "regional.yaml"]
    with pytest.raises(ConfigurationError) as refused:
        read_library([*shipped, path], "bad")
    assert any(f"bad.yaml:{line}: " in row and reason in row for row in str(refused.value).splitlines()), refused.value


def test_a_pack_that_speaks_of_unknown_standards_or_lowers_a_must_is_blamed() -> None:
    pack = load_pack("eclac")
    choice = pack.standards.model_copy(
        update={
            "levels": {"T99": StandardLevel.MUST, "T15": StandardLevel.SHOULD},
            "sets": ("moon",),
            "separately": ("T98",),
        }
    )
    wrong = pack.model_copy(update={"standards": choice})
    assert [fault.place[1:] for fault in check_standards_choice(wrong)] == [
        ("sets", 0),
        ("separately", 0),
        ("levels", "T99"),
        ("levels", "T15"),
    ]
    with pytest.raises(ConfigurationError, match="moon"):
        library_for(wrong)
    with pytest.raises(ConfigurationError, match="no standards library"):
        read_library([], "atlantis")
