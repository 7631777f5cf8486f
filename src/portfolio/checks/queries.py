"""Reading the check of a case: findings in force, waivers, and the facts that the gate asks."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.visibility import visible_to
from portfolio.checks.frozen import Frozen, frozen_standards, own_lines
from portfolio.checks.models import Verdict, Waiver
from portfolio.checks.rules import WaiverFact, is_waived, open_musts, share_of_shoulds_met
from portfolio.checks.terms import WaiverState
from portfolio.errors import NotFound
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import StandardLevel
from portfolio.people.viewer import Viewer

OPEN_WAIVERS = (WaiverState.PROPOSED, WaiverState.FIRST_AGREED)


@dataclass(frozen=True, slots=True)
class VerdictInForce:
    """A finding, and the number of the snapshot on which it was given: an earlier one when nothing was touched since."""

    verdict: Verdict
    snapshot_number: int
    is_carried: bool


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """How the check of a case stands: codes of standards, counts, and a share from 0 to 1."""

    demanded: bool = False
    musts: int = 0
    unchecked: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    shoulds: int = 0
    shoulds_met: Decimal | None = None


def check_facts(session: Session, pack: CountryPack, case: BusinessCase, today: date) -> CheckFacts:
    """`today` is the day on the country's clock: a waiver holds to the end of its last day."""
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None or not pack.track(snapshot.track).standards_check:
        return CheckFacts()
    frozen = frozen_standards(pack, snapshot)
    verdicts = {code: one.verdict.result for code, one in verdicts_in_force(session, snapshot).items()}
    waivers = waiver_facts(waivers_of(session, case.id))
    unchecked, unmet = open_musts(frozen.facts, verdicts, waivers, today)
    return CheckFacts(
        demanded=True,
        musts=sum(one.level is StandardLevel.MUST for one in frozen.facts),
        unchecked=unchecked,
        unmet=unmet,
        waived=tuple(one.code for one in frozen.facts if is_waived(one.code, waivers, today)),
        shoulds=sum(one.level is StandardLevel.SHOULD for one in frozen.facts),
        shoulds_met=share_of_shoulds_met(frozen.facts, verdicts),
    )


def verdicts_in_force(session: Session, snapshot: Snapshot) -> dict[str, VerdictInForce]:
    """By standard. A finding on an earlier snapshot holds while what the institution said of the standard is the same."""
    rows = session.execute(
        select(Verdict, Snapshot)
        .join(Snapshot, col(Snapshot.id) == col(Verdict.snapshot_id))
        .where(col(Verdict.case_id) == snapshot.case_id, col(Snapshot.number) <= snapshot.number)
        .order_by(col(Snapshot.number), col(Verdict.id))
    ).all()
    found: dict[str, VerdictInForce] = {}
    for verdict, given_on in rows:
        code = verdict.standard
        is_own = given_on.id == snapshot.id
        if is_own or own_lines(given_on, code) == own_lines(snapshot, code):
            found[code] = VerdictInForce(verdict, given_on.number, not is_own)
        else:
            found.pop(code, None)
    return found


def waivers_of(session: Session, case_id: uuid.UUID) -> Sequence[Waiver]:
    """Newest first."""
    return session.scalars(
        select(Waiver).where(col(Waiver.case_id) == case_id).order_by(col(Waiver.proposed_at).desc(), col(Waiver.id))
    ).all()


def waiver_facts(waivers: Sequence[Waiver]) -> list[WaiverFact]:
    return [WaiverFact(one.standard, one.state, one.expires_on) for one in waivers]


def get_waiver(session: Session, viewer: Viewer, waiver_id: uuid.UUID) -> tuple[Waiver, BusinessCase]:
    """With its case, as far as this person may find it. Raises `NotFound`."""
    row = session.execute(
        select(Waiver, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(Waiver.case_id))
        .where(col(Waiver.id) == waiver_id, visible_to(viewer))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def open_waivers(session: Session, viewer: Viewer) -> Sequence[tuple[Waiver, BusinessCase]]:
    """Waivers that wait for an authority, of cases that this person may find; oldest first."""
    rows = session.execute(
        select(Waiver, BusinessCase)
        .join(BusinessCase, col(BusinessCase.id) == col(Waiver.case_id))
        .where(col(Waiver.state).in_(OPEN_WAIVERS), visible_to(viewer))
        .order_by(col(Waiver.proposed_at), col(Waiver.id))
    )
    return [(waiver, case) for waiver, case in rows]


def own_words(frozen: Frozen) -> Mapping[str, str]:
    """Value of the institution's word on each standard that has one."""
    return {one.code: own.value for one in frozen.standards if (own := one.own) is not None}


def today_of(pack: CountryPack, at: datetime) -> date:
    """The day of an instant on the country's clock."""
    return at.astimezone(pack.zone).date()
