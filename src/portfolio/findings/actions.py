"""Opening a finding, answering it, judging the answer. Each act and its event are one transaction."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.findings.models import Finding, FindingAnswer
from portfolio.findings.terms import FindingRule, FindingState, Judgement
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.people.permissions import GRANTS, Permission
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative, Project

OWNERS = (Role.AGENCY_CIO, Role.CASE_LEAD, Role.HEAD_OF_SERVICE)
"""Whose finding it is, the first of these roles that somebody holds in the institution."""


def open_finding(
    session: Session,
    actor: Viewer | None,
    project: Project,
    rule: FindingRule,
    evidence: str,
    due_on: date,
    source: str,
    today: date,
) -> Finding | None:
    """Open a finding (the clock: no actor) and tell its owner; nothing where one of this source was opened before."""
    if session.scalar(select(col(Finding.id)).where(col(Finding.source) == source)) is not None:
        return None
    row = Finding(
        project_id=project.id,
        rule=rule,
        evidence=evidence,
        owner_id=owner_of(session, project, today),
        due_on=due_on,
        source=source,
        opened_by_id=None if actor is None else actor.person_id,
        opened_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session, actor or SYSTEM, Tag.FINDING_OPENED, row, words=evidence, case=project.case_id, project=project.id,
        rule=rule.value, due=due_on,
    )  # fmt: skip
    _tell(session, project, row, "finding_opened", agency_people(session, project, today))
    return row


def owner_of(session: Session, project: Project, today: date) -> uuid.UUID | None:
    institution_id = _institution(session, project)
    for role in OWNERS:
        if found := sorted(holders(session, role, today, institution_id)):
            return found[0]
    return None


def agency_people(session: Session, project: Project, today: date) -> set[uuid.UUID]:
    """Those of the institution who may answer."""
    institution_id = _institution(session, project)
    return {person for role in OWNERS for person in holders(session, role, today, institution_id)}


def judges(session: Session, today: date) -> set[uuid.UUID]:
    """Those who judge answers."""
    roles = [role for role, granted in GRANTS.items() if Permission.FINDING_JUDGE in granted]
    return {person for role in roles for person in holders(session, role, today)}


def answer_finding(
    session: Session, actor: Viewer, project: Project, finding: Finding, text: str, today: date
) -> FindingAnswer:
    """Raises `Refused` for a finding that does not wait for an answer."""
    _lock(session, finding)
    if finding.state is not FindingState.OPEN:
        raise Refused(_("This finding does not wait for an answer."))
    row = FindingAnswer(finding_id=finding.id, text=text, made_by_id=actor.person_id, made_at=now(session))
    session.add(row)
    finding.state = FindingState.ANSWERED
    session.flush()
    record(
        session, actor, Tag.FINDING_ANSWERED, row, words=text, case=project.case_id, project=project.id,
        finding=finding.id,
    )  # fmt: skip
    _tell(session, project, finding, "finding_answered", judges(session, today) - {actor.person_id})
    return row


def judge_answer(
    session: Session,
    actor: Viewer,
    project: Project,
    finding: Finding,
    answer: FindingAnswer,
    judgement: Judgement,
    reason: str,
    due_on: date | None,
    today: date,
) -> None:
    """Settle the finding, or open it again with a reason and a new day.

    Raises `FieldRefused` for these, `Refused` for an answer that was judged or that the same person gave.
    """
    _lock(session, finding)
    if finding.state is not FindingState.ANSWERED or answer.judgement is not None:
        raise Refused(_("This answer was judged already."))
    if answer.made_by_id == actor.person_id:
        raise Refused(_("Whoever answered does not judge the answer; somebody else must."))
    if _institution(session, project) in actor.homes:
        raise Refused(_("Nobody judges the answers of their own institution; the commission or another body must."))
    if judgement is Judgement.NOT_ENOUGH:
        if not reason.strip():
            raise FieldRefused("reason", _("Say what is missing."))
        if due_on is None or due_on <= today:
            raise FieldRefused("due_on", _("Give a day to come."))
        finding.due_on = due_on
    answer.judgement, answer.reason = judgement, reason.strip()
    answer.judged_by_id, answer.judged_at = actor.person_id, now(session)
    finding.state = FindingState.SETTLED if judgement is Judgement.SETTLED else FindingState.OPEN
    session.flush()
    record(
        session, actor, Tag.FINDING_JUDGED, answer, words=answer.reason, case=project.case_id, project=project.id,
        finding=finding.id, outcome=judgement.value,
    )  # fmt: skip
    _tell(session, project, finding, "finding_judged", agency_people(session, project, today) - {actor.person_id})


def _lock(session: Session, finding: Finding) -> None:
    session.flush()
    session.refresh(finding, with_for_update=True)


def _institution(session: Session, project: Project) -> uuid.UUID:
    return session.get_one(Initiative, project.initiative_id).institution_id


def _tell(session: Session, project: Project, finding: Finding, kind: str, people: set[uuid.UUID]) -> None:
    initiative = session.get_one(Initiative, project.initiative_id)
    owe(
        session,
        kind,
        people,
        subject_id=project.case_id or project.id,
        path=f"/findings/{finding.id}",
        number=initiative.reference,
        title=initiative.title or "",
        due=finding.due_on,
    )
