"""The standards library as data: sets → standards → criteria, read from files, frozen by digest."""

import hashlib
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Self

import rfc8785
from pydantic import Field, StringConstraints, ValidationError, model_validator

from portfolio.errors import ConfigurationError
from portfolio.i18n import Phrase
from portfolio.packs.parts import Code, Part
from portfolio.packs.reading import problem_of, refuse
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseFact, CaseKind, StandardLevel, Theme, TrackCode
from portfolio.packs.yaml_marks import Marked, name_entries, overlay, read_marked

StandardCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}\d{2}$")]
CriterionCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}\d{2}\.\d$")]


class AppliesWhen(Part):
    """A rule over what a case declares: every fact of `all`, one of `any` if there is any, no fact of `none`.

    Where given, also one of the kinds and one of the tracks. An empty rule always holds.
    """

    all: tuple[CaseFact, ...] = ()
    any: tuple[CaseFact, ...] = ()
    none: tuple[CaseFact, ...] = ()
    kinds: tuple[CaseKind, ...] = ()
    tracks: tuple[TrackCode, ...] = ()

    @model_validator(mode="after")
    def is_possible(self) -> Self:
        if clash := set(self.none) & {*self.all, *self.any}:
            raise ValueError(f"{', '.join(sorted(clash))} is both demanded and excluded")
        return self


class Criterion(Part):
    """One thing that can be checked: met, partly, not met, not applicable, waived."""

    code: CriterionCode
    title: Phrase


class Standard(Part):
    """One standard; `examined_under`: the one whose check covers it, unless a pack asks for it separately."""

    code: StandardCode
    set: Code
    title: Phrase
    level: StandardLevel
    theme: Theme
    evidence: Phrase
    source: str
    criteria: dict[CriterionCode, Criterion] = Field(min_length=1, max_length=5)
    applies_when: AppliesWhen = AppliesWhen()
    examined_under: StandardCode | None = None


class StandardSet(Part):
    code: Code
    title: Phrase


class FactWords(Part):
    """How a fact is said in a reason: as declared, and as not declared."""

    code: CaseFact
    declared: Phrase
    not_declared: Phrase


class Library(Part):
    """One version of the library, in the order in which standards are read."""

    code: Code
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}\.\d+(\.\d+)?$")]
    valid_from: date
    title: Phrase
    sets: dict[Code, StandardSet]
    facts: dict[CaseFact, FactWords]
    reasons: dict[Code, Phrase]
    standards: dict[StandardCode, Standard]

    @property
    def digest(self) -> str:
        """SHA-256 in hex of the canonical JSON (RFC 8785) of this version: what a submission freezes."""
        return hashlib.sha256(rfc8785.dumps(self.model_dump(mode="json"))).hexdigest()

    @model_validator(mode="after")
    def names_exist(self) -> Self:
        wrong = [reason for standard in self.standards.values() for reason in self._unknown(standard)]
        if missing := [fact.value for fact in CaseFact if fact not in self.facts]:
            wrong.append(f"words are missing for the facts {', '.join(missing)}")
        if missing := sorted(REASONS - set(self.reasons)):
            wrong.append(f"reasons are missing: {', '.join(missing)}")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _unknown(self, standard: Standard) -> list[str]:
        wrong = []
        if standard.set not in self.sets:
            wrong.append(f"{standard.code} is in the unknown set {standard.set}")
        above = standard.examined_under
        if above is not None and above not in self.standards:
            wrong.append(f"{standard.code} is examined under the unknown standard {above}")
        elif above is not None and self.standards[above].examined_under is not None:
            wrong.append(f"{standard.code} is examined under {above}, which is itself examined under another")
        for code in standard.criteria:
            if not code.startswith(f"{standard.code}."):
                wrong.append(f"the criterion {code} does not belong to {standard.code}")
        return wrong


REASONS = frozenset(
    {
        "always",
        "applies",
        "not_declared",
        "excluded",
        "kind",
        "track",
        "examined_under",
        "undecided",
        "not_used",
    }
)
"""Codes of the sentences by which a rule explains itself; see `applicability`."""


def data_folder() -> Path:
    return Path(str(resources.files("portfolio") / "standards" / "data"))


@cache
def load_library(name: str = "regional") -> Library:
    """A shipped library: the files `NAME_*.yaml` of the data folder in the order of names, and `NAME.yaml` over them.

    Raises ConfigurationError with one line for each problem: `file:line: reason`.
    """
    return read_library([*sorted(data_folder().glob(f"{name}_*.yaml")), data_folder() / f"{name}.yaml"], name)


def read_library(paths: list[Path], name: str) -> Library:
    """A library from files, later over earlier; see `load_library`."""
    if not paths:
        raise ConfigurationError(f"there is no standards library {name!r}")
    tree: Marked = read_marked(paths[0], paths[0].name)
    for path in paths[1:]:
        tree = overlay(tree, read_marked(path, path.name))
    for pattern in (("sets",), ("facts",), ("standards",), ("standards", "*", "criteria")):
        name_entries(tree, pattern)
    refuse(tree.problems)
    try:
        return Library.model_validate(tree.value)
    except ValidationError as invalid:
        refuse([problem_of(tree, error) for error in invalid.errors()])
        raise


@cache
def _for_choice(name: str, levels: tuple[tuple[str, StandardLevel], ...], separately: tuple[str, ...]) -> Library:
    library = load_library(name)
    unknown = sorted(({code for code, _ in levels} | set(separately)) - set(library.standards))
    if unknown:
        raise ConfigurationError(f"the pack speaks of standards that {name} does not have: {', '.join(unknown)}")
    chosen = dict(levels)
    standards = {
        code: standard.model_copy(
            update={
                "level": chosen.get(code, standard.level),
                "examined_under": None if code in separately else standard.examined_under,
            }
        )
        for code, standard in library.standards.items()
    }
    return library.model_copy(update={"standards": standards})


def library_for(pack: CountryPack) -> Library:
    """The library with the levels that a country chose; standards of sets that it does not use are kept as `not_used`."""
    choice = pack.standards
    library = load_library(choice.library)
    if unknown := sorted(set(choice.sets) - set(library.sets)):
        raise ConfigurationError(f"the pack uses sets that {choice.library} does not have: {', '.join(unknown)}")
    levels = dict(choice.levels)
    for code, standard in library.standards.items():
        if standard.set not in choice.sets:
            levels[code] = StandardLevel.NOT_USED
    return _for_choice(choice.library, tuple(sorted(levels.items())), tuple(sorted(choice.separately)))
