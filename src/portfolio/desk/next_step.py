"""Who has a case, since when, and how long they have: the one next step of its sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from litestar.exceptions import NoRouteMatchFoundException
from sqlalchemy.orm import Session

from portfolio.approvals.authorities import lawful_bodies
from portfolio.approvals.case_record import issued_codes
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
    S.DRAFT: (N_("Complete the formulation and ask for the sign-offs"), None),
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

DRAWN: tuple[str, Power | None] = (N_("Draw on the approval codes and deliver the project"), None)
"""What happens next once a funded case has its codes."""

_FORMULATION = ("business_cases.sections", N_("Go to the formulation"), Permission.CASE_WRITE)
_SIGN_OFFS = ("approvals.sign_offs", N_("Go to the sign-offs"), Permission.CASE_READ)
_SUBMISSION = ("approvals.submit", N_("Go to the submission"), Permission.CASE_SUBMIT)
_DECISION = ("approvals.decision", N_("Go to the budget decision"), Permission.DECISION_WRITE)
_CODES = ("approvals.codes", N_("Go to the approval codes"), Permission.CODE_ISSUE)

PAGES: dict[CaseStatus, tuple[tuple[str, str, Permission], ...]] = {
    S.DRAFT: (_FORMULATION, _SIGN_OFFS),
    S.ALIGNING: (_SUBMISSION, _SIGN_OFFS),
    S.INCOMPLETE: (_FORMULATION, _SUBMISSION),
    S.SUBMITTED: (("approvals.admission", N_("Go to the admissibility check"), Permission.ADMIT),),
    S.IN_REVIEW: (("peer_review.reviews", N_("Go to the reviews"), Permission.REVIEW_ASSIGN),),
    S.CHECKING: (
        ("checks.case", N_("Go to the standards check"), Permission.CHECK_WRITE),
        ("approvals.opinion", N_("Go to the opinion"), Permission.OPINION_WRITE),
    ),
    S.RECOMMENDED: (_DECISION,),
    S.CONDITIONED: (_DECISION,),
    S.UNFAVOURABLE: (_DECISION,),
    S.DEFERRED: (_DECISION,),
    S.DECIDED: (_CODES,),
}
"""Where the step is taken: route, neutral words (the page says what may be done there, and why not), permission."""


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
    has_codes = status is S.DECIDED and bool(issued_codes(session, case.id))
    words, power = DRAWN if has_codes else STEPS[status]
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
    """The pages on which this person can take the step: words and address."""
    acts = []
    for route, words, permission in PAGES.get(case.status, ()):
        if not viewer.can_in(permission, case.institution_id):
            continue
        try:
            acts.append((gettext(words), url_for(route, case_id=case.id)))
        except NoRouteMatchFoundException:  # a room that this installation does not serve
            continue
    return acts
