"""Delivery at a glance: returns, ratings, stages and what comes next, for the bodies that oversee."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.desk import period_board
from portfolio.execution.years import year_of
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.monitoring.health_words import share
from portfolio.monitoring.life_queries import running_pilots
from portfolio.monitoring.money_facts import share_of
from portfolio.monitoring.rating_periods import ended_period, period_end
from portfolio.monitoring.rating_words import period_words
from portfolio.people.permissions import Permission
from portfolio.projects.terms import ProjectStage, Standing
from portfolio.web.addresses import book_of
from portfolio.web.formatting import money, number, short_day
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

UrlFor = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list as shown; `what` says more than the title, or nothing."""

    number: str
    title: str
    institution: str
    what: str
    on: str
    href: str


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """Figures of a period, in the order of the table's columns."""

    period: str
    href: str
    due: str
    figures: Sequence[str]


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """Planned and paid of a period in one currency, and paid of planned; blank where one is not known."""

    currency: str
    planned: str
    paid: str
    share: str


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage with its counts, in the order of `Standing`."""

    stage: ProjectStage
    counts: Sequence[str]
    total: str
    href: str


@get("/periods", name="desk.periods", permission=Permission.DECISION_READ, sync_to_thread=True, include_in_schema=False)
def show_periods(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Response[Any]:
    at, viewer = now(session), request.user
    pack = runtime(request).pack
    today = at.astimezone(pack.zone).date()
    reverse = book_of(request)
    late, late_count = period_board.late_returns(session, viewer, at, today)
    coming, coming_count = period_board.next_milestones(session, viewer, at, today)
    overdue, overdue_count = period_board.overdue_milestones(session, viewer, at, today)
    period = ended_period(today, pack.fiscal_year.start_month)
    in_comment, comment_count = period_board.ratings_in_comment(session, viewer, at, today)
    return page(
        request,
        "desk/periods.html",
        periods=[_period(one, reverse) for one in period_board.returns_by_period(session, viewer, at, today)],
        late=_lines(late, lambda row: reverse("returns.return", return_id=row.key)),
        late_count=late_count,
        coming=_lines(coming, lambda row: reverse("projects.plan", project_id=row.project_id), with_what=True),
        coming_count=coming_count,
        overdue=_lines(overdue, lambda row: reverse("projects.plan", project_id=row.project_id), with_what=True),
        overdue_count=overdue_count,
        money=[_money(one) for one in period_board.money_of(session, viewer, at, period, period_end(period))],
        money_period=period_words(period),
        money_href=f"{reverse('execution.portfolio')}?year={year_of(pack, period)}",
        in_comment=_lines(in_comment, lambda row: reverse("monitoring.ratings", project_id=row.project_id)),
        comment_count=comment_count,
        pilots=len(running_pilots(session, viewer, today)),
        stages=[_stage(one, reverse) for one in period_board.stages(session, viewer, at)],
        standings=[label(one) for one in Standing],
        days=period_board.NEXT_DAYS,
        today=short_day(today),
    )


def _period(row: period_board.PeriodReturns, reverse: UrlFor) -> PeriodLine:
    figures = (
        row.asked, row.handed_in, row.handed_late, row.overdue, row.sent_back, row.verified, row.published,
    )  # fmt: skip
    href = f"{reverse('returns.all')}?period={row.period.isoformat()}"
    return PeriodLine(period_words(row.period), href, short_day(row.due_on), [number(one) for one in figures])


def _money(row: period_board.PeriodMoney) -> MoneyLine:
    shown = [
        _("not reported") if minor is None else money(Money(row.currency, minor)) for minor in (row.planned, row.paid)
    ]
    part = share(share_of(row.paid, row.planned)) if row.planned and row.paid is not None else ""
    return MoneyLine(row.currency, shown[0], shown[1], part)


def _lines(
    rows: Sequence[period_board.Listed], href: Callable[[period_board.Listed], str], *, with_what: bool = False
) -> list[Line]:
    return [
        Line(
            row.number, row.title or _("Without a title"), row.institution, row.what if with_what else "",
            short_day(row.on), href(row),
        )
        for row in rows
    ]  # fmt: skip


def _stage(row: period_board.StageCount, reverse: UrlFor) -> StageLine:
    counts = [number(row.by_standing.get(standing, 0)) for standing in Standing]
    return StageLine(row.stage, counts, number(row.total), f"{reverse('monitoring.health')}?stage={row.stage.value}")


def routes() -> list[Any]:
    return [show_periods]
