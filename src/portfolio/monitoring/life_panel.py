"""The life of a project in a few lines, on its first page."""

from collections.abc import Mapping
from typing import Any

from portfolio.i18n import gettext as _
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.life_page import pilot_overdue
from portfolio.monitoring.life_queries import conditions_of_gates, last_moved_at, pilot_terms
from portfolio.monitoring.life_workflow import LIFE, gates_from
from portfolio.projects.panels import Asking
from portfolio.projects.standing import standing_of
from portfolio.projects.terms import ProjectStage
from portfolio.web.formatting import short_day


def life_panel(asking: Asking) -> Mapping[str, Any]:
    project, session = asking.project, asking.session
    moved_at = last_moved_at(session, project.id)
    since = moved_at.astimezone(asking.pack.zone).date() if moved_at else project.began_on
    terms = pilot_terms(session, project.id) if project.stage is ProjectStage.PILOT else []
    return {
        "stage": project.stage,
        "since": short_day(since),
        "standing": standing_of(session, project.id),
        "overdue": pilot_overdue(session, asking.pack, project, terms),
        "conditions": [
            {
                "text": decision.conditions,
                "of": _("%(gate)s, decided on %(day)s")
                % {
                    "gate": _(LIFE.named(proposal.gate).words),
                    "day": short_day(decision.decided_at.astimezone(asking.pack.zone).date()),
                },
                "href": asking.url_for("monitoring.gate", proposal_id=proposal.id),
            }
            for decision, proposal in ([] if project.stage in ENDED else conditions_of_gates(session, project.id))
        ],
        "next": [_(move.words) for move in gates_from(project.stage)],
        "href": asking.url_for("monitoring.life", project_id=project.id),
    }
