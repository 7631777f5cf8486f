"""The observation that follows from a finding: a mandatory standard that is not met is proposed as a blocking one, never made
by itself. A person makes it, with the words before them, once for each finding and version of the case.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.models import VerdictObservation
from portfolio.business_cases.editing import lock_for_move
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.checks.frozen import FrozenStandard, frozen_standards
from portfolio.checks.models import Verdict
from portfolio.checks.queries import today_of, verdicts_in_force, waiver_facts, waivers_of
from portfolio.checks.rules import is_waived
from portfolio.checks.terms import CheckResult
from portfolio.db.clock import now
from portfolio.errors import NotFound, Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode, StandardLevel
from portfolio.peer_review.models import Observation
from portfolio.peer_review.observations import make_observation
from portfolio.peer_review.terms import ObservationKind
from portfolio.people.viewer import Viewer

MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a finding proposes: the section, a blocking observation and its words."""

    verdict: Verdict
    standard: FrozenStandard
    section: SectionCode
    text: str


def proposed_observations(
    session: Session, pack: CountryPack, case: BusinessCase, snapshot: Snapshot
) -> dict[uuid.UUID, Proposed]:
    """By finding, in the order of the standards: mandatory ones that are not met, not waived, and without an observation."""
    found = verdicts_in_force(session, snapshot)
    made = observations_made(session, snapshot)
    waivers, today = waiver_facts(waivers_of(session, case.id)), today_of(pack, now(session))
    proposals: dict[uuid.UUID, Proposed] = {}
    for standard in frozen_standards(pack, snapshot).standards:
        one = found.get(standard.code)
        if standard.level is not StandardLevel.MUST or one is None or one.verdict.result is not CheckResult.NOT_MET:
            continue
        if one.verdict.id not in made and not is_waived(standard.code, waivers, today):
            text = words_of(standard, one.verdict)
            proposals[one.verdict.id] = Proposed(one.verdict, standard, SectionCode.STANDARDS, text)
    return proposals


def words_of(standard: FrozenStandard, verdict: Verdict) -> str:
    """What is not met, what was found and what is expected, to be changed before it is made."""
    found = [
        _("The mandatory standard %(code)s, %(title)s, is not met.") % {"code": standard.code, "title": standard.title},
        verdict.comment.strip(),
        _("Evidence expected:") + " " + standard.expected if standard.expected else "",
        _("Say how and by when it will be met, or ask for a waiver."),
    ]
    return "\n\n".join(part for part in found if part)[:MOST_TEXT]


def observations_made(session: Session, snapshot: Snapshot) -> Mapping[uuid.UUID, Observation]:
    """By finding: the observations that were made of findings on this version of the case."""
    rows = session.execute(
        select(col(VerdictObservation.verdict_id), Observation)
        .join(Observation, col(Observation.id) == col(VerdictObservation.observation_id))
        .where(col(VerdictObservation.snapshot_id) == snapshot.id)
        .order_by(col(Observation.made_at), col(Observation.id))
    )
    return {row[0]: row[1] for row in rows}


def observe_verdict(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    case: BusinessCase,
    snapshot: Snapshot,
    verdict_id: uuid.UUID,
    text: str,
) -> Observation:
    """Make the observation that a finding proposes, in the words given, and tie it to the finding.

    Raises `NotFound` for a finding that is not of this case, `Refused` when it proposes none any more, or as
    `make_observation` does.
    """
    verdict = session.get(Verdict, verdict_id)
    if verdict is None or verdict.case_id != case.id:
        raise NotFound
    lock_for_move(session, case)
    if verdict_id in observations_made(session, snapshot):
        raise Refused(_("An observation was made of this finding already."))
    proposed = proposed_observations(session, pack, case, snapshot).get(verdict_id)
    if proposed is None:
        raise Refused(_("This finding asks for no observation now."))
    row = make_observation(session, actor, pack, case, proposed.section, ObservationKind.BLOCKING, text)
    session.add(VerdictObservation(verdict_id=verdict_id, snapshot_id=snapshot.id, observation_id=row.id))
    session.flush()
    return row
