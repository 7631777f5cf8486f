"""What is odd about the dates of a proposed plan: impossible ones, ones that have passed, ones before what they need allows."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.people.viewer import Viewer
from portfolio.projects.plan.limits import Limits, date_fault
from portfolio.projects.plan.models import PlanProposal
from portfolio.projects.plan.queries import Plan, elsewhere
from portfolio.projects.plan.rules import clashes
from portfolio.web.formatting import short_day

Dates = Mapping[uuid.UUID, date | None]


@dataclass(frozen=True, slots=True)
class Doubts:
    """Sentences: dates that have passed for what is not reached, and dates that a dependency contradicts."""

    passed: Sequence[str]
    clashes: Sequence[str]

    @property
    def all(self) -> list[str]:
        return [*self.passed, *self.clashes]


def impossible(plan: Plan, dates: Dates, limits: Limits) -> dict[uuid.UUID, str]:
    """What is wrong with each date that cannot be; one that is approved already stays possible."""
    return {
        key: fault
        for key, day in dates.items()
        if day != plan.items[key].current and (fault := date_fault(day, limits))
    }


def doubts_of(session: Session, viewer: Viewer, plan: Plan, dates: Dates, today: date) -> Doubts:
    """`viewer` is the whole viewer: what another project has is named only to who may find it."""
    passed = []
    for key, day in dates.items():
        item = plan.items[key]
        if day is None or day >= today or item.actual is not None or day == item.current:
            continue
        words = _("«%(title)s» would be approved for %(day)s, which has passed, and it is not reached.")
        passed.append(words % {"title": item.title, "day": short_day(day)})
    return Doubts(passed, _clashes(session, viewer, plan, dates))


def _clashes(session: Session, viewer: Viewer, plan: Plan, dates: Dates) -> list[str]:
    others = elsewhere(session, viewer, {edge.needs for edge in plan.edges} - plan.items.keys())
    expected = {**{one.id: one.expected for one in others.values()}, **dates}
    found = []
    for clash in clashes(expected, plan.reached, [edge for edge in plan.edges if dates.get(edge.milestone)]):
        needs = clash.edge.needs
        name = plan.items[needs].title if needs in plan.items else f"{others[needs].title} ({others[needs].number})"
        words = ngettext(
            "«%(title)s» would be approved for %(day)s, but needs «%(needs)s» and %(lag)s days: not before %(allowed)s, "
            "%(n)s day later.",
            "«%(title)s» would be approved for %(day)s, but needs «%(needs)s» and %(lag)s days: not before %(allowed)s, "
            "%(n)s days later.",
            clash.days,
        )
        found.append(
            words
            % {
                "title": plan.items[clash.edge.milestone].title,
                "day": short_day(clash.forecast),
                "needs": name,
                "lag": clash.edge.lag,
                "allowed": short_day(clash.allowed),
                "n": clash.days,
            }
        )
    return found


def dates_of(row: PlanProposal) -> dict[uuid.UUID, date | None]:
    """The dates that a proposal asks for, by milestone."""
    return {
        uuid.UUID(line["milestone"]): date.fromisoformat(line["after"]) if line["after"] else None for line in row.lines
    }
