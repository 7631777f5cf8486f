"""Submission: freezes the case, gives it its number and its track, and says why this one."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.facts import case_facts, late_until
from portfolio.approvals.guards import CaseFacts
from portfolio.approvals.moves import move_case
from portfolio.approvals.routing import submission_move
from portfolio.approvals.sign_off_board import Board, read_board
from portfolio.approvals.ties import make_duty
from portfolio.approvals.workflow import CASE_WORKFLOW
from portfolio.audit.canon import digest as digest_of
from portfolio.business_cases.completeness import Missing, Standing, missing, standing
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import freeze
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import InstallationFact, now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.packs.choosing import TrackChoice
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SentenceCode, TrackCode
from portfolio.peer_review.actions import renew_reviews
from portfolio.people.terms import DutyKind
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.standards.library import library_for
from portfolio.strategy.models import Call

Draw = Callable[[int], int]
"""A lot: a number from 0 below the bound."""

NUMBER_KEY = "case_number:{year}"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Everything the page of the submission shows. `reasons`: why it would be refused now, for anybody with the role."""

    state: Standing
    board: Board
    missing: tuple[Missing, ...]
    digest: str
    move: str
    reasons: tuple[str, ...]
    facts: CaseFacts
    closes_at: datetime
    late_until: datetime | None
    can_submit: bool


def read_readiness(session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase) -> Readiness:
    """How far a case is from its submission, and what would be frozen; changes nothing."""
    at = now(session)
    state = standing(session, pack, case)
    content = read_content(session, pack, case)
    facts = case_facts(session, pack, case, at)
    name = submission_move(case.status, facts)
    move = CASE_WORKFLOW.named(name)
    call = session.get_one(Call, case.call_id)
    return Readiness(
        state=state,
        board=read_board(session, pack, state, content),
        missing=tuple(missing(session, pack, case, state)),
        digest=content_digest(content),
        move=name,
        reasons=tuple(CASE_WORKFLOW.refusals(name, case.status, move.roles, facts)),
        facts=facts,
        closes_at=call.closes_at,
        late_until=late_until(session, case, at),
        can_submit=bool(viewer.roles_in(case.institution_id) & move.roles),
    )


def submit(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    digest: str,
    draw: Draw = secrets.randbelow,
) -> Snapshot:
    """Freeze the case as shown. Raises `Refused` when it changed since, `TransitionRefused` for all that stands against it.

    The number is given once and kept at a resubmission; so is the track. Ask for the password before.
    """
    lock_for_move(session, case)
    state = standing(session, pack, case)
    if digest != content_digest(read_content(session, pack, case)):
        raise Refused(_("The case changed since you opened the page. Read it again before you submit."))
    name = submission_move(case.status, case_facts(session, pack, case, now(session)))
    if name == "submit":
        _give_number(session, case)
    move_case(session, actor, pack, case, name, digest=digest)
    choice = _chosen(pack, case, state, draw)
    case.track = choice.track.code.value
    case.submitted_at = case.submitted_at or now(session)
    make_duty(session, case, actor, DutyKind.SIGNATORY)
    library = library_for(pack).digest if choice.track.standards_check else ""
    snapshot = freeze(session, pack, case, actor, library_digest=library, track=choice, totals=state.totals)
    if snapshot.digest != digest:
        raise Refused(_("The case changed since you opened the page. Read it again before you submit."))
    if case.status is CaseStatus.IN_REVIEW:
        renew_reviews(session, pack, actor, case, snapshot)
    return snapshot


def _chosen(pack: CountryPack, case: BusinessCase, state: Standing, draw: Draw) -> TrackChoice:
    """The track of the rules, or, for the share that the pack says, full evaluation by lot; once given it stays."""
    if case.track is not None:
        return replace(state.choice, track=state.track)
    share = state.choice.track.sampled_percent
    full = pack.tracks.get(TrackCode.FULL)
    if share and full is not None and draw(100) < share:
        why = (*state.choice.why, pack.sentences[SentenceCode.DRAWN_BY_LOT])
        return replace(state.choice, track=full, why=why)
    return state.choice


def _give_number(session: Session, case: BusinessCase) -> None:
    """`PF-2027-000123`: fiscal year of the call and a counter without gaps; an initiative has one for ever."""
    initiative = session.get_one(Initiative, case.initiative_id)
    if initiative.number is None:
        year = session.get_one(Call, case.call_id).fiscal_year
        initiative.number = f"PF-{year}-{_next_number(session, year):06d}"
        session.flush()


def _next_number(session: Session, year: int) -> int:
    """The counter's row is held until the commit: a submission that fails gives its number back."""
    key = NUMBER_KEY.format(year=year)
    row = session.scalar(select(InstallationFact).where(col(InstallationFact.key) == key).with_for_update())
    if row is None:
        row = InstallationFact(key=key, value="0")
        session.add(row)
    row.value = str(int(row.value) + 1)
    session.flush()
    return int(row.value)


def withdrawal_digest(case: BusinessCase) -> str:
    """What a withdrawal is bound to: this case in this very state."""
    return digest_of({"withdraw": str(case.id), "status": case.status.value, "since": case.status_since})


def withdraw(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, reason: str, digest: str) -> None:
    """Take a case back before the decision; it stays on the record. `digest` is `withdrawal_digest` as shown."""
    lock_for_move(session, case)
    if digest != withdrawal_digest(case):
        raise Refused(_("The case moved since you opened the page. Reload it and see how things stand."))
    move_case(session, actor, pack, case, "withdraw", reason, digest)
