"""What a project's approval codes allow and have committed: the other «committed», beside that of the financial system.

Under the codes it is what buyers drew, order by order; in the financial system it is what was posted as bound, with or without a
code. Purchases that need no code, and amounts posted late, make the two differ.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portfolio.approvals.code_queries import LIVE, codes_of_case, facts_of
from portfolio.approvals.draw_rules import balance
from portfolio.packs.schema import CountryPack
from portfolio.projects.models import Project


@dataclass(frozen=True, slots=True)
class CodeMoney:
    """Minor units of one currency: `ceilings` by fiscal year, and what is committed; `codes` counts them."""

    codes: int
    committed: int
    ceilings: dict[int, int]
    case_id: uuid.UUID | None

    def ceiling_until(self, year: int) -> int | None:
        """The ceilings of the fiscal years up to one, that one included; nothing without any code."""
        return sum(minor for of, minor in self.ceilings.items() if of <= year) if self.codes else None


def code_money(
    session: Session, pack: CountryPack, project: Project, currency: str, known: date | None = None
) -> CodeMoney:
    """`known`: codes issued and draws made up to that day. Of a code that ended, what it committed is its ceiling."""
    if project.case_id is None:
        return CodeMoney(0, 0, {}, None)
    count, committed, ceilings = 0, 0, dict[int, int]()
    for code in codes_of_case(session, project.case_id):
        issued = code.issued_at.astimezone(pack.zone).date()
        if code.currency != currency or (known is not None and issued > known):
            continue
        draws = tuple(one for one in facts_of(session, code).draws if known is None or one.on <= known)
        bound = balance(code.ceiling_minor, draws).committed
        count, committed = count + 1, committed + bound
        allowed = code.ceiling_minor if code.state in LIVE else bound
        ceilings[code.fiscal_year] = ceilings.get(code.fiscal_year, 0) + allowed
    return CodeMoney(count, committed, ceilings, project.case_id)
