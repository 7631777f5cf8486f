"""The part of the section "standards" in which the institution answers, criterion by criterion."""

from collections.abc import Mapping
from typing import Any

from portfolio.business_cases.answer_actions import seen_digest
from portfolio.business_cases.section_parts import PartInput, register_section_part
from portfolio.checks.assessing import MAX_EVIDENCE, Saved, TypedField
from portfolio.checks.assessment import OwnAnswer, own_answers, standards_for
from portfolio.checks.rules import OWN_RESULTS, lacks_words, own_word
from portfolio.labels import label
from portfolio.packs.terms import SectionCode
from portfolio.web.forms import Form

PART = "assessment"
TEMPLATE = "checks/_assessment.html"


def part_context(given: PartInput) -> dict[str, Any]:
    return assessment_context(given, Form({}), {})


def assessment_context(given: PartInput, sent: Form[Any], theirs: Mapping[str, str]) -> dict[str, Any]:
    """What the part shows: each standard with its criteria, what is stored, and, after a save, what came back.

    `sent.raw` holds what was typed where it could not be kept; `theirs` what somebody else wrote there.
    """
    judged = standards_for(given.session, given.pack, given.case)
    answers = own_answers(given.session, given.case)
    standards = []
    raw: dict[str, str] = {}
    for one in judged:
        if not one.applies:
            continue
        own = [answers.get(criterion.code, OwnAnswer(criterion.code)) for criterion in one.criteria]
        for answer in own:
            raw[f"result.{answer.criterion}"] = answer.result
            raw[f"evidence.{answer.criterion}"] = answer.evidence
        standards.append(
            {
                "standard": one.standard,
                "level": given.pack.label(one.standard.level),
                "rule": one.rule,
                "own": own_word([answer.result for answer in own]),
                "done": sum(bool(a.result) and not lacks_words(a.result, a.evidence) for a in own),
                "criteria": list(zip(one.criteria, own, strict=True)),
            }
        )
    shown = {name: seen_digest(text) for name, text in raw.items()}
    return {
        "case": given.case,
        "editable": given.editable,
        "standards": standards,
        "excluded": [(one.standard, one.rule) for one in judged if not one.applies],
        "form": Form({**raw, **sent.raw}, sent.errors),
        "theirs": theirs,
        "seen": shown,
        "options": [(result.value, label(result)) for result in OWN_RESULTS],
        "max_evidence": MAX_EVIDENCE,
    }


def came_back(typed: Mapping[str, TypedField], saved: Saved, words: str) -> Form[Any]:
    """The form of what could not be kept: texts as typed, and a sentence beside each."""
    names = [*saved.errors, *saved.theirs]
    return Form({name: typed[name].text for name in names}, {**saved.errors, **dict.fromkeys(saved.theirs, words)})


register_section_part(SectionCode.STANDARDS, PART, TEMPLATE, part_context)
