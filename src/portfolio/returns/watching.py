"""What the clock does with returns that are not handed in: it reminds, escalates, and opens a finding when one is late twice."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.findings.actions import open_finding
from portfolio.findings.models import Finding
from portfolio.findings.terms import FindingRule, FindingState
from portfolio.i18n import gettext as _
from portfolio.monitoring.effects import ENDED
from portfolio.packs.calendar import add_working_days
from portfolio.packs.schema import CountryPack
from portfolio.people.terms import Role
from portfolio.projects.models import Project
from portfolio.returns.acts import publish
from portfolio.returns.models import ProgressReturn
from portfolio.returns.notices import agency, tell, verifiers
from portfolio.returns.queries import handed
from portfolio.returns.rules import FINDING_DAYS, Step, late_enough, step_on
from portfolio.returns.terms import ReturnState
from portfolio.returns.workflow import OPEN
from portfolio.web.formatting import short_day

KINDS = {
    Step.OPENED: "return_opened",
    Step.SOON: "return_due_soon",
    Step.TODAY: "return_due_today",
    Step.LATE: "return_late",
    Step.HEAD: "return_late",
    Step.DIRECTIVE: "return_late",
}


def remind(session: Session, pack: CountryPack, today: date) -> int:
    """Tell of each open return the step that was reached, once; how many notices are new."""
    told = 0
    rows = session.execute(
        select(ProgressReturn, Project)
        .join(Project, col(Project.id) == col(ProgressReturn.project_id))
        .where(
            col(ProgressReturn.state).in_(OPEN),
            col(ProgressReturn.edition) == 1,
            col(ProgressReturn.submitted_on).is_(None),
            col(Project.stage).not_in(ENDED),
        )
        .order_by(col(ProgressReturn.due_on), col(ProgressReturn.id))
    )
    for row, project in rows:
        step = step_on(pack, row.due_on, today) or Step.OPENED
        people = agency(session, pack, project, Role.AGENCY_CIO)
        if step in (Step.HEAD, Step.DIRECTIVE):
            people |= agency(session, pack, project, Role.HEAD_OF_SERVICE)
        if step is Step.DIRECTIVE:
            people |= verifiers(session, pack, project)
        told += tell(
            session, KINDS[step], people, project, row, once_key=f"return:{row.id}:{step.value}", due=row.due_on
        )
    return told


def open_findings(session: Session, pack: CountryPack, today: date) -> int:
    """A finding for each project that is late for the second time within a year, citing every late one of it; how many.

    None while an earlier one of this rule is not settled: a third late return is evidence for the finding that stands.
    """
    found = 0
    for project in _late_projects(session, today):
        rows = handed(session, project.id)
        late = late_enough([one for _row, one in rows], today)
        if not late or _has_unsettled(session, project):
            continue
        cited = [rows[place][0] for place in late]
        evidence = "\n".join(
            _("Return of the period from %(period)s: due on %(due)s, %(how)s.")
            % {
                "period": short_day(row.period_on),
                "due": short_day(row.due_on),
                "how": _("handed in on %(day)s") % {"day": short_day(row.submitted_on)}
                if row.submitted_on
                else _("not handed in yet"),
            }
            for row in cited
        )
        due_on = add_working_days(pack, today, FINDING_DAYS)
        opened = open_finding(
            session, None, project, FindingRule.LATE_RETURNS, evidence, due_on, f"late:{cited[-1].id}", today
        )
        found += opened is not None
    return found


def _late_projects(session: Session, today: date) -> list[Project]:
    """Projects with a return that was or is late."""
    late = (col(ProgressReturn.submitted_on) > col(ProgressReturn.due_on)) | (
        col(ProgressReturn.submitted_on).is_(None) & (col(ProgressReturn.due_on) < today)
    )
    ids = select(col(ProgressReturn.project_id)).where(late, col(ProgressReturn.edition) == 1)
    query = select(Project).where(col(Project.id).in_(ids), col(Project.stage).not_in(ENDED)).order_by(col(Project.id))
    return list(session.scalars(query))


def _has_unsettled(session: Session, project: Project) -> bool:
    found = session.scalar(
        select(col(Finding.id))
        .where(
            col(Finding.project_id) == project.id,
            col(Finding.rule) == FindingRule.LATE_RETURNS,
            col(Finding.state) != FindingState.SETTLED,
        )
        .limit(1)
    )
    return found is not None


def publish_verified(session: Session) -> int:
    """Everything that is verified; how many."""
    rows = session.execute(
        select(ProgressReturn, Project)
        .join(Project, col(Project.id) == col(ProgressReturn.project_id))
        .where(col(ProgressReturn.state) == ReturnState.VERIFIED)
        .order_by(col(ProgressReturn.id))
    ).all()
    for row, project in rows:
        publish(session, project, row)
    return len(rows)
