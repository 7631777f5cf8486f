"""What the events of delivery say in words: values with what they were before, days, periods, ratings, amounts of contracts."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.closure.terms import Judged
from portfolio.db.money import Money
from portfolio.execution.models import Contract
from portfolio.findings.terms import Judgement
from portfolio.i18n import gettext as _
from portfolio.labels import is_labelled, label
from portfolio.monitoring.health_terms import Confidence
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.monitoring.rating_words import period_words
from portfolio.packs.schema import CountryPack
from portfolio.projects.plan.terms import BaselineKind
from portfolio.projects.terms import Standing
from portfolio.risk.models import RiskAssessment
from portfolio.risk.terms import ActionState, RiskState, Severity, Stance
from portfolio.web.formatting import money, number, short_day

Content = Mapping[str, Any]

WORDS: dict[Tag, tuple[tuple[str, type[Enum]], ...]] = {
    Tag.RATING_COMPUTED: (("level", Confidence),),
    Tag.RATING_FILED: (("level", Confidence),),
    Tag.GATE_DECIDED: (("outcome", GateOutcome),),
    Tag.FINDING_JUDGED: (("outcome", Judgement),),
    Tag.EVALUATION_REVIEWED: (("outcome", Judged),),
    Tag.SERVICE_REVIEW_JUDGED: (("outcome", Judged),),
    Tag.PLAN_PROPOSED: (("kind", BaselineKind),),
    Tag.PLAN_APPROVED: (("kind", BaselineKind),),
    Tag.PROJECT_STANDING_SET: (("to", Standing),),
    Tag.RISK_ACTION_SET: (("state", ActionState),),
    Tag.ISSUE_RAISED: (("severity", Severity),),
}
"""Details whose values are words of a room."""

CONTRACTS = frozenset(
    {Tag.CONTRACT_ADDED, Tag.CONTRACT_AMENDED, Tag.INVOICE_ADDED, Tag.INVOICE_PAID, Tag.INVOICE_REJECTED}
)
"""Acts whose amounts are in the currency of a contract, not in that of the case."""


def said_of(session: Session, pack: CountryPack, events: Sequence[AuditEvent]) -> dict[uuid.UUID, list[str]]:
    """By event; at most two statements, whatever there is."""
    known = {tag.value for tag in Tag}
    contents = {event.id: json.loads(event.canon)["detail"] for event in events}
    contracts = _contracts(session, events, contents)
    before = _ratings_before(session, events)
    found = {}
    for event in events:
        if event.action in known:
            tag, content = Tag(event.action), contents[event.id]
            sentences = [
                _period(content),
                *_labelled(tag, content),
                _risk(pack, content, before.get(event.object_id) if event.object_id else None),
                _change(content, "forecast", _("Forecast")),
                _change(content, "actual", _("Reached")),
                *_days(content),
                _number(tag, content),
                _amount(tag, content, contracts.get(_contract_of(event, content))),
            ]
            found[event.id] = [text for text in sentences if text]
    return found


def _day(value: object) -> str:
    """A day that an event holds, or nothing for what is none."""
    try:
        return short_day(date.fromisoformat(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""


def _word(kind: type[Enum], value: object) -> str:
    try:
        member = kind(value)
    except ValueError:
        return ""
    return label(member) if is_labelled(member) else ""


def _period(content: Content) -> str:
    """Periods of returns and ratings are named by their first day, those of indicators by their last."""
    if not (day := _day(content.get("period"))):
        return ""
    first = date.fromisoformat(content["period"])
    return _("Period: %(period)s") % {"period": period_words(first) if first.day == 1 else day}


def _labelled(tag: Tag, content: Content) -> list[str]:
    return [_word(kind, content.get(name)) for name, kind in WORDS.get(tag, ())]


def _risk(pack: CountryPack, content: Content, before: str | None) -> str:
    """The state of a risk as it was and is, or a rating with the one before it of the same stance."""
    was, now = _word(RiskState, content.get("was")), _word(RiskState, content.get("now"))
    if was and now:
        return _("From «%(before)s» to «%(after)s»") % {"before": was, "after": now}
    code = content.get("rating")
    if not isinstance(code, str) or code not in pack.risk.ratings:
        return ""
    rating = str(pack.risk.ratings[code].label)
    if before is not None and before != code and before in pack.risk.ratings:
        words = _("from «%(before)s» to «%(after)s»") % {
            "before": str(pack.risk.ratings[before].label),
            "after": rating,
        }
    else:
        words = rating
    stance = _word(Stance, content.get("stance"))
    return f"{stance}: {words}" if stance else _("Rating: %(rating)s") % {"rating": words}


def _change(content: Content, name: str, words: str) -> str:
    before, after = _day(content.get(f"{name}_before")), _day(content.get(name))
    if before == after or not (before or after):
        return ""
    if not before:
        return f"{words}: {after}"
    return _("%(what)s: from %(before)s to %(after)s") % {
        "what": words,
        "before": before,
        "after": after or _("no date"),
    }


def _days(content: Content) -> list[str]:
    words = {
        "due": _("Due on %(day)s"),
        "until": _("Until %(day)s"),
        "paid_on": _("Paid on %(day)s"),
        "ended_on": _("Ended on %(day)s"),
        "ends_on": _("Ends on %(day)s"),
    }
    return [text % {"day": day} for name, text in words.items() if (day := _day(content.get(name)))]


def _number(tag: Tag, content: Content) -> str:
    if tag is Tag.PLAN_APPROVED and content.get("number"):
        return _("Plan %(number)s") % {"number": content["number"]}
    if tag is Tag.MEASUREMENTS_RECORDED:
        return _("Values: %(values)s, corrected: %(corrected)s") % {
            "values": number(content.get("values", 0)),
            "corrected": number(content.get("corrected", 0)),
        }
    return ""


def _amount(tag: Tag, content: Content, contract: Contract | None) -> str:
    if tag not in CONTRACTS or contract is None:
        return ""
    value = content.get("amount", content.get("change"))
    try:
        amount = money(Money(contract.currency, int(value))) if value is not None else ""
    except (TypeError, ValueError):
        return ""
    return (
        _("Change of the amount: %(amount)s") % {"amount": amount} if amount and tag is Tag.CONTRACT_AMENDED else amount
    )


def _contract_of(event: AuditEvent, content: Content) -> uuid.UUID | None:
    if event.object_type == "contract":
        return event.object_id
    try:
        return uuid.UUID(content["contract"]) if content.get("contract") else None
    except (TypeError, ValueError):
        return None


def _contracts(
    session: Session, events: Sequence[AuditEvent], contents: Mapping[uuid.UUID, Content]
) -> dict[uuid.UUID | None, Contract]:
    ids = {found for event in events if (found := _contract_of(event, contents[event.id])) is not None}
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(Contract).where(col(Contract.id).in_(ids)))}


def _ratings_before(session: Session, events: Sequence[AuditEvent]) -> dict[uuid.UUID, str]:
    """By assessment among the events, the rating that the same stance of the same risk had before it."""
    ids = [event.object_id for event in events if event.object_type == "risk_assessment"]
    if not ids:
        return {}
    risks = select(col(RiskAssessment.risk_id)).where(col(RiskAssessment.id).in_(ids))
    rows = session.scalars(
        select(RiskAssessment)
        .where(col(RiskAssessment.risk_id).in_(risks))
        .order_by(col(RiskAssessment.assessed_at), col(RiskAssessment.id))
    )
    last: dict[tuple[uuid.UUID, Stance], str] = {}
    found = {}
    for row in rows:
        if (key := (row.risk_id, row.stance)) in last:
            found[row.id] = last[key]
        last[key] = row.rating
    return found
