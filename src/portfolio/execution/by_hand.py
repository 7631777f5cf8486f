"""Amounts typed by a person, only where the financial system has none of the project and fiscal year."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.memo import row_of
from portfolio.errors import FieldRefused
from portfolio.execution.amounts import minor_of
from portfolio.execution.confirming import ask
from portfolio.execution.forms import TypedFields
from portfolio.execution.models import ExecutionEntry
from portfolio.execution.recording import Amount, Key, Newest, keep, lock, newest
from portfolio.execution.rows import Unreadable, read_month
from portfolio.execution.terms import Flow, Origin
from portfolio.execution.typed_rules import Held, concerns
from portfolio.execution.years import bounds_of, year_of
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative, Project


def has_system_figures(session: Session, pack: CountryPack, project: Project, year: int) -> bool:
    """Whether the financial system said anything of a project and fiscal year."""
    first, after = bounds_of(pack, year)
    query = exists().where(
        col(ExecutionEntry.project_id) == project.id,
        col(ExecutionEntry.origin) == Origin.SYSTEM,
        col(ExecutionEntry.month) >= first,
        col(ExecutionEntry.month) < after,
    )
    return bool(session.scalar(select(query)))


def type_month(session: Session, actor: Viewer, pack: CountryPack, project: Project, fields: TypedFields) -> int:
    """Keep the amounts of a month and line with their reason, and return how many are new.

    Raises `FieldRefused`: for a month that has not begun, a line that is not there, nothing typed, nothing new, and where the
    financial system has figures of the project and year; `Unconfirmed` for amounts that are improbable and possible.
    """
    at = now(session)
    try:
        month = read_month(fields.month)
    except Unreadable as problem:
        raise FieldRefused("month", str(problem)) from None
    if month > at.astimezone(pack.zone).date() and any(flow is not Flow.PLANNED for flow, _value in fields.amounts):
        raise FieldRefused("month", _("This month has not begun: only what is planned can be given"))
    if fields.line and fields.line not in {line.code for line in pack.usable_budget_lines()}:
        raise FieldRefused("line", _("Choose a line of the budget classification"))
    lock(session, [project.id])
    year = year_of(pack, month)
    if has_system_figures(session, pack, project, year):
        raise FieldRefused(
            "month",
            _("The financial system has figures of this project in fiscal year %(year)s: nothing is typed beside them.")
            % {"year": year},
        )
    there = newest(session, [project.id])
    amounts = [
        one
        for one in _amounts(session, project, month, fields)
        if one.key not in there or (there[one.key].minor, there[one.key].currency) != (one.minor, one.currency)
    ]
    if not amounts:
        raise FieldRefused("paid", _("Nothing new was typed"))
    initiative = row_of(session, Initiative, project.initiative_id)
    flows = [flow for flow, _value in fields.amounts]
    held = _held(there, amounts, initiative.currency)
    ask(concerns(held, month, flows, initiative.currency, initiative.decided_minor), fields.confirmed)
    kept = keep(session, actor, at, amounts, there, Origin.TYPED)
    record(session, actor, Tag.EXECUTION_TYPED, project, words=fields.reason, month=month, amounts=kept)
    session.flush()
    return kept


def _held(there: Mapping[Key, Newest], amounts: Sequence[Amount], currency: str) -> list[Held]:
    """What would count of the project in its currency once `amounts` are kept."""
    found = {key: row.minor for key, row in there.items() if row.currency == currency}
    found |= {one.key: one.minor for one in amounts}
    return [Held(key[1], key[3], minor) for key, minor in found.items() if minor is not None]


def _amounts(session: Session, project: Project, month: date, fields: TypedFields) -> list[Amount]:
    currency, found = row_of(session, Initiative, project.initiative_id).currency, []
    for flow, value in fields.amounts:
        try:
            minor = minor_of(value, currency)
        except ValueError as error:
            raise FieldRefused(flow.value, str(error)) from None
        found.append(Amount(project.id, month, fields.line, flow, "", minor, currency, reason=fields.reason))
    return found
