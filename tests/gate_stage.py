"""A stage for the tests of the gate: an agency with its signatories, the directive body, the budget office, a complete case."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

import portfolio.approvals.mandates
import portfolio.business_cases.lines.binding  # noqa: F401  the lines are part of the content
from case_factories import a_call, a_case
from factories import a_person, an_institution
from portfolio.approvals.sign_offs import read_signing, sign
from portfolio.business_cases.models import BusinessCase, CaseAnswer, OperationLine
from portfolio.db.clock import now
from portfolio.packs.loader import load_pack
from portfolio.packs.questions import Question
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import QuestionType, SectionCode, TrackCode
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.strategy.models import Call

PACK: CountryPack = load_pack("eclac")


@dataclass
class Stage:
    """Everybody whom a case meets on its way to the opinion."""

    agency: Institution
    directive: Institution
    budget: Institution
    call: Call
    lead: Viewer
    finance: Viewer
    expert: Viewer
    cio: Viewer
    head: Viewer
    analyst: Viewer
    officer: Viewer
    secretary: Viewer
    director: Viewer
    decider: Viewer


def a_stage(session: Session, call: Call | None = None) -> Stage:
    agency = an_institution(session, "Health Institute", code="HLT")
    directive = an_institution(session, "Digital Government", code="DIG")
    budget = an_institution(session, "Finance", code="FIN")
    return Stage(
        agency=agency,
        directive=directive,
        budget=budget,
        call=call or a_call(session),
        lead=a_person(session, (Role.CASE_LEAD, agency), name="Lea Lead"),
        finance=a_person(session, (Role.FINANCE_MANAGER, agency), name="Fin Manager"),
        expert=a_person(session, (Role.DIGITAL_EXPERT, agency), name="Dig Expert"),
        cio=a_person(session, (Role.AGENCY_CIO, agency), name="Cio Chief"),
        head=a_person(session, (Role.HEAD_OF_SERVICE, agency), name="Hea Head"),
        analyst=a_person(session, (Role.DIRECTIVE_ANALYST, directive), name="Ana Analyst"),
        officer=a_person(session, (Role.STANDARDS_OFFICER, directive), name="Sta Officer"),
        secretary=a_person(session, (Role.REVIEW_SECRETARY, directive), name="Sec Retary"),
        director=a_person(session, (Role.DIRECTIVE_HEAD, directive), name="Dir Head"),
        decider=a_person(session, (Role.BUDGET_DECIDER, budget), name="Bud Decider"),
    )


def a_ready_case(session: Session, stage: Stage, *, title: str = "Licences of the year") -> BusinessCase:
    """A case of the operation track in which nothing is missing: every required question has an answer, and one line."""
    case = a_case(session, stage.agency, stage.lead, stage.call, kind="operation", title=title)
    for section in PACK.shown_sections(TrackCode.OPERATION):
        for question in section.shown_questions:
            if question.required:
                _answer(session, case, section.code, question, stage.lead)
    session.add(
        OperationLine(
            case_id=case.id,
            position=1,
            service="Mail and office suite",
            supplier="Supplier Ltd",
            contract="C-1",
            budget_line="1.3",
            category=next(iter(PACK.cost_categories)),
            amount_minor=4_000_000,
            previous_minor=3_900_000,
            reason="Renewal",
        )
    )
    session.flush()
    return case


def _answer(session: Session, case: BusinessCase, section: SectionCode, question: Question, by: Viewer) -> None:
    value = {
        QuestionType.YES_NO: "no",
        QuestionType.CHOICE: next(iter(question.choices), ""),
        QuestionType.NUMBER: "1",
        QuestionType.MONEY: "1",
        QuestionType.DATE: date(2027, 1, 1).isoformat(),
    }.get(question.type, "A sentence that says what is asked.")
    session.add(
        CaseAnswer(
            case_id=case.id,
            section=section.value,
            question=question.code,
            value=value,
            edited_by_id=by.person_id,
            edited_at=now(session),
        )
    )


def sign_off_everything(session: Session, stage: Stage, case: BusinessCase) -> None:
    """The finance manager and the agency CIO sign what they own, as the page would have them; valid ones stay."""
    for viewer, role in ((stage.finance, Role.FINANCE_MANAGER), (stage.cio, Role.AGENCY_CIO)):
        chair = read_signing(session, viewer, PACK, case).board.chair_of(role)
        if chair is not None and chair.held is None:
            sign(session, viewer, PACK, case, role, chair.digest)
