"""Risks that wait for somebody: escalated ones for the tier that answers, acceptances for their authority, late reviews."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.i18n import N_
from portfolio.risk.waiting import WaitingRisk, acceptances_for, escalations_for, reviews_for


def risks(asking: Asking) -> Iterator[Waiting]:
    here = asking.session, asking.viewer, asking.pack, asking.now
    for found in escalations_for(*here):
        yield _line(asking, "risk_answer", found, since=found.row.escalated_at, due=found.row.due_on)
    for found in acceptances_for(*here):
        yield _line(asking, "risk_acceptance", found, since=found.row.proposed_at)
    for found in reviews_for(*here):
        yield _line(asking, "risk_review", found, due=found.risk.next_review_on)


def _line(
    asking: Asking, group: str, found: WaitingRisk, *, since: datetime | None = None, due: date | None = None
) -> Waiting:
    ends = None if due is None else datetime.combine(due, time(23, 59, 59), tzinfo=asking.pack.zone).astimezone(UTC)
    return Waiting(
        group=group,
        title=f"{found.risk.event} · {found.title}",
        route="risk.show",
        params={"project_id": found.risk.project_id, "risk_id": found.risk.id},
        number=found.number,
        institution=found.institution,
        since=since,
        due=ends,
    )


register_waiting("risk_answer", Group(150, N_("Answer escalated risks")), risks)
register_waiting("risk_acceptance", Group(151, N_("Decide on acceptances of risks")))
register_waiting("risk_review", Group(152, N_("Look at risks again")))
