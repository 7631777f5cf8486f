"""The standards of a frozen case: which apply, what the institution said of each, and by which rule the others do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.business_cases.models import Snapshot
from portfolio.business_cases.snapshots import content_of
from portfolio.checks.assessment import ASSESSMENT, EXCLUDED
from portfolio.checks.rules import StandardFact, own_word
from portfolio.checks.terms import CheckResult
from portfolio.packs.answers import declared_facts
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, SectionCode, StandardLevel, TrackCode
from portfolio.standards.applicability import Applicable, CaseProfile, applicable
from portfolio.standards.library import library_for


@dataclass(frozen=True, slots=True)
class FrozenCriterion:
    """What the institution said of one criterion; `result` is the value of a `CheckResult`, or nothing."""

    title: str
    result: CheckResult | None
    evidence: str


@dataclass(frozen=True, slots=True)
class FrozenStandard:
    """One standard that applies. `expected` (evidence) and `rule` are empty when the library has changed since."""

    code: str
    title: str
    level: StandardLevel
    criteria: tuple[FrozenCriterion, ...]
    expected: str = ""
    rule: str = ""

    @property
    def own(self) -> CheckResult | None:
        """What the institution says of the standard as a whole."""
        return own_word([one.result.value if one.result else "" for one in self.criteria])

    @property
    def fact(self) -> StandardFact:
        return StandardFact(self.code, self.level)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The standards of one snapshot. `excluded`: (title, rule). `is_present`: the library is still the frozen one."""

    standards: tuple[FrozenStandard, ...]
    excluded: tuple[tuple[str, str], ...]
    library_digest: str
    library_version: str
    is_present: bool

    @property
    def facts(self) -> tuple[StandardFact, ...]:
        return tuple(one.fact for one in self.standards)

    def named(self, code: str) -> FrozenStandard | None:
        return next((one for one in self.standards if one.code == code), None)


def frozen_standards(pack: CountryPack, snapshot: Snapshot) -> Frozen:
    """Read from the snapshot alone, so that a later library changes nothing; its words are used while it is the same one.

    A snapshot without the lines (made before they existed, or by a test) is judged by the present library.
    """
    content = content_of(snapshot)
    library = library_for(pack)
    lines = content["sections"][SectionCode.STANDARDS.value]["lines"]
    is_present = not snapshot.library_digest or snapshot.library_digest == library.digest
    judged = _judged(pack, snapshot, content)
    if ASSESSMENT not in lines:
        standards, excluded = _from_library(judged, {})
    elif is_present:
        standards, excluded = _from_library(judged, {line["id"]: line for line in lines[ASSESSMENT]})
    else:
        standards, excluded = _from_lines(lines)
    return Frozen(
        standards,
        excluded,
        snapshot.library_digest or library.digest,
        library.version if is_present else "",
        is_present,
    )


def own_lines(snapshot: Snapshot, standard: str) -> list[tuple[str, str, str]]:
    """(criterion, result, evidence) of one standard, to tell whether it was touched between two snapshots."""
    lines = content_of(snapshot)["sections"][SectionCode.STANDARDS.value]["lines"].get(ASSESSMENT, [])
    return [(line["id"], line["result"], line["evidence"]) for line in lines if line["standard"] == standard]


def _judged(pack: CountryPack, snapshot: Snapshot, content: Mapping[str, Any]) -> tuple[Applicable, ...]:
    if not pack.track(snapshot.track).standards_check:
        return ()
    kind, track = CaseKind(content["case"]["kind"]), TrackCode(snapshot.track)
    answers = {SectionCode(code): part["answers"] for code, part in content["sections"].items()}
    return applicable(library_for(pack), CaseProfile(kind, track, declared_facts(pack, kind, track, answers)))


def _from_library(
    judged: Sequence[Applicable], lines: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[FrozenStandard, ...], tuple[tuple[str, str], ...]]:
    standards = tuple(
        FrozenStandard(
            one.standard.code,
            str(one.standard.title),
            one.standard.level,
            tuple(
                _criterion(f"{criterion.code} {criterion.title}", lines.get(criterion.code, {}))
                for criterion in one.criteria
            ),
            str(one.standard.evidence),
            str(one.rule),
        )
        for one in judged
        if one.applies
    )
    excluded = tuple((f"{one.standard.code} {one.standard.title}", str(one.rule)) for one in judged if not one.applies)
    return standards, excluded


def _from_lines(
    lines: Mapping[str, Sequence[Mapping[str, Any]]],
) -> tuple[tuple[FrozenStandard, ...], tuple[tuple[str, str], ...]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines[ASSESSMENT]:
        found.setdefault(line["standard"], []).append(line)
    standards = tuple(
        FrozenStandard(
            code,
            str(own[0]["title"]).removeprefix(f"{code} "),
            StandardLevel(own[0]["level"]),
            tuple(_criterion(line["criterion"], line) for line in own),
        )
        for code, own in found.items()
    )
    return standards, tuple((line["title"], line["rule"]) for line in lines.get(EXCLUDED, []))


def _criterion(title: str, line: Mapping[str, Any]) -> FrozenCriterion:
    result = line.get("result")
    return FrozenCriterion(title, CheckResult(result) if result else None, line.get("evidence", ""))
