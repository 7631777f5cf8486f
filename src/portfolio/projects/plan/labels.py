"""The words for them."""

from portfolio.i18n import N_
from portfolio.labels import register
from portfolio.projects.plan.terms import (
    BaselineKind,
    ChangeState,
    ItemState,
    PlanFileState,
    PlanItemKind,
    PlanProposalState,
    TaskAct,
)

register(
    {
        PlanItemKind.MILESTONE: N_("Milestone"),
        PlanItemKind.ACTIVITY: N_("Activity"),
        BaselineKind.FIRST: N_("First approved plan"),
        BaselineKind.FUNDING: N_("Change of funding"),
        BaselineKind.CONTRACT: N_("Change of a contract"),
        BaselineKind.SCOPE: N_("Change of scope"),
        BaselineKind.OBSOLETE_PLAN: N_("The plan no longer describes the work"),
        BaselineKind.POLICY: N_("Change of policy or law"),
        BaselineKind.REPLAN: N_("Replanning after delay"),
        BaselineKind.CORRECTION: N_("Correction of an error"),
        PlanProposalState.PROPOSED: N_("Waits for a decision"),
        PlanProposalState.APPROVED: N_("Approved"),
        PlanProposalState.REFUSED: N_("Refused"),
        PlanProposalState.TAKEN_BACK: N_("Taken back"),
        ChangeState.ASKED: N_("Waits for a decision"),
        ChangeState.ACCEPTED: N_("Accepted"),
        ChangeState.REFUSED: N_("Refused"),
        ItemState.REACHED: N_("Reached on time"),
        ItemState.REACHED_LATE: N_("Reached late"),
        ItemState.ON_TIME: N_("On time"),
        ItemState.WILL_BE_LATE: N_("Forecast late"),
        ItemState.LATE: N_("Is late"),
        ItemState.UNDATED: N_("Without a date"),
        ItemState.LEFT: N_("Left the plan"),
        PlanFileState.PREVIEWED: N_("Not imported yet"),
        PlanFileState.IMPORTED: N_("Imported"),
        PlanFileState.DISCARDED: N_("Discarded"),
        TaskAct.CREATE: N_("Would be added"),
        TaskAct.UPDATE: N_("Would be changed"),
        TaskAct.SAME: N_("Unchanged"),
        TaskAct.SKIP: N_("Left out"),
    }
)
