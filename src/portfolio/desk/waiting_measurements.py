"""Measurements that are due, for the owner of the indicators: one line a project, all measured on one page."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.i18n import N_, ngettext
from portfolio.i18n import gettext as _
from portfolio.kpis.reminders import due_for


def measurements(asking: Asking) -> Iterator[Waiting]:
    today = asking.now.astimezone(asking.pack.zone).date()
    for found in due_for(asking.session, asking.viewer, asking.now, today):
        words = ngettext("%(num)s indicator to measure", "%(num)s indicators to measure", found.indicators)
        yield Waiting(
            group="measurements",
            title=f"{found.title or _('Without a title')} · {words % {'num': found.indicators}}",
            route="kpis.measure",
            params={"project_id": found.project_id},
            number=found.number,
            institution=found.institution,
            due=datetime.combine(found.due, time(23, 59, 59), tzinfo=asking.pack.zone).astimezone(UTC),
        )


register_waiting("measurements", Group(140, N_("Measure indicators")), measurements)
