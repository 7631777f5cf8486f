"""A decided case for tests of what is changed afterwards; plain functions that commit nothing."""

from datetime import timedelta

from sqlalchemy.orm import Session

from decision_stage import MILLION, Stage, a_case_for, an_opinion
from portfolio.approvals import decisions
from portfolio.approvals.decision_digests import shown_digest
from portfolio.approvals.decision_drafts import save_draft
from portfolio.approvals.decision_rules import Line
from portfolio.approvals.positions import position_of
from portfolio.approvals.terms import DecisionChoice
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.identity.models import Account
from portfolio.identity.passwords import hash_password
from portfolio.people.viewer import Viewer
from visitors import PASSWORD

SECRET = "s" * 32
HASH = hash_password(PASSWORD)


def give_password(session: Session, *viewers: Viewer) -> None:
    for viewer in viewers:
        row = Account(person_id=viewer.person_id, password_hash=HASH)
        session.add(row)
        record(session, None, Tag.ACCOUNT_ACTIVATED, row)
    session.flush()


def funded(session: Session, stage: Stage, *lines: Line, after_days: int = 0) -> BusinessCase:
    """A case submitted now and decided by the two of the budget office, so many days later."""
    case = a_case_for(session, stage, CaseStatus.RECOMMENDED)
    an_opinion(session, stage, case, recommended=MILLION)
    session.info["now"] += timedelta(days=after_days)
    position = position_of(session, stage.pack, case)
    wanted = list(lines or [Line(2027, MILLION)])
    save_draft(session, stage.budget_analyst, stage.pack, position, DecisionChoice.FUND, wanted, "As the bill says")
    decisions.propose(session, stage.budget_analyst, stage.pack, [case])
    shown = shown_digest([position_of(session, stage.pack, case)])
    decisions.confirm(session, stage.decider, stage.pack, SECRET, [case], [case.id], PASSWORD, shown)
    return case
