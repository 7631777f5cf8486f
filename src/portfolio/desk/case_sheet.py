"""The case sheet: everything about one case that this person may know, as the page shows it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.case_record import conditions_on_record, issued_codes, signed_opinions
from portfolio.business_cases.content import read_content
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import content_of, newest_snapshot
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.db.memo import row_of
from portfolio.db.money import Money
from portfolio.desk.amounts import amount_formatter
from portfolio.desk.case_timeline import Event, timeline_of
from portfolio.desk.next_step import NextStep, next_step
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.queries import opened_totals, review_facts
from portfolio.peer_review.rules import mean
from portfolio.people.permissions import Permission, Reach
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.projects.queries import project_of
from portfolio.reports.costs import by_line_and_year
from portfolio.reports.embargo import DECIDED_STATES, knows_decisions
from portfolio.strategy.models import Call
from portfolio.web.formatting import money, number, short_day

OPINION_GIVEN = frozenset(
    {
        CaseStatus.RECOMMENDED,
        CaseStatus.CONDITIONED,
        CaseStatus.UNFAVOURABLE,
        CaseStatus.DECIDED,
        CaseStatus.NOT_FUNDED,
        CaseStatus.DEFERRED,
        CaseStatus.CLOSED,
    }
)
"""From here on the institution may know how the reviews went."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the strip."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CostTable:
    """Costs by budget line and fiscal year, formatted; `frozen` tells a submitted version from a draft."""

    currency: str
    years: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str], str]]
    totals: Sequence[str]
    total: str
    frozen: bool
    covered: str = ""
    """What other sources give of the total: the rest is requested."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page shows."""

    status: CaseStatus | None
    step: NextStep | None
    figures: Sequence[Figure]
    costs: CostTable | None
    opinions: Sequence[dict[str, Any]]
    conditions: Sequence[dict[str, str]]
    reviews: str
    project: str
    project_href: str
    events: Sequence[Event]
    snapshot: Snapshot | None


def case_sheet(
    session: Session,
    viewer: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    now: datetime,
    url_for: Callable[..., str],
) -> Sheet:
    """`viewer` is the whole viewer; the case came from `get_case` of the narrowed one.

    Under an embargo the institution reads the case as it stood before the decision. A draft that the oversight bodies may
    not see never gets here.
    """
    initiative = row_of(session, Initiative, case.initiative_id)
    knows = _knows_decision(session, viewer, case, now)
    status = case.status if knows else CaseStatus.CHECKING
    snapshot = newest_snapshot(session, case.id)
    project = project_of(session, initiative.id) if knows else None
    step = next_step(session, viewer, pack, case, now, status=case.status, url_for=url_for) if knows else None
    project_href = url_for("desk.project", project_id=project.id) if project else ""
    return Sheet(
        status=case.status if knows else None,
        step=led_to_project(step, project_href),
        figures=_figures(session, viewer, case, initiative, knows=knows),
        costs=_costs(session, pack, case, snapshot, initiative.requested_minor),
        opinions=_opinions(session, case),
        conditions=_conditions(session, case),
        reviews=_reviews(session, viewer, pack, case, status),
        project=label(project.stage) if project else "",
        project_href=project_href,
        events=timeline_of(session, pack, case, knows_decision=knows),
        snapshot=snapshot,
    )


def led_to_project(step: NextStep | None, project_href: str) -> NextStep | None:
    """Once there is a project the work goes on there: its page comes first, what is done on the case second."""
    if step is None or not project_href:
        return step
    return replace(step, acts=((_("Go to the project"), project_href), *step.acts))


def _knows_decision(session: Session, viewer: Viewer, case: BusinessCase, now: datetime) -> bool:
    if case.status.value not in DECIDED_STATES or knows_decisions(viewer):
        return True
    until = row_of(session, Call, case.call_id).embargo_until
    return until is None or until <= now


def _figures(
    session: Session, viewer: Viewer, case: BusinessCase, initiative: Initiative, *, knows: bool
) -> list[Figure]:
    def shown(minor: int | None) -> str:
        return _("not yet") if minor is None else money(Money(initiative.currency, minor))

    figures = [
        Figure(_("Requested"), shown(initiative.requested_minor)),
        Figure(_("Recommended"), shown(initiative.recommended_minor)),
    ]
    if not knows:
        return [*figures, Figure(_("Decided"), _("not published yet"))]
    figures += [
        Figure(_("Decided"), shown(initiative.decided_minor)),
        Figure(_("Committed under approval codes"), shown(initiative.committed_minor)),
    ]
    if viewer.can(Permission.CODE_READ):
        figures += _balances(session, case)
    return figures


def _balances(session: Session, case: BusinessCase) -> list[Figure]:
    """What is left under the ceilings of the case's codes, for each currency."""
    left: dict[str, list[int]] = {}
    for code in issued_codes(session, case.id):
        if code.superseded_by_id is None:
            left.setdefault(code.currency, []).append(code.ceiling_minor - code.reserved_minor - code.committed_minor)
    return [
        Figure(_("Left under its codes"), money(Money(currency, sum(minors))), _("codes: %(n)s") % {"n": len(minors)})
        for currency, minors in sorted(left.items())
    ]


def _costs(
    session: Session, pack: CountryPack, case: BusinessCase, snapshot: Snapshot | None, requested: int | None
) -> CostTable | None:
    """Of the frozen version once there is one; of the draft for whoever may see drafts."""
    frozen = snapshot is not None and case.status in SUBMITTED_STATES
    content = content_of(snapshot) if snapshot is not None and frozen else read_content(session, pack, case)
    amounts = by_line_and_year(content, pack)
    if not amounts:
        return None
    years = sorted({year for by_year in amounts.values() for year in by_year})
    total = sum(sum(found.values()) for found in amounts.values())
    covered = total - requested if frozen and requested is not None else 0
    formatted = amount_formatter()

    def shown(minor: int | None) -> str:
        return "" if minor is None else formatted(case.currency, minor)

    return CostTable(
        currency=case.currency,
        years=[str(year) for year in years],
        rows=[
            (_line_words(pack, line), [shown(found.get(year)) for year in years], shown(sum(found.values())))
            for line, found in amounts.items()
        ],
        totals=[shown(sum(found.get(year, 0) for found in amounts.values())) for year in years],
        total=shown(total),
        frozen=frozen,
        covered=money(Money(case.currency, covered)) if covered > 0 else "",
    )


def _line_words(pack: CountryPack, code: str) -> str:
    line = pack.budget_lines.get(code)
    return f"{code} {line.label}" if line else code or _("Without a budget line")


def _opinions(session: Session, case: BusinessCase) -> list[dict[str, Any]]:
    """Signed ones only, the newest first."""
    return [
        {
            "outcome": row.outcome,
            "on": row.signed_at,
            "reasons": row.reasons,
            "amount": "" if row.recommended_minor is None else money(Money(case.currency, row.recommended_minor)),
        }
        for row in signed_opinions(session, case.id)
    ]


def _conditions(session: Session, case: BusinessCase) -> list[dict[str, str]]:
    return [
        {
            "text": row.text,
            "owner": row.owner,
            "evidence": row.evidence,
            "due": short_day(row.due_on),
            "state": label(row.state),
            "tone": row.state.value,
        }
        for row in conditions_on_record(session, case.id)
    ]


def _reviews(session: Session, viewer: Viewer, pack: CountryPack, case: BusinessCase, status: CaseStatus) -> str:
    """One sentence: how many are in, and their mean once the seal is open; to the institution only after the opinion."""
    is_oversight = viewer.reaches(Reach.SUBMITTED) or viewer.reaches(Reach.EVERYTHING)
    if case.status not in SUBMITTED_STATES or not (is_oversight or status in OPINION_GIVEN):
        return ""
    facts = review_facts(session, pack, case)
    if not facts.demanded and not facts.filed:
        return _("This track asks for no peer review.")
    said = _("%(filed)s of %(demanded)s reviews are in.") % {"filed": facts.filed, "demanded": facts.demanded}
    average = mean(opened_totals(session, facts, case))
    if average is None:
        return said
    return said + " " + _("Their mean is %(mean)s of 100.") % {"mean": number(average / 100)}
