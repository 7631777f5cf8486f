"""The officer's findings on the standards of a frozen case."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases import mandate
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.forms import VerdictFields
from portfolio.checks.frozen import Frozen
from portfolio.checks.models import Verdict
from portfolio.checks.rules import OWN_RESULTS, needs_comment
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import Power
from portfolio.people.viewer import Viewer

CHECKING = frozenset({CaseStatus.IN_REVIEW, CaseStatus.CHECKING})
"""The check runs beside peer review and until the opinion."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A finding as sent, with the version of the row that the page had shown (0 for none on this snapshot)."""

    fields: VerdictFields
    version: int = 0


def why_not_check(session: Session, pack: CountryPack, actor: Viewer, case: BusinessCase) -> list[str]:
    """Every reason why this person may not give findings on the case now."""
    reasons = [] if case.status in CHECKING else [_("The standards of this case are not being checked now.")]
    return reasons + mandate.refusals(session, pack, actor, case, Power.STANDARDS_CHECK)


def give_verdicts(
    session: Session,
    pack: CountryPack,
    actor: Viewer,
    case: BusinessCase,
    snapshot: Snapshot,
    frozen: Frozen,
    typed: Mapping[str, Typed],
) -> dict[str, str]:
    """Store the findings by standard; returns errors by field (`comment.T01`), and then nothing must be committed.

    Only findings that say something new are written, each with its event. Raises `Refused` when the case is not being
    checked or not for the actor's body.
    """
    session.refresh(case, with_for_update={"read": True})
    if reasons := why_not_check(session, pack, actor, case):
        raise Refused(*reasons)
    rows = {
        row.standard: row
        for row in session.scalars(
            select(Verdict)
            .where(col(Verdict.snapshot_id) == snapshot.id)
            .order_by(col(Verdict.standard))
            .with_for_update()
        )
    }
    errors: dict[str, str] = {}
    for code, one in typed.items():
        if problem := _problem(frozen, code, one.fields):
            errors[problem[0]] = problem[1]
        elif not _write(session, actor, case, snapshot, code, one, rows.get(code)):
            errors[f"result.{code}"] = _("Somebody else changed this finding meanwhile. Reload the page to see it.")
    session.flush()
    return errors


def _problem(frozen: Frozen, code: str, fields: VerdictFields) -> tuple[str, str] | None:
    standard = frozen.named(code)
    if standard is None:
        return f"result.{code}", _("This standard does not apply to the case.")
    if fields.result not in OWN_RESULTS:
        return f"result.{code}", _("Waived follows from a waiver: propose one instead.")
    if needs_comment(standard.own, fields.result) and not fields.comment.strip():
        return f"comment.{code}", _("Say why: it is not simply met, or the institution says otherwise.")
    return None


def _write(
    session: Session,
    actor: Viewer,
    case: BusinessCase,
    snapshot: Snapshot,
    code: str,
    one: Typed,
    row: Verdict | None,
) -> bool:
    """False when the row is not the one that the page showed."""
    fields = one.fields
    if row is not None and (row.result, row.evidence, row.comment) == (fields.result, fields.evidence, fields.comment):
        return True
    if (row.version if row is not None else 0) != one.version:
        return False
    if row is None:
        row = Verdict(
            case_id=case.id,
            snapshot_id=snapshot.id,
            standard=code,
            result=fields.result,
            given_by_id=actor.person_id,
            given_at=now(session),
        )
        session.add(row)
    row.result, row.evidence, row.comment = fields.result, fields.evidence, fields.comment
    row.given_by_id, row.given_at = actor.person_id, now(session)
    record(
        session,
        actor,
        Tag.CHECK_VERDICT_GIVEN,
        row,
        case=str(case.id),
        standard=code,
        result=fields.result.value,
        words=fields.comment,
    )
    return True
