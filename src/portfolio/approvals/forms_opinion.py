"""The form of an opinion: its own fields, the chosen grounds with their notes, and the rows of conditions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from portfolio.approvals.models import OpinionDraft
from portfolio.approvals.opinion_rules import MOST_CONDITIONS, ConditionText
from portfolio.approvals.sheet_form import amount_of
from portfolio.approvals.terms import GroundKind, OpinionOutcome
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.web.formatting import plain_amount
from portfolio.web.forms import Form, Submitted
from portfolio.web.lengths import too_long

LONGEST = {
    "reasons": 8000,
    "note": 1000,
    "text": 2000,
    "owner": 120,
    "evidence": 1000,
    "due_on": 10,
    "tranche": 3,
    "ground": 80,
}
SPARE = 2


class SignFields(BaseModel):
    """The head's signature on what the page showed."""

    model_config = ConfigDict(extra="forbid")

    digest: Annotated[str, StringConstraints(max_length=64)] = ""
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class OpinionEntered:
    """What the form means, or what is wrong with it: field → sentence. `raw` is what was typed.

    `loose_notes`: typed beside a ground that is not ticked; they are refused, and shown again.
    """

    outcome: OpinionOutcome | None = None
    recommended_minor: int | None = None
    reasons: str = ""
    grounds: list[dict[str, str]] = field(default_factory=list)
    loose_notes: Mapping[str, str] = field(default_factory=dict)
    conditions: list[ConditionText] = field(default_factory=list)
    raw: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def form(self) -> Form[SignFields]:
        return Form(self.raw, self.errors)


def entered(submitted: Submitted, currency: str) -> OpinionEntered:
    """Read what was sent; incomplete is allowed, only what no column holds is an error."""
    errors: dict[str, str] = {}
    outcome, amount = submitted.text("outcome"), submitted.text("recommended")
    recommended = None
    try:
        recommended = amount_of(amount, currency)
    except ValueError as problem:
        errors["recommended"] = str(problem)
    chosen = None
    if outcome:
        chosen = next((each for each in OpinionOutcome if each.value == outcome), None)
        if chosen is None or chosen is OpinionOutcome.RETURNED:
            errors["outcome"] = _("Choose one of the options")
    reasons = submitted.text("reasons")
    if len(reasons) > LONGEST["reasons"]:
        errors["reasons"] = too_long(LONGEST["reasons"], len(reasons))
    conditions = _conditions(submitted, errors)
    grounds = _grounds(submitted, errors)
    return OpinionEntered(
        outcome=chosen,
        recommended_minor=recommended,
        reasons=reasons,
        grounds=grounds,
        loose_notes=_loose_notes(submitted, errors),
        conditions=conditions,
        raw={"outcome": outcome, "recommended": amount, "reasons": reasons},
        errors=errors,
    )


def stored(draft: OpinionDraft | None, currency: str) -> OpinionEntered:
    """What a draft's form shows."""
    if draft is None:
        return OpinionEntered(raw={"outcome": "", "recommended": "", "reasons": ""})
    amount = "" if draft.recommended_minor is None else plain_amount(Money(currency, draft.recommended_minor))
    outcome = "" if draft.outcome is None else draft.outcome.value
    return OpinionEntered(
        outcome=draft.outcome,
        recommended_minor=draft.recommended_minor,
        reasons=draft.reasons,
        grounds=draft.grounds,
        conditions=[ConditionText(**item) for item in draft.conditions],
        raw={"outcome": outcome, "recommended": amount, "reasons": draft.reasons},
    )


def as_submitted(shown: OpinionEntered) -> dict[str, list[str]]:
    """The stored form as a browser would send it: what autosave changes one field of."""
    values = {name: [value] for name, value in shown.raw.items()}
    values["ground"] = [f"{item['kind']}:{item['id']}" for item in shown.grounds]
    for item in shown.grounds:
        values[f"note-{item['kind']}:{item['id']}"] = [item.get("note", "")]
    for number, condition in enumerate(shown.conditions):
        for name, value in asdict(condition).items():
            values[f"condition-{number}-{name}"] = [value]
    return values


def rows_of(conditions: list[ConditionText]) -> list[tuple[int, ConditionText]]:
    """Condition rows with spare ones below."""
    spare = min(len(conditions) + SPARE, MOST_CONDITIONS)
    filled = [*conditions, *(ConditionText() for _row in range(spare - len(conditions)))]
    return list(enumerate(filled))


def _grounds(submitted: Submitted, errors: dict[str, str]) -> list[dict[str, str]]:
    kinds = {kind.value for kind in GroundKind}
    found = []
    for key in dict.fromkeys(submitted.texts("ground")):
        kind, _colon, id_ = key.partition(":")
        if kind not in kinds or len(id_) != 36:
            errors["ground"] = _("Choose one of the options")
            continue
        note = submitted.text(f"note-{key}")
        if len(note) > LONGEST["note"]:
            errors[f"note-{key}"] = too_long(LONGEST["note"], len(note))
        found.append({"kind": kind, "id": id_, "note": note[: LONGEST["note"]]})
    return found


def _loose_notes(submitted: Submitted, errors: dict[str, str]) -> dict[str, str]:
    """Nothing that was typed is dropped without a word: a note needs its ground."""
    ticked = set(submitted.texts("ground"))
    loose = {}
    for name in submitted.values:
        key = name.removeprefix("note-")
        if key != name and key not in ticked and (note := submitted.text(name)):
            errors.setdefault(name, _("Tick this ground too, or clear what is written beside it"))
            loose[key] = note[: LONGEST["note"]]
    return loose


def _conditions(submitted: Submitted, errors: dict[str, str]) -> list[ConditionText]:
    found = []
    for number in range(MOST_CONDITIONS):
        names = ("text", "owner", "evidence", "due_on", "tranche", "ground")
        values = {name: submitted.text(f"condition-{number}-{name}") for name in names}
        for name, value in values.items():
            if len(value) > LONGEST[name]:
                errors[f"condition-{number}-{name}"] = too_long(LONGEST[name], len(value))
        condition = ConditionText(**values)
        if not condition.is_blank:
            found.append(condition)
    return found
