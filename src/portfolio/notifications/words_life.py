"""The words of notices about the life of a project; `words.py` says what holds for all of them."""

from portfolio.i18n import N_

LIFE: dict[str, tuple[str, str]] = {
    "gate_proposed": (
        N_("A gate waits for your decision: %(number)s %(title)s"),
        N_("%(by)s put the project %(number)s %(title)s to the gate of the stage «%(stage)s»."),
    ),
    "gate_decided": (
        N_("A gate was decided: %(number)s %(title)s"),
        N_("The gate of the stage «%(stage)s» for %(number)s %(title)s: %(outcome)s. The reasons: %(reason)s"),
    ),
    "project_moved": (
        N_("A project moved to another stage: %(number)s %(title)s"),
        N_("The project %(number)s %(title)s is now in the stage «%(stage)s»."),
    ),
    "project_at_risk": (
        N_("A project is at risk: %(number)s %(title)s"),
        N_("The project %(number)s %(title)s was said to be at risk: %(reason)s"),
    ),
    "project_suspended": (
        N_("A project was suspended: %(number)s %(title)s"),
        N_(
            "The project %(number)s %(title)s is suspended: %(reason)s. Nothing new is reserved and no new tranche comes; "
            "what is reserved, committed or running goes on."
        ),
    ),
    "resumption_asked": (
        N_("The resumption of a project is asked for: %(number)s %(title)s"),
        N_("%(by)s asks that %(number)s %(title)s go on: %(reason)s"),
    ),
    "resumption_refused": (
        N_("The resumption of a project was refused: %(number)s %(title)s"),
        N_("The project %(number)s %(title)s stays suspended: %(reason)s"),
    ),
    "project_resumed": (
        N_("A project goes on: %(number)s %(title)s"),
        N_("The project %(number)s %(title)s is no longer suspended; what its suspension stopped is in force again."),
    ),
    "project_ended": (
        N_("A project ended before its time: %(number)s %(title)s"),
        N_("The project %(number)s %(title)s is now «%(stage)s»: %(reason)s"),
    ),
    "needed_project_suspended": (
        N_("A project that yours needs was suspended: %(needed)s"),
        N_(
            "%(number)s %(title)s depends on %(needed)s, which was suspended: %(reason)s. See what it means for your plan."
        ),
    ),
    "needed_project_resumed": (
        N_("A project that yours needs goes on: %(needed)s"),
        N_("%(number)s %(title)s depends on %(needed)s, which is no longer suspended."),
    ),
    "needed_project_ended": (
        N_("A project that yours needs ended before its time: %(needed)s"),
        N_("%(number)s %(title)s depends on %(needed)s, which ended: %(reason)s. See what it means for your plan."),
    ),
    "pilot_ends_soon": (
        N_("A pilot ends on %(until)s: %(number)s %(title)s"),
        N_(
            "The pilot of %(number)s %(title)s ends on %(until)s. Prepare its report: then it is evaluated, and only the scale "
            "gate leads on."
        ),
    ),
    "pilot_overdue": (
        N_("A pilot is past its end date: %(number)s %(title)s"),
        N_(
            "The pilot of %(number)s %(title)s was to end on %(until)s and goes on. End and evaluate it, or say why its terms "
            "change."
        ),
    ),
}
"""kind → (subject, body)."""
