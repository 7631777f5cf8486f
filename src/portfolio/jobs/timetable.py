"""The timetable: which jobs there are, and at which instants each is due. Rooms register theirs from their own `jobs.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy.orm import Session

from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.i18n import gettext, ngettext
from portfolio.settings import Settings
from portfolio.web.formatting import country_zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job works with; rules ask `db.clock.now(session)` for the time, never the machine.

    `clock` is that of the timetable itself (leases, waits): real time but in a trial. `slot` is the one that this run is for.
    """

    database: Database
    settings: Settings
    pack: Any = None
    clock: Callable[[], datetime] = utc_now
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a run did, in words that are translated when shown: an `N_` text and the values of its placeholders."""

    text: str
    params: Mapping[str, int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.text) % self.params


class Slots(Protocol):
    """A rule that gives a job's slots: scheduled instants, the same for every process."""

    def latest(self, now: datetime, count: int) -> list[datetime]:
        """The last `count` slots that are not after `now`, oldest first, in UTC."""
        ...

    def after(self, now: datetime) -> datetime:
        """The next slot, in UTC."""
        ...

    def between(self, first: datetime, last: datetime) -> int:
        """How many slots lie between two slots, neither of them counted."""
        ...

    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Every:
    """Slots at whole multiples of a period since 1970."""

    minutes: int = 0
    seconds: int = 0

    @property
    def period(self) -> timedelta:
        return timedelta(minutes=self.minutes, seconds=self.seconds)

    def latest(self, now: datetime, count: int) -> list[datetime]:
        last = now - (now - _EPOCH) % self.period
        return [last - self.period * back for back in reversed(range(count))]

    def after(self, now: datetime) -> datetime:
        return self.latest(now, 1)[0] + self.period

    def between(self, first: datetime, last: datetime) -> int:
        return max(0, (last - first) // self.period - 1)

    def words(self) -> str:
        if self.seconds:
            total = int(self.period.total_seconds())
            return ngettext("every %(num)s second", "every %(num)s seconds", total) % {"num": total}
        return ngettext("every %(num)s minute", "every %(num)s minutes", self.minutes) % {"num": self.minutes}


@dataclass(frozen=True, slots=True)
class Daily:
    """One slot each day at a time of the country's clock, "HH:MM".

    A time that the clock skips in spring comes as much later; one that it passes twice in autumn counts the first time.
    """

    at: str

    def _on(self, day: date) -> datetime:
        return datetime.combine(day, time.fromisoformat(self.at), tzinfo=country_zone()).astimezone(UTC)

    def latest(self, now: datetime, count: int) -> list[datetime]:
        today = now.astimezone(country_zone()).date()
        last = today if self._on(today) <= now else today - timedelta(days=1)
        return [self._on(last - timedelta(days=back)) for back in reversed(range(count))]

    def after(self, now: datetime) -> datetime:
        last = self.latest(now, 1)[0].astimezone(country_zone()).date()
        coming = (self._on(last + timedelta(days=ahead)) for ahead in range(3))
        return next(slot for slot in coming if slot > now)

    def between(self, first: datetime, last: datetime) -> int:
        zone = country_zone()
        return max(0, (last.astimezone(zone).date() - first.astimezone(zone).date()).days - 1)

    def words(self) -> str:
        return gettext("daily at %(time)s") % {"time": self.at}


Outcome = str | Said


@dataclass(frozen=True, slots=True)
class Job:
    """Work in the claim's own transaction: the effect and the claim are committed together, or neither is.

    `catch_up` is how many missed slots are made up for after a stop, oldest first; 1 for work that looks at the present only.
    `does` says to its administrator what a run does and to whom; a job without `is_pausable` cannot be told to wait.
    """

    name: str
    words: str
    when: Slots
    work: Callable[[Session, JobContext], Outcome]
    catch_up: int = 1
    does: str = ""
    is_pausable: bool = True


@dataclass(frozen=True, slots=True)
class FreeJob:
    """Work that opens its own transactions, because it waits for something outside (mail, files) or is long.

    It must be safe to do twice: a process that dies in the middle leaves its slot to another. `is_needed` spares empty runs.
    """

    name: str
    words: str
    when: Slots
    work: Callable[[JobContext], Outcome]
    is_needed: Callable[[JobContext], bool] | None = None
    catch_up: int = 1
    does: str = ""
    is_pausable: bool = True


AnyJob = Job | FreeJob
_jobs: dict[str, AnyJob] = {}


def register_job(job: AnyJob) -> None:
    """Add a job; the same name again replaces it."""
    _jobs[job.name] = job


def jobs() -> list[AnyJob]:
    """Every job, by name."""
    return [_jobs[name] for name in sorted(_jobs)]


def is_slot(job: AnyJob, at: datetime) -> bool:
    """Whether an instant is one of the job's own, not that of a run by hand."""
    return job.when.latest(at, 1)[0] == at


def job_named(name: str) -> AnyJob | None:
    return _jobs.get(name)
