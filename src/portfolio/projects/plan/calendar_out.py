"""The milestones of a plan as an iCalendar file: all-day events with stable identities, newer ones above older ones."""

from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.projects.plan.queries import Plan
from portfolio.projects.plan.rules import state_of

PRODUCT = "-//portfolio//plan//ES"


def write_calendar(title: str, number: str, plan: Plan, at: datetime, as_at: date, address: str, host: str) -> bytes:
    """One event a milestone, on the day on which it was or is expected to be reached; those without a date are left out.

    `at`: when it is written; `address`: of the plan's page. SEQUENCE is the row's version, so that an import again moves events.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{number} {title}")
    for row in plan.standing:
        day = row.actual_on or row.forecast_on
        if day is None:
            continue
        event = Event()
        event.add("uid", f"{row.id}@{host}")
        event.add("dtstamp", at)
        event.add("sequence", row.version)
        event.add("dtstart", day)
        if day < date.max:  # without an end an all-day event lasts its day, and the last day has no day after it
            event.add("dtend", day + timedelta(days=1))
        event.add("summary", f"{row.title} ({number})")
        event.add(
            "description",
            _description(row.deliverable, plan.items[row.id].current, label(state_of(plan.items[row.id], as_at))),
        )
        event.add("url", address)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found


def _description(deliverable: str, approved: date | None, state: str) -> str:
    parts = [deliverable, _("State: %(state)s") % {"state": state}]
    if approved is not None:
        parts.append(_("Approved date: %(day)s") % {"day": approved.isoformat()})
    return "\n".join(part for part in parts if part)
