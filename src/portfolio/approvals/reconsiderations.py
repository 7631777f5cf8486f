"""Reconsideration: the institution asks once, within the country's term; the body that the pack names answers with reasons."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import authority_refusal, lawful_people
from portfolio.approvals.facts import present_opinion
from portfolio.approvals.models import Opinion, Reconsideration
from portfolio.approvals.moves import move_case
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.terms import OpinionOutcome, ReconsiderationState
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.notifications.outbox import owe
from portfolio.packs.calendar import deadline_at
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import DeadlineCode, Power
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.web.formatting import instant

_ASKABLE = (OpinionOutcome.UNFAVOURABLE, OpinionOutcome.WITH_CONDITIONS)
_OPEN_TO_IT = (CaseStatus.UNFAVOURABLE, CaseStatus.CONDITIONED)


def request_of(session: Session, case: BusinessCase) -> Reconsideration | None:
    """The one request of a case, whatever became of it."""
    return session.scalar(select(Reconsideration).where(col(Reconsideration.case_id) == case.id))


def may_ask_until(pack: CountryPack, opinion: Opinion) -> datetime | None:
    """The pack's working days from the signature; nothing for an unsigned opinion."""
    if opinion.signed_at is None:
        return None
    return deadline_at(pack, opinion.signed_at, pack.deadline_days(DeadlineCode.RECONSIDERATION))


def why_not_ask(session: Session, pack: CountryPack, case: BusinessCase) -> list[str]:
    """Why no reconsideration can be asked on this case now; empty when it can."""
    if request_of(session, case) is not None:
        return [_("Reconsideration was asked once already; there is no second request.")]
    opinion = present_opinion(session, case.id)
    if opinion is None or opinion.outcome not in _ASKABLE or case.status not in _OPEN_TO_IT:
        return [
            _("Reconsideration is asked on an opinion that is unfavourable or has conditions, before the decision.")
        ]
    until = may_ask_until(pack, opinion)
    if until is None or now(session) > until:
        return [_("The term for asking ended on %(until)s.") % {"until": instant(until)}]
    return []


def ask(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase, reasons: str) -> Reconsideration:
    """The institution's one request. Raises `Refused` with every reason."""
    lock_for_move(session, case)
    opinion = present_opinion(session, case.id)
    if (refusals := why_not_ask(session, pack, case)) or opinion is None:
        raise Refused(*refusals)
    row = Reconsideration(
        case_id=case.id,
        opinion_id=opinion.id,
        reasons=reasons,
        asked_by_id=actor.person_id,
        asked_at=now(session),
    )
    session.add(row)
    session.flush()
    record(session, actor, Tag.RECONSIDERATION_ASKED, row, words=reasons, case=case.id, opinion=opinion.id)
    owe(
        session,
        "reconsideration_asked",
        lawful_people(session, pack, case, Power.RECONSIDERATION, (Role.DIRECTIVE_HEAD,)),
        subject_id=case.id,
        path=f"/cases/{case.id}/reconsideration",
        number=session.get_one(Initiative, case.initiative_id).number or "",
        title=case.title,
    )
    return row


def request_digest(row: Reconsideration, opinion: Opinion) -> str:
    """What the deciding body is shown: the request and the opinion it is about."""
    return digest({"format": 1, "request": row.id, "reasons": row.reasons, "opinion": opinion.digest})


def why_not_answer(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> list[str]:
    """Why this person may not answer the request; empty when they may. Who signed the opinion does not judge it."""
    row = request_of(session, case)
    if row is None or row.state is not ReconsiderationState.ASKED:
        return [_("No request for reconsideration waits for an answer.")]
    refused = authority_refusal(session, pack, actor, case, Power.RECONSIDERATION)
    reasons = [refused] if refused else []
    reasons += separation_reasons(session, pack, actor, case, Duty.RECONSIDER)
    if session.get_one(Opinion, row.opinion_id).signed_by_id == actor.person_id:
        reasons.append(_("You signed this opinion; another person answers the request."))
    return reasons


def answer(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    case: BusinessCase,
    state: ReconsiderationState,
    words: str,
    password: str,
    shown: str,
) -> None:
    """Uphold the opinion, or reopen it: then the case goes back to the check and a new opinion is awaited.

    `shown`: the digest of the page (`request_digest`). Raises `FieldRefused` for the password, `Refused` otherwise.
    """
    prove(session, secret, actor, password, shown)
    lock_for_move(session, case)
    row = request_of(session, case)
    if (refusals := why_not_answer(session, actor, pack, case)) or row is None:
        raise Refused(*refusals)
    if request_digest(row, session.get_one(Opinion, row.opinion_id)) != shown:
        raise Refused(_("The request changed while you were looking. Reload the page and read it again."))
    row.state, row.answer = state, words
    row.decided_by_id, row.decided_at = actor.person_id, now(session)
    session.flush()
    record(session, actor, Tag.RECONSIDERATION_DECIDED, row, words=words, case=case.id, state=state, digest=shown)
    if state is ReconsiderationState.REOPENED:
        move_case(session, actor, pack, case, "reconsider", reason=words, digest=shown)
    owe(
        session,
        "reconsideration_decided",
        {row.asked_by_id, case.lead_id},
        subject_id=case.id,
        path=f"/cases/{case.id}/reconsideration",
        number=session.get_one(Initiative, case.initiative_id).number or "",
        title=case.title,
        outcome=state,
        answer=words,
    )
