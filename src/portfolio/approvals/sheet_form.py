"""The fields of the sheet's rows: what they show, what was typed into them, and what that means."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from portfolio.approvals.decision_rules import Line
from portfolio.approvals.decision_sheet import SheetRow
from portfolio.approvals.positions import typed_lines
from portfolio.approvals.terms import DecisionChoice
from portfolio.audit.canon import digest
from portfolio.db.money import Money, minor_digits
from portfolio.db.text import folded
from portfolio.i18n import LANGUAGES, language
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.web.formatting import number, plain_amount, read_decimal
from portfolio.web.forms import Submitted

FIELDS = ("choice", "amount", "following", "reason")
LONGEST_REASON = 4000


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a row as texts."""

    choice: str = ""
    amount: str = ""
    following: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What a row's fields mean, or what is wrong with them: field → sentence."""

    choice: DecisionChoice | None = None
    lines: tuple[Line, ...] = ()
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def amount_text(value: Money) -> str:
    """Grouped as the reader writes it; whole amounts without decimals, so that forty rows fit on a screen."""
    scale = 10 ** minor_digits(value.currency)
    return plain_amount(value) if value.minor % scale else number(value.minor // scale)


def stored(row: SheetRow) -> Typed:
    """The fields as they show what is stored."""
    draft = row.position.draft
    return Typed(
        choice="" if draft is None or draft.choice is None else draft.choice.value,
        amount="" if row.this_year is None else amount_text(row.this_year),
        following="" if row.following_year is None else amount_text(row.following_year),
        reason="" if draft is None else draft.reasons,
    )


def mark(text: str) -> str:
    """The base of a field's autosave: the text it showed."""
    return digest(text)[:12]


def was_sent(submitted: Submitted, case_id: uuid.UUID) -> bool:
    return any(submitted.has(f"{name}-{case_id}") for name in FIELDS)


def sent(submitted: Submitted, row: SheetRow) -> Typed:
    """What was typed; a field that the form did not have (amounts split elsewhere) keeps what is stored."""
    shown = stored(row)
    found = {
        name: submitted.text(f"{name}-{row.case_id}")
        if submitted.has(f"{name}-{row.case_id}")
        else getattr(shown, name)
        for name in FIELDS
    }
    return Typed(**found)


def understood(typed: Typed, row: SheetRow) -> Entered:
    """Read the fields of one row; amounts of other years, or split by tranche or budget line, stay as they are."""
    errors: dict[str, str] = {}
    year, currency = row.position.facts.fiscal_year, row.position.case.currency
    kept = () if row.position.draft is None else typed_lines(row.position.draft)
    lines = list(kept)
    if not row.is_detailed:
        lines = [line for line in kept if line.year not in (year, year + 1)]
        for name, text, of in (("amount", typed.amount, year), ("following", typed.following, year + 1)):
            try:
                minor = amount_of(text, currency)
            except ValueError as problem:
                errors[name] = str(problem)
                continue
            if minor:
                lines.append(Line(of, minor))
    choice = choice_of(typed.choice)
    if typed.choice and choice is None:
        errors["choice"] = _("Choose one of the options")
    if len(typed.reason) > LONGEST_REASON:
        errors["reason"] = _("Enter %(n)s characters or fewer") % {"n": LONGEST_REASON}
    return Entered(choice, tuple(sorted(lines, key=lambda line: line.key)), typed.reason, errors)


def amount_of(text: str, currency: str) -> int | None:
    """Minor units of an amount as typed; nothing for nothing. Raises `ValueError` in words."""
    if not text.strip():
        return None
    try:
        money = Money.of(read_decimal(text), currency)
    except ValueError:
        raise ValueError(
            _("Enter an amount, for example %(example)s") % {"example": plain_amount(Money(currency, 123456700))}
        ) from None
    if money.minor < 0:
        raise ValueError(_("An amount is not less than nothing."))
    return money.minor


def choice_of(text: str) -> DecisionChoice | None:
    """A choice by its value, or by its words in any language of the house (workbooks come back in words)."""
    wanted = folded(text)
    for choice in DecisionChoice:
        if wanted in {choice.value, *_words(choice)}:
            return choice
    return None


def _words(choice: DecisionChoice) -> set[str]:
    found = set()
    for code in LANGUAGES:
        with language(code):
            found.add(folded(label(choice)))
    return found
