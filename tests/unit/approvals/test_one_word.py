"""A case with money bears one word for it, whatever part of what was asked for the decision gave."""

from portfolio.approvals.labels import moved
from portfolio.approvals.terms import BudgetOutcome
from portfolio.business_cases.terms import CaseStatus
from portfolio.i18n import language
from portfolio.labels import label


def test_the_state_of_a_case_never_says_another_outcome_than_its_decision() -> None:
    with language("en"):
        outcomes = {label(outcome) for outcome in (BudgetOutcome.FUNDED, BudgetOutcome.PARTLY)}
        assert outcomes == {"Funded", "Partly funded"}
        assert label(CaseStatus.DECIDED) not in outcomes
        assert moved("fund") not in outcomes
        assert label(CaseStatus.NOT_FUNDED) == label(BudgetOutcome.NOT_FUNDED)
        assert label(CaseStatus.DEFERRED) == label(BudgetOutcome.DEFERRED)
