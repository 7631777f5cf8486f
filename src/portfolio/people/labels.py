"""Words for roles and bodies; names of a country's own bodies come from its pack."""

from portfolio.i18n import N_
from portfolio.labels import register
from portfolio.people.terms import DutyKind, Holding, InstitutionKind, ProposalState, RecusalKind, Role

register(
    {
        InstitutionKind.CENTRAL: N_("Central government"),
        InstitutionKind.AUTONOMOUS: N_("Autonomous body"),
        InstitutionKind.MUNICIPALITY: N_("Municipality"),
        InstitutionKind.OTHER_POWER: N_("Other power of the State"),
        Role.CASE_LEAD: N_("Case lead"),
        Role.FINANCE_MANAGER: N_("Finance manager"),
        Role.DIGITAL_EXPERT: N_("Digital expert"),
        Role.AGENCY_CIO: N_("Agency CIO"),
        Role.HEAD_OF_SERVICE: N_("Head of service"),
        Role.BUYER: N_("Institution's buyer"),
        Role.USER_MANAGER: N_("Institution's user manager"),
        Role.REVIEWER: N_("Reviewer"),
        Role.DIRECTIVE_ANALYST: N_("Analyst of the directive body"),
        Role.DIRECTIVE_HEAD: N_("Head of the directive body"),
        Role.STANDARDS_OFFICER: N_("Standards officer"),
        Role.REVIEW_SECRETARY: N_("Review secretary"),
        Role.COMMISSION_SECRETARY: N_("Commission secretary"),
        Role.COMMISSION_CHAIR: N_("Commission chair"),
        Role.COMMISSION_MEMBER: N_("Commission member"),
        Role.BUDGET_ANALYST: N_("Budget analyst"),
        Role.BUDGET_DECIDER: N_("Budget decider"),
        Role.PROCUREMENT_VERIFIER: N_("Procurement verifier"),
        Role.AUDITOR: N_("Auditor"),
        Role.ADMINISTRATOR: N_("Administrator"),
        Role.INTERFACE: N_("Information system"),
        Holding.DIRECT: N_("In own right"),
        Holding.SUBSTITUTE: N_("As substitute"),
        Holding.DELEGATE: N_("By delegation"),
        ProposalState.PROPOSED: N_("Waiting"),
        ProposalState.GRANTED: N_("Granted"),
        ProposalState.REFUSED: N_("Refused"),
        ProposalState.WITHDRAWN: N_("Withdrawn"),
        DutyKind.AUTHOR: N_("Author"),
        DutyKind.ADVISER: N_("Adviser"),
        DutyKind.SIGNATORY: N_("Signatory"),
        DutyKind.REVIEWER: N_("Reviewer of the case"),
        DutyKind.ANALYST: N_("Analyst of the case"),
        DutyKind.DECIDER: N_("Decider of the case"),
        DutyKind.ISSUER: N_("Issuer of the code"),
        RecusalKind.DECLARED: N_("Declared by the person"),
        RecusalKind.COMPUTED: N_("Computed from the record"),
        RecusalKind.CHALLENGED: N_("Challenged by another"),
    }
)
