"""The list of cases as an agency sees it: state, call, what is missing, who waits for whom."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.business_cases.completeness import missing
from portfolio.business_cases.queries import ListedCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.i18n import gettext as _
from portfolio.packs.choosing import choose_track, threshold_minor
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, Power
from portfolio.strategy.rules import closing_tone, has_closed

WRITTEN_NOW = frozenset({CaseStatus.DRAFT, CaseStatus.ALIGNING, CaseStatus.INCOMPLETE})
BODIES = {
    CaseStatus.SUBMITTED: Power.ADMISSIBILITY,
    CaseStatus.CHECKING: Power.OPINION,
    CaseStatus.RECOMMENDED: Power.BUDGET_DECISION,
    CaseStatus.CONDITIONED: Power.BUDGET_DECISION,
    CaseStatus.UNFAVOURABLE: Power.BUDGET_DECISION,
}
"""Which power a submitted case waits for."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """`missing` is nothing where it was not counted. `closing_tone` says how pressing its call is."""

    listed: ListedCase
    missing: int | None
    waits_for: str
    closing_tone: str
    is_late: bool

    @property
    def is_written(self) -> bool:
        return self.listed.case.status in WRITTEN_NOW


MOST_COUNTED = 40
"""What is missing is counted for the first so many drafts: each takes a case's whole content."""


def case_rows(
    session: Session, pack: CountryPack, found: list[ListedCase], at: datetime, writes_for: frozenset[uuid.UUID]
) -> list[CaseRow]:
    """`writes_for`: institutions whose drafts the reader writes; only there is what is missing counted."""
    drafts = [one.case for one in found if one.case.status in WRITTEN_NOW and one.case.institution_id in writes_for]
    counts = {case.id: len(missing(session, pack, case)) for case in drafts[:MOST_COUNTED]}
    return [
        CaseRow(
            one,
            counts.get(one.case.id),
            who_waits(pack, one),
            closing_tone(one.call, at),
            one.case.status in WRITTEN_NOW and one.case.submitted_at is None and has_closed(one.call, at),
        )
        for one in found
    ]


def who_waits(pack: CountryPack, listed: ListedCase) -> str:
    """Whose turn it is, in words; nothing when nobody's."""
    status = listed.case.status
    if status is CaseStatus.DRAFT:
        return listed.lead
    if status is CaseStatus.ALIGNING:
        return _("Whoever signs off in %(institution)s") % {"institution": listed.institution}
    if status is CaseStatus.INCOMPLETE:
        return listed.institution
    if status is CaseStatus.IN_REVIEW:
        return _("The reviewers")
    body = pack.body_with(BODIES[status]) if status in BODIES else None
    return str(body.short) if body else ""


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of case to choose from, and the tracks it may take: (name, sentence that says for which cost)."""

    value: str
    label: str
    help: str
    tracks: tuple[tuple[str, str], ...]


def kind_choices(pack: CountryPack) -> list[KindChoice]:
    """In the order of the pack; tracks from the lowest cost up."""
    return [
        KindChoice(code, str(choice.label), str(choice.help or ""), _tracks(pack, CaseKind(code)))
        for code, choice in pack.kinds.items()
    ]


def _tracks(pack: CountryPack, kind: CaseKind) -> tuple[tuple[str, str], ...]:
    lower_bounds = {0} | {
        threshold_minor(pack, condition.at_least)
        for track in pack.tracks.values()
        for condition in track.conditions
        if kind in condition.kinds and condition.at_least
    }
    found = [choose_track(pack, kind, bound) for bound in sorted(lower_bounds)]
    return tuple((str(choice.track.name), str(choice.why[-1])) for choice in found)
