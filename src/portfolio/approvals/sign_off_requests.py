"""Asking for sign-offs: the lead calls those who may sign, once nothing else stands between the case and its submission."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.facts import WRITING, case_facts
from portfolio.approvals.guards import enough_people_signed, every_section_is_signed
from portfolio.approvals.models import SignOffRequest
from portfolio.approvals.routing import submission_move
from portfolio.approvals.sign_off_board import Board, read_board
from portfolio.approvals.ties import ties_of
from portfolio.approvals.workflow import CASE_WORKFLOW
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.completeness import standing
from portfolio.business_cases.content import content_digest, read_content
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.identity.models import Account
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Person
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer

_SIGN_OFF_GUARDS = (enough_people_signed, every_section_is_signed)


def why_not_ask(
    session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, board: Board, people: Sequence[uuid.UUID]
) -> list[str]:
    """Every reason why this person may not ask now; empty when only sign-offs are lacking and there is somebody to ask."""
    if case.status not in WRITING:
        return [_("The case was submitted; its sign-offs are closed.")]
    reasons = []
    if actor.person_id != case.lead_id:
        name = session.get_one(Person, case.lead_id).name
        reasons.append(_("%(name)s leads this case, and asks for its sign-offs.") % {"name": name})
    facts = case_facts(session, pack, case, now(session))
    move = CASE_WORKFLOW.named(submission_move(case.status, facts))
    reasons += [reason for guard in move.guards if guard not in _SIGN_OFF_GUARDS and (reason := guard(facts))]
    if board.is_complete:
        reasons.append(_("Every section is signed off. The case can be submitted."))
    elif not people:
        reasons.append(_("Nobody in the institution holds a role that may still sign. Ask its user manager."))
    return reasons


def who_may_sign(session: Session, pack: CountryPack, case: BusinessCase, board: Board) -> dict[uuid.UUID, Role]:
    """Person to the first free chair that they may take: not who signed, is recused, alone wrote the case, or is shut out."""
    today = now(session).astimezone(pack.zone).date()
    ties = ties_of(session, case)
    found: dict[uuid.UUID, Role] = {}
    for chair in board.chairs:
        if chair.held is None:
            for person in holders(session, chair.role, today, case.institution_id):
                found.setdefault(person, chair.role)
    alone = ties.authors if len(ties.authors) == 1 else frozenset()
    barred = board.signers | ties.recused | alone | _shut_out(session, found)
    return {person: role for person, role in found.items() if person not in barred}


def ask_for_sign_offs(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> int:
    """Tell whoever may sign and was not asked for this very content; returns how many are newly asked. Raises `Refused`.

    Pressing twice tells nobody twice; after a change of the content they are asked anew.
    """
    lock_for_move(session, case)
    state = standing(session, pack, case)
    content = read_content(session, pack, case)
    board = read_board(session, pack, state, content)
    people = who_may_sign(session, pack, case, board)
    if reasons := why_not_ask(session, actor, pack, case, board, list(people)):
        raise Refused(*reasons)
    digest = content_digest(content)
    asked = {row.person_id for row in requests_for(session, case.id, digest)}
    new = {person: role for person, role in people.items() if person not in asked}
    if not new:
        return 0
    at = now(session)
    session.add_all(
        SignOffRequest(
            case_id=case.id,
            person_id=person,
            role=role.value,
            digest=digest,
            asked_by_id=actor.person_id,
            asked_at=at,
        )
        for person, role in new.items()
    )
    record(session, actor, Tag.SIGN_OFFS_ASKED, case, digest=digest, people=sorted(map(str, new)))
    owe(
        session,
        "sign_off_asked",
        new,
        subject_id=case.id,
        path=f"/cases/{case.id}/sign-off",
        once_key=f"sign_off_asked:{case.id}:{digest[:16]}",
        title=case.title,
        by=actor.name,
    )
    session.flush()
    return len(new)


def requests_for(session: Session, case_id: uuid.UUID, digest: str = "") -> Sequence[SignOffRequest]:
    """Newest first; of one content, or of all of them."""
    query = select(SignOffRequest).where(col(SignOffRequest.case_id) == case_id)
    if digest:
        query = query.where(col(SignOffRequest.digest) == digest)
    return session.scalars(query.order_by(col(SignOffRequest.asked_at).desc(), col(SignOffRequest.id))).all()


def _shut_out(session: Session, people: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Whose account is disabled: a notice would reach nobody."""
    return frozenset(
        session.scalars(
            select(col(Account.person_id)).where(
                col(Account.person_id).in_(list(people)), col(Account.disabled_at).is_not(None)
            )
        )
    )
