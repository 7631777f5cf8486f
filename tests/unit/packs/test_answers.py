"""Questions are asked when they make sense, and a yes declares a fact."""

from portfolio.packs.answers import asked_questions, declared_facts, unanswered
from portfolio.packs.loader import load_pack
from portfolio.packs.terms import CaseFact, CaseKind, SectionCode, TrackCode

PACK = load_pack("eclac")
AI = PACK.section(SectionCode.AI)


def test_a_question_that_depends_on_a_yes_is_asked_after_it() -> None:
    assert [question.code for question in asked_questions(AI, {})] == ["uses_ai"]
    assert [question.code for question in asked_questions(AI, {"uses_ai": "no"})] == ["uses_ai"]
    assert "oversight" in [question.code for question in asked_questions(AI, {"uses_ai": "yes"})]


def test_only_required_questions_that_are_asked_can_be_missing() -> None:
    assert [question.code for question in unanswered(AI, {"uses_ai": "no"})] == []
    missing = [question.code for question in unanswered(AI, {"uses_ai": "yes", "decision": "  ", "oversight": "x"})]
    assert missing == ["decision", "impact_assessment"]


def test_a_case_declares_by_yes_in_sections_of_its_track_and_by_its_kind() -> None:
    answers = {
        SectionCode.AI: {"uses_ai": "yes"},
        SectionCode.PROBLEM: {"serves_people": "yes"},
        SectionCode.DATA: {"personal_data": "no"},
    }
    full = declared_facts(PACK, CaseKind.PILOT, TrackCode.FULL, answers)
    assert full == {CaseFact.AI, CaseFact.PUBLIC_SERVICE, CaseFact.PILOT}
    # The operation track has no section on AI: what stood there before does not count.
    operation = declared_facts(PACK, CaseKind.OPERATION, TrackCode.OPERATION, answers)
    assert operation == {CaseFact.PUBLIC_SERVICE}


def test_an_answer_left_over_from_a_question_no_longer_asked_opens_nothing() -> None:
    questions = dict(AI.questions)
    once = questions["oversight"].asked_when
    assert once is not None
    deeper = once.model_copy(update={"question": "decision", "answer": "left over"})
    questions["oversight"] = questions["oversight"].model_copy(update={"asked_when": deeper})
    section = AI.model_copy(update={"questions": questions})
    answers = {"uses_ai": "no", "decision": "left over"}
    assert [question.code for question in asked_questions(section, answers)] == ["uses_ai"]
