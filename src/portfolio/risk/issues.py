"""What did happen: an issue of a risk that occurred, or of nothing that was foreseen; open until somebody says how it ended."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.risk.audience import on_history
from portfolio.risk.models import Issue, Risk
from portfolio.risk.register import next_number
from portfolio.risk.terms import IssueState, Severity
from portfolio.risk.treatment import move_risk


@dataclass(frozen=True, slots=True)
class IssueWords:
    """What is said of an issue when it is raised."""

    description: str
    severity: Severity
    owner: str
    due_on: date


def raise_issue(
    session: Session, actor: Viewer, project: Project, said: IssueWords, risk_id: uuid.UUID | None = None
) -> Issue:
    row = Issue(
        project_id=project.id,
        number=next_number(session, project, Issue),
        risk_id=risk_id,
        description=said.description,
        severity=said.severity,
        owner=said.owner,
        due_on=said.due_on,
        raised_by_id=actor.person_id,
        raised_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        Tag.ISSUE_RAISED,
        row,
        words=said.description,
        number=row.number,
        risk=risk_id,
        severity=said.severity.value,
        **on_history(project),
    )
    return row


def occur(session: Session, actor: Viewer, pack: CountryPack, project: Project, risk: Risk, said: IssueWords) -> Issue:
    """The risk happened: it leaves the living ones and goes on as an issue. Raises `Refused` from a state it cannot."""
    move_risk(session, actor, pack, project, risk, "occur", said.description)
    return raise_issue(session, actor, project, said, risk.id)


def resolve(session: Session, actor: Viewer, project: Project, issue: Issue, resolution: str) -> None:
    """Say how it ended, once. Raises `Refused` when it has ended."""
    session.flush()
    session.refresh(issue, with_for_update=True)
    if issue.state is IssueState.RESOLVED:
        raise Refused(_("This issue is resolved already."))
    issue.state, issue.resolution = IssueState.RESOLVED, resolution
    issue.resolved_by_id, issue.resolved_at = actor.person_id, now(session)
    record(session, actor, Tag.ISSUE_RESOLVED, issue, words=resolution, **on_history(project))
