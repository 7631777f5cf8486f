"""Returns come to be: one for each project in delivery when a period ends, filled with what is known already."""

import uuid
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.monitoring.effects import ENDED
from portfolio.monitoring.rating_formula import scale_on
from portfolio.monitoring.rating_periods import ended_period, period_end
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.rules import progress
from portfolio.returns.models import ProgressReturn
from portfolio.returns.queries import last_signed
from portfolio.returns.rules import due_day, owes
from portfolio.returns.terms import ReturnState

AT_ONCE = 500
"""Returns made in one transaction; the clock comes again for the rest."""

CARRIED = ("physical_bp", "paid_minor", "forecast_finish", "forecast_cost_minor", "procurement")
"""Fields that a return takes over from the one before. Narratives and the rating are said anew each time."""


def make_due(session: Session, pack: CountryPack, today: date, most: int = AT_ONCE) -> list[ProgressReturn]:
    """The returns of the period that ended last, of projects that came from a case, are alive and have none yet."""
    period = ended_period(today, pack.fiscal_year.start_month)
    rows = session.execute(
        select(Project, Initiative)
        .join(Initiative, col(Initiative.id) == col(Project.initiative_id))
        .where(
            col(Project.case_id).is_not(None),
            col(Project.stage).not_in(ENDED),
            ~exists().where(col(ProgressReturn.project_id) == col(Project.id), col(ProgressReturn.period_on) == period),
        )
        .order_by(col(Project.id))
    )
    wanted = [(row[0], row[1]) for row in rows if owes(row[0].began_on, period)]
    return [_make(session, pack, project, initiative, period) for project, initiative in wanted[:most]]


def _make(
    session: Session, pack: CountryPack, project: Project, initiative: Initiative, period: date
) -> ProgressReturn:
    row = ProgressReturn(
        project_id=project.id,
        period_on=period,
        due_on=due_day(pack, period),
        currency=initiative.currency,
        scale=scale_on(period_end(period)).code,
    )
    session.add(row)
    session.flush()
    _prefill(session, project, row)
    session.flush()
    record(
        session, SYSTEM, Tag.RETURN_OPENED, row, case=project.case_id, project=project.id, period=period,
        due=row.due_on,
    )  # fmt: skip
    return row


def _prefill(session: Session, project: Project, row: ProgressReturn) -> None:
    """From the plan where it says something, else from the return before."""
    before = last_signed(session, row)
    if before is not None:
        for name in CARRIED:
            setattr(row, name, getattr(before, name))
    plan = read_plan(session, project.id)
    done = progress(plan.items.values())
    if done is not None:
        row.physical_bp = int(done * 10_000)
    expected = [day for day in plan.expected.values() if day is not None]
    if expected:
        row.forecast_finish = max(expected)


def correct(session: Session, actor: Viewer, project: Project, published: ProgressReturn, why: str) -> ProgressReturn:
    """A new edition of a published return, open for writing, with the reason; the published one stays as it is.

    Raises `Refused` for a return that is not published, and where somebody began a correction already.
    """
    session.refresh(published, with_for_update=True)
    if published.state is not ReturnState.PUBLISHED:
        raise Refused(_("Only a published return is corrected; this one is still open."))
    if later_edition(session, published) is not None:
        raise Refused(_("Somebody began a correction of this return already."))
    row = ProgressReturn(
        **{
            name: getattr(published, name)
            for name in (
                "project_id", "period_on", "due_on", "currency", "scale", "physical_bp", "paid_minor",
                "forecast_finish", "forecast_cost_minor", "procurement", "done", "blocked", "next_steps", "level",
                "evidence_cost", "evidence_schedule", "evidence_results", "submitted_on",
            )
        },
        edition=published.edition + 1,
        corrects_id=published.id,
        why=why,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.RETURN_CORRECTED, row, words=why, case=project.case_id, project=project.id,
        period=published.period_on, corrects=published.id,
    )  # fmt: skip
    return row


def later_edition(session: Session, row: ProgressReturn) -> uuid.UUID | None:
    """A later edition of the same return, if somebody began one."""
    later = aliased(ProgressReturn)
    return session.scalar(
        select(col(later.id)).where(
            col(later.project_id) == row.project_id,
            col(later.period_on) == row.period_on,
            col(later.edition) > row.edition,
        )
    )
