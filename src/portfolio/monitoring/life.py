"""Moving a project from stage to stage. `move_project` is the only writer of a stage after the project's birth.

The stage, its move, the event and the notices are one transaction; the row's version makes the second of two simultaneous
movers fail.
"""

import uuid
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import authority_refusal
from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.monitoring.effects import effects_of
from portfolio.monitoring.life_notices import tell_ended, tell_moved
from portfolio.monitoring.life_queries import case_of, life_facts
from portfolio.monitoring.life_terms import PilotEnd
from portfolio.monitoring.life_workflow import DIRECTIVE_POWER, ENDS, GATES, LIFE, PROPOSERS, Move
from portfolio.monitoring.models import StageMove
from portfolio.monitoring.suspended_codes import end_codes
from portfolio.packs.schema import CountryPack
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project


class MoveRefused(Refused):
    """A move that may not be made now; carries every reason. Shown with 409."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A move from the present stage; `reasons` say what stands against it now.

    `may_make`: whether one of the person's roles may make it, or for a gate propose it.
    """

    name: str
    words: str
    roles: tuple[Role, ...]
    reasons: tuple[str, ...]
    may_make: bool
    is_gate: bool
    binds: bool


def offered_moves(session: Session, viewer: Viewer, pack: CountryPack, project: Project) -> list[Offered]:
    """Every move of the table from the present stage, with what stands against it; gates judge no answers yet."""
    facts = life_facts(session, pack, project)
    roles = _roles(session, viewer, project)
    offered = []
    for move in LIFE.transitions:
        if project.stage not in move.sources:
            continue
        makers = PROPOSERS if move.name in GATES else move.roles
        reasons = [reason for guard in move.guards if (reason := guard(facts)) is not None]
        if move.name in GATES and facts.has_open_proposal:
            reasons.append(_("A gate of this project waits for its decision; nothing else moves until then."))
        offered.append(
            Offered(
                name=move.name,
                words=_(move.words),
                roles=tuple(sorted(move.roles, key=lambda role: role.value)),
                reasons=tuple(dict.fromkeys(reasons)),
                may_make=bool(makers & roles),
                is_gate=move.name in GATES,
                binds=move.binds,
            )
        )
    return offered


def make_plain_move(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, name: str, reason: str, end: PilotEnd | None
) -> StageMove:
    """A move of one person: the end of a pilot, the beginning of a hand-over. Raises `MoveRefused`, `FieldRefused`."""
    criteria_met = None if end is None else end is PilotEnd.CRITERIA_MET
    refusals = refusals_of(session, actor, pack, project, name, criteria_met=criteria_met)
    if refusals:
        raise MoveRefused(*refusals)
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))
    return move_project(session, actor, project, LIFE.named(name), reason.strip(), ended_by=end.value if end else "")


def end_project(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    name: str,
    reason: str,
    successor: Project | None,
    password: str,
    shown: str,
) -> StageMove:
    """Absorb or withdraw: sunk cost kept, codes suspended and their revocation proposed, dependants warned.

    Raises `FieldRefused` for reason, successor and password, `MoveRefused`, and `Refused` when what was shown has changed.
    """
    if not reason.strip():
        raise FieldRefused("reason", _("A reason is required."))
    if name == "absorb" and successor is None:
        raise FieldRefused("successor_id", _("Choose the project that absorbs this one."))
    if successor is not None and successor.id == project.id:
        raise FieldRefused("successor_id", _("A project is not absorbed into itself."))
    prove(session, secret, actor, password, shown)
    if refusals := refusals_of(session, actor, pack, project, name):
        raise MoveRefused(*refusals)
    if shown != ending_digest(session, project, name):
        raise Refused(_("What this affects changed while you were looking. Read it again: nothing was done."))
    move = move_project(session, actor, project, LIFE.named(name), reason.strip(), successor=successor, digest=shown)
    end_codes(session, actor, project, reason.strip())
    tell_ended(session, pack, actor, project, reason.strip())
    return move


def ending_digest(session: Session, project: Project, name: str) -> str:
    """Of what a person is shown before they end a project."""
    shown = {
        "move": name,
        "project": project.id,
        "stage": project.stage,
        "effects": effects_of(session, project).digest,
    }
    return digest(shown)


def refusals_of(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    name: str,
    *,
    unanswered: int = 0,
    criteria_met: bool | None = None,
) -> list[str]:
    """Why this person may not make the move (decide the gate) now: the table, then the body's authority."""
    move = LIFE.named(name)
    facts = life_facts(session, pack, project, unanswered=unanswered, criteria_met=criteria_met)
    roles = _roles(session, actor, project)
    refusals = LIFE.refusals(name, project.stage, roles, facts)
    if project.stage in move.sources and (reason := directive_refusal(session, actor, pack, project, move.roles)):
        refusals.append(reason)
    return refusals


def directive_refusal(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, roles: frozenset[Role]
) -> str | None:
    """The directive body does not decide on its own house: the pack names who does. Nothing to say of other roles."""
    held = _roles(session, actor, project) & roles
    case = case_of(session, project)
    if case is None or held != {Role.DIRECTIVE_HEAD}:
        return None
    acting = replace(actor, grants=tuple(grant for grant in actor.grants if grant.role is Role.DIRECTIVE_HEAD))
    return authority_refusal(session, pack, acting, case, DIRECTIVE_POWER)


def move_project(
    session: Session,
    actor: Viewer,
    project: Project,
    move: Move,
    reason: str,
    *,
    proposal_id: uuid.UUID | None = None,
    successor: Project | None = None,
    **detail: str,
) -> StageMove:
    """Set the stage and keep the move. Whoever calls this has asked for the refusals."""
    initiative = session.get_one(Initiative, project.initiative_id)
    before, project.stage = project.stage, move.target
    initiative.stage = move.target
    ends = move.name in ENDS
    row = StageMove(
        project_id=project.id,
        move=move.name,
        before=before,
        after=move.target,
        made_by_id=actor.person_id,
        made_at=now(session),
        reason=reason[:2000],
        proposal_id=proposal_id,
        successor_id=None if successor is None else successor.id,
        sunk_minor=(initiative.committed_minor or 0) if ends else None,
        currency=initiative.currency if ends else "",
    )
    session.add(row)
    session.flush()
    more = {key: value for key, value in detail.items() if value}
    record(
        session, actor, Tag.PROJECT_MOVED, project, words=reason, case=project.case_id, move=move.name,
        before=before.value, after=move.target.value, **more,
    )  # fmt: skip
    tell_moved(session, actor, project, move)
    return row


def _roles(session: Session, viewer: Viewer, project: Project) -> frozenset[Role]:
    return viewer.roles_in(row_of(session, Initiative, project.initiative_id).institution_id)
