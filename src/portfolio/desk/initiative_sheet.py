"""The sheet of an initiative that an import made: what its source said of it, cell by cell, and over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portfolio.db.money import Money
from portfolio.documents.findings import Reason
from portfolio.documents.labels import field_name
from portfolio.documents.mapping_schema import FIELDS, FieldKind
from portfolio.documents.terms import CellState, RowFlag, Why
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.models import Institution
from portfolio.projects.models import Initiative, SourceObservation
from portfolio.projects.queries import observations_of
from portfolio.web.formatting import money, short_day

OVER_TIME = (
    "budget",
    "budget_year",
    "forecast",
    "forecast_year",
    "end_on",
    "end_on_current",
    "rating",
    "status",
    "stage",
)
"""Fields whose change from one date to the next says something."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One mapped cell: its value, or the words that stood in its place, with its state and the column it came from."""

    field: str
    value: str
    state: str
    is_known: bool
    note: str
    column: str


@dataclass(frozen=True, slots=True)
class InitiativeSheet:
    """What the page shows; `history` has a row for each field that any observation knows, newest date first."""

    title: str
    reference: str
    institution: str
    is_verified: bool
    source: str
    as_at: str
    key: str
    flags: Sequence[str]
    cells: Sequence[Cell]
    extras: Sequence[tuple[str, str]]
    dates: Sequence[str]
    history: Sequence[tuple[str, Sequence[str]]]
    replaced: int


def initiative_sheet(session: Session, row: Initiative) -> InitiativeSheet:
    """The initiative came from `reports.scope.get_initiative`."""
    observations = observations_of(session, row.id)
    institution = session.get_one(Institution, row.institution_id)
    newest = observations[0].content if observations else {}
    return InitiativeSheet(
        title=row.title or _("Without a title"),
        reference=row.reference,
        institution=institution.name,
        is_verified=institution.is_verified,
        source=row.source,
        as_at=short_day(row.as_at),
        key=" · ".join(newest.get("key", [])),
        flags=[label(RowFlag(flag)) for flag in row.source_flags],
        cells=[cell(field, found, row.currency) for field, found in newest.get("values", {}).items()],
        extras=list(newest.get("extras", {}).items()),
        dates=[short_day(observation.as_at) for observation in observations],
        history=_history(observations),
        replaced=sum(len(observation.content.get("replaced", [])) for observation in observations),
    )


def cell(field: str, stored: dict[str, Any], currency: str) -> Cell:
    """A stored cell as shown. Only a known one has a value; the others keep the words of the source."""
    state = CellState(stored["state"])
    is_known = state is CellState.KNOWN
    notes = [stored.get("explanation", "")]
    if "reason" in stored:
        notes.append(Reason.of(Why(stored["reason"]["why"]), **stored["reason"]["params"]).say())
    return Cell(
        field=field_name(field),
        value=shown_value(field, stored["value"], currency) if is_known else stored.get("raw", ""),
        state=label(state),
        is_known=is_known,
        note=" ".join(note for note in notes if note),
        column=" ".join(str(stored.get("column", "")).split()),
    )


def shown_value(field: str, value: str | int, currency: str) -> str:
    """A known value in the reader's format."""
    kind = FIELDS[field]
    if kind is FieldKind.MONEY and isinstance(value, int):
        return money(Money(currency, value))
    if kind is FieldKind.DATE:
        return short_day(date.fromisoformat(str(value)))
    return str(value)


def _history(observations: Sequence[SourceObservation]) -> list[tuple[str, list[str]]]:
    if len(observations) < 2:
        return []
    rows = []
    for field in OVER_TIME:
        values = [_at(observation, field) for observation in observations]
        if any(values):
            rows.append((field_name(field), values))
    return rows


def _at(observation: SourceObservation, field: str) -> str:
    stored = observation.content.get("values", {}).get(field)
    if stored is None:
        return ""
    if stored["state"] == CellState.KNOWN.value:
        return shown_value(field, stored["value"], observation.content["currency"])
    return label(CellState(stored["state"]))
