"""What the pages of a return show: its fields, the record beside them, what changed since, its way so far, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.kpis.queries import scorecard
from portfolio.kpis.shown import shown_line
from portfolio.labels import label
from portfolio.monitoring.rating_formula import SCALES
from portfolio.monitoring.rating_words import period_words
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.plan.queries import read_plan
from portfolio.projects.plan.shown import shown_items
from portfolio.returns import acts
from portfolio.returns.change_words import ShownChange, in_words
from portfolio.returns.changes import changed, state_of
from portfolio.returns.comparing import comparison_of
from portfolio.returns.field_words import confirmed_of, rows_of
from portfolio.returns.making import later_edition
from portfolio.returns.models import ProgressReturn
from portfolio.returns.on_record import doubts_of
from portfolio.returns.queries import last_signed, moves_of
from portfolio.returns.terms import ReturnState
from portfolio.returns.version_page import UrlFor, against, shown_versions
from portfolio.returns.versions import content_of, digest_of, versions_of
from portfolio.returns.words import FIELDS
from portfolio.returns.workflow import OPEN, RETURNS
from portfolio.risk.queries import risks_of
from portfolio.web.formatting import number as shown_number
from portfolio.web.formatting import short_day, typed_amount


@dataclass(frozen=True, slots=True)
class Step:
    """One move that was made, on which version; `version` 0: its text was not kept."""

    words: str
    who: str
    at: datetime
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An unusual value: as its tick names it, and what is unusual of it."""

    key: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class SentBack:
    """Why an open return came back."""

    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The record beside the form: nothing of it is typed again."""

    milestones: Sequence[Any]
    indicators: Sequence[Any]
    risks: Sequence[tuple[str, str]]


def typed(row: ProgressReturn) -> dict[str, str]:
    """What the form starts with: what was saved or prefilled."""
    found = {name: getattr(row, column) for name, column in FIELDS.items()}
    return {
        **{name: "" if value is None else str(getattr(value, "value", value)) for name, value in found.items()},
        "physical": "" if row.physical_bp is None else shown_number(row.physical_bp / 100),
        "paid": "" if row.paid_minor is None else typed_amount(Money(row.currency, row.paid_minor)),
        "forecast_cost": ""
        if row.forecast_cost_minor is None
        else typed_amount(Money(row.currency, row.forecast_cost_minor)),
        "forecast_finish": "" if row.forecast_finish is None else row.forecast_finish.isoformat(),
        **{f"sure_{name}": said["of"] for name, said in row.confirmed.items()},
        **{f"note_{name}": said["note"] for name, said in row.confirmed.items()},
        "version": str(row.version),
    }


def levels(row: ProgressReturn) -> list[tuple[str, str]]:
    return [(level.value, label(level)) for level, _least in SCALES[row.scale].levels]


def since(
    session: Session, pack: CountryPack, project: Project, row: ProgressReturn
) -> tuple[str, list[ShownChange]] | None:
    """The day that changes are counted from, and the changes; nothing for a first return.

    A signed return compares the record as it was when it was signed, an open one the record as it is now.
    """
    before = last_signed(session, row)
    if before is None or not before.seen:
        return None
    after = row.seen or state_of(session, project, now(session).astimezone(pack.zone).date())
    day = short_day(before.submitted_on) if before.submitted_on else ""
    return day, in_words(pack, changed(before.seen, after))


def steps_of(session: Session, row: ProgressReturn) -> list[Step]:
    moves = moves_of(session, row.id)
    people = names(session, [move.made_by_id for move in moves])
    numbers = {version.digest: version.number for version in versions_of(session, row.id)}
    return [
        Step(
            label(move.after),
            people.get(move.made_by_id, "") if move.made_by_id else _("the clock"),
            move.made_at,
            move.reason,
            numbers.get(move.digest, 0),
        )
        for move in moves
    ]


def asked_again(session: Session, pack: CountryPack, project: Project, row: ProgressReturn) -> dict[str, Asked]:
    """By field, what is unusual of its value as it is kept."""
    found: dict[str, list[str]] = {}
    for doubted in doubts_of(session, pack, project, row):
        found.setdefault(doubted.field, []).append(doubted.words)
    return {name: Asked(acts.value_key(row, name), words) for name, words in found.items()}


def sent_back(session: Session, row: ProgressReturn) -> SentBack | None:
    """Why it came back, while it is open after that: until it is signed again."""
    moves = [move for move in moves_of(session, row.id) if move.move in ("sign", "send_back", "hand_back")]
    if row.state not in OPEN or not moves or moves[-1].move == "sign":
        return None
    last = moves[-1]
    who = names(session, [last.made_by_id]).get(last.made_by_id, "") if last.made_by_id else ""
    return SentBack(who, last.made_at, last.reason)


def beside(session: Session, viewer: Viewer, pack: CountryPack, project: Project, url_for: Any) -> Beside:
    """`viewer` is the whole viewer."""
    today = now(session).astimezone(pack.zone).date()
    plan = read_plan(session, project.id)
    return Beside(
        milestones=shown_items(session, viewer, plan, today, None),
        indicators=[shown_line(line, url_for) for line in scorecard(session, project, today)],
        risks=[
            (risk.event, str(pack.risk.ratings[risk.rating].label) if risk.rating in pack.risk.ratings else "")
            for risk in risks_of(session, project.id)
            if risk.is_live
        ],
    )


def return_context(
    session: Session, viewer: Viewer, pack: CountryPack, project: Project, row: ProgressReturn, url_for: UrlFor
) -> dict[str, Any]:
    """Everything that the page of a return shows but its forms. `viewer` is the whole viewer."""
    today = now(session).astimezone(pack.zone).date()

    def reasons(name: str, permission: Permission) -> list[str] | None:
        """What stands against a move that this person could make; nothing where it is not theirs."""
        if not viewer.can(permission) or row.state not in RETURNS.named(name).sources:
            return None
        return acts.refusals_of(session, viewer.narrowed(permission), pack, project, row, name)

    digest = digest_of(row)
    versions = shown_versions(session, row, digest, url_for)
    corrects = row.state is ReturnState.PUBLISHED and later_edition(session, row) is None
    return {
        "row": row,
        "project": project,
        "period": period_words(row.period_on),
        "fields": rows_of(content_of(row)),
        "compared": comparison_of(session, viewer, pack, project, row),
        "confirmed": confirmed_of(content_of(row)),
        "versions": versions,
        "shown": next((version for version in versions if version.is_shown), None),
        "is_lost": bool(row.digest) and row.digest not in {digest, *(version.digest for version in versions)},
        "against": against(session, row),
        "sent_back": sent_back(session, row),
        "since": since(session, pack, project, row),
        "steps": steps_of(session, row),
        "is_late": row.submitted_on is None and row.due_on < today,
        "was_late": row.submitted_on is not None and row.submitted_on > row.due_on,
        "may_write": row.state in OPEN and viewer.can(Permission.RETURN_WRITE),
        "signing": reasons("sign", Permission.RETURN_SIGN),
        "giving_back": reasons("hand_back", Permission.RETURN_SIGN),
        "verifying": reasons("verify", Permission.RETURN_VERIFY),
        "may_correct": corrects and viewer.can(Permission.RETURN_WRITE),
        "digest": digest,
    }
