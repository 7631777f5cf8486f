"""Roles that are proposed, confirmed by a second person, refused, withdrawn and ended."""

import uuid
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.canon import row_digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record, row_state
from portfolio.db.clock import now
from portfolio.db.text import folded
from portfolio.errors import FieldRefused, NotAllowed, Refused
from portfolio.i18n import gettext
from portfolio.identity.people_forms import RoleFields
from portfolio.identity.people_queries import as_held, held_by, held_in_chair, today
from portfolio.identity.people_scope import may_confirm_there, may_propose
from portfolio.notifications.outbox import owe
from portfolio.people.models import Institution, Membership, Person, RoleProposal, Unit
from portfolio.people.queries import holders, in_force
from portfolio.people.rules import reasons_against, why_not_confirm
from portfolio.people.terms import Holding, ProposalState, Role
from portfolio.people.viewer import Viewer

FEWEST_ADMINISTRATORS = 2
CONFIRMERS = (Role.USER_MANAGER, Role.HEAD_OF_SERVICE)


def propose_role(
    session: Session, actor: Viewer, person: Person, institution_id: uuid.UUID, fields: RoleFields
) -> RoleProposal:
    """Store the proposal and tell who may confirm it. Raises `Refused` with every rule it breaks."""
    institution = session.get(Institution, institution_id)
    if institution is None or not may_propose(actor, fields.role, institution_id):
        raise NotAllowed(gettext("You may not propose this role in this institution."))
    if fields.valid_from < today(session):
        raise FieldRefused("valid_from", gettext("A role begins today or later: nobody acted with it before."))
    proposal = RoleProposal(
        person_id=person.id,
        institution_id=institution_id,
        unit_id=_unit(session, institution_id, fields.unit_id),
        role=fields.role,
        holding=fields.holding,
        for_person_id=_principal(session, fields),
        valid_from=fields.valid_from,
        valid_to=fields.valid_to,
        ground=fields.ground,
        proposed_by_id=actor.person_id if actor.person_id.int else None,
    )
    _check_rules(session, proposal, institution)
    session.add(proposal)
    record(session, actor, Tag.ROLE_PROPOSED, proposal, words=fields.ground, role=fields.role, person=str(person.id))
    _tell_confirmers(session, actor, proposal, institution)
    return proposal


def _unit(session: Session, institution_id: uuid.UUID, unit_id: uuid.UUID | None) -> uuid.UUID | None:
    if unit_id is None:
        return None
    unit = session.get(Unit, unit_id)
    if unit is None or unit.institution_id != institution_id:
        raise FieldRefused("unit_id", gettext("Choose one of the options"))
    return unit.id


def _principal(session: Session, fields: RoleFields) -> uuid.UUID | None:
    if fields.holding is Holding.DIRECT:
        return None
    if not fields.for_email:
        raise FieldRefused("for_email", gettext("Say for whom the person acts"))
    found = session.scalar(select(col(Person.id)).where(col(Person.email_key) == folded(fields.for_email)))
    if found is None:
        raise FieldRefused("for_email", gettext("Nobody with this address is registered"))
    return found


def _check_rules(session: Session, proposal: RoleProposal, institution: Institution) -> None:
    new = as_held(proposal)
    reasons = reasons_against(
        new,
        held_by(session, proposal.person_id),
        held_by(session, proposal.for_person_id),
        held_in_chair(session, proposal.role, proposal.institution_id),
    )
    if institution.valid_to is not None and institution.valid_to < proposal.valid_from:
        reasons.append(gettext("The institution no longer exists on that day."))
    if reasons:
        raise Refused(*reasons)


def _tell_confirmers(session: Session, actor: Viewer, proposal: RoleProposal, institution: Institution) -> None:
    on = today(session)
    people = set(holders(session, Role.ADMINISTRATOR, on))
    for role in CONFIRMERS:
        people |= set(holders(session, role, on, institution.id))
    owe(
        session,
        "role_proposed",
        people - {actor.person_id, proposal.person_id},
        subject_id=proposal.id,
        path=f"/people/proposals/{proposal.id}",
        role=proposal.role,
        institution=institution.name,
    )


def digest_of(proposal: RoleProposal) -> str:
    """What the second person confirms: every column of the proposal."""
    return row_digest(RoleProposal.__tablename__, row_state(proposal))


def why_not_decide(viewer: Viewer, proposal: RoleProposal) -> str | None:
    """The reason this viewer may not confirm or refuse it."""
    if proposal.state is not ProposalState.PROPOSED:
        return gettext("This proposal was already decided.")
    if not may_confirm_there(viewer, proposal.role, proposal.institution_id):
        return gettext("Only an administrator confirms this role.")
    return why_not_confirm(viewer.person_id, proposal.person_id, proposal.proposed_by_id, proposal.for_person_id)


def decide_role(
    session: Session, actor: Viewer, proposal: RoleProposal, digest: str, *, grant: bool, reason: str
) -> None:
    """The second person's answer; the rules are asked again, for the day of the answer."""
    refusal = why_not_decide(actor, proposal)
    if refusal is not None:
        raise Refused(refusal)
    if digest != digest_of(proposal):
        raise Refused(gettext("The proposal is not the one that was shown. Reload the page."))
    if not grant and not reason:
        raise FieldRefused("reason", gettext("Say why it is refused"))
    institution = session.get_one(Institution, proposal.institution_id)
    proposal.decided_by_id, proposal.decided_at, proposal.decision_reason = actor.person_id, now(session), reason
    if not grant:
        _refuse(session, actor, proposal, institution)
        return
    proposal.valid_from = max(proposal.valid_from, today(session))
    _check_rules(session, proposal, institution)
    proposal.state = ProposalState.GRANTED
    membership = give(session, proposal)
    record(session, actor, Tag.ROLE_GRANTED, membership, role=proposal.role, person=str(proposal.person_id))
    owe(
        session,
        "role_granted",
        [proposal.person_id],
        subject_id=membership.id,
        path="/profile",
        role=proposal.role,
        institution=institution.name,
        since=proposal.valid_from,
    )


def _refuse(session: Session, actor: Viewer, proposal: RoleProposal, institution: Institution) -> None:
    proposal.state = ProposalState.REFUSED
    record(session, actor, Tag.ROLE_REFUSED, proposal, words=proposal.decision_reason, role=proposal.role)
    if proposal.proposed_by_id is not None:
        owe(
            session,
            "role_refused",
            [proposal.proposed_by_id],
            subject_id=proposal.id,
            path=f"/people/{proposal.person_id}",
            role=proposal.role,
            institution=institution.name,
            reason=proposal.decision_reason,
        )


def give(session: Session, proposal: RoleProposal) -> Membership:
    """The membership that a confirmed proposal becomes; the caller records."""
    row = Membership(
        person_id=proposal.person_id,
        institution_id=proposal.institution_id,
        unit_id=proposal.unit_id,
        role=proposal.role,
        holding=proposal.holding,
        for_person_id=proposal.for_person_id,
        valid_from=proposal.valid_from,
        valid_to=proposal.valid_to,
    )
    session.add(row)
    session.flush()
    return row


def withdraw_role(session: Session, actor: Viewer, proposal: RoleProposal) -> None:
    """Taken back by who proposed it, or by an administrator."""
    if proposal.state is not ProposalState.PROPOSED:
        raise Refused(gettext("This proposal was already decided."))
    if actor.person_id != proposal.proposed_by_id and Role.ADMINISTRATOR not in actor.roles:
        raise NotAllowed(gettext("Only who proposed a role takes it back."))
    proposal.state = ProposalState.WITHDRAWN
    proposal.decided_at = now(session)
    record(session, actor, Tag.ROLE_REFUSED, proposal, role=proposal.role, withdrawn=True)


def end_role(session: Session, actor: Viewer, membership: Membership, last_day: date | None, reason: str) -> None:
    """End a role on its last day, or at once (`last_day` nothing); one that has not begun is taken back whole.

    One person is enough: it is the safe side. What acts for this role ends with it.
    """
    if not may_propose(actor, membership.role, membership.institution_id):
        raise NotAllowed(gettext("You may not end this role."))
    on = today(session)
    ends = last_day or on - timedelta(days=1)
    if membership.valid_to is not None and membership.valid_to < on:
        raise Refused(gettext("This role has already ended."))
    if last_day is not None and last_day < on:
        raise FieldRefused("last_day", gettext("The last day is today or later"))
    if last_day is not None and membership.valid_to is not None and last_day > membership.valid_to:
        raise FieldRefused("last_day", gettext("The role ends before that day; a longer one is proposed anew"))
    keep_two_administrators(session, membership)
    for row in [membership, *_acting_for(session, membership, ends)]:
        _end(session, actor, row, ends, on, reason)


def _acting_for(session: Session, membership: Membership, ends: date) -> list[Membership]:
    """Substitutes and delegates whose principal loses the role before they do."""
    rows = session.scalars(
        select(Membership).where(
            col(Membership.for_person_id) == membership.person_id,
            col(Membership.role) == membership.role,
            col(Membership.institution_id) == membership.institution_id,
            col(Membership.valid_to) > ends,
        )
    )
    return list(rows) if membership.holding is Holding.DIRECT else []


def _end(session: Session, actor: Viewer, row: Membership, ends: date, on: date, reason: str) -> None:
    institution = session.get_one(Institution, row.institution_id)
    if row.valid_from > ends and row.valid_from > on:
        session.delete(row)
    elif row.valid_from > ends:
        raise Refused(
            gettext(
                "The role began today and ends today at the earliest. To stop the person at once, disable the account."
            )
        )
    else:
        row.valid_to = ends
    record(session, actor, Tag.ROLE_ENDED, row, words=reason, role=row.role, last_day=ends)
    owe(
        session,
        "role_ended",
        [row.person_id],
        path="/profile",
        role=row.role,
        institution=institution.name,
        day=max(ends, row.valid_from),
    )


def keep_two_administrators(session: Session, membership: Membership) -> None:
    """The last two administrators stay: with one alone nobody could confirm a role any more."""
    if membership.role is not Role.ADMINISTRATOR:
        return
    count = session.scalar(
        select(func.count(col(Membership.person_id).distinct())).where(
            col(Membership.role) == Role.ADMINISTRATOR,
            in_force(today(session)),
            col(Membership.person_id) != membership.person_id,
        )
    )
    if (count or 0) < FEWEST_ADMINISTRATORS:
        raise Refused(gettext("Two administrators at least remain: name another one first."))
