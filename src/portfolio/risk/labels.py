"""Words of this room's enums."""

from portfolio.i18n import N_, NP_
from portfolio.labels import register
from portfolio.risk import terms as t

register(
    {
        t.RiskCategory.STRATEGIC: N_("Strategic and governance"),
        t.RiskCategory.DELIVERY: N_("Delivery"),
        t.RiskCategory.FINANCIAL: N_("Financial and legal"),
        t.RiskCategory.PROCUREMENT: N_("Procurement and market"),
        t.RiskCategory.TECHNOLOGY: N_("Technology, security and data"),
        t.RiskCategory.AI: N_("AI and automation"),
        t.RiskCategory.USERS: N_("Users and inclusion"),
    }
)
register(
    {
        t.RiskState.OPEN: NP_("risk", "Open"),
        t.RiskState.TREATED: NP_("risk", "Under treatment"),
        t.RiskState.ACCEPTED: NP_("risk", "Accepted"),
        t.RiskState.CLOSED: NP_("risk", "Closed"),
        t.RiskState.OCCURRED: NP_("risk", "Occurred"),
    }
)
register(
    {
        t.Stance.INHERENT: NP_("risk", "Inherent"),
        t.Stance.RESIDUAL: NP_("risk", "Residual"),
        t.Stance.TARGET: NP_("risk", "Target"),
    }
)
register(
    {
        t.Proximity.MONTH: N_("Within a month"),
        t.Proximity.QUARTER: N_("Within three months"),
        t.Proximity.YEAR: N_("Within a year"),
        t.Proximity.LATER: N_("Later than a year"),
    }
)
register(
    {
        t.Response.AVOID: N_("Avoid"),
        t.Response.REDUCE: N_("Reduce"),
        t.Response.TRANSFER: N_("Transfer"),
        t.Response.ACCEPT: N_("Accept"),
    }
)
register(
    {
        t.ActionState.PLANNED: NP_("action", "Planned"),
        t.ActionState.IN_PROGRESS: NP_("action", "In progress"),
        t.ActionState.DONE: NP_("action", "Done"),
        t.ActionState.DROPPED: NP_("action", "Dropped"),
    }
)
register(
    {
        t.AcceptanceState.PROPOSED: NP_("acceptance", "Waits for its authority"),
        t.AcceptanceState.ACCEPTED: NP_("acceptance", "In force"),
        t.AcceptanceState.REFUSED: NP_("acceptance", "Refused"),
        t.AcceptanceState.EXPIRED: NP_("acceptance", "Ended"),
    }
)
register(
    {
        t.EscalationState.OPEN: NP_("escalation", "Waits for an answer"),
        t.EscalationState.ANSWERED: NP_("escalation", "Answered"),
        t.EscalationState.PASSED_ON: NP_("escalation", "Passed on"),
        t.EscalationState.LIFTED: NP_("escalation", "Lifted"),
    }
)
register(
    {
        t.EvidenceKind.NOTE: NP_("evidence", "Note"),
        t.EvidenceKind.MILESTONE: NP_("evidence", "Milestone"),
        t.EvidenceKind.INDICATOR: NP_("evidence", "Indicator"),
    }
)
register(
    {
        t.Severity.MINOR: NP_("issue", "Minor"),
        t.Severity.SERIOUS: NP_("issue", "Serious"),
        t.Severity.CRITICAL: NP_("issue", "Critical"),
    }
)
register({t.IssueState.OPEN: NP_("issue", "Open"), t.IssueState.RESOLVED: NP_("issue", "Resolved")})
