"""What is done about a risk, what shows how it stands, and the moves of its state that a person makes."""

from datetime import date

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.milestones import today
from portfolio.risk.audience import institution_of, on_history, today_of
from portfolio.risk.models import Risk, RiskAction, RiskEvidence
from portfolio.risk.standing import acceptance_in_force, end_acceptance, has_actions, lift, open_escalation, settle
from portfolio.risk.terms import ActionState, EvidenceKind, RiskState
from portfolio.risk.workflow import RISK_WORKFLOW, RiskFacts


def facts_of(session: Session, risk: Risk) -> RiskFacts:
    return RiskFacts(
        waits_for_answer=open_escalation(session, risk.id) is not None, has_actions=has_actions(session, risk.id)
    )


def offered_moves(session: Session, viewer: Viewer, project: Project, risk: Risk) -> list[str]:
    """Names of the moves whose button this person gets; those of other acts (treat, accept) come with those."""
    roles = viewer.roles_in(institution_of(session, project))
    return [move.name for move in RISK_WORKFLOW.offered(risk.state, roles) if move.name in ("close", "reopen", "occur")]


def move_risk(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, name: str, reason: str
) -> None:
    """Close a risk, say that it occurred, or open it again. Raises `Refused` with every reason."""
    session.flush()
    session.refresh(risk, with_for_update=True)
    move = RISK_WORKFLOW.named(name)
    roles = actor.roles_in(institution_of(session, project))
    refusals = RISK_WORKFLOW.refusals(name, risk.state, roles, facts_of(session, risk))
    if move.needs_reason and not reason:
        refusals.append(_("A reason is required."))
    if refusals:
        raise Refused(*refusals)
    was_live, before = risk.is_live, risk.state
    accepted, waits = acceptance_in_force(session, risk.id), open_escalation(session, risk.id)
    if was_live and accepted is not None:
        end_acceptance(session, actor, project, risk, accepted)
    if was_live and waits is not None:
        lift(session, actor, project, risk, waits)
    risk.state = move.target
    risk.closed_at = None if risk.is_live else now(session)
    if risk.state is RiskState.OPEN and has_actions(session, risk.id):
        risk.state = RiskState.TREATED
    record(
        session,
        actor,
        Tag.RISK_OCCURRED if name == "occur" else Tag.RISK_MOVED,
        risk,
        words=reason,
        move=name,
        was=before.value,
        now=risk.state.value,
        **on_history(project),
    )
    settle(session, actor, pack, project, risk)


def add_action(
    session: Session,
    actor: Viewer,
    project: Project,
    risk: Risk,
    *,
    text: str,
    owner: str,
    cost_minor: int | None,
    due_on: date,
) -> RiskAction:
    """One more thing to do; an open risk is under treatment from then on.

    Raises `Refused` for a risk that ended, `FieldRefused` for a due date that has passed.
    """
    if not risk.is_live:
        raise Refused(_("This risk is closed or has occurred."))
    if due_on < today(session):
        raise FieldRefused("due_on", _("Enter today or a later day: this one has passed"))
    row = RiskAction(risk_id=risk.id, text=text, owner=owner, cost_minor=cost_minor, due_on=due_on)
    session.add(row)
    session.flush()
    if risk.state is RiskState.OPEN:
        risk.state = RISK_WORKFLOW.named("treat").target
    record(
        session, actor, Tag.RISK_ACTION_SET, row, risk=risk.id, due=due_on, state=row.state.value, **on_history(project)
    )
    return row


def set_action(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    risk: Risk,
    row: RiskAction,
    state: ActionState,
) -> None:
    """Say where an action stands; done takes today as its day. Raises `Refused` for a risk that ended."""
    if not risk.is_live:
        raise Refused(_("This risk is closed or has occurred."))
    row.state = state
    row.done_on = today_of(session, pack) if state is ActionState.DONE else None
    session.flush()
    if risk.state is RiskState.TREATED and not has_actions(session, risk.id):
        risk.state = RiskState.OPEN
    record(
        session, actor, Tag.RISK_ACTION_SET, row, risk=risk.id, due=row.due_on, state=state.value, **on_history(project)
    )


def add_evidence(
    session: Session, actor: Viewer, project: Project, risk: Risk, kind: EvidenceKind, reference: str, text: str
) -> RiskEvidence:
    """Keep what shows how the risk stands; evidence is added, never changed."""
    row = RiskEvidence(
        risk_id=risk.id,
        kind=kind,
        reference=reference,
        text=text,
        added_by_id=actor.person_id,
        added_at=now(session),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.RISK_EVIDENCED, row, risk=risk.id, kind=kind.value, **on_history(project))
    return row
