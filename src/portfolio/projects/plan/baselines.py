"""Approving a plan, the first time and again: one person proposes with a reason, another decides with their password.

What was approved is never changed: each approval adds a plan, and every later one is compared with the first and with the
newest. A proposal says for each milestone the date approved before and the date asked for.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import holders, names
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.oversight import overseers
from portfolio.projects.plan.doubts import dates_of, doubts_of, impossible
from portfolio.projects.plan.milestones import limits, refuse_if_fixed, today, why_fixed
from portfolio.projects.plan.models import Baseline, BaselineItem, ChangeRequest, Milestone, PlanProposal
from portfolio.projects.plan.queries import Plan, accepted_changes, read_plan
from portfolio.projects.plan.terms import BaselineKind, PlanProposalState
from portfolio.web.formatting import country_zone, short_day


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan that somebody proposes: the date of each milestone by its id; one without a date leaves the plan.

    `confirmed`, `because`: the proposer looked at dates that are odd (`doubts`), and why they are right.
    """

    kind: BaselineKind
    reasons: str
    dates: Mapping[uuid.UUID, date | None]
    changes: Sequence[uuid.UUID] = ()
    confirmed: bool = False
    because: str = ""


def suggested(plan: Plan) -> dict[uuid.UUID, date | None]:
    """What a proposal starts from: the approved date of what was reached, the forecast of the rest, or before any plan what
    was promised."""
    return {row.id: _suggested(plan, row) for row in plan.standing}


def _suggested(plan: Plan, row: Milestone) -> date | None:
    if row.actual_on is not None:
        return plan.items[row.id].current or row.actual_on
    return row.forecast_on if plan.number else row.promised_on or row.forecast_on


def why_not_propose(session: Session, project: Project, plan: Plan) -> list[str]:
    """Why nobody proposes a plan now; empty when one may be proposed."""
    reasons = why_fixed(project)
    if plan.proposal is not None:
        reasons.append(_("A proposed plan already waits for a decision."))
    if not plan.standing:
        reasons.append(_("The plan has no milestones yet."))
    return reasons


def propose_plan(session: Session, actor: Viewer, pack: CountryPack, project: Project, asked: Asked) -> PlanProposal:
    """The first person's act. Raises `Refused` with every reason, `FieldRefused` for odd dates that were not confirmed."""
    _lock(session, project)
    plan = read_plan(session, project.id)
    reasons = why_not_propose(session, project, plan)
    is_first = plan.number == 0
    if is_first != (asked.kind is BaselineKind.FIRST):
        reasons.append(
            _("This project has no approved plan yet: what is proposed is the first one.")
            if is_first
            else _("The first plan is approved already: say what kind of re-baseline this is.")
        )
    lines = _lines(plan, asked)
    if not any(line["after"] for line in lines):
        reasons.append(_("A plan needs at least one date."))
    elif not is_first and all(line["before"] == line["after"] for line in lines):
        reasons.append(_("Nothing differs from the plan approved at present."))
    reasons += _about_reached(plan, asked)
    reasons += _impossible(session, project, plan, asked.dates)
    carried = [row for row in accepted_changes(session, project.id) if row.id in asked.changes]
    if len(carried) != len(set(asked.changes)):
        reasons.append(_("A change request that you chose is not accepted, or another plan carries it out."))
    if reasons:
        raise Refused(*reasons)
    odd = doubts_of(session, actor, plan, {row.id: asked.dates.get(row.id) for row in plan.standing}, today(session))
    if odd.all and not asked.confirmed:
        raise FieldRefused("confirmed", _("Look at these dates: correct them, or tick that they are right and say why"))
    if odd.all and not asked.because.strip():
        raise FieldRefused("because", _("Say why these dates are right"))
    row = PlanProposal(
        project_id=project.id,
        kind=asked.kind,
        reasons=asked.reasons.strip(),
        because=asked.because.strip() if odd.all else "",
        base_number=plan.number,
        lines=lines,
        proposed_by_id=actor.person_id,
        proposed_at=now(session),
    )
    row.digest = digest_of(row)
    session.add(row)
    session.flush()
    for change in carried:
        change.proposal_id = row.id
    record(
        session, actor, Tag.PLAN_PROPOSED, row, words=row.reasons, project=project.id, case=project.case_id,
        kind=row.kind.value, digest=row.digest, changes=sorted(str(change.id) for change in carried),
    )  # fmt: skip
    _tell(session, project, row, "plan_proposed", _deciders(session, pack, project) - {actor.person_id}, by=actor.name)
    return row


def _impossible(session: Session, project: Project, plan: Plan, dates: Mapping[uuid.UUID, date | None]) -> list[str]:
    wrong = impossible(plan, dates, limits(session, project))
    return [f"{plan.items[key].title}: {fault}" for key, fault in wrong.items()]


def _about_reached(plan: Plan, asked: Asked) -> list[str]:
    """A re-baseline never makes a lateness that happened disappear; only a correction of an error changes such a date."""
    reached = [row for row in plan.standing if row.actual_on is not None]
    reasons = []
    if any(asked.dates.get(row.id) is None for row in reached):
        reasons.append(_("What was reached stays in the plan: give it a date."))
    approved = [(plan.items[row.id].current, asked.dates.get(row.id)) for row in reached]
    if asked.kind is not BaselineKind.CORRECTION and any(was and now_ and was != now_ for was, now_ in approved):
        reasons.append(_("What was reached keeps its approved date: only the correction of an error changes it."))
    return reasons


def _lines(plan: Plan, asked: Asked) -> list[dict[str, Any]]:
    """One for each milestone that stands, in the order of the plan."""
    found = []
    for row in plan.standing:
        before, after = plan.items[row.id].current, asked.dates.get(row.id)
        found.append(
            {
                "milestone": str(row.id),
                "title": row.title,
                "starts": row.starts_on.isoformat() if row.starts_on else None,
                "before": before.isoformat() if before else None,
                "after": after.isoformat() if after else None,
                "weight": row.weight,
            }
        )
    return found


def digest_of(row: PlanProposal) -> str:
    """SHA-256 of what was proposed: what the page shows to the decider, and what their proof is bound to."""
    confirmed = {"because": row.because} if row.because else {}
    return digest(
        {
            **confirmed,
            "project": row.project_id,
            "kind": row.kind.value,
            "reasons": row.reasons,
            "base": row.base_number,
            "lines": row.lines,
            "by": row.proposed_by_id,
            "at": row.proposed_at,
        }
    )


def why_not_decide(session: Session, actor: Viewer, project: Project, row: PlanProposal) -> list[str]:
    """Why this person does not decide on it; empty when they may."""
    if row.state is not PlanProposalState.PROPOSED:
        return [decided_words(session, row)]
    reasons = why_fixed(project)
    initiative = session.get_one(Initiative, project.initiative_id)
    if not actor.can_in(Permission.PLAN_DECIDE, initiative.institution_id):
        reasons.append(_("The head of the directive body or the CIO of the institution decides on it."))
    if actor.person_id == row.proposed_by_id:
        reasons.append(_("You proposed it: another person decides."))
    if row.digest != digest_of(row):
        reasons.append(_("What was proposed is not what was signed: it has to be proposed again."))
    return reasons


def decided_words(session: Session, row: PlanProposal) -> str:
    """That a proposal was decided, by whom and on which day."""
    if row.decided_by_id is None or row.decided_at is None:
        return _("This was decided already.")
    who = names(session, [row.decided_by_id]).get(row.decided_by_id, "")
    day = short_day(row.decided_at.astimezone(country_zone()).date())
    if row.state is PlanProposalState.TAKEN_BACK:
        return _("This plan was taken back already by %(who)s on %(day)s.") % {"who": who, "day": day}
    return _("This plan was decided already by %(who)s on %(day)s.") % {"who": who, "day": day}


def approve_plan(
    session: Session, actor: Viewer, secret: str, project: Project, row: PlanProposal, password: str, shown: str,
    answer: str,
) -> Baseline:  # fmt: skip
    """The second person's act: one more approved plan. Milestones without a date leave the plan; nothing earlier changes.

    `shown`: the digest on the page; `answer`: why it is approved. Raises `FieldRefused` for the password and for an approval
    without a reason, `Refused` with every reason.
    """
    if not answer.strip():
        raise FieldRefused("approval", _("Say why it is approved"))
    prove(session, secret, actor, password, shown)
    _lock(session, project)
    session.refresh(row)
    if shown != row.digest:
        raise Refused(_("What was proposed changed while you were looking. Read it again: nothing was approved."))
    plan = read_plan(session, project.id)
    number = plan.number
    reasons = why_not_decide(session, actor, project, row)
    if row.state is PlanProposalState.PROPOSED:
        reasons += _impossible(session, project, plan, dates_of(row))
    if row.state is PlanProposalState.PROPOSED and number != row.base_number:
        reasons.append(_("Another plan was approved meanwhile: it has to be proposed again."))
    if reasons:
        raise Refused(*reasons)
    approved = Baseline(
        project_id=project.id,
        number=number + 1,
        kind=row.kind,
        proposal_id=row.id,
        approved_on=today(session),
        approved_at=now(session),
        approved_by_id=actor.person_id,
    )
    session.add(approved)
    session.flush()
    _enter(session, project, approved, row)
    row.state, row.decided_by_id, row.decided_at = PlanProposalState.APPROVED, actor.person_id, now(session)
    row.answer = answer.strip()
    session.flush()
    record(
        session, actor, Tag.PLAN_APPROVED, row, words=row.answer, project=project.id, case=project.case_id,
        kind=row.kind.value, number=approved.number, digest=row.digest,
    )  # fmt: skip
    _tell(session, project, row, "plan_approved", {row.proposed_by_id} - {actor.person_id}, by=actor.name)
    return approved


def _enter(session: Session, project: Project, approved: Baseline, row: PlanProposal) -> None:
    """The lines of the proposal as the approved plan."""
    milestones = {
        str(one.id): one for one in session.scalars(select(Milestone).where(col(Milestone.project_id) == project.id))
    }
    for line in row.lines:
        milestone = milestones[line["milestone"]]
        if line["after"] is None:
            milestone.left_on = approved.approved_on
            continue
        session.add(
            BaselineItem(
                baseline_id=approved.id,
                milestone_id=milestone.id,
                title=line["title"],
                starts_on=date.fromisoformat(line["starts"]) if line["starts"] else None,
                due_on=date.fromisoformat(line["after"]),
                weight=line["weight"],
            )
        )
    session.flush()


def refuse_plan(session: Session, actor: Viewer, project: Project, row: PlanProposal, answer: str) -> None:
    """The second person says no. Raises `Refused` with every reason."""
    refuse_if_fixed(project)
    _lock(session, project)
    session.refresh(row)
    if reasons := why_not_decide(session, actor, project, row):
        raise Refused(*reasons)
    _end(session, actor, project, row, PlanProposalState.REFUSED, answer)
    record(session, actor, Tag.PLAN_REFUSED, row, words=row.answer, project=project.id, case=project.case_id)
    _tell(session, project, row, "plan_refused", {row.proposed_by_id} - {actor.person_id}, reason=row.answer)


def take_back_plan(session: Session, actor: Viewer, project: Project, row: PlanProposal, answer: str) -> None:
    """Its proposer takes it back. Raises `Refused` for anybody else."""
    _lock(session, project)
    session.refresh(row)
    if row.state is not PlanProposalState.PROPOSED:
        raise Refused(decided_words(session, row))
    if actor.person_id != row.proposed_by_id:
        raise Refused(_("Only who proposed it takes it back."))
    _end(session, actor, project, row, PlanProposalState.TAKEN_BACK, answer)
    record(session, actor, Tag.PLAN_TAKEN_BACK, row, words=row.answer, project=project.id, case=project.case_id)


def _end(
    session: Session, actor: Viewer, project: Project, row: PlanProposal, state: PlanProposalState, answer: str
) -> None:  # fmt: skip
    """Change requests that it would have carried out are free again."""
    row.state, row.decided_by_id, row.decided_at, row.answer = state, actor.person_id, now(session), answer.strip()
    for change in session.scalars(select(ChangeRequest).where(col(ChangeRequest.proposal_id) == row.id)):
        change.proposal_id = None
    session.flush()


def _lock(session: Session, project: Project) -> None:
    """One act on the approved plan of a project at a time."""
    session.execute(select(col(Project.id)).where(col(Project.id) == project.id).with_for_update())


def _deciders(session: Session, pack: CountryPack, project: Project) -> set[uuid.UUID]:
    institution = session.get_one(Initiative, project.initiative_id).institution_id
    own = set(holders(session, Role.AGENCY_CIO, today(session), institution))
    return own | overseers(session, pack, project, {Role.DIRECTIVE_HEAD})


def _tell(
    session: Session, project: Project, row: PlanProposal, kind: str, people: Iterable[uuid.UUID], **more: Any
) -> None:  # fmt: skip
    initiative = session.get_one(Initiative, project.initiative_id)
    owe(
        session,
        kind,
        people,
        subject_id=project.case_id,
        path=f"/projects/{project.id}/plan/proposals/{row.id}",
        number=initiative.reference,
        title=initiative.title or _("Without a title"),
        what=row.kind,
        **more,
    )
