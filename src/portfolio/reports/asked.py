"""What somebody asks of the portfolio: read from an address, written back to one, and said in words. Lists and exports share it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from urllib.parse import urlencode

from babel.numbers import list_currencies
from sqlalchemy.orm import Session

from portfolio.business_cases.terms import CaseStatus
from portfolio.db.money import Money
from portfolio.db.text import storable
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.models import Institution
from portfolio.projects.filters import PortfolioFilter
from portfolio.projects.ordering import Order, read_order
from portfolio.projects.sources import source_words
from portfolio.projects.terms import IMPORTED, ProjectStage
from portfolio.strategy.models import Call
from portfolio.web.formatting import money, number, read_decimal
from portfolio.web.lengths import too_long

NAMES = ("text", "institution", "call", "state", "stage", "theme", "source", "currency", "least", "most")
LONGEST = {"text": 200, "source": 60, "theme": 60}
LONGEST_TYPED = 2000
"""Characters of anything that comes back in its field, so that no page grows with the address that asked for it."""
STATES = (*(status.value for status in CaseStatus), IMPORTED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter and an order, with what was typed for each and what is wrong with it."""

    filter: PortfolioFilter = field(default_factory=PortfolioFilter)
    order: Order = field(default_factory=Order)
    raw: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        return list(self.errors.items())

    def address(self, **changes: str) -> str:
        """The query part of a shareable address: only what is set, in one order; `changes` replace or, blank, remove."""
        values = {name: self.raw.get(name, "") for name in NAMES}
        if self.order != Order():
            values["sort"] = self.order.text()
        return urlencode({name: value for name, value in {**values, **changes}.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return self.filter != PortfolioFilter()


def read_asked(query: Mapping[str, str], own_currency: str) -> Asked:
    """Read an address or a form. What cannot be read narrows nothing and stands in `errors`, by field.

    Amounts are typed in major units, as the reader writes them; without a currency they are of `own_currency`.
    """
    raw = {name: (storable(query.get(name, "")) or "").strip()[:LONGEST_TYPED] for name in NAMES}
    raw["currency"] = raw["currency"].upper()
    errors = {
        name: too_long(limit, len(query[name].strip())) for name, limit in LONGEST.items() if len(raw[name]) > limit
    }
    if (raw["least"] or raw["most"]) and not raw["currency"]:
        raw["currency"] = own_currency
    if raw["currency"] and raw["currency"] not in list_currencies():
        errors["currency"] = _("Choose one of the options")
    least, most = (_amount(raw, name, errors) for name in ("least", "most"))
    if least is not None and most is not None and least > most:
        errors["most"] = _("The upper amount is below the lower one")
        least = most = None
    found = PortfolioFilter(
        text="" if "text" in errors else raw["text"],
        institution_id=_id(raw, "institution", errors),
        call_id=_id(raw, "call", errors),
        state=_one_of(raw, "state", STATES, errors),
        stage=ProjectStage(stage)
        if (stage := _one_of(raw, "stage", tuple(s.value for s in ProjectStage), errors))
        else None,
        theme="" if "theme" in errors else raw["theme"],
        source="" if "source" in errors else raw["source"],
        currency="" if "currency" in errors else raw["currency"],
        least=least,
        most=most,
    )
    return Asked(found, read_order(query.get("sort", "")), raw, errors)


def _id(raw: Mapping[str, str], name: str, errors: dict[str, str]) -> uuid.UUID | None:
    if not raw[name]:
        return None
    try:
        return uuid.UUID(raw[name])
    except ValueError:
        errors[name] = _("Choose one of the options")
        return None


def _one_of(raw: Mapping[str, str], name: str, allowed: tuple[str, ...], errors: dict[str, str]) -> str:
    if raw[name] and raw[name] not in allowed:
        errors[name] = _("Choose one of the options")
        return ""
    return raw[name]


def _amount(raw: Mapping[str, str], name: str, errors: dict[str, str]) -> int | None:
    if not raw[name] or "currency" in errors:
        return None
    try:
        return Money.of(read_decimal(raw[name]), raw["currency"]).minor
    except ValueError:
        errors[name] = _("Enter a number, for example %(example)s") % {"example": number(Decimal("1234.5"))}
        return None


def state_words(state: str) -> str:
    """The words of an initiative's state, which is a case's status or «imported»."""
    return _("Imported") if state == IMPORTED else label(CaseStatus(state))


def in_words(session: Session, asked: Asked) -> tuple[tuple[str, str], ...]:
    """The filter in the reader's words, name and value, for whoever finds an export later."""
    return tuple((name, value) for _field, name, value in parts_in_words(session, asked))


def parts_in_words(session: Session, asked: Asked) -> tuple[tuple[str, str, str], ...]:
    """Each part of the filter that narrows it: the field of the form, its words and its value in words."""
    wanted = asked.filter
    institution = session.get(Institution, wanted.institution_id) if wanted.institution_id else None
    call = session.get(Call, wanted.call_id) if wanted.call_id else None
    pairs = [
        ("text", _("Words"), wanted.text),
        ("institution", _("Institution"), institution.name if institution else str(wanted.institution_id or "")),
        ("call", _("Call"), call.title if call else str(wanted.call_id or "")),
        ("state", _("State"), state_words(wanted.state) if wanted.state else ""),
        ("stage", _("Stage"), label(wanted.stage)),
        ("theme", _("Theme"), wanted.theme),
        ("source", _("Source"), source_words(wanted.source) if wanted.source else ""),
        ("currency", _("Currency"), wanted.currency),
        ("least", _("Requested, at least"), _money(wanted.currency, wanted.least)),
        ("most", _("Requested, at most"), _money(wanted.currency, wanted.most)),
    ]
    return tuple(pair for pair in pairs if pair[2])


def _money(currency: str, minor: int | None) -> str:
    return "" if minor is None else money(Money(currency, minor))


def narrowed_to_call(call_id: uuid.UUID) -> Asked:
    """Everything of one call."""
    return replace(Asked(raw={"call": str(call_id)}), filter=PortfolioFilter(call_id=call_id))
