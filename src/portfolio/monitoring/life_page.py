"""What the page of a project's life shows: where it stands, its road, what stands before it, what it rests on, its history."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.bounds import BEFORE_PILOT, needs_of
from portfolio.monitoring.carry_over import is_carried_over
from portfolio.monitoring.effects import ENDED, dependants_of
from portfolio.monitoring.life import Offered, offered_moves
from portfolio.monitoring.life_history import history_of
from portfolio.monitoring.life_queries import hand_over_terms, moves_of, open_proposal, pilot_terms
from portfolio.monitoring.life_workflow import LIFE, ROAD
from portfolio.monitoring.models import PilotTerms, ProjectDependency, StageMove
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission as P
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.standing import standing_row
from portfolio.projects.terms import ProjectStage as S
from portfolio.projects.terms import Standing
from portfolio.projects.visibility import visible_to
from portfolio.web.formatting import money, short_day

UrlFor = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of the road: passed, present, to come, or left out."""

    stage: S
    state: str
    on: str


@dataclass(frozen=True, slots=True)
class GateShown:
    """A gate before the project: what it asks, who decides it, and what stands against proposing it; `href` proposes."""

    words: str
    stage: S
    deciders: str
    criteria: Sequence[tuple[str, str]]
    reasons: Sequence[str]
    href: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something that this person may do on a page of its own."""

    label: str
    href: str
    reasons: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list of facts."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Need:
    """A dependency of this project, with the id by which it is ended."""

    id: uuid.UUID
    title: str
    what: str
    href: str


def life_context(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, url_for: UrlFor
) -> dict[str, Any]:  # fmt: skip
    """Everything of the template, by name. `viewer` is the whole viewer; the project came from `get_project`."""
    moves = moves_of(session, project.id)
    standing = standing_row(session, project.id)
    offered = offered_moves(session, viewer, pack, project)
    initiative = session.get_one(Initiative, project.initiative_id)
    present = Standing.ON_COURSE if standing is None else standing.standing
    may_propose = viewer.can_in(P.PROJECT_PROPOSE, initiative.institution_id)
    pilots = pilot_terms(session, project.id)
    waiting = _waiting(session, pack, project, url_for)
    return {
        "project": project,
        "standing": present,
        "standing_reason": "" if standing is None else standing.reason,
        "standing_on": "" if standing is None else _day(pack, standing.set_at),
        "stage_on": _stage_on(pack, project, moves),
        "road": road(pack, project, moves),
        "end": ending_words(session, viewer, moves),
        "waiting": waiting,
        "gates": [
            _gate(pack, move, project, url_for, is_waiting=waiting is not None) for move in offered if move.is_gate
        ],
        "acts": acts(session, viewer, project, initiative, present, offered, url_for),
        "pilot": pilot_rows(pilots),
        "pilot_overdue": pilot_overdue(session, pack, project, pilots),
        "hand_over": _hand_over_rows(session, pack, project),
        "needs": _needs(session, viewer, project, url_for),
        "dependants": _dependants(session, viewer, project, url_for),
        "may_propose": may_propose and project.stage not in ENDED,
        "history": history_of(session, pack, project, url_for),
    }


def road(pack: CountryPack, project: Project, moves: Sequence[StageMove]) -> list[Step]:
    """Each stage with the day on which it was last entered; one that lies behind and was never entered was left out."""
    entered: dict[S, datetime] = {move.after: move.made_at for move in moves}
    place = ROAD.index(project.stage) if project.stage in ROAD else None
    furthest = max([ROAD.index(s) for s in entered if s in ROAD] or [0]) if place is None else place
    steps = []
    for number, stage in enumerate(ROAD):
        on = _day(pack, entered[stage]) if stage in entered else ""
        if stage is S.PLANNED:
            on = short_day(project.began_on)
        if number == place:
            state = "present"
        elif number > furthest or (place is None and number == furthest and not on):
            state = "ahead"
        else:
            state = "passed" if on else "left_out"
        steps.append(Step(stage, state, on if state != "ahead" else ""))
    return steps


def _stage_on(pack: CountryPack, project: Project, moves: Sequence[StageMove]) -> str:
    return _day(pack, moves[-1].made_at) if moves else short_day(project.began_on)


def ending_words(session: Session, viewer: Viewer, moves: Sequence[StageMove]) -> list[Row]:
    """Of a project that was absorbed or withdrawn: why, what was committed until then, and what goes on instead."""
    last = moves[-1] if moves else None
    if last is None or last.after not in (S.ABSORBED, S.WITHDRAWN):
        return []
    rows = [Row(_("Reason"), last.reason)]
    if last.sunk_minor is not None:
        rows.append(Row(_("Committed until then"), money(Money(last.currency, last.sunk_minor))))
    if last.successor_id is not None:
        title = session.scalar(
            select(col(Initiative.title))
            .join(Project, col(Project.initiative_id) == col(Initiative.id))
            .where(col(Project.id) == last.successor_id, visible_to(viewer, now(session)))
        )
        rows.append(Row(_("Successor"), title or _("another project")))
    return rows


def _waiting(session: Session, pack: CountryPack, project: Project, url_for: UrlFor) -> dict[str, str] | None:
    """The gate that waits for its decision, unless the project ended in the meantime."""
    found = open_proposal(session, project.id)
    if found is None or project.stage in ENDED:
        return None
    return {
        "words": _(LIFE.named(found.gate).words),
        "by": names(session, [found.proposed_by_id]).get(found.proposed_by_id, ""),
        "on": _day(pack, found.proposed_at),
        "held_on": short_day(found.held_on),
        "href": url_for("monitoring.gate", proposal_id=found.id),
    }


def _gate(pack: CountryPack, move: Offered, project: Project, url_for: UrlFor, *, is_waiting: bool) -> GateShown:
    """While a gate waits for its decision, that one sentence above says why no other may be proposed."""
    criteria = [(str(c.label), str(c.help or "")) for c in pack.life.criteria(move.name)]
    may = move.may_make and not move.reasons and not is_waiting
    return GateShown(
        words=move.words,
        stage=LIFE.named(move.name).target,
        deciders=", ".join(label(role) for role in move.roles),
        criteria=criteria,
        reasons=() if is_waiting else move.reasons,
        href=url_for("monitoring.propose_gate", project_id=project.id, gate=move.name) if may else "",
    )


def acts(
    session: Session,
    viewer: Viewer,
    project: Project,
    initiative: Initiative,
    standing: Standing,
    offered: Sequence[Offered],
    url_for: UrlFor,
) -> list[Act]:
    """What this person's roles may do besides the gates, each with what stands against it now."""
    if project.stage in ENDED:
        return []
    at = initiative.institution_id
    found = [
        Act(move.words, url_for(f"monitoring.{'end' if move.binds else 'move'}", project_id=project.id, move=move.name), move.reasons)
        for move in offered
        if move.may_make and not move.is_gate
    ]  # fmt: skip

    def offer(permission: P, words: str, route: str, *, when: bool = True) -> None:
        if when and viewer.can_in(permission, at):
            found.append(Act(words, url_for(route, project_id=project.id)))

    still = open_proposal(session, project.id) is None
    suspended = standing is Standing.SUSPENDED
    offer(
        P.PROJECT_PROPOSE, _("Bring over what the case promised"), "monitoring.carry_over",
        when=not is_carried_over(session, project),
    )  # fmt: skip
    pilot_stage = project.stage in (*BEFORE_PILOT, S.PILOT)
    offer(P.PROJECT_PROPOSE, _("Set the terms of the pilot"), "monitoring.pilot_terms", when=still and pilot_stage)
    hand_over_stage = project.stage in (S.SCALING, S.PRODUCTION, S.HAND_OVER)
    offer(
        P.PROJECT_PROPOSE,
        _("Set the terms of the hand-over"),
        "monitoring.hand_over_terms",
        when=still and hand_over_stage,
    )
    at_risk = standing is Standing.AT_RISK
    words = _("Say that it is on course again") if at_risk else _("Say that it is at risk")
    offer(P.PROJECT_FLAG, words, "monitoring.standing", when=not suspended)
    offer(P.PROJECT_SUSPEND, _("Suspend the project"), "monitoring.suspension", when=not suspended)
    offer(P.PROJECT_FLAG, _("Resume the project"), "monitoring.resumption", when=suspended)
    return found


def pilot_rows(terms: Sequence[PilotTerms]) -> list[Row]:
    """The terms in force; nothing where none were set."""
    if not terms:
        return []
    newest = terms[0]
    rows = [
        Row(_("Exit criteria"), newest.exit_criteria),
        Row(_("Cap"), money(Money(newest.currency, newest.cap_minor))),
        Row(_("Ends on"), short_day(newest.ends_on)),
    ]
    if newest.reason:
        rows.append(Row(_("Why its terms changed"), newest.reason))
    return rows


def pilot_overdue(session: Session, pack: CountryPack, project: Project, terms: Sequence[PilotTerms]) -> bool:
    """Whether the pilot runs past its end date: the day itself still counts."""
    today = now(session).astimezone(pack.zone).date()
    return project.stage is S.PILOT and bool(terms) and terms[0].ends_on < today


def _hand_over_rows(session: Session, pack: CountryPack, project: Project) -> list[Row]:
    terms = hand_over_terms(session, project.id)
    if terms is None:
        return []
    line = pack.budget_lines.get(terms.budget_line)
    return [
        Row(_("Operating budget a year"), money(Money(terms.currency, terms.budget_minor))),
        Row(_("Budget line"), f"{terms.budget_line} {line.label}" if line else terms.budget_line),
        Row(_("Operating team"), terms.team),
        Row(_("Service levels"), terms.service_levels),
        Row(_("Owner of the service"), terms.owner),
    ]


def _needs(session: Session, viewer: Viewer, project: Project, url_for: UrlFor) -> list[Need]:
    rows = needs_of(session, project)
    titles = _titles(session, viewer, {row.needs_id for row in rows})
    return [_need(row, titles, url_for) for row in rows]


def _need(row: ProjectDependency, titles: dict[uuid.UUID, str], url_for: UrlFor) -> Need:
    href = url_for("monitoring.life", project_id=row.needs_id) if row.needs_id in titles else ""
    return Need(row.id, titles.get(row.needs_id, _("another project")), row.what, href)


def _dependants(session: Session, viewer: Viewer, project: Project, url_for: UrlFor) -> list[Need]:
    rows = dependants_of(session, project.id)
    titles = _titles(session, viewer, {row.project_id for row in rows})
    return [
        Need(
            row.project_id,
            titles.get(row.project_id, _("another project")),
            row.what,
            url_for("monitoring.life", project_id=row.project_id) if row.project_id in titles else "",
        )
        for row in rows
    ]


def _titles(session: Session, viewer: Viewer, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Of those that this person may find."""
    rows = session.execute(
        select(col(Project.id), col(Initiative.title))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Project.id).in_(ids), visible_to(viewer, now(session)))
    )
    return {row.id: row.title for row in rows}


def project_choices(session: Session, viewer: Viewer, but: Project) -> list[tuple[str, str]]:
    """Living projects that this person may find, by title: (id, number and title)."""
    rows = session.execute(
        select(col(Project.id), col(Initiative.reference), col(Initiative.title))
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(col(Project.id) != but.id, col(Project.stage).not_in(ENDED), visible_to(viewer, now(session)))
        .order_by(col(Initiative.sort_key), col(Project.id))
        .limit(500)
    )
    return [(str(row.id), f"{row.reference} {row.title}".strip()) for row in rows]


def _day(pack: CountryPack, at: datetime) -> str:
    day: date = at.astimezone(pack.zone).date()
    return short_day(day)
