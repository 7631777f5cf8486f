"""The page of one job: how it stands, what it makes up for after a stop, its runs, its pauses, what can be run by hand."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.jobs.forms import NOW
from portfolio.jobs.pauses import pause_of, pauses_of
from portfolio.jobs.queries import last_claims, row_of_job, unsettled
from portfolio.jobs.runs import Gap, past_runs
from portfolio.jobs.timetable import AnyJob, JobContext
from portfolio.people.queries import names
from portfolio.web.formatting import exact_instant, number

PAGE = 50


def history(
    session: Session, context: JobContext, job: AnyJob, now: datetime, before: datetime | None
) -> dict[str, Any]:
    """What the template shows but for its form; `before`: the slots before that instant."""
    claims = last_claims(session, job, PAGE + 1, before)
    shown, more = claims[:PAGE], claims[PAGE:]
    waiting = unsettled(session, job, now)
    pauses = pauses_of(session, job.name)
    people = names(session, {p for row in pauses for p in (row.paused_by_id, row.ended_by_id) if p is not None})
    pause = pause_of(session, job.name, now)
    runs = past_runs(session, job, claims, now)
    return {
        "job": row_of_job(session, context, job, now, pause),
        "pause": pause,
        "is_pausable": job.is_pausable,
        "catch_up": catch_up_words(job),
        "runs": runs[: _length(runs, len(shown))],
        "is_first": before is None,
        "older": shown[-1].slot.isoformat() if more else "",
        "waiting": waiting,
        "choices": [(NOW, _("An extra run now")), *((slot.isoformat(), _slot_words(slot)) for slot in waiting)],
        "pauses": [
            {
                "row": row,
                "by": people.get(row.paused_by_id, ""),
                "ended_by": people.get(row.ended_by_id, "") if row.ended_by_id else "",
            }
            for row in pauses
        ],
    }


def _length(runs: list[Any], shown: int) -> int:
    """How many entries hold so many runs, each with the gap that lies before it."""
    counted = 0
    for place, entry in enumerate(runs):
        counted += not isinstance(entry, Gap)
        if counted > shown:
            return place
    return len(runs)


def _slot_words(slot: datetime) -> str:
    return _("The run that was due %(slot)s and is not done") % {"slot": exact_instant(slot)}


def catch_up_words(job: AnyJob) -> str:
    """What happens to instants that went by while no process ran."""
    if job.catch_up == 1:
        return _("The next run covers them all: it looks at what is due by then.")
    return ngettext(
        "The last missed run is made up for.",
        "The last %(num)s missed runs are made up for, one by one, the oldest first.",
        job.catch_up,
    ) % {"num": number(job.catch_up)}
