"""Which standards a case must answer, and by which rule the others need not."""

from collections.abc import Iterable
from dataclasses import dataclass

from portfolio.i18n import Phrase
from portfolio.packs.terms import CaseFact, CaseKind, StandardLevel, TrackCode
from portfolio.standards.library import Criterion, Library, Standard


@dataclass(frozen=True)
class CaseProfile:
    """What rules look at. The facts come from `packs.answers.declared_facts`."""

    kind: CaseKind
    track: TrackCode
    facts: frozenset[CaseFact]


@dataclass(frozen=True)
class Applicable:
    """One standard for one case. `criteria` are those to answer, none where it does not apply; `rule` says why."""

    standard: Standard
    criteria: tuple[Criterion, ...]
    applies: bool
    rule: Phrase


def applicable(library: Library, profile: CaseProfile) -> tuple[Applicable, ...]:
    """Every standard of the library in its order, with the rule that makes it apply or not."""
    return tuple(_judged(library, standard, profile) for standard in library.standards.values())


def _judged(library: Library, standard: Standard, profile: CaseProfile) -> Applicable:
    refusal = _why_not(library, standard, profile)
    if refusal is not None:
        return Applicable(standard, (), False, refusal)
    return Applicable(standard, tuple(standard.criteria.values()), True, _why(library, standard, profile))


def _why_not(library: Library, standard: Standard, profile: CaseProfile) -> Phrase | None:
    reasons, rule = library.reasons, standard.applies_when
    if standard.level is StandardLevel.NOT_USED:
        return reasons["not_used"]
    if standard.level is StandardLevel.COUNTRY_DECIDES:
        return reasons["undecided"]
    if standard.examined_under is not None:
        return _fill(reasons["examined_under"], _named(library.standards[standard.examined_under]))
    if rule.kinds and profile.kind not in rule.kinds:
        return reasons["kind"]
    if rule.tracks and profile.track not in rule.tracks:
        return reasons["track"]
    return _fact_missing(library, standard, profile.facts)


def _fact_missing(library: Library, standard: Standard, facts: frozenset[CaseFact]) -> Phrase | None:
    rule = standard.applies_when
    if missing := [fact for fact in rule.all if fact not in facts]:
        return _fill(library.reasons["not_declared"], _not_declared(library, missing))
    if rule.any and not facts & set(rule.any):
        return _fill(library.reasons["not_declared"], _not_declared(library, rule.any))
    if present := [fact for fact in rule.none if fact in facts]:
        return _fill(library.reasons["excluded"], _declared(library, present))
    return None


def _why(library: Library, standard: Standard, profile: CaseProfile) -> Phrase:
    rule = standard.applies_when
    grounds = [*rule.all, *(fact for fact in rule.any if fact in profile.facts)]
    if not grounds:
        return library.reasons["always"]
    return _fill(library.reasons["applies"], _declared(library, grounds))


def _declared(library: Library, facts: Iterable[CaseFact]) -> Phrase:
    return _joined([library.facts[fact].declared for fact in facts])


def _not_declared(library: Library, facts: Iterable[CaseFact]) -> Phrase:
    return _joined([library.facts[fact].not_declared for fact in facts])


def _named(standard: Standard) -> Phrase:
    title = standard.title
    return Phrase(es=f"{standard.code} {title.es}", pt=f"{standard.code} {title.pt}", en=f"{standard.code} {title.en}")


def _joined(phrases: list[Phrase]) -> Phrase:
    return Phrase(
        es="; ".join(phrase.es for phrase in phrases),
        pt="; ".join(phrase.pt for phrase in phrases),
        en="; ".join(phrase.en for phrase in phrases),
    )


def _fill(sentence: Phrase, words: Phrase) -> Phrase:
    return Phrase(
        es=sentence.es.replace("{words}", words.es),
        pt=sentence.pt.replace("{words}", words.pt),
        en=sentence.en.replace("{words}", words.en),
    )
