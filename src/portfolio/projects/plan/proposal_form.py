"""The dates of a proposed plan as people type them: one field for each milestone, named by its id."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portfolio.i18n import gettext as _
from portfolio.projects.plan.baselines import suggested
from portfolio.projects.plan.limits import Limits, date_fault
from portfolio.projects.plan.queries import Plan
from portfolio.web.forms import Submitted

PREFIX = "after."


@dataclass(frozen=True, slots=True)
class DateRow:
    """One milestone of the form; `value` is what its field shows, `error` what is wrong with it."""

    id: uuid.UUID
    name: str
    title: str
    before: date | None
    expected: date | None
    is_reached: bool
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Dates:
    """The rows as typed, and the dates that were read; those of rows with an error are not among them."""

    rows: Sequence[DateRow]
    values: Mapping[uuid.UUID, date | None]

    @property
    def errors(self) -> dict[str, str]:
        return {row.name: f"{row.title}: {row.error}" for row in self.rows if row.error}


def suggested_dates(plan: Plan) -> Dates:
    """The rows as the form first shows them."""
    values = suggested(plan)
    return Dates([_row(plan, key, day.isoformat() if day else "", "") for key, day in values.items()], values)


def read_dates(plan: Plan, submitted: Submitted, limits: Limits) -> Dates:
    """What was typed for the milestones that stand; a blank date leaves the milestone out.

    A date outside `limits` is wrong, except where it is approved already.
    """
    rows: list[DateRow] = []
    values: dict[uuid.UUID, date | None] = {}
    for key in suggested(plan):
        typed, error = submitted.text(f"{PREFIX}{key}"), ""
        try:
            day = date.fromisoformat(typed) if typed else None
            error = "" if day == plan.items[key].current else date_fault(day, limits)
            if not error:
                values[key] = day
        except ValueError:
            error = _("Enter a real date")
        rows.append(_row(plan, key, typed, error))
    return Dates(rows, values)


def _row(plan: Plan, key: uuid.UUID, value: str, error: str) -> DateRow:
    item = plan.items[key]
    return DateRow(
        key, f"{PREFIX}{key}", item.title, item.current, item.expected, item.actual is not None, value, error
    )
