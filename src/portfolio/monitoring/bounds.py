"""What bounds a pilot, what goes with a service, what a project needs of another: set by the project's own people."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.life_forms import HandOverFields, PilotFields
from portfolio.monitoring.life_queries import hand_over_terms, open_proposal, pilot_terms
from portfolio.monitoring.models import HandOverTerms, PilotTerms, ProjectDependency
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.terms import ProjectStage
from portfolio.web.formatting import money

BEFORE_PILOT = (ProjectStage.PLANNED, ProjectStage.DISCOVERY, ProjectStage.PROOF_OF_CONCEPT, ProjectStage.EVALUATION)
"""Stages in which the terms of a pilot are free to set; in the pilot itself they are only tightened or moved with a reason."""


def set_pilot_terms(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, fields: PilotFields
) -> PilotTerms:  # fmt: skip
    """Another row that holds from now on; what stood is kept. In a running pilot a change needs its reason.

    Raises `FieldRefused` for the date, the cap and the reason, `Refused` for the stage and while a gate waits.
    """
    _check_open(session, project, (*BEFORE_PILOT, ProjectStage.PILOT))
    if fields.ends_on <= now(session).astimezone(pack.zone).date():
        raise FieldRefused("ends_on", _("A pilot ends on a day to come."))
    if project.stage is ProjectStage.PILOT and not (fields.reason or "").strip():
        raise FieldRefused("reason", _("The pilot is running: say why its terms change."))
    initiative = session.get_one(Initiative, project.initiative_id)
    try:
        cap = Money.of(fields.cap, initiative.currency)
    except ValueError as error:
        raise FieldRefused("cap", str(error)) from None
    if initiative.decided_minor is not None and cap.minor > initiative.decided_minor:
        decided = money(Money(initiative.currency, initiative.decided_minor))
        raise FieldRefused(
            "cap", _("The cap is above what is decided for the project: %(amount)s.") % {"amount": decided}
        )
    row = PilotTerms(
        project_id=project.id,
        exit_criteria=fields.exit_criteria,
        cap_minor=cap.minor,
        currency=cap.currency,
        ends_on=fields.ends_on,
        reason=(fields.reason or "").strip(),
        set_by_id=actor.person_id,
        set_at=now(session),
    )
    before = next(iter(pilot_terms(session, project.id)), None)
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.PILOT_TERMS_SET, row, words=row.reason, case=project.case_id, amount=str(cap),
        ends_on=row.ends_on, was=before.ends_on if before else None,
    )  # fmt: skip
    return row


def set_hand_over_terms(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, fields: HandOverFields
) -> HandOverTerms:  # fmt: skip
    """Another row that holds from now on. Raises `FieldRefused` for amount and line, `Refused` as above."""
    _check_open(session, project, (ProjectStage.SCALING, ProjectStage.PRODUCTION, ProjectStage.HAND_OVER))
    if fields.budget_line not in {line.code for line in pack.usable_budget_lines()}:
        raise FieldRefused("budget_line", _("Choose one of the options"))
    currency = session.get_one(Initiative, project.initiative_id).currency
    try:
        budget = Money.of(fields.budget, currency)
    except ValueError as error:
        raise FieldRefused("budget", str(error)) from None
    before = hand_over_terms(session, project.id)
    row = HandOverTerms(
        project_id=project.id,
        budget_minor=budget.minor,
        currency=budget.currency,
        budget_line=fields.budget_line,
        team=fields.team,
        service_levels=fields.service_levels,
        owner=fields.owner,
        set_by_id=actor.person_id,
        set_at=now(session),
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.HAND_OVER_TERMS_SET, row, case=project.case_id, amount=str(budget),
        replaces=before.id if before else None,
    )  # fmt: skip
    return row


def _check_open(session: Session, project: Project, stages: tuple[ProjectStage, ...]) -> None:
    if project.stage not in stages:
        raise Refused(_("In the present stage of the project these terms are not set."))
    if open_proposal(session, project.id) is not None:
        raise Refused(_("A gate of this project waits for its decision; nothing else moves until then."))


def add_dependency(session: Session, actor: Viewer, project: Project, needs: Project, what: str) -> ProjectDependency:
    """Say that a project cannot do without another. Raises `FieldRefused`, `Refused`."""
    if needs.id == project.id:
        raise FieldRefused("needs_id", _("A project does not depend on itself."))
    if not what.strip():
        raise FieldRefused("what", _("Say what it needs of the other."))
    if project.stage in ENDED or needs.stage in ENDED:
        raise Refused(_("The project has ended."))
    if any(row.needs_id == needs.id for row in needs_of(session, project)):
        raise FieldRefused("needs_id", _("This dependency is there already."))
    row = ProjectDependency(
        project_id=project.id,
        needs_id=needs.id,
        what=what.strip()[:400],
        added_by_id=actor.person_id,
        added_at=now(session),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.DEPENDENCY_CHANGED, row, words=row.what, case=project.case_id, needs=needs.id)
    return row


def end_dependency(session: Session, actor: Viewer, project: Project, row: ProjectDependency) -> None:
    """It holds no more; that it held stays on record. Raises `Refused` when it ended already."""
    if row.ended_at is not None:
        raise Refused(_("This was decided already."))
    row.ended_at = now(session)
    record(session, actor, Tag.DEPENDENCY_CHANGED, row, case=project.case_id, needs=row.needs_id, ended=True)


def needs_of(session: Session, project: Project) -> list[ProjectDependency]:
    """What the project needs of others now, in the order in which it was said."""
    return list(
        session.scalars(
            select(ProjectDependency)
            .where(col(ProjectDependency.project_id) == project.id, col(ProjectDependency.ended_at).is_(None))
            .order_by(col(ProjectDependency.added_at), col(ProjectDependency.id))
        )
    )
