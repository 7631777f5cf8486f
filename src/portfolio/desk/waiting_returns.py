"""Progress returns and findings that wait: to be written, signed, verified; to be answered, to be judged."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.findings.queries import listed as listed_findings
from portfolio.findings.terms import FindingState
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission as P
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import listed
from portfolio.returns.terms import ReturnState


def returns(asking: Asking) -> Iterator[Waiting]:
    """Open ones for those who write, filled ones for sponsors who did not fill them, handed-in ones for the directive body."""
    yield from _returns(asking, "return_write", P.RETURN_WRITE, (ReturnState.DUE, ReturnState.RETURNED), "returns.form")
    yield from _returns(asking, "return_sign", P.RETURN_SIGN, (ReturnState.FILLED,), "returns.return")
    yield from _returns(asking, "return_verify", P.RETURN_VERIFY, (ReturnState.SUBMITTED,), "returns.return")


def _returns(asking: Asking, group: str, permission: P, states: Sequence[ReturnState], route: str) -> Iterator[Waiting]:
    viewer = asking.viewer.narrowed(permission)
    if not viewer.grants:
        return
    for found in listed(asking.session, viewer, asking.now, states=states):
        own = found.institution_id in viewer.homes
        if group == "return_sign" and found.row.filled_by_id == viewer.person_id:
            continue
        if group == "return_verify" and own:
            continue
        yield Waiting(
            group=group,
            title=f"{found.title or _('Without a title')} · {period_words(found.row.period_on)}",
            route=route,
            params={"return_id": found.row.id},
            number=found.number,
            institution=found.institution,
            since=_since(asking, group, found.row),
            due=_ends(asking, found.row.due_on) if group != "return_verify" else None,
        )


def _since(asking: Asking, group: str, row: ProgressReturn) -> datetime | None:
    """When it came to whoever it waits for. The rules give no term for verifying: its lines say since when they wait."""
    if group == "return_sign":
        return row.filled_at
    if group == "return_verify" and row.submitted_on is not None:
        return datetime.combine(row.submitted_on, time(12), tzinfo=asking.pack.zone).astimezone(UTC)
    return None


def findings(asking: Asking) -> Iterator[Waiting]:
    """Open ones for the institution, answered ones for those who judge."""
    for group, permission, state in (
        ("finding_answer", P.FINDING_ANSWER, FindingState.OPEN),
        ("finding_judge", P.FINDING_JUDGE, FindingState.ANSWERED),
    ):
        viewer = asking.viewer.narrowed(permission)
        if not viewer.grants:
            continue
        for found in listed_findings(asking.session, viewer, asking.now, state):
            yield Waiting(
                group=group,
                title=found.title or _("Without a title"),
                route="findings.finding",
                params={"finding_id": found.finding.id},
                number=found.number,
                institution=found.institution,
                since=found.finding.opened_at,
                due=_ends(asking, found.finding.due_on),
            )


def _ends(asking: Asking, day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), tzinfo=asking.pack.zone).astimezone(UTC)


register_waiting("return_write", Group(56, N_("Write progress returns")), returns)
register_waiting("return_sign", Group(57, N_("Sign progress returns")))
register_waiting("return_verify", Group(59, N_("Verify progress returns"), batch="returns.all"))
register_waiting("finding_answer", Group(60, N_("Answer findings")), findings)
register_waiting("finding_judge", Group(61, N_("Judge answers to findings")))
