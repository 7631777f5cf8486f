"""What the contracts of a project add up to, beside what is decided and what is committed on its approval codes."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portfolio.approvals.code_queries import codes_of_case
from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.execution.queries import contracts_of, invoices_of
from portfolio.execution.reconciliation import standing_amounts
from portfolio.execution.terms import ContractState, InvoiceState
from portfolio.i18n import gettext as _
from portfolio.projects.models import Initiative, Project
from portfolio.web.formatting import money


@dataclass(frozen=True, slots=True)
class Sums:
    """In minor units of the project's currency. `decided`: nothing where it is not known; `committed`: on the codes.

    `contracted`: contracts with their amendments; of one terminated early only what was invoiced.
    """

    currency: str
    decided: int | None
    codes: int
    committed: int
    contracted: int
    invoiced: int
    paid: int

    def shown(self, minor: int) -> str:
        return money(Money(self.currency, minor))


def sums_of(session: Session, project: Project) -> Sums:
    initiative = row_of(session, Initiative, project.initiative_id)
    contracts = contracts_of(session, project.id)
    invoices = [
        one for one in invoices_of(session, [c.id for c in contracts]) if one.state is not InvoiceState.REJECTED
    ]
    standing = standing_amounts(session, contracts)
    ended_early = {one.id for one in contracts if one.state is ContractState.TERMINATED}
    bound = sum(amount for contract, amount in standing.items() if contract not in ended_early)
    bound += sum(one.amount_minor for one in invoices if one.contract_id in ended_early)
    codes = [] if project.case_id is None else list(codes_of_case(session, project.case_id))
    return Sums(
        currency=initiative.currency,
        decided=initiative.decided_minor,
        codes=len(codes),
        committed=sum(code.committed_minor for code in codes if code.currency == initiative.currency),
        contracted=bound,
        invoiced=sum(one.amount_minor for one in invoices),
        paid=sum(one.amount_minor for one in invoices if one.state is InvoiceState.PAID),
    )


def contract_concerns(sums: Sums, more: int, *, has_code: bool) -> list[str]:
    """What is unusual of `more` in contracts: beyond what is decided, or without a code where the project has codes."""
    found = []
    if sums.decided is not None and more > 0 and sums.contracted + more > sums.decided:
        words = _("The contracts of this project would add up to %(total)s, and %(decided)s is decided.")
        found.append(words % {"total": sums.shown(sums.contracted + more), "decided": sums.shown(sums.decided)})
    if sums.codes and not has_code:
        found.append(_("No approval code is named, and this project has codes: nothing is drawn for this contract."))
    return found


def invoice_concerns(currency: str, standing: int, invoiced: int, amount: int) -> list[str]:
    """What is unusual of another invoice of a contract; amounts in minor units."""
    if invoiced + amount <= standing:
        return []
    words = _("%(left)s is left of the contract with its amendments, and the invoice is of %(amount)s.")
    left = money(Money(currency, max(0, standing - invoiced)))
    return [words % {"left": left, "amount": money(Money(currency, amount))}]
