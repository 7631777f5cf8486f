"""Files that show what a gate's criteria ask for: let in after a look, kept by digest, part of what the decision is bound to."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.attachments import Received
from portfolio.db.clock import now
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.files.quota import check_place_for, counts_for_quota
from portfolio.i18n import gettext as _
from portfolio.monitoring.life_queries import decision_of
from portfolio.monitoring.life_workflow import PROPOSERS
from portfolio.monitoring.models import GateFile, GateProposal
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project

MOST = 20
"""Files of one gate."""


def file_refusals(session: Session, actor: Viewer, project: Project, proposal: GateProposal) -> list[str]:
    """Why this person cannot add a file to this gate now."""
    if decision_of(session, proposal.id) is not None:
        return [_("The gate is decided; what it was decided on does not change any more.")]
    institution = session.get_one(Initiative, project.initiative_id).institution_id
    if not actor.roles_in(institution) & PROPOSERS:
        return [_("None of your roles in this institution may do this.")]
    return []


def keep_file(
    session: Session, actor: Viewer, project: Project, proposal: GateProposal, criterion: str, received: Received
) -> GateFile:
    """The row of an accepted file. Raises `Refused`, and `FieldRefused` for `criterion` and `file`."""
    if reasons := file_refusals(session, actor, project, proposal):
        raise Refused(*reasons)
    if criterion not in {asked["code"] for asked in proposal.asked}:
        raise FieldRefused("criterion", _("Choose one of the options"))
    present = files_of(session, proposal.id)
    if len(present) >= MOST:
        raise FieldRefused("file", _("A gate holds at most %(n)s files.") % {"n": MOST})
    is_present = (criterion, received.sha256) in {(row.criterion, row.sha256) for row in present}
    institution = session.get_one(Initiative, project.initiative_id).institution_id
    check_place_for(session, institution, received.size, is_present=is_present)
    row = GateFile(
        proposal_id=proposal.id,
        criterion=criterion,
        file_name=received.file_name,
        media_type=received.media_type,
        size=received.size,
        sha256=received.sha256,
        by_id=actor.person_id,
        supplied_at=now(session),
    )
    session.add(row)
    session.flush()
    original = {"original": received.original_sha256} if received.original_sha256 else {}
    record(
        session, actor, Tag.GATE_EVIDENCED, proposal, words=received.file_name, case=project.case_id,
        gate=proposal.gate, criterion=criterion, file=row.id, sha256=received.sha256, size=received.size, **original,
    )  # fmt: skip
    return row


def files_of(session: Session, proposal_id: uuid.UUID) -> Sequence[GateFile]:
    """Oldest first."""
    return session.scalars(
        select(GateFile)
        .where(col(GateFile.proposal_id) == proposal_id)
        .order_by(col(GateFile.supplied_at), col(GateFile.id))
    ).all()


def get_file(session: Session, proposal: GateProposal, file_id: uuid.UUID) -> GateFile:
    """Raises `NotFound` for a file of another gate."""
    row = session.get(GateFile, file_id)
    if row is None or row.proposal_id != proposal.id:
        raise NotFound
    return row


@counts_for_quota
def _of_gates(institution_id: uuid.UUID) -> Select[Any]:
    """Of all gates of an institution's projects."""
    return (
        select(func.sum(col(GateFile.size)))
        .join(GateProposal, col(GateProposal.id) == col(GateFile.proposal_id))
        .join(Project, col(Project.id) == col(GateProposal.project_id))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Initiative.institution_id) == institution_id)
    )
