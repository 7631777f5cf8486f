"""Opening, changing and extending calls. Each act is one event; dates of an open call move by extension only."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.notifications.outbox import owe
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.strategy.audience import writers_of
from portfolio.strategy.forms import ActionLineFields, CallFields, ExtensionFields
from portfolio.strategy.models import ActionLine, Call, CallExtension, CallStage, Envelope
from portfolio.strategy.queries import action_lines_of, envelopes_of, stages_of
from portfolio.strategy.rules import has_closed, to_the_second
from portfolio.strategy.terms import CallStageCode

Stages = Mapping[CallStageCode, tuple[datetime, datetime] | None]


def open_call(session: Session, actor: Viewer, pack: CountryPack, fields: CallFields) -> Call:
    """A new call, in the pack's currency and under its present version."""
    call = Call(
        **fields.model_dump(),
        currency=pack.currency,
        pack_code=pack.code,
        pack_version=pack.version,
    )
    session.add(call)
    record(session, actor, Tag.CALL_OPENED, call, opens_at=call.opens_at, closes_at=call.closes_at)
    session.flush()
    return call


def change_call(session: Session, actor: Viewer, call: Call, fields: CallFields) -> None:
    """Raises `FieldRefused` for dates and the year of a call that has opened: the closing moves by extension only."""
    changed = {name: value for name, value in fields.model_dump().items() if not _same(value, getattr(call, name))}
    fixed = [name for name in ("opens_at", "closes_at", "fiscal_year", "kind") if name in changed]
    if fixed and now(session) >= call.opens_at:
        raise FieldRefused(
            fixed[0], _("The call has opened, so this cannot be changed. The closing moves by extension.")
        )
    for name, value in changed.items():
        setattr(call, name, value)
    texts = {"title", "summary"}
    kept = {name: value for name, value in changed.items() if name not in texts}
    record(session, actor, Tag.CALL_CHANGED, call, changed=sorted(changed), values=kept)
    session.flush()


def _same(typed: Any, kept: Any) -> bool:
    """Instants are typed to the second."""
    if isinstance(typed, datetime) and isinstance(kept, datetime):
        return to_the_second(typed) == to_the_second(kept)
    return bool(typed == kept)


def extend_call(session: Session, actor: Viewer, call: Call, fields: ExtensionFields) -> CallExtension:
    """One reasoned act for everybody; whoever is writing for the call is told. Raises `FieldRefused` for an earlier closing."""
    if fields.closes_at <= call.closes_at:
        raise FieldRefused("closes_at", _("The new closing must be later than the present one"))
    if fields.closes_at <= now(session):
        raise FieldRefused("closes_at", _("The new closing must lie in the future"))
    extension = CallExtension(
        call_id=call.id,
        closed_at=call.closes_at,
        closes_at=fields.closes_at,
        reason=fields.reason,
        decided_by_id=actor.person_id,
    )
    session.add(extension)
    call.closes_at = fields.closes_at
    record(
        session,
        actor,
        Tag.CALL_EXTENDED,
        call,
        words=fields.reason,
        before=extension.closed_at,
        after=extension.closes_at,
    )
    owe(
        session,
        "call_extended",
        writers_of(session, call.id),
        subject_id=call.id,
        path=f"/calls/{call.id}",
        call=call.title,
        until=call.closes_at,
        reason=fields.reason,
    )
    session.flush()
    return extension


def set_stages(session: Session, actor: Viewer, call: Call, stages: Stages) -> None:
    """`stages`: begin and end, or nothing for a stage without dates. Raises `FieldRefused` for an end before its beginning."""
    present = {stage.code: stage for stage in stages_of(session, call.id)}
    for code, dates in stages.items():
        if dates is not None and dates[1] <= dates[0]:
            raise FieldRefused(f"{code.value}_ends", _("The stage must end after it begins"))
        stage = present.get(code)
        if dates is None and stage is not None:
            session.delete(stage)
        elif dates is not None and stage is None:
            session.add(CallStage(call_id=call.id, code=code, begins_at=dates[0], ends_at=dates[1]))
        elif dates is not None and stage is not None:
            stage.begins_at, stage.ends_at = dates
    record(session, actor, Tag.CALL_CHANGED, call, stages={code.value: dates for code, dates in stages.items()})
    session.flush()


def add_action_line(session: Session, actor: Viewer, call: Call, fields: ActionLineFields) -> ActionLine:
    """Raises `FieldRefused` for a code that the call has already."""
    if fields.code in {line.code for line in action_lines_of(session, call.id)}:
        raise FieldRefused("code", _("The call already has an action line with this code"))
    line = ActionLine(
        call_id=call.id,
        code=fields.code,
        title=fields.title,
        objective=fields.objective,
        theme=fields.theme.value if fields.theme else "",
    )
    session.add(line)
    record(session, actor, Tag.CALL_CHANGED, call, action_line_added=line.code)
    session.flush()
    return line


def remove_action_line(session: Session, actor: Viewer, call: Call, line_id: uuid.UUID) -> None:
    """Cases that chose it are asked to choose again. Raises `Refused` once the call has closed."""
    if has_closed(call, now(session)):
        raise Refused(_("The call has closed, so its action lines stay as they are."))
    line = session.get(ActionLine, line_id)
    if line is None or line.call_id != call.id:
        raise Refused(_("This action line is not there any more."))
    session.delete(line)
    record(session, actor, Tag.CALL_CHANGED, call, action_line_removed=line.code)
    session.flush()


def set_envelopes(session: Session, actor: Viewer, call: Call, amounts: Mapping[uuid.UUID, Money | None]) -> int:
    """Ceilings by institution in one act; nothing takes an envelope away. Returns how many changed, and records those only."""
    present = envelopes_of(session, call.id)
    changed: dict[str, dict[str, int | None]] = {}
    for institution_id, amount in amounts.items():
        row = present.get(institution_id)
        before, after = (row.amount_minor if row else None), (amount.minor if amount else None)
        if before == after:
            continue
        changed[str(institution_id)] = {"before": before, "after": after}
        if row is None and amount is not None:
            session.add(
                Envelope(
                    call_id=call.id, institution_id=institution_id, amount_minor=amount.minor, currency=call.currency
                )
            )
        elif row is not None and amount is None:
            session.delete(row)
        elif row is not None and amount is not None:
            row.amount_minor = amount.minor
    if changed:
        record(session, actor, Tag.ENVELOPE_SET, call, currency=call.currency, envelopes=changed)
        session.flush()
    return len(changed)
