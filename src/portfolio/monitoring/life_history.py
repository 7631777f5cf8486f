"""What happened in a project's life, newest first: gates with their decisions, moves, standings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.life_queries import moves_of, proposals_of
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.monitoring.life_workflow import LIFE
from portfolio.monitoring.models import GateDecision, GateProposal
from portfolio.packs.schema import CountryPack
from portfolio.people.queries import names
from portfolio.projects.models import Project, ProjectStanding
from portfolio.web.formatting import instant

TONES = {GateOutcome.PASSED: "good", GateOutcome.WITH_CONDITIONS: "caution", GateOutcome.FAILED: "bad"}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history; `href` leads to what was shown then."""

    at: datetime
    title: str
    when: str
    who: str
    text: str
    tone: str = ""
    href: str = ""


def history_of(session: Session, pack: CountryPack, project: Project, url_for: Callable[..., str]) -> list[Happened]:
    """Everything but the moves that a gate made, which its decision tells."""
    gates = proposals_of(session, project.id)
    moves = [move for move in moves_of(session, project.id) if move.proposal_id is None]
    standings = session.scalars(select(ProjectStanding).where(col(ProjectStanding.project_id) == project.id)).all()
    people = names(
        session,
        [
            *(p.proposed_by_id for p, _d in gates),
            *(d.decided_by_id for _p, d in gates if d is not None),
            *(m.made_by_id for m in moves),
            *(s.set_by_id for s in standings),
        ],
    )
    found = []
    for proposal, decision in gates:
        href = url_for("monitoring.gate", proposal_id=proposal.id)
        gate = _(LIFE.named(proposal.gate).words)
        title = _("Put to the gate: %(gate)s") % {"gate": gate}
        who = people.get(proposal.proposed_by_id, "")
        at = proposal.proposed_at
        found.append(Happened(at, title, instant(at), who, proposal.note, "", href))
        if decision is not None:
            found.append(_decided(proposal, decision, people.get(decision.decided_by_id, ""), href))
    for move in moves:
        words = _("%(move)s: now «%(stage)s»") % {"move": _(LIFE.named(move.move).words), "stage": label(move.after)}
        found.append(Happened(move.made_at, words, instant(move.made_at), people.get(move.made_by_id, ""), move.reason))
    for row in standings:
        words = _("Standing: %(standing)s") % {"standing": label(row.standing)}
        found.append(Happened(row.set_at, words, instant(row.set_at), people.get(row.set_by_id, ""), row.reason))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _decided(proposal: GateProposal, decision: GateDecision, who: str, href: str) -> Happened:
    gate = _(LIFE.named(proposal.gate).words)
    title = _("Gate «%(gate)s»: %(outcome)s") % {"gate": gate, "outcome": label(decision.outcome)}
    text = decision.reasons
    if decision.conditions:
        text = _("%(reasons)s Conditions: %(conditions)s") % {"reasons": text, "conditions": decision.conditions}
    tone = TONES[decision.outcome]
    return Happened(decision.decided_at, title, instant(decision.decided_at), who, text, tone, href)
