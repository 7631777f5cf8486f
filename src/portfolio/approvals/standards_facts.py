"""Mandatory standards of a case: which have no finding yet, and which are neither met nor waived."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import content_of, newest_snapshot
from portfolio.checks.models import Verdict, Waiver
from portfolio.checks.terms import CheckResult, WaiverState
from portfolio.packs.answers import declared_facts
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind, SectionCode, StandardLevel, TrackCode
from portfolio.standards.applicability import CaseProfile, applicable
from portfolio.standards.library import library_for

_SATISFIED = frozenset({CheckResult.MET, CheckResult.NOT_APPLICABLE})


def mandatory_standards(
    session: Session, pack: CountryPack, case: BusinessCase, now: datetime
) -> tuple[list[str], list[str]]:
    """Codes of mandatory standards that apply to the frozen case: (without a finding, neither met nor waived)."""
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        return [], []
    content = content_of(snapshot)
    kind, track = CaseKind(content["case"]["kind"]), TrackCode(snapshot.track)
    answers = {SectionCode(code): part["answers"] for code, part in content["sections"].items()}
    profile = CaseProfile(kind, track, declared_facts(pack, kind, track, answers))
    must = [
        found.standard.code
        for found in applicable(library_for(pack), profile)
        if found.applies and found.standard.level is StandardLevel.MUST
    ]
    results: dict[str, CheckResult] = {
        row.standard: row.result
        for row in session.execute(
            select(col(Verdict.standard), col(Verdict.result)).where(col(Verdict.snapshot_id) == snapshot.id)
        )
    }
    waived = set(
        session.scalars(
            select(col(Waiver.standard)).where(
                col(Waiver.case_id) == case.id,
                col(Waiver.state) == WaiverState.GRANTED,
                col(Waiver.expires_on) >= now.astimezone(pack.zone).date(),
            )
        )
    )
    unchecked = [code for code in must if code not in results and code not in waived]
    unmet = [code for code in must if results.get(code) not in _SATISFIED and code not in waived]
    return unchecked, unmet
