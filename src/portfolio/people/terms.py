"""The words of the house for bodies, roles and duties."""

from enum import Enum


class InstitutionKind(Enum):
    """What kind of body it is; drives what binds it and what it may join voluntarily."""

    CENTRAL = "central"
    AUTONOMOUS = "autonomous"
    MUNICIPALITY = "municipality"
    OTHER_POWER = "other_power"


class Role(Enum):
    """What a person is in an institution; security.md section 3."""

    CASE_LEAD = "case_lead"
    FINANCE_MANAGER = "finance_manager"
    DIGITAL_EXPERT = "digital_expert"
    AGENCY_CIO = "agency_cio"
    HEAD_OF_SERVICE = "head_of_service"
    BUYER = "buyer"
    USER_MANAGER = "user_manager"
    REVIEWER = "reviewer"
    DIRECTIVE_ANALYST = "directive_analyst"
    DIRECTIVE_HEAD = "directive_head"
    STANDARDS_OFFICER = "standards_officer"
    REVIEW_SECRETARY = "review_secretary"
    COMMISSION_SECRETARY = "commission_secretary"
    COMMISSION_CHAIR = "commission_chair"
    COMMISSION_MEMBER = "commission_member"
    BUDGET_ANALYST = "budget_analyst"
    BUDGET_DECIDER = "budget_decider"
    PROCUREMENT_VERIFIER = "procurement_verifier"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    INTERFACE = "interface"  # an information system, by its key; never a person


class Holding(Enum):
    """How a role is held: in one's own right, or for somebody else, one level deep and dated."""

    DIRECT = "direct"
    SUBSTITUTE = "substitute"
    DELEGATE = "delegate"


class ProposalState(Enum):
    """A role that was proposed: waiting, or decided by a second person, or taken back by the first."""

    PROPOSED = "proposed"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DutyKind(Enum):
    """What ties a person to a subject: who authored may not review, who reviews may read."""

    AUTHOR = "author"
    ADVISER = "adviser"
    SIGNATORY = "signatory"
    REVIEWER = "reviewer"
    ANALYST = "analyst"
    DECIDER = "decider"
    ISSUER = "issuer"


class RecusalKind(Enum):
    """Whether the person stepped aside, was challenged, or the rules computed it."""

    DECLARED = "declared"
    COMPUTED = "computed"
    CHALLENGED = "challenged"
