"""Cross-checks: rubric, words, money and budget classification."""

import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

from portfolio.i18n import LANGUAGES, Phrase
from portfolio.packs.faults import Fault
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import LABELLED, CaseKind, SectionCode, SentenceCode, Theme, WordCode
from portfolio.packs.yaml_marks import Place

PLACES: Mapping[SentenceCode, frozenset[str]] = {
    SentenceCode.KIND_IS: frozenset({"kind", "track"}),
    SentenceCode.ANY_AMOUNT: frozenset(),
    SentenceCode.FROM_AMOUNT: frozenset({"lower"}),
    SentenceCode.BELOW_AMOUNT: frozenset({"upper"}),
    SentenceCode.BETWEEN_AMOUNTS: frozenset({"lower", "upper"}),
    SentenceCode.WOULD_RISE: frozenset({"amount", "track"}),
    SentenceCode.WOULD_FALL: frozenset({"amount", "track"}),
    SentenceCode.OTHER_KIND: frozenset({"kind", "track"}),
    SentenceCode.DRAWN_BY_LOT: frozenset(),
}
"""The places to fill in each sentence."""


def check_rubric(pack: CountryPack) -> Iterator[Fault]:
    """Reviewers only score what every reviewed track requires: an empty section cannot be judged."""
    if pack.rubric is None:
        return
    for track in pack.tracks.values():
        if not track.reviews:
            continue
        required = {section.code for section in pack.required_sections(track.code)}
        for code, group in pack.rubric.groups.items():
            for position, section in enumerate(group.sections):
                if section not in required:
                    reason = (
                        f"the group reads the section {section}, which the reviewed track {track.code} does not require"
                    )
                    yield Fault(("rubric", "groups", code, "sections", position), reason)


def check_words(pack: CountryPack) -> Iterator[Fault]:
    vocabularies: list[tuple[Place, type[StrEnum], Iterable[str]]] = [
        (("words",), WordCode, pack.words),
        (("sentences",), SentenceCode, pack.sentences),
        (("kinds",), CaseKind, pack.kinds),
        (("themes",), Theme, pack.themes),
    ]
    for name, kind in LABELLED.items():
        vocabularies.append((("labels", name), kind, pack.labels.get(name, {})))
    for place, wanted, given in vocabularies:
        if missing := sorted({code.value for code in wanted} - set(given)):
            yield Fault(place, f"words are missing for {', '.join(missing)}")
    for code in sorted(set(pack.kinds) - {str(kind) for kind in CaseKind}):
        yield Fault(("kinds", code), "there is no such kind of case")
    for sentence, phrase in pack.sentences.items():
        for language in LANGUAGES:
            if (found := _places(phrase, language)) != PLACES[sentence]:
                expected_places = ", ".join(sorted(PLACES[sentence])) or "none"
                reason = f"places to fill are {', '.join(sorted(found)) or 'none'}, expected {expected_places}"
                yield Fault(("sentences", sentence, language), reason)


def _places(phrase: Phrase, language: str) -> frozenset[str]:
    try:
        parts = list(string.Formatter().parse(phrase.in_language(language)))
    except ValueError:
        return frozenset({"(broken braces)"})
    return frozenset(
        name if not (spec or conversion) else f"{name}:{spec}"
        for _, name, spec, conversion in parts
        if name is not None
    )


def check_money(pack: CountryPack) -> Iterator[Fault]:
    previous: date | None = None
    for position, rate in enumerate(pack.discount_rates):
        if rate.valid_from is None and position:
            yield Fault(("discount_rates", position), "only the first rate may lack valid_from")
        if rate.valid_from is not None and previous is not None and rate.valid_from <= previous:
            yield Fault(("discount_rates", position), "rates must be in the order of valid_from")
        previous = rate.valid_from or previous
    for code in pack.indexed_units:
        if code == pack.currency:
            yield Fault(("indexed_units", code), "is the currency itself")
    if SectionCode.COSTS in pack.sections and not pack.cost_categories:
        yield Fault(("cost_categories",), "there is no cost category")


def check_budget_lines(pack: CountryPack) -> Iterator[Fault]:
    lines = pack.budget_lines
    for code, line in lines.items():
        if line.parent is not None and line.parent not in lines:
            yield Fault(("budget_lines", code, "parent"), f"there is no budget line {line.parent}")
        seen, above = {code}, line.parent
        while above is not None and above in lines:
            if above in seen:
                yield Fault(("budget_lines", code, "parent"), f"{code} is its own ancestor")
                break
            seen.add(above)
            above = lines[above].parent
    if not pack.usable_budget_lines():
        yield Fault(("budget_lines",), "no line can be used in a cost line")
