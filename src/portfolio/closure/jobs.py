"""What the clock does in this room: it tells of yearly reviews that are due or late, and of external reviews past their day."""

from datetime import date

from sqlalchemy.orm import Session

from portfolio.closure.audience import agency_people, holders_of, tell
from portfolio.closure.checklist import today_of
from portfolio.closure.external import overdue
from portfolio.closure.external import path_of as path_of_review
from portfolio.closure.services import SOON, due_by, path_of
from portfolio.i18n import N_
from portfolio.jobs.timetable import Daily, Job, JobContext, Said, register_job
from portfolio.people.permissions import Permission

SERVICES, EXTERNAL = "closure.services", "closure.external"


def remind_services(session: Session, context: JobContext) -> Said:
    told = remind_of_services(session, today_of(session, context.pack))
    return Said(N_("Notices on yearly reviews of services: %(count)s"), {"count": told})


def remind_of_services(session: Session, today: date) -> int:
    """The owner thirty days before; the owner and the directive body once the day has passed. How many notices are new."""
    told = 0
    for service, project in due_by(session, today + SOON):
        is_late = service.next_review_on < today
        people = {service.owner_id}
        if is_late:
            people |= agency_people(session, project, today) | holders_of(session, Permission.CLOSING_JUDGE, today)
        kind = "service_review_late" if is_late else "service_review_due"
        told += tell(
            session, project, kind, people, path_of(service), once_key=f"{kind}:{service.id}:{service.next_review_on}",
            name=service.name, due=service.next_review_on,
        )  # fmt: skip
    return told


def remind_external(session: Session, context: JobContext) -> Said:
    told = remind_of_external(session, today_of(session, context.pack))
    return Said(N_("Notices on overdue external reviews: %(count)s"), {"count": told})


def remind_of_external(session: Session, today: date) -> int:
    """Those who ordered and those who answer, once for each day that was set. How many notices are new."""
    told = 0
    for review, project in overdue(session, today):
        people = {review.ordered_by_id} | agency_people(session, project, today)
        told += tell(
            session, project, "external_review_late", people, path_of_review(review),
            once_key=f"external_review_late:{review.id}:{review.due_on}", name=review.title, due=review.due_on,
        )  # fmt: skip
    return told


register_job(
    Job(
        SERVICES,
        N_("Remind of yearly reviews of services"),
        Daily("07:20"),
        remind_services,
        does=N_(
            "Tells owners of services thirty days before their yearly review, and everybody concerned once it is late."
        ),
    )
)
register_job(
    Job(
        EXTERNAL,
        N_("Tell of overdue external reviews"),
        Daily("07:25"),
        remind_external,
        does=N_("Tells those who ordered an external review and those reviewed that its day has passed."),
    )
)
