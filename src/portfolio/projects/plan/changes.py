"""Requests to change what was agreed: asked by one person, decided by another, carried out by the plan that names them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.forms import ChangeFields
from portfolio.projects.plan.milestones import refuse_if_fixed
from portfolio.projects.plan.models import ChangeRequest
from portfolio.projects.plan.terms import ChangeState


def ask_change(session: Session, actor: Viewer, project: Project, fields: ChangeFields) -> ChangeRequest:
    """Raises `Refused` for a project whose plan is history."""
    refuse_if_fixed(project)
    session.execute(select(col(Project.id)).where(col(Project.id) == project.id).with_for_update())
    last = session.scalar(
        select(func.max(col(ChangeRequest.number))).where(col(ChangeRequest.project_id) == project.id)
    )
    row = ChangeRequest(
        project_id=project.id,
        number=(last or 0) + 1,
        title=fields.title,
        kind=fields.kind,
        reasons=fields.reasons,
        effect=fields.effect,
        asked_by_id=actor.person_id,
        asked_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.CHANGE_ASKED, row, words=row.title, project=project.id, case=project.case_id,
        kind=row.kind.value,
    )  # fmt: skip
    return row


def why_not_decide_change(session: Session, actor: Viewer, project: Project, row: ChangeRequest) -> list[str]:
    """Why this person does not decide on it; empty when they may."""
    if row.state is not ChangeState.ASKED:
        return [_("This was decided already.")]
    institution = session.get_one(Initiative, project.initiative_id).institution_id
    reasons = []
    if not actor.can_in(Permission.PLAN_DECIDE, institution):
        reasons.append(_("The head of the directive body or the CIO of the institution decides on it."))
    if actor.person_id == row.asked_by_id:
        reasons.append(_("You asked for it: another person decides."))
    return reasons


def decide_change(
    session: Session, actor: Viewer, project: Project, row: ChangeRequest, *, accept: bool, answer: str
) -> None:
    """Accepting moves no date: a re-baseline does, and names the request. Raises `Refused` with every reason."""
    refuse_if_fixed(project)
    session.execute(select(col(Project.id)).where(col(Project.id) == project.id).with_for_update())
    session.refresh(row)
    if reasons := why_not_decide_change(session, actor, project, row):
        raise Refused(*reasons)
    row.state = ChangeState.ACCEPTED if accept else ChangeState.REFUSED
    row.decided_by_id, row.decided_at, row.answer = actor.person_id, now(session), answer.strip()
    session.flush()
    record(
        session, actor, Tag.CHANGE_DECIDED, row, words=row.answer, project=project.id, case=project.case_id,
        accepted=accept,
    )  # fmt: skip
