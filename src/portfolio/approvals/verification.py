"""What a verifier is told: one word, the reason, what to do, and the public facts of the code. Nothing personal."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_queries import code_by_text, facts_of
from portfolio.approvals.code_terms import VERIFY_ADVICE, CodeProblem, VerifyStatus
from portfolio.approvals.code_text import parse_code
from portfolio.approvals.draw_rules import VerifyQuery, amount_left, verify_status
from portfolio.approvals.models import ApprovalCode
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution, InstitutionCode
from portfolio.projects.models import Initiative


@dataclass(frozen=True, slots=True)
class Facts:
    """What anybody may know of a code."""

    number: str
    title: str
    lot: str
    institution: str
    fiscal_year: int
    ceiling: Money
    left: Money
    not_before: date
    expires_on: date
    statement: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as of an instant; `facts` only for a code that exists."""

    code: str
    status: VerifyStatus
    advice: str
    as_of: datetime
    facts: Facts | None = None
    problem: CodeProblem | None = None


def verify(session: Session, pack: CountryPack, typed: str, query: VerifyQuery | None = None) -> Answer:
    """Check what was typed. Mistypings never reach the database; an unknown code gets the same form of answer."""
    at = now(session)
    asked = query or VerifyQuery(on=at.astimezone(pack.zone).date())
    printed = parse_code(typed)
    if isinstance(printed, CodeProblem):
        return _answer(typed.strip()[:60], verify_status(printed, asked), at, problem=printed)
    code = code_by_text(session, printed)
    if code is None:
        return _answer(printed, verify_status(None, asked), at)
    facts = facts_of(session, code)
    return _answer(printed, verify_status(facts, asked), at, _facts(session, code, amount_left(facts, asked.order_ref)))


def buyer_unit_of(session: Session, official_code: str) -> str:
    """The buyer that the rules compare, from an institution's official code in any scheme; nothing that matches nobody."""
    found = session.scalar(
        select(col(InstitutionCode.institution_id)).where(col(InstitutionCode.code) == official_code).limit(1)
    )
    return str(found or "")


def _answer(
    code: str, status: VerifyStatus, at: datetime, facts: Facts | None = None, problem: CodeProblem | None = None
) -> Answer:
    return Answer(code, status, _(VERIFY_ADVICE[status]), at, facts, problem)


def _facts(session: Session, code: ApprovalCode, left: int) -> Facts:
    case = session.get_one(BusinessCase, code.case_id)
    initiative = session.get_one(Initiative, case.initiative_id)
    institution = session.get_one(Institution, code.institution_id)
    is_hidden = initiative.is_reserved
    return Facts(
        number=initiative.number or "",
        title=_("Reserved by law") if is_hidden else case.title,
        lot="" if is_hidden else code.lot_title,
        institution=institution.name,
        fiscal_year=code.fiscal_year,
        ceiling=Money(code.currency, code.ceiling_minor),
        left=Money(code.currency, left),
        not_before=code.not_before,
        expires_on=code.expires_on,
        statement=code.statement,
    )
