"""The directive body's opinion: drafted by analysts from the record, signed by the head, bound to exactly what was shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.authorities import acting_body, authority_refusal, lawful_bodies, lawful_people
from portfolio.approvals.facts import case_facts
from portfolio.approvals.grounds import grounds_of
from portfolio.approvals.models import Condition, Opinion, OpinionDraft
from portfolio.approvals.moves import move_case
from portfolio.approvals.opinion_rules import (
    MOVES,
    ConditionText,
    DraftFacts,
    day_of,
    kept_conditions,
    lacks,
    obstacles,
)
from portfolio.approvals.separation import Act as Duty
from portfolio.approvals.terms import OpinionOutcome
from portfolio.approvals.ties import separation_reasons
from portfolio.audit.canon import digest
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.i18n import language
from portfolio.identity.step_up import prove
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative

Content = dict[str, Any]


def draft_of(session: Session, case: BusinessCase) -> OpinionDraft | None:
    return session.scalar(select(OpinionDraft).where(col(OpinionDraft.case_id) == case.id))


def why_not_write(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> list[str]:
    """Why this person may not work on the opinion of this case now; empty when they may."""
    if case.status is not CaseStatus.CHECKING:
        return [_("In its present state no opinion is written on this case.")]
    refused = authority_refusal(session, pack, actor, case, Power.OPINION)
    return [*([refused] if refused else []), *separation_reasons(session, pack, actor, case, Duty.OPINION)]


def save_opinion(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    *,
    outcome: OpinionOutcome | None,
    recommended_minor: int | None,
    reasons: str,
    grounds: Sequence[Mapping[str, str]],
    conditions: Sequence[ConditionText],
) -> OpinionDraft:
    """Keep the draft, complete or not; an edit takes it back from the head. Raises `Refused`.

    `grounds`: {kind, id, note} each. Nothing of a draft is in the trail until it is passed on.
    """
    if refusals := why_not_write(session, actor, pack, case):
        raise Refused(*refusals)
    draft = draft_of(session, case)
    if draft is None:
        draft = OpinionDraft(
            case_id=case.id,
            drafted_by_id=actor.person_id,
            edited_by_id=actor.person_id,
            edited_at=now(session),
        )
        session.add(draft)
    wanted = {
        "outcome": outcome,
        "recommended_minor": recommended_minor,
        "reasons": reasons,
        "grounds": [dict(ground) for ground in grounds],
        "conditions": [asdict(condition) for condition in kept_conditions(conditions)],
    }
    if any(getattr(draft, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(draft, name, value)
        draft.ready_at = None
        draft.edited_by_id, draft.edited_at = actor.person_id, now(session)
    session.flush()
    return draft


def pass_on(session: Session, actor: Viewer, pack: CountryPack, case: BusinessCase) -> None:
    """Pass a complete draft to the head for signature. Raises `Refused` with all that it lacks."""
    draft = draft_of(session, case)
    if draft is None:
        raise Refused(_("Nothing has been entered yet."))
    refusals = [*why_not_write(session, actor, pack, case), *draft_lacks(session, pack, case, draft)]
    if refusals:
        raise Refused(*refusals)
    draft.ready_at = now(session)
    record(session, actor, Tag.OPINION_DRAFTED, draft, case=case.id, digest=opinion_digest(session, pack, case, draft))
    owe(
        session,
        "opinion_ready",
        {*lawful_people(session, pack, case, Power.OPINION, (Role.DIRECTIVE_HEAD,))} - {actor.person_id},
        subject_id=case.id,
        path=f"/cases/{case.id}/opinion",
        number=_number(session, case),
        title=case.title,
        by=actor.name,
    )
    session.flush()


def conditions_of_draft(draft: OpinionDraft) -> list[ConditionText]:
    return [ConditionText(**item) for item in draft.conditions]


def draft_lacks(session: Session, pack: CountryPack, case: BusinessCase, draft: OpinionDraft) -> list[str]:
    """What the draft itself lacks; what the case owes is in `case_obstacles`."""
    snapshot = newest_snapshot(session, case.id)
    facts = DraftFacts(
        outcome=draft.outcome,
        recommended=draft.recommended_minor,
        requested=0 if snapshot is None else int(snapshot.totals.get("asked", 0)),
        reasons=draft.reasons,
        grounds=tuple(_key(item) for item in draft.grounds),
        conditions=tuple(conditions_of_draft(draft)),
    )
    today = now(session).astimezone(pack.zone).date()
    return lacks(facts, {ground.key for ground in grounds_of(session, pack, case)}, today)


def case_obstacles(
    session: Session, pack: CountryPack, case: BusinessCase, outcome: OpinionOutcome | None
) -> list[Any]:
    """What stands against any signature now: `opinion_rules.Obstacle`, each with the page that puts it right."""
    return list(obstacles(case_facts(session, pack, case, now(session)), outcome))


def _key(item: Mapping[str, str]) -> str:
    return f"{item['kind']}:{item['id']}"


def _number(session: Session, case: BusinessCase) -> str:
    return session.get_one(Initiative, case.initiative_id).number or ""


def opinion_content(session: Session, pack: CountryPack, case: BusinessCase, draft: OpinionDraft) -> Content:
    """Exactly what is signed, in the language of the case: outcome, amount, reasons, grounds with their words, conditions,
    the frozen content, and the body that holds the power."""
    snapshot = newest_snapshot(session, case.id)
    bodies = lawful_bodies(session, pack, case, Power.OPINION)
    with language(case.language):
        found = {ground.key: ground for ground in grounds_of(session, pack, case)}
        grounds = [
            {
                "kind": item["kind"],
                "id": item["id"],
                "note": item.get("note", ""),
                "title": found[_key(item)].title,
                "text": found[_key(item)].text,
                "anchor": found[_key(item)].anchor,
            }
            for item in draft.grounds
            if _key(item) in found
        ]
    return {
        "format": 1,
        "case": str(case.id),
        "number": _number(session, case),
        "title": case.title,
        "institution": session.get_one(Institution, case.institution_id).name,
        "language": case.language,
        "snapshot": "" if snapshot is None else snapshot.digest,
        "bodies": [decider.body.code for decider in bodies],
        "outcome": None if draft.outcome is None else draft.outcome.value,
        "currency": case.currency,
        "recommended": draft.recommended_minor,
        "reasons": draft.reasons,
        "grounds": grounds,
        "conditions": [asdict(condition) for condition in conditions_of_draft(draft)],
    }


def opinion_digest(session: Session, pack: CountryPack, case: BusinessCase, draft: OpinionDraft) -> str:
    return digest(opinion_content(session, pack, case, draft))


def sign_opinion(
    session: Session, actor: Viewer, pack: CountryPack, secret: str, case: BusinessCase, password: str, shown: str
) -> Opinion:
    """Sign what the page showed; the case moves, and the conditions begin to count.

    `shown`: the digest of the page (`opinion_digest`). Raises `FieldRefused` for the password, `Refused` with every reason
    otherwise: the draft changed, something lacks or is open, another body has the power, separation of duties.
    """
    prove(session, secret, actor, password, shown)
    lock_for_move(session, case)
    draft, snapshot = draft_of(session, case), newest_snapshot(session, case.id)
    if draft is None or snapshot is None or opinion_digest(session, pack, case, draft) != shown:
        raise Refused(_("The draft or the record changed while you were looking. Read it again: nothing was signed."))
    if refusals := draft_lacks(session, pack, case, draft):
        raise Refused(*refusals)
    if draft.outcome is None:
        raise AssertionError("an opinion without an outcome was let through")
    content = opinion_content(session, pack, case, draft)
    body = acting_body(session, pack, actor, case, Power.OPINION)
    opinion = Opinion(
        case_id=case.id,
        snapshot_id=snapshot.id,
        outcome=draft.outcome,
        recommended_minor=draft.recommended_minor,
        reasons=draft.reasons,
        grounds=content["grounds"],
        drafted_by_id=draft.drafted_by_id,
        signed_by_id=actor.person_id,
        signed_at=now(session),
        digest=shown,
        body=body.body.code if body else "",
    )
    session.add(opinion)
    session.flush()
    _set_conditions(session, case, opinion, conditions_of_draft(draft))
    session.delete(draft)
    session.flush()
    record(
        session,
        actor,
        Tag.OPINION_SIGNED,
        opinion,
        case=case.id,
        outcome=opinion.outcome,
        recommended=opinion.recommended_minor,
        digest=shown,
        snapshot=snapshot.digest,
        body=opinion.body,
    )
    move_case(session, actor, pack, case, MOVES[opinion.outcome], digest=shown)
    return opinion


def _set_conditions(
    session: Session, case: BusinessCase, opinion: Opinion, conditions: Sequence[ConditionText]
) -> None:
    for condition in conditions:
        due = day_of(condition.due_on)
        if due is None:
            raise AssertionError("a condition without a day was let through")
        session.add(
            Condition(
                case_id=case.id,
                opinion_id=opinion.id,
                text=condition.text,
                owner=condition.owner,
                evidence=condition.evidence,
                due_on=due,
                tranche=int(condition.tranche) if condition.tranche else None,
                ground=condition.ground,
            )
        )
