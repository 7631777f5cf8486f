"""The one matrix of who may do what. Routes and workflows name a permission; roles are granted them here and nowhere else."""

from enum import Enum

from portfolio.people.terms import Role


class Permission(Enum):
    """What a route or a move demands. PUBLIC and SIGNED_IN are written out, never implied."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    CASE_READ = "case_read"
    CASE_WRITE = "case_write"
    CASE_SIGN_OFF = "case_sign_off"
    CASE_SUBMIT = "case_submit"
    CASE_HAND_OVER = "case_hand_over"
    CALL_READ = "call_read"
    CALL_MANAGE = "call_manage"
    LATE_WAIVE = "late_waive"
    ADMIT = "admit"
    OBSERVE = "observe"
    OBSERVATION_ANSWER = "observation_answer"
    REVIEW_ASSIGN = "review_assign"
    REVIEW_WRITE = "review_write"
    CHECK_WRITE = "check_write"
    WAIVER_PROPOSE = "waiver_propose"
    WAIVER_DECIDE = "waiver_decide"
    OPINION_WRITE = "opinion_write"
    OPINION_SIGN = "opinion_sign"
    DECISION_READ = "decision_read"
    DECISION_WRITE = "decision_write"
    DECISION_CONFIRM = "decision_confirm"
    OPINION_OVERRIDE = "opinion_override"
    CODE_READ = "code_read"
    CODE_ISSUE = "code_issue"
    CODE_SUSPEND = "code_suspend"
    CODE_DRAW = "code_draw"
    PORTFOLIO_READ = "portfolio_read"
    PORTFOLIO_EXPORT = "portfolio_export"
    PORTFOLIO_IMPORT = "portfolio_import"
    PROJECT_READ = "project_read"
    PLAN_WRITE = "plan_write"
    PLAN_DECIDE = "plan_decide"
    PROJECT_PROPOSE = "project_propose"
    PROJECT_FLAG = "project_flag"
    PROJECT_SUSPEND = "project_suspend"
    GATE_DECIDE = "gate_decide"
    KPI_WRITE = "kpi_write"
    RISK_WRITE = "risk_write"
    RISK_ACCEPT = "risk_accept"
    RISK_ANSWER = "risk_answer"
    RATING_COMMENT = "rating_comment"
    RATING_ASK = "rating_ask"
    RATING_REVIEW = "rating_review"
    RETURN_WRITE = "return_write"
    RETURN_SIGN = "return_sign"
    RETURN_VERIFY = "return_verify"
    FINDING_ANSWER = "finding_answer"
    FINDING_JUDGE = "finding_judge"
    EXECUTION_READ = "execution_read"
    EXECUTION_IMPORT = "execution_import"
    EXECUTION_TYPE = "execution_type"
    CONTRACT_WRITE = "contract_write"
    DRAWS_SETTLE = "draws_settle"
    LESSON_WRITE = "lesson_write"
    CLOSING_WRITE = "closing_write"
    CLOSING_EXCEPT = "closing_except"
    CLOSING_JUDGE = "closing_judge"
    EXTERNAL_REVIEW_ORDER = "external_review_order"
    EXTERNAL_REVIEW_ANSWER = "external_review_answer"
    AUDIT_READ = "audit_read"
    PEOPLE_READ = "people_read"
    PEOPLE_MANAGE = "people_manage"
    PEOPLE_CONFIRM = "people_confirm"
    PEOPLE_ADMINISTER = "people_administer"


class Reach(Enum):
    """Which cases a role may see at all."""

    OWN = "own"  # those of the institution where the role is held, drafts included
    ASSIGNED = "assigned"  # those the person has a duty on
    SUBMITTED = "submitted"  # every institution's, from submission on
    EVERYTHING = "everything"  # drafts too, to read


P = Permission
_AGENCY = frozenset(
    {P.SIGNED_IN, P.CASE_READ, P.CALL_READ, P.PORTFOLIO_READ, P.PORTFOLIO_EXPORT, P.CODE_READ, P.PROJECT_READ}
)
_WRITES_CASES = _AGENCY | {
    P.CASE_WRITE,
    P.OBSERVATION_ANSWER,
    P.KPI_WRITE,
    P.RISK_WRITE,
    P.RETURN_WRITE,
    P.LESSON_WRITE,
}
_OVERSIGHT = frozenset(
    {
        P.SIGNED_IN,
        P.CASE_READ,
        P.CALL_READ,
        P.PORTFOLIO_READ,
        P.PORTFOLIO_EXPORT,
        P.CODE_READ,
        P.DECISION_READ,
        P.PROJECT_READ,
    }
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CASE_LEAD: _WRITES_CASES
    | {P.PLAN_WRITE, P.CASE_HAND_OVER, P.PROJECT_PROPOSE, P.PROJECT_FLAG, P.RATING_COMMENT}
    | {P.FINDING_ANSWER, P.CLOSING_WRITE, P.CONTRACT_WRITE},
    Role.FINANCE_MANAGER: _WRITES_CASES
    | {P.CASE_SIGN_OFF, P.EXECUTION_READ, P.EXECUTION_IMPORT, P.EXECUTION_TYPE, P.CONTRACT_WRITE, P.DRAWS_SETTLE},
    Role.DIGITAL_EXPERT: _WRITES_CASES | {P.PLAN_WRITE, P.CASE_SIGN_OFF},
    Role.AGENCY_CIO: _WRITES_CASES
    | {P.PLAN_WRITE, P.PLAN_DECIDE, P.CASE_SIGN_OFF, P.CASE_SUBMIT, P.WAIVER_PROPOSE}
    | {P.PROJECT_PROPOSE, P.PROJECT_FLAG, P.GATE_DECIDE, P.RISK_ACCEPT, P.RATING_COMMENT}
    | {P.RETURN_SIGN, P.FINDING_ANSWER, P.CLOSING_WRITE, P.EXTERNAL_REVIEW_ANSWER},
    Role.HEAD_OF_SERVICE: _AGENCY
    | {
        P.CASE_SIGN_OFF,
        P.CASE_SUBMIT,
        P.CASE_HAND_OVER,
        P.PEOPLE_READ,
        P.PEOPLE_CONFIRM,
        P.PROJECT_FLAG,
        P.GATE_DECIDE,
        P.RISK_ACCEPT,
        P.RETURN_SIGN,
        P.FINDING_ANSWER,
        P.CLOSING_WRITE,
        P.EXTERNAL_REVIEW_ANSWER,
    },
    Role.BUYER: _AGENCY | {P.CODE_DRAW, P.CONTRACT_WRITE},
    Role.USER_MANAGER: frozenset({P.SIGNED_IN, P.CASE_HAND_OVER, P.PEOPLE_READ, P.PEOPLE_MANAGE, P.PEOPLE_CONFIRM}),
    Role.REVIEWER: frozenset({P.SIGNED_IN, P.CASE_READ, P.CALL_READ, P.REVIEW_WRITE, P.OBSERVE, P.RATING_REVIEW}),
    Role.DIRECTIVE_ANALYST: _OVERSIGHT
    | {P.ADMIT, P.OBSERVE, P.OPINION_WRITE, P.PORTFOLIO_IMPORT, P.PROJECT_FLAG}
    | {P.RISK_ANSWER, P.RETURN_VERIFY, P.FINDING_JUDGE, P.CLOSING_JUDGE},
    Role.DIRECTIVE_HEAD: _OVERSIGHT
    | {P.OBSERVE, P.OPINION_WRITE, P.OPINION_SIGN, P.WAIVER_DECIDE, P.CODE_ISSUE, P.CODE_SUSPEND, P.LATE_WAIVE}
    | {P.PLAN_DECIDE, P.PROJECT_FLAG, P.PROJECT_SUSPEND, P.GATE_DECIDE, P.RISK_ANSWER, P.RISK_ACCEPT}
    | {P.RETURN_VERIFY, P.FINDING_JUDGE, P.CLOSING_JUDGE, P.CLOSING_EXCEPT}
    | {P.EXTERNAL_REVIEW_ORDER},
    Role.STANDARDS_OFFICER: _OVERSIGHT | {P.CHECK_WRITE, P.OBSERVE, P.WAIVER_PROPOSE},
    Role.REVIEW_SECRETARY: _OVERSIGHT | {P.REVIEW_ASSIGN, P.ADMIT, P.OBSERVE, P.CALL_MANAGE, P.RATING_ASK},
    Role.COMMISSION_SECRETARY: _OVERSIGHT | {P.CALL_MANAGE, P.RISK_ANSWER},
    Role.COMMISSION_CHAIR: _OVERSIGHT
    | {P.WAIVER_DECIDE, P.CODE_SUSPEND, P.OPINION_OVERRIDE}
    | {P.PROJECT_FLAG, P.PROJECT_SUSPEND, P.RISK_ANSWER, P.RISK_ACCEPT},
    Role.COMMISSION_MEMBER: _OVERSIGHT,
    Role.BUDGET_ANALYST: _OVERSIGHT
    | {P.DECISION_WRITE, P.PORTFOLIO_IMPORT, P.EXECUTION_READ, P.EXECUTION_IMPORT, P.DRAWS_SETTLE},
    Role.BUDGET_DECIDER: _OVERSIGHT
    | {P.DECISION_WRITE, P.DECISION_CONFIRM, P.CODE_ISSUE, P.CODE_SUSPEND}
    | {P.EXECUTION_READ, P.EXECUTION_IMPORT, P.DRAWS_SETTLE},
    Role.PROCUREMENT_VERIFIER: frozenset({P.SIGNED_IN, P.CODE_READ}),
    Role.AUDITOR: _OVERSIGHT | {P.AUDIT_READ, P.PEOPLE_READ, P.EXTERNAL_REVIEW_ORDER, P.EXECUTION_READ},
    Role.INTERFACE: frozenset({P.PROJECT_READ, P.KPI_WRITE}),
    Role.ADMINISTRATOR: frozenset({P.SIGNED_IN, P.PEOPLE_READ, P.PEOPLE_MANAGE, P.PEOPLE_CONFIRM, P.PEOPLE_ADMINISTER}),
}

REACH: dict[Role, Reach] = {
    Role.CASE_LEAD: Reach.OWN,
    Role.FINANCE_MANAGER: Reach.OWN,
    Role.DIGITAL_EXPERT: Reach.OWN,
    Role.AGENCY_CIO: Reach.OWN,
    Role.HEAD_OF_SERVICE: Reach.OWN,
    Role.BUYER: Reach.OWN,
    Role.USER_MANAGER: Reach.OWN,
    Role.REVIEWER: Reach.ASSIGNED,
    Role.DIRECTIVE_ANALYST: Reach.SUBMITTED,
    Role.DIRECTIVE_HEAD: Reach.SUBMITTED,
    Role.STANDARDS_OFFICER: Reach.SUBMITTED,
    Role.REVIEW_SECRETARY: Reach.SUBMITTED,
    Role.COMMISSION_SECRETARY: Reach.SUBMITTED,
    Role.COMMISSION_CHAIR: Reach.SUBMITTED,
    Role.COMMISSION_MEMBER: Reach.SUBMITTED,
    Role.BUDGET_ANALYST: Reach.SUBMITTED,
    Role.BUDGET_DECIDER: Reach.SUBMITTED,
    Role.PROCUREMENT_VERIFIER: Reach.SUBMITTED,
    Role.AUDITOR: Reach.EVERYTHING,
    Role.ADMINISTRATOR: Reach.OWN,
    Role.INTERFACE: Reach.OWN,
}

SECOND_FACTOR_ROLES = frozenset(
    {
        Role.FINANCE_MANAGER,
        Role.DIGITAL_EXPERT,
        Role.AGENCY_CIO,
        Role.HEAD_OF_SERVICE,
        Role.DIRECTIVE_HEAD,
        Role.COMMISSION_CHAIR,
        Role.BUDGET_DECIDER,
        Role.ADMINISTRATOR,
    }
)
"""Whoever signs, decides, issues or administers signs in with a second factor."""

SHORT_IDLE_ROLES = frozenset({Role.DIRECTIVE_HEAD, Role.COMMISSION_CHAIR, Role.BUDGET_DECIDER, Role.ADMINISTRATOR})
"""Whoever decides, issues or administers acts only in a session without long pauses (security.md section 2)."""

NOT_FOR_PEOPLE = frozenset({Role.INTERFACE})
"""Held by the key of an institution's information system, and never proposed for anybody."""

EXCLUSIVE_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Held alone: no business role beside them, in any account (security.md, rule S7)."""
