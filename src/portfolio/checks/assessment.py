"""The institution's own word on each criterion that applies: as rows while it writes, as lines of the content once frozen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.completeness import Missing, Standing, missing_item, register_check, standing
from portfolio.business_cases.content_registry import Line, register_lines
from portfolio.business_cases.models import BusinessCase
from portfolio.checks import labels
from portfolio.checks.models import SelfAssessment
from portfolio.checks.rules import lacks_words
from portfolio.checks.terms import CheckResult
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, SectionCode, StandardLevel, TrackCode
from portfolio.standards.applicability import Applicable, CaseProfile, applicable
from portfolio.standards.library import library_for

__all__ = ["labels"]

ASSESSMENT, EXCLUDED = "assessment", "excluded"
"""Names of the two tables in the content of the section: a line for each criterion, and one for each standard left out."""


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What is stored for one criterion; version 0 when nothing is."""

    criterion: str
    result: str = ""
    evidence: str = ""
    version: int = 0


def standards_for(
    session: Session, pack: CountryPack, case: BusinessCase, found: Standing | None = None
) -> tuple[Applicable, ...]:
    """All standards of the library for the case as it stands, each with the rule that makes it apply or not.

    Empty on a track that has no standards check.
    """
    state = found or standing(session, pack, case)
    if not state.track.standards_check:
        return ()
    profile = CaseProfile(CaseKind(case.kind), TrackCode(state.track.code), state.facts)
    return applicable(library_for(pack), profile)


def own_answers(session: Session, case: BusinessCase) -> dict[str, OwnAnswer]:
    """By criterion; those of standards that do not apply any more included."""
    rows = session.scalars(
        select(SelfAssessment).where(col(SelfAssessment.case_id) == case.id).order_by(col(SelfAssessment.criterion))
    )
    return {row.criterion: OwnAnswer(row.criterion, row.result, row.evidence, row.version) for row in rows}


def assessment_lines(session: Session, pack: CountryPack, case: BusinessCase) -> Sequence[Line]:
    """A line for each criterion to answer, in the order of the library; words in the language of the case."""
    answers = own_answers(session, case)
    language = case.language
    return [
        {
            "id": criterion.code,
            "standard": one.standard.code,
            "title": f"{one.standard.code} {one.standard.title.in_language(language)}",
            "level": one.standard.level.value,
            "criterion": f"{criterion.code} {criterion.title.in_language(language)}",
            "result": answers.get(criterion.code, OwnAnswer(criterion.code)).result,
            "evidence": answers.get(criterion.code, OwnAnswer(criterion.code)).evidence,
        }
        for one in standards_for(session, pack, case)
        if one.applies
        for criterion in one.criteria
    ]


def excluded_lines(session: Session, pack: CountryPack, case: BusinessCase) -> Sequence[Line]:
    """A line for each standard that need not be answered, with the rule that says so."""
    language = case.language
    return [
        {
            "id": one.standard.code,
            "title": f"{one.standard.code} {one.standard.title.in_language(language)}",
            "rule": one.rule.in_language(language),
        }
        for one in standards_for(session, pack, case)
        if not one.applies
    ]


def _show(_pack: CountryPack, _currency: str, column: str, value: object) -> str:
    if column == "result":
        return label(CheckResult(value)) if value else ""
    return "" if value is None else str(value)


register_lines(
    SectionCode.STANDARDS,
    ASSESSMENT,
    assessment_lines,
    title=N_("What the institution says of each criterion"),
    columns={
        "title": N_("Standard"),
        "criterion": N_("Criterion"),
        "result": N_("Result"),
        "evidence": N_("Evidence"),
    },
    show=_show,
)
register_lines(SectionCode.STANDARDS, EXCLUDED, excluded_lines)


def lacking(session: Session, pack: CountryPack, found: Standing) -> Iterable[Missing]:
    """One item for each mandatory standard with a criterion unanswered, or answered without the words it needs."""
    if SectionCode.STANDARDS not in found.required:
        return
    answers = own_answers(session, found.case)
    for one in standards_for(session, pack, found.case, found):
        if not one.applies or one.standard.level is not StandardLevel.MUST:
            continue
        open_ = [
            field
            for criterion in one.criteria
            if (field := _open_field(answers.get(criterion.code, OwnAnswer(criterion.code))))
        ]
        if open_:
            words = _("Standard %(standard)s: criteria without a result or its evidence: %(count)s")
            name = f"{one.standard.code} {one.standard.title}"
            text = words % {"standard": name, "count": len(open_)}
            yield missing_item(found.case.id, SectionCode.STANDARDS, open_[0], text)


def _open_field(answer: OwnAnswer) -> str:
    """Id of the field that still lacks something."""
    code = answer.criterion.replace(".", "-")
    if not answer.result:
        return f"result-{code}"
    return f"evidence-{code}" if lacks_words(answer.result, answer.evidence) else ""


register_check("standards", lacking)
