"""What the pages of a return show: its fields, the record beside them, what changed since, its way so far, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.kpis.queries import scorecard
from portfolio.kpis.shown import shown_line
from portfolio.labels import label
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.rating_words import period_words
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.shown import shown_items
from portfolio.returns import acts
from portfolio.returns.change_words import ShownChange, in_words
from portfolio.returns.changes import changed, state_of
from portfolio.returns.making import later_edition
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import last_signed, moves_of
from portfolio.returns.terms import ReturnState
from portfolio.returns.words import FIELDS, field_words
from portfolio.returns.workflow import OPEN, RETURNS
from portfolio.risk.queries import risks_of
from portfolio.web.formatting import money, percent, short_day, typed_amount
from portfolio.web.formatting import number as shown_number


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value, for a summary list."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Step:
    """One move that was made."""

    words: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The record beside the form: nothing of it is typed again."""

    milestones: Sequence[Any]
    indicators: Sequence[Any]
    risks: Sequence[tuple[str, str]]


def rows_of(row: ProgressReturn) -> list[Row]:
    """Every field in words, the empty ones too."""
    return [Row(field_words(name), _shown(row, name) or _("not stated")) for name in FIELDS]


def _shown(row: ProgressReturn, name: str) -> str:
    value = getattr(row, FIELDS[name])
    if value is None or value == "":
        return ""
    if name == "physical":
        return percent(value / 10_000)
    if name in ("paid", "forecast_cost"):
        return money(Money(row.currency, value))
    if name == "forecast_finish":
        return short_day(value)
    return label(value) if name in ("procurement", "level") else str(value)


def typed(row: ProgressReturn) -> dict[str, str]:
    """What the form starts with: what was saved or prefilled."""
    found = {name: getattr(row, column) for name, column in FIELDS.items()}
    return {
        **{name: "" if value is None else str(getattr(value, "value", value)) for name, value in found.items()},
        "physical": "" if row.physical_bp is None else shown_number(row.physical_bp / 100),
        "paid": "" if row.paid_minor is None else typed_amount(Money(row.currency, row.paid_minor)),
        "forecast_cost": ""
        if row.forecast_cost_minor is None
        else typed_amount(Money(row.currency, row.forecast_cost_minor)),
        "forecast_finish": "" if row.forecast_finish is None else row.forecast_finish.isoformat(),
        "version": str(row.version),
    }


def levels(row: ProgressReturn) -> list[tuple[str, str]]:
    return [(level.value, label(level)) for level, _least in SCALES[row.scale].levels]


def since(
    session: Session, pack: CountryPack, project: Project, row: ProgressReturn
) -> tuple[str, list[ShownChange]] | None:
    """The day that changes are counted from, and the changes; nothing for a first return.

    A signed return compares the record as it was when it was signed, an open one the record as it is now.
    """
    before = last_signed(session, row)
    if before is None or not before.seen:
        return None
    after = row.seen or state_of(session, project, now(session).astimezone(pack.zone).date())
    day = short_day(before.submitted_on) if before.submitted_on else ""
    return day, in_words(pack, changed(before.seen, after))


def steps_of(session: Session, row: ProgressReturn) -> list[Step]:
    moves = moves_of(session, row.id)
    people = names(session, [move.made_by_id for move in moves])
    return [
        Step(
            label(move.after),
            people.get(move.made_by_id, "") if move.made_by_id else _("the clock"),
            move.made_at,
            move.reason,
        )
        for move in moves
    ]


def beside(session: Session, viewer: Viewer, pack: CountryPack, project: Project, url_for: Any) -> Beside:
    """`viewer` is the whole viewer."""
    today = now(session).astimezone(pack.zone).date()
    plan = read_plan(session, project.id)
    return Beside(
        milestones=shown_items(session, viewer, plan, today, None),
        indicators=[shown_line(line, url_for) for line in scorecard(session, project, today)],
        risks=[
            (risk.event, str(pack.risk.ratings[risk.rating].label) if risk.rating in pack.risk.ratings else "")
            for risk in risks_of(session, project.id)
            if risk.is_live
        ],
    )


def return_context(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, row: ProgressReturn
) -> dict[str, Any]:
    """Everything that the page of a return shows but its forms. `viewer` is the whole viewer."""
    today = now(session).astimezone(pack.zone).date()

    def reasons(name: str, permission: Permission) -> list[str] | None:
        """What stands against a move that this person could make; nothing where it is not theirs."""
        if not viewer.can(permission) or row.state not in RETURNS.named(name).sources:
            return None
        return acts.refusals_of(session, viewer.narrowed(permission), pack, project, row, name)

    corrects = row.state is ReturnState.PUBLISHED and later_edition(session, row) is None
    return {
        "row": row,
        "project": project,
        "period": period_words(row.period_on),
        "fields": rows_of(row),
        "since": since(session, pack, project, row),
        "steps": steps_of(session, row),
        "is_late": row.submitted_on is None and row.due_on < today,
        "was_late": row.submitted_on is not None and row.submitted_on > row.due_on,
        "may_write": row.state in OPEN and viewer.can(Permission.RETURN_WRITE),
        "signing": reasons("sign", Permission.RETURN_SIGN),
        "verifying": reasons("verify", Permission.RETURN_VERIFY),
        "may_correct": corrects and viewer.can(Permission.RETURN_WRITE),
        "digest": acts.digest_of(row),
    }
