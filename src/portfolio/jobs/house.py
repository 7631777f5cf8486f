"""The jobs of the house itself: mail, checkpoints, the nightly verification, and throwing away what has expired."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit import last_check
from portfolio.audit.checkpoints import write_checkpoints
from portfolio.audit.signing_keys import public_keys
from portfolio.audit.verify import verify
from portfolio.db.base import utc_now
from portfolio.db.clock import now
from portfolio.i18n import N_
from portfolio.identity import api_answers, factors, limits, sessions, tokens
from portfolio.identity.models import FormKey
from portfolio.jobs.models import JobClaim, JobFailure
from portfolio.jobs.timetable import Daily, Every, FreeJob, Job, JobContext, Said, register_job
from portfolio.notifications.delivery import deliver, is_mail_due
from portfolio.notifications.outbox import owe
from portfolio.people.queries import holders
from portfolio.people.terms import Role
from portfolio.web.formatting import country_zone

FORM_KEYS_KEPT = timedelta(days=2)
CLAIMS_KEPT = timedelta(days=45)
FREQUENT_CLAIMS_KEPT = timedelta(days=2)
DELIVER, CHECKPOINT, VERIFY, PURGE = "notices.deliver", "audit.checkpoint", "audit.verify", "house.purge"


def deliver_mail(context: JobContext) -> Said:
    tally = deliver(context.database, context.settings)
    return Said(
        N_("Mails sent: %(sent)s, put off: %(put_off)s, given up: %(given_up)s. %(trouble)s"),
        {"sent": tally.sent, "put_off": tally.put_off, "given_up": tally.given_up, "trouble": tally.trouble[:150]},
    )


def mail_is_due(context: JobContext) -> bool:
    with context.database.reading() as session:
        return is_mail_due(session)


def checkpoint(context: JobContext) -> Said:
    """Raises `CheckpointConflict`, which the timetable shows as a failure, when the database was rolled back."""
    settings = context.settings
    made = write_checkpoints(context.database, settings.checkpoints_dir, settings.keys_dir, only_when_due=True)
    return Said(N_("Checkpoints signed: %(count)s"), {"count": len(made)})


def verify_trail(context: JobContext) -> Said:
    """Verify everything; what is found is told to auditors and administrators, once for each finding and day."""
    settings = context.settings
    verdict = verify(context.database, settings.checkpoints_dir, public_keys(settings.keys_dir))
    with context.database.writing() as session:
        at = now(session)
        last_check.keep(session, verdict, at)
        if verdict.finding is not None:
            today = at.astimezone(country_zone()).date()
            people = {*holders(session, Role.AUDITOR, today), *holders(session, Role.ADMINISTRATOR, today)}
            once = f"trail:{verdict.finding.kind.value}:{today}"
            owe(session, "trail_broken", people, path="", once_key=once, at=at, finding=str(verdict.finding)[:200])
    if verdict.finding is not None:
        return Said(N_("The trail does not hold: %(finding)s"), {"finding": str(verdict.finding)[:200]})
    return Said(N_("The trail holds. Events read: %(events)s"), {"events": verdict.events})


def purge(session: Session, _context: JobContext) -> Said:
    """Sessions, attempts, links, codes, form keys and claims that nobody needs any more."""
    ended = sessions.purge(session)
    attempts = limits.purge(session)
    tokens.purge(session)
    factors.purge(session, utc_now())
    api_answers.purge(session)
    session.execute(delete(FormKey).where(col(FormKey.used_at) < utc_now() - FORM_KEYS_KEPT))
    _purge_claims(session)
    return Said(
        N_("Sessions removed: %(sessions)s, attempts removed: %(attempts)s"), {"sessions": ended, "attempts": attempts}
    )


def _purge_claims(session: Session) -> None:
    """Old claims go; of frequent jobs all but the last days, and never the last claim of a job, nor a run by hand."""
    present = utc_now()
    session.execute(delete(JobFailure).where(col(JobFailure.failed_at) < present - CLAIMS_KEPT))
    newest = select(func.max(col(JobClaim.slot))).group_by(col(JobClaim.job))
    for kept, names in ((CLAIMS_KEPT, None), (FREQUENT_CLAIMS_KEPT, (DELIVER, CHECKPOINT))):
        is_old = col(JobClaim.claimed_at) < present - kept
        old = delete(JobClaim).where(is_old, col(JobClaim.slot).not_in(newest), col(JobClaim.reason) == "")
        session.execute(old if names is None else old.where(col(JobClaim.job).in_(names)))


register_job(
    FreeJob(
        DELIVER,
        N_("Send the mails that are owed"),
        Every(seconds=20),
        deliver_mail,
        mail_is_due,
        does=N_("Sends what people are owed by mail, in order; what fails is put off and tried again."),
    )
)
register_job(
    FreeJob(
        CHECKPOINT,
        N_("Sign where the audit trail stands"),
        Every(minutes=1),
        checkpoint,
        does=N_("Writes down outside the database, signed, how far the audit trail has come."),
        is_pausable=False,
    )
)
register_job(
    FreeJob(
        VERIFY,
        N_("Verify the audit trail"),
        Daily("03:10"),
        verify_trail,
        does=N_(
            "Reads the whole audit trail and every row it vouches for, and tells auditors and administrators what does not hold."
        ),
        is_pausable=False,
    )
)
register_job(
    Job(
        PURGE,
        N_("Remove expired sessions, attempts and keys"),
        Daily("02:40"),
        purge,
        does=N_("Removes sessions, links, codes, form keys and records of the clock that nobody needs any more."),
    )
)
