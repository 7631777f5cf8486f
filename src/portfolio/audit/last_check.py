"""What the last verification said, kept for the auditor's page. The page never verifies: that takes as long as the trail is."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.audit.verdict import Verdict
from portfolio.db.clock import InstallationFact

KEY = "last_verification"
MAX_WORDS = 120


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When it was, how many events it read, and the finding in the words of the command, or nothing."""

    at: datetime
    events: int
    checkpoints: int
    finding: str


def keep(session: Session, verdict: Verdict, at: datetime) -> None:
    value = json.dumps(
        {
            "at": at.isoformat(),
            "events": verdict.events,
            "checkpoints": verdict.checkpoints,
            "finding": str(verdict.finding)[:MAX_WORDS] if verdict.finding else "",
        }
    )
    row = session.get(InstallationFact, KEY)
    if row is None:
        session.add(InstallationFact(key=KEY, value=value))
    else:
        row.value = value


def last(session: Session) -> LastCheck | None:
    row = session.get(InstallationFact, KEY)
    if row is None:
        return None
    value = json.loads(row.value)
    return LastCheck(
        datetime.fromisoformat(value["at"]), int(value["events"]), int(value["checkpoints"]), str(value["finding"])
    )
