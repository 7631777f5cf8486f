"""The override: the authority that the pack names lets money pass against an unfavourable binding opinion, by an act of its own."""

from datetime import date

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import acting_body, authority_refusal, lawful_people
from portfolio.approvals.models import Act, OpinionOverride
from portfolio.approvals.positions import Position, position_of
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.terms import ActKind
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer


def override_digest(position: Position) -> str:
    """What the authority acts on: the case as frozen and the opinion against it."""
    opinion = position.opinion
    return digest(
        {
            "format": 1,
            "act": "override",
            "case": position.case.id,
            "snapshot": position.snapshot_digest,
            "opinion": None if opinion is None else opinion.digest,
        }
    )


def why_not_override(session: Session, actor: Viewer, pack: CountryPack, position: Position) -> list[str]:
    """Why this person may not override the opinion on a case; empty when they may."""
    if not position.facts.needs_override:
        return [_("Only an unfavourable opinion that binds can be overridden.")]
    if position.override is not None:
        return [_("The opinion has been overridden already.")]
    refused = authority_refusal(session, pack, actor, position.case, Power.OVERRIDE)
    return [
        *([refused] if refused else []),
        *separation_reasons(session, pack, actor, position.case, Duty.DECIDE),
    ]


def override_opinion(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    case: BusinessCase,
    *,
    number: str,
    dated_on: date,
    reasons: str,
    password: str,
    shown: str,
) -> OpinionOverride:
    """Record the act; the budget office may then propose money. `shown`: the digest of the page (`override_digest`).

    Raises `FieldRefused` for the password, `Refused` with every reason.
    """
    prove(session, secret, actor, password, shown)
    lock_for_move(session, case)
    position = position_of(session, pack, case)
    if override_digest(position) != shown or position.opinion is None:
        raise Refused(_("The case or its opinion changed while you were looking. Reload the page and read it again."))
    if refusals := why_not_override(session, actor, pack, position):
        raise Refused(*refusals)
    body = acting_body(session, pack, actor, case, Power.OVERRIDE)
    act = Act(kind=ActKind.OVERRIDE, number=number, dated_on=dated_on)
    session.add(act)
    session.flush()
    row = OpinionOverride(
        case_id=case.id,
        opinion_id=position.opinion.id,
        act_id=act.id,
        reasons=reasons,
        body=body.body.code if body else "",
        decided_by_id=actor.person_id,
        decided_at=now(session),
        digest=shown,
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.OPINION_OVERRIDDEN, row, words=reasons, case=case.id, opinion=row.opinion_id, act=act.id,
        digest=shown,
    )  # fmt: skip
    owe(
        session,
        "opinion_overridden",
        lawful_people(session, pack, case, Power.BUDGET_DECISION, (Role.BUDGET_ANALYST, Role.BUDGET_DECIDER)),
        subject_id=case.id,
        path=f"/cases/{case.id}/decision",
        number=position.number,
        title=case.title,
        act=number,
    )
    return row
