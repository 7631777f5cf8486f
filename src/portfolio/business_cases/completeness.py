"""What a case still lacks for the track it would take: one list, used by the form, the panel and the submission alike."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from portfolio.business_cases.content import Answers, read_answers
from portfolio.business_cases.lines.checks import line_gaps
from portfolio.business_cases.lines.totals import case_totals
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.totals import CaseTotals
from portfolio.packs.answers import declared_facts, unanswered
from portfolio.packs.choosing import TrackChoice, choose_track
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseFact, CaseKind, SectionCode, TrackCode
from portfolio.packs.tracks import Track
from portfolio.strategy.queries import ACTION_LINE, action_line_question


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that submission waits for. `field`: a question's code, or the anchor of a place on the section's page."""

    section: str
    field: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as the rules see it now: gathered once, passed to every check."""

    case: BusinessCase
    answers: Answers
    totals: CaseTotals
    choice: TrackChoice
    track: Track
    facts: frozenset[CaseFact]
    required: frozenset[SectionCode]
    shown: tuple[SectionCode, ...]


Check = Callable[[Session, CountryPack, Standing], Iterable[Missing]]

_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Add what a room can find missing. Items of sections that the track does not require are left out afterwards;
    an item of section `""` concerns the whole case and always counts. A second one of the same name replaces the first.
    """
    _checks[name] = check


def missing_item(case_id: uuid.UUID, section: SectionCode | str, field: str, text: str) -> Missing:
    """With the address of the field on the section's page."""
    code = SectionCode(section).value
    return Missing(code, field, text, section_address(case_id, code, field))


def section_address(case_id: uuid.UUID, section: str, field: str = "") -> str:
    return f"/cases/{case_id}/sections/{section}" + (f"#{field}" if field else "")


def standing(session: Session, pack: CountryPack, case: BusinessCase) -> Standing:
    """Answers, totals, likely track and facts of a case. A track that submission fixed stays, whatever the totals are."""
    totals = case_totals(session, pack, case)
    choice = choose_track(pack, CaseKind(case.kind), totals.whole_life.minor)
    track = pack.track(case.track) if case.track else choice.track
    answers = read_answers(session, case)
    code = TrackCode(track.code)
    return Standing(
        case=case,
        answers=answers,
        totals=totals,
        choice=choice,
        track=track,
        facts=declared_facts(pack, CaseKind(case.kind), code, answers),
        required=frozenset(section.code for section in pack.required_sections(code)),
        shown=tuple(section.code for section in pack.shown_sections(code)),
    )


def missing(session: Session, pack: CountryPack, case: BusinessCase, found: Standing | None = None) -> list[Missing]:
    """All that submission would refuse for, in the order of the form; texts are in the reader's language."""
    state = found or standing(session, pack, case)
    items = _unanswered(session, pack, state)
    gaps = (gap for gap in line_gaps(session, pack, state) if gap.section in state.required)
    items += [missing_item(case.id, gap.section, gap.anchor, gap.text) for gap in gaps]
    for name in sorted(_checks):
        items += [item for item in _checks[name](session, pack, state) if _counts(item, state.required)]
    order = {code.value: place for place, code in enumerate(SectionCode)}
    return sorted(items, key=lambda item: order.get(item.section, -1))


def by_section(items: Iterable[Missing]) -> Mapping[str, list[Missing]]:
    grouped: dict[str, list[Missing]] = {}
    for item in items:
        grouped.setdefault(item.section, []).append(item)
    return grouped


def whole_life_is_zero(totals: CaseTotals) -> bool:
    """Nothing has been costed yet, so the track is only a guess."""
    return totals.whole_life.amount == Decimal(0)


def _counts(item: Missing, required: frozenset[SectionCode]) -> bool:
    return not item.section or SectionCode(item.section) in required


def _unanswered(session: Session, pack: CountryPack, state: Standing) -> list[Missing]:
    case = state.case
    items = []
    for code in state.shown:
        if code not in state.required:
            continue
        section, answers = pack.section(code), state.answers[code]
        questions = list(unanswered(section, answers))
        if code is SectionCode.STRATEGY:
            extra = action_line_question(session, case.call_id)
            if extra and answers.get(ACTION_LINE) not in extra.choices:
                questions.insert(0, extra)
        items += [
            Missing(
                code.value,
                question.code,
                str(question.label),
                section_address(case.id, code.value, f"{code.value}-{question.code}"),
            )
            for question in questions
        ]
    return items
