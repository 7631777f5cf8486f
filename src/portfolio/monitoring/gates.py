"""The gates of a project's life: put to a decider with evidence, decided by somebody else, tried again after a failure."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.monitoring import life_notices as notices
from portfolio.monitoring.gate_files import files_of
from portfolio.monitoring.life import MoveRefused, move_project, refusals_of
from portfolio.monitoring.life_queries import decision_of, hand_over_terms, life_facts, pilot_terms
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.monitoring.life_workflow import GATES, LIFE, PILOT_GATES, PROPOSERS
from portfolio.monitoring.models import GateDecision, GateProposal
from portfolio.packs.gates import GateCode
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project


def proposal_refusals(session: Session, actor: Viewer, pack: CountryPack, project: Project, gate: str) -> list[str]:
    """Why this person cannot put the project to this gate now, the answers aside. Raises `KeyError` for no gate."""
    if gate not in GATES:
        raise KeyError(gate)
    move, facts = LIFE.named(gate), life_facts(session, pack, project)
    if project.stage not in move.sources:
        return [_("This is no longer possible in the present state; reload the page.")]
    institution = session.get_one(Initiative, project.initiative_id).institution_id
    if not actor.roles_in(institution) & PROPOSERS:
        return [_("None of your roles in this institution may do this.")]
    refusals = [reason for guard in move.guards if (reason := guard(facts)) is not None]
    if facts.has_open_proposal:
        refusals.append(_("A gate of this project waits for its decision; nothing else moves until then."))
    return refusals


def propose_gate(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    gate: str,
    held_on: date,
    answers: Mapping[str, str],
    note: str = "",
) -> GateProposal:
    """Put the project to a gate. `answers`: by code of the criterion.

    Raises `FieldRefused("answers.<code>", …)` for one without an answer, `FieldRefused("held_on", …)`, and `MoveRefused`.
    """
    if refusals := proposal_refusals(session, actor, pack, project, gate):
        raise MoveRefused(*refusals)
    criteria = pack.life.criteria(gate)
    for criterion in criteria:
        if not answers.get(criterion.code, "").strip():
            raise FieldRefused(f"answers.{criterion.code}", _("Say what shows it."))
    if held_on < now(session).astimezone(pack.zone).date():
        raise FieldRefused("held_on", _("The day of the gate cannot be in the past."))
    row = GateProposal(
        project_id=project.id,
        gate=gate,
        held_on=held_on,
        asked=[{"code": c.code, "label": c.label.model_dump()} for c in criteria],
        answers={criterion.code: answers[criterion.code].strip() for criterion in criteria},
        note=note.strip(),
        proposed_by_id=actor.person_id,
        proposed_at=now(session),
        digest="",
    )
    row.digest = _digest_of(session, project, row)
    session.add(row)
    session.flush()
    record(session, actor, Tag.GATE_PROPOSED, row, case=project.case_id, gate=gate, digest=row.digest)
    notices.tell_proposed(session, pack, actor, project, row)
    return row


def _digest_of(session: Session, project: Project, row: GateProposal) -> str:
    """Of everything that a decider is shown: the stage, the answers, the files, and the terms that bind behind the gate."""
    terms = next(iter(pilot_terms(session, project.id)), None) if row.gate in PILOT_GATES else None
    hand_over = hand_over_terms(session, project.id) if row.gate == GateCode.BEGIN_OPERATING else None
    files = sorted((file.criterion, file.sha256) for file in files_of(session, row.id))
    return digest(
        {
            "project": project.id,
            "stage": project.stage,
            "gate": row.gate,
            "held_on": row.held_on,
            "answers": row.answers,
            "note": row.note,
            "proposed_by": row.proposed_by_id,
            "pilot": terms.id if terms else None,
            "hand_over": hand_over.id if hand_over else None,
            **({"files": [list(file) for file in files]} if files else {}),
        }
    )


def decision_refusals(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, proposal: GateProposal
) -> list[str]:
    """Why this person cannot decide this gate now."""
    if decision_of(session, proposal.id) is not None:
        return [_("This was decided already.")]
    refusals = []
    if actor.person_id == proposal.proposed_by_id:
        refusals.append(_("Whoever proposed a gate does not decide it; somebody else must."))
    unanswered = sum(not proposal.answers.get(criterion["code"], "").strip() for criterion in proposal.asked)
    return refusals + refusals_of(session, actor, pack, project, proposal.gate, unanswered=unanswered)


def decision_digest(session: Session, project: Project, proposal: GateProposal) -> str:
    """What the password is bound to; differs from the proposal's own when terms were changed since."""
    return _digest_of(session, project, proposal)


def decide_gate(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    proposal: GateProposal,
    outcome: GateOutcome,
    reasons: str,
    conditions: str,
    password: str,
    shown: str,
) -> GateDecision:
    """Decide: passed, and the project moves; failed, and it stays where it is and can be put to the gate again.

    A failure needs no guard: what stands against passing is its reason. Raises `FieldRefused` for reasons, conditions and
    password, `MoveRefused` with every reason, `Refused` when the terms changed since they were shown.
    """
    if not reasons.strip():
        raise FieldRefused("reasons", _("A reason is required."))
    if outcome is GateOutcome.WITH_CONDITIONS and not conditions.strip():
        raise FieldRefused("conditions", _("Say what the conditions are."))
    prove(session, secret, actor, password, shown)
    refusals = decision_refusals(session, actor, pack, project, proposal)
    if outcome is GateOutcome.FAILED:
        refusals = failing_refusals(session, actor, pack, project, proposal)
    if refusals:
        raise MoveRefused(*refusals)
    if shown != decision_digest(session, project, proposal):
        raise Refused(_("What this rests on changed while you were looking. Read it again: nothing was decided."))
    row = GateDecision(
        proposal_id=proposal.id,
        outcome=outcome,
        reasons=reasons.strip(),
        conditions=conditions.strip() if outcome is GateOutcome.WITH_CONDITIONS else "",
        decided_by_id=actor.person_id,
        decided_at=now(session),
        digest=shown,
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.GATE_DECIDED, row, words=row.reasons, case=project.case_id, gate=proposal.gate,
        outcome=outcome.value, digest=shown,
    )  # fmt: skip
    if outcome is not GateOutcome.FAILED:
        move_project(session, actor, project, LIFE.named(proposal.gate), row.reasons, proposal_id=proposal.id)
    notices.tell_decided(session, pack, actor, project, proposal, row)
    session.flush()
    return row


def failing_refusals(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, proposal: GateProposal
) -> list[str]:
    """Only the state, the role, the body and the proposer stand against saying no."""
    guards = {
        reason for guard in LIFE.named(proposal.gate).guards if (reason := guard(life_facts(session, pack, project)))
    }
    return [reason for reason in decision_refusals(session, actor, pack, project, proposal) if reason not in guards]
