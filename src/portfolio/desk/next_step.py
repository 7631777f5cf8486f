"""Who has a case, since when, and how long they have: the one next step of its sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar.exceptions import NoRouteMatchFoundException
from sqlalchemy.orm import Session

from portfolio.approvals.authorities import lawful_bodies
from portfolio.approvals.moves import tried_moves
from portfolio.approvals.routing import MOVE_ROUTES
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.db.memo import row_of
from portfolio.i18n import N_, gettext, ngettext
from portfolio.packs.calendar import working_days_between
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.web.formatting import day

S = CaseStatus

STEPS: dict[CaseStatus, tuple[str, Power | None]] = {
    S.DRAFT: (N_("Complete the formulation"), None),
    S.ALIGNING: (N_("Gather the sign-offs and submit"), None),
    S.INCOMPLETE: (N_("Answer what was asked and submit again"), None),
    S.SUBMITTED: (N_("Check admissibility"), Power.ADMISSIBILITY),
    S.IN_REVIEW: (N_("Review by peers"), Power.REVIEW_ASSIGNMENT),
    S.CHECKING: (N_("Check the standards and give the opinion"), Power.OPINION),
    S.RECOMMENDED: (N_("Decide the budget"), Power.BUDGET_DECISION),
    S.CONDITIONED: (N_("Decide the budget"), Power.BUDGET_DECISION),
    S.UNFAVOURABLE: (N_("Decide the budget"), Power.BUDGET_DECISION),
    S.DEFERRED: (N_("Take the case up again when there is money"), Power.BUDGET_DECISION),
    S.DECIDED: (N_("Issue the approval codes"), Power.CODE_ISSUE),
}
"""What happens next in each state, and the power of whoever does it; none: the institution itself. Final states have no step."""

LEFT_ASIDE = frozenset({"withdraw", "reopen", "close"})
"""Moves that are always possible and never the next step."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """As shown. `left` is a sentence about working days, or blank where nobody is waited for."""

    title: str
    holder: str
    since: str
    left: str
    tone: str
    acts: Sequence[tuple[str, str]]


def next_step(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    now: datetime,
    *,
    status: CaseStatus,
    url_for: Callable[..., str],
) -> NextStep | None:
    """`viewer` is the whole viewer; `status` what they may know of, which under an embargo is not the case's own."""
    if status not in STEPS:
        return None
    words, power = STEPS[status]
    left, tone = _left(pack, case, now) if status is case.status else ("", "")
    return NextStep(
        title=gettext(words),
        holder=_holder(session, pack, case, power),
        since=day(case.status_since.astimezone(pack.zone).date()) if status is case.status else "",
        left=left,
        tone=tone,
        acts=_acts(viewer, case, url_for) if status is case.status else (),
    )


def _holder(session: Session, pack: CountryPack, case: BusinessCase, power: Power | None) -> str:
    if power is None:
        return row_of(session, Institution, case.institution_id).name
    return ", ".join(str(decider.body.name) for decider in lawful_bodies(session, pack, case, power))


def _left(pack: CountryPack, case: BusinessCase, now: datetime) -> tuple[str, str]:
    if case.clock_stopped_at is not None:
        return gettext("The clock stands still while the case is with the institution"), "waiting"
    return days_left(pack, case.due_at, now)


def days_left(pack: CountryPack, due_at: datetime | None, now: datetime) -> tuple[str, str]:
    """A sentence and its tone: working days that are left, or that have gone by since the case was due."""
    if due_at is None:
        return "", ""
    today, due = now.astimezone(pack.zone).date(), due_at.astimezone(pack.zone).date()
    if now > due_at:
        late = working_days_between(pack, due, today)
        if late == 0:
            return gettext("its term has run out"), "bad"
        return ngettext("%(n)s working day late", "%(n)s working days late", late) % {"n": late}, "bad"
    left = working_days_between(pack, today, due)
    if left == 0:
        return (gettext("due today") if today == due else gettext("due before the next working day")), "caution"
    tone = "caution" if left <= SOON else "active"
    return ngettext("%(n)s working day left", "%(n)s working days left", left) % {"n": left}, tone


SOON = 3
"""Working days from which on a term is shown as near."""


def _acts(viewer: Viewer, case: BusinessCase, url_for: Callable[..., str]) -> list[tuple[str, str]]:
    """The pages on which this person can take the step, each once: words and address."""
    found: dict[str, str] = {}
    for move in tried_moves(viewer, case):
        if move.name not in LEFT_ASIDE:
            found.setdefault(MOVE_ROUTES[move.name], gettext(move.words))
    if case.status is S.DECIDED and viewer.can(Permission.CODE_ISSUE):
        found["approvals.codes"] = gettext("Approval codes")
    acts = []
    for route, words in found.items():
        try:
            acts.append((words, url_for(route, case_id=case.id)))
        except NoRouteMatchFoundException:  # a room that this installation does not serve
            continue
    return acts
