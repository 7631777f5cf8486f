"""What people do with a return: write it, put it up for its signature, sign it, verify it, send it back; the clock publishes it."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.authorities import authority_refusal
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import gettext as _
from portfolio.identity.step_up import prove
from portfolio.labels import capitalised
from portfolio.monitoring.life_queries import case_of
from portfolio.monitoring.life_workflow import DIRECTIVE_POWER
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.rating_making import rate_project
from portfolio.monitoring.rating_terms import RatingOccasion
from portfolio.monitoring.recompute import refresh
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import SYSTEM, Viewer
from portfolio.projects.models import Initiative, Project
from portfolio.returns import notices
from portfolio.returns.changes import state_of
from portfolio.returns.doubts import Doubted, impossible_finish
from portfolio.returns.forms import DOUBTED, ReturnFields
from portfolio.returns.models import ProgressReturn, ReturnMove
from portfolio.returns.on_record import doubts_of
from portfolio.returns.queries import moves_of
from portfolio.returns.terms import ReturnState
from portfolio.returns.versions import digest_of, keep
from portfolio.returns.words import FIELDS, field_words
from portfolio.returns.workflow import OPEN, RETURNS, VERIFIERS, ReturnFacts

__all__ = [
    "digest_of",
    "hand_back",
    "missing_names",
    "publish",
    "put_up",
    "save",
    "send_back",
    "sign",
    "unconfirmed",
    "verify",
]

TAGS = {
    "fill": Tag.RETURN_FILLED,
    "hand_back": Tag.RETURN_SENT_BACK,
    "sign": Tag.RETURN_SIGNED,
    "send_back": Tag.RETURN_SENT_BACK,
    "verify": Tag.RETURN_VERIFIED,
    "publish": Tag.RETURN_PUBLISHED,
}


def save(session: Session, actor: Viewer, project: Project, row: ProgressReturn, fields: ReturnFields) -> None:
    """Keep what was typed; what is empty stays empty. A return that waited for its signature is open again.

    Raises `FieldRefused` for an amount with too many decimals, a level of another scale and an end that cannot be, `Refused` for
    a return that was handed in, and for one that somebody else saved since it was shown.
    """
    _lock(session, row)
    if row.state not in OPEN:
        raise Refused(_("This return was handed in; it is no longer written."))
    if fields.version != row.version:
        raise Refused(_("Somebody else saved this return while you were writing. Read theirs, then write yours again."))
    if fields.level is not None and fields.level not in [level for level, _least in SCALES[row.scale].levels]:
        raise FieldRefused("level", _("Choose one of the options"))
    if fault := impossible_finish(fields.forecast_finish, project.began_on, now(session).date()):
        raise FieldRefused("forecast_finish", fault)
    if row.digest and row.digest == digest_of(row):
        keep(session, row)
    row.physical_bp = None if fields.physical is None else int(fields.physical * 100)
    row.paid_minor = _minor("paid", fields.paid, row.currency)
    row.forecast_cost_minor = _minor("forecast_cost", fields.forecast_cost, row.currency)
    for name in (
        "forecast_finish", "procurement", "done", "blocked", "next_steps", "level", "evidence_cost",
        "evidence_schedule", "evidence_results",
    ):  # fmt: skip
        setattr(row, name, getattr(fields, name))
    row.confirmed = _confirmed(row, fields)
    if row.state is ReturnState.FILLED:
        row.state = ReturnState.DUE if not row.submitted_on else ReturnState.RETURNED
    row.filled_by_id, row.filled_at = actor.person_id, now(session)
    session.flush()
    record(session, actor, Tag.RETURN_SAVED, row, case=project.case_id, project=project.id, period=row.period_on)


def _confirmed(row: ProgressReturn, fields: ReturnFields) -> dict[str, Any]:
    """What was ticked and reasoned of values as they are now: a tick that was set for another value is none."""
    return {
        name: {"of": value_key(row, name), "note": fields.note_on(name)}
        for name in DOUBTED
        if fields.note_on(name) and fields.tick_on(name) == value_key(row, name)
    }


def value_key(row: ProgressReturn, name: str) -> str:
    """A value as its tick names it."""
    value = getattr(row, FIELDS[name])
    return "" if value is None else str(value)


def unconfirmed(session: Session, pack: CountryPack, project: Project, row: ProgressReturn) -> list[Doubted]:
    """What is unusual and was not confirmed with a reason."""
    return [doubted for doubted in doubts_of(session, pack, project, row) if doubted.field not in row.confirmed]


def _minor(name: str, amount: Any, currency: str) -> int | None:
    if amount is None:
        return None
    try:
        return Money.of(amount, currency).minor
    except ValueError as error:
        raise FieldRefused(name, str(error)) from None


def missing_names(row: ProgressReturn) -> list[str]:
    """Names of the compulsory fields that are empty; `blocked` may be: nothing may be."""
    return [name for name, column in FIELDS.items() if name != "blocked" and getattr(row, column) in (None, "")]


def facts_of(session: Session, actor: Viewer, row: ProgressReturn, *, needs_reason: bool = False) -> ReturnFacts:
    signers = [move.made_by_id for move in moves_of(session, row.id) if move.move == "sign"]
    return ReturnFacts(
        missing=tuple(capitalised(field_words(name)) for name in missing_names(row)),
        is_filler=actor.person_id == row.filled_by_id,
        is_signer=bool(signers) and signers[-1] == actor.person_id,
        needs_reason=needs_reason,
    )


def refusals_of(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    row: ProgressReturn,
    name: str,
    *,
    needs_reason: bool = False,
) -> list[str]:
    """Why this person may not make the move now: the table, then the authority of their body."""
    institution_id = session.get_one(Initiative, project.initiative_id).institution_id
    own = actor.roles_in(institution_id)
    roles = frozenset(role for role in actor.roles if role in VERIFIERS or role in own)
    refusals = RETURNS.refusals(name, row.state, roles, facts_of(session, actor, row, needs_reason=needs_reason))
    case = case_of(session, project)
    if name in ("verify", "send_back") and case is not None and roles & VERIFIERS:
        acting = replace(actor, grants=tuple(grant for grant in actor.grants if grant.role in VERIFIERS))
        reason = authority_refusal(session, pack, acting, case, DIRECTIVE_POWER)
        refusals += [reason] if reason else []
    return refusals


def put_up(session: Session, actor: Viewer, pack: CountryPack, project: Project, row: ProgressReturn) -> None:
    """Ready for the signature: this version is kept, the sponsors are told.

    Raises `Refused` with what is missing, and with what is unusual and was not confirmed. What was confirmed travels with it.
    """
    _lock(session, row)
    found = doubts_of(session, pack, project, row)
    if lacking := [doubted for doubted in found if doubted.field not in row.confirmed]:
        raise Refused(*(f"{capitalised(field_words(doubted.field))}: {doubted.words}" for doubted in lacking))
    row.confirmed = {
        name: {**said, "why": [doubted.doubt.value for doubted in found if doubted.field == name]}
        for name, said in row.confirmed.items()
        if any(doubted.field == name for doubted in found)
    }
    _move(session, actor, pack, project, row, "fill")
    notices.tell_ready(session, pack, actor, project, row)


def sign(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    row: ProgressReturn,
    password: str,
    shown: str,
) -> None:
    """The sponsor hands it in. The record as it is now is kept beside it, and the computed rating is made anew.

    Raises `FieldRefused` for the password, `Refused` for what changed since it was shown and for every reason of the table.
    """
    prove(session, secret, actor, password, shown)
    _lock(session, row)
    if shown != digest_of(row):
        raise Refused(_("What this rests on changed while you were looking. Read it again: nothing was decided."))
    today = now(session).astimezone(pack.zone).date()
    row.seen = state_of(session, project, today)
    row.submitted_on = row.submitted_on or today
    row.digest = shown
    _move(session, actor, pack, project, row, "sign")
    notices.tell_handed_in(session, pack, actor, project, row)
    rate_project(session, pack, project, row.period_on, RatingOccasion.RETURN_SUBMITTED)


def verify(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    secret: str,
    project: Project,
    row: ProgressReturn,
    password: str,
    shown: str,
) -> None:
    """The directive body found it in order: it is published with the next round of the clock. Raises as `sign`."""
    prove(session, secret, actor, password, shown)
    _lock(session, row)
    if shown != row.digest:
        raise Refused(_("What this rests on changed while you were looking. Read it again: nothing was decided."))
    _move(session, actor, pack, project, row, "verify")


def send_back(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, row: ProgressReturn, reason: str
) -> None:
    """Open it again, with what is wrong. Raises `Refused`."""
    _move(session, actor, pack, project, row, "send_back", reason=reason.strip())
    refresh(session, pack, project.id)
    notices.tell_sent_back(session, pack, actor, project, row, reason.strip())


def hand_back(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, row: ProgressReturn, reason: str
) -> None:
    """Whoever would sign gives it back to those who wrote it, with what is wrong. Raises `Refused`."""
    _move(session, actor, pack, project, row, "hand_back", reason=reason.strip())
    notices.tell_handed_back(session, pack, actor, project, row, reason.strip())


def publish(session: Session, project: Project, row: ProgressReturn) -> None:
    """By the clock: whoever may find the project reads it from now on."""
    kept = keep(session, row).digest
    before, row.state, row.published_at = row.state, ReturnState.PUBLISHED, now(session)
    _keep(session, SYSTEM, project, row, "publish", before, kept)


def _move(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    row: ProgressReturn,
    name: str,
    *,
    reason: str = "",
) -> None:
    """On the version that the return is now, which is kept."""
    _lock(session, row)
    move = RETURNS.named(name)
    needs_reason = move.needs_reason and not reason
    if refusals := refusals_of(session, actor, pack, project, row, name, needs_reason=needs_reason):
        raise Refused(*refusals)
    kept = keep(session, row).digest
    before, row.state = row.state, move.target
    _keep(session, actor, project, row, name, before, kept, reason=reason)


def _keep(
    session: Session,
    actor: Viewer,
    project: Project,
    row: ProgressReturn,
    name: str,
    before: ReturnState,
    digest: str,
    *,
    reason: str = "",
) -> None:
    kept = ReturnMove(
        return_id=row.id,
        move=name,
        before=before,
        after=row.state,
        made_by_id=None if actor is SYSTEM else actor.person_id,
        made_at=now(session),
        reason=reason,
        digest=digest,
    )
    session.add(kept)
    session.flush()
    record(
        session, actor, TAGS[name], row, words=reason, case=project.case_id, project=project.id, period=row.period_on,
        digest=digest,
    )  # fmt: skip


def _lock(session: Session, row: ProgressReturn) -> None:
    """The row as it is now, for whoever comes first; what this act set already goes to the database before."""
    session.flush()
    session.refresh(row, with_for_update=True)
