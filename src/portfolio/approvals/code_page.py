"""What the page of a case's codes shows: what is left to issue by year, proposals, codes with their balance, what one may do."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.code_issue import may_issue, proposal_digest, replaceable
from portfolio.approvals.code_queries import (
    codes_of_case,
    decided_for_year,
    decided_years,
    lots_of,
    open_proposals,
    taken_for_year,
)
from portfolio.approvals.code_states import change_digest, open_change
from portfolio.approvals.models import ApprovalCode, CodeProposal, Countersign
from portfolio.business_cases.models import BusinessCase
from portfolio.db.money import Money
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class YearRow:
    """A fiscal year's money: decided, held by codes and proposals, left."""

    year: int
    decided: Money
    taken: Money
    left: Money


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code with its balance, and the change that waits for a second person."""

    code: ApprovalCode
    ceiling: Money
    reserved: Money
    committed: Money
    left: Money
    change: Countersign | None
    change_digest: str
    proposer: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as the second person sees it."""

    proposal: CodeProposal
    ceiling: Money
    proposer: str
    digest: str
    is_mine: bool
    replaces: str = ""


def code_row(session: Session, code: ApprovalCode) -> CodeRow:
    """The code as tables show it."""
    change = open_change(session, code.id)
    return CodeRow(
        code=code,
        ceiling=Money(code.currency, code.ceiling_minor),
        reserved=Money(code.currency, code.reserved_minor),
        committed=Money(code.currency, code.committed_minor),
        left=Money(code.currency, code.ceiling_minor - code.reserved_minor - code.committed_minor),
        change=change,
        change_digest=change_digest(code, change.purpose, change.reason) if change else "",
        proposer=names(session, [change.proposed_by_id])[change.proposed_by_id] if change else "",
    )


def codes_page(session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase) -> dict[str, Any]:
    """The context of the page; `why_not` says every reason why this person may not issue."""
    proposals = open_proposals(session, case.id)
    proposers = names(session, [p.proposed_by_id for p in proposals])
    may_try = viewer.can(Permission.CODE_ISSUE)
    years = [_year(session, case, year) for year in decided_years(session, case.id)]
    return {
        "case": case,
        "years": years,
        "over": [row for row in years if row.left.minor < 0],
        "has_room": any(row.left.minor > 0 for row in years) or bool(replaceable(session, case)),
        "codes": [code_row(session, code) for code in codes_of_case(session, case.id)],
        "proposals": [
            ProposalRow(
                p,
                Money(p.currency, p.ceiling_minor),
                proposers[p.proposed_by_id],
                proposal_digest(p),
                p.proposed_by_id == viewer.person_id,
                _replaced(session, p),
            )
            for p in proposals
        ],
        "lots": [(str(lot.id or ""), lot.title) for lot in lots_of(session, case)],
        "replaceable": [(str(code.id), f"{code.code} · {code.lot_title}") for code in replaceable(session, case)],
        "may_try": may_try,
        "why_not": may_issue(session, viewer, pack, case) if may_try else [],
        "may_suspend": viewer.can(Permission.CODE_SUSPEND),
    }


def _replaced(session: Session, proposal: CodeProposal) -> str:
    """The code that the proposed one takes the place of, as printed."""
    return "" if proposal.replaces_id is None else session.get_one(ApprovalCode, proposal.replaces_id).code


def _year(session: Session, case: BusinessCase, year: int) -> YearRow:
    decided, taken = decided_for_year(session, case.id, year), taken_for_year(session, case.id, year)
    return YearRow(
        year,
        Money(case.currency, decided),
        Money(case.currency, taken),
        Money(case.currency, decided - taken),
    )
