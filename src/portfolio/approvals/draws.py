"""Drawing on a code: reserve, commit, release, correct. Parallel draws never pass the ceiling; a retry is the same draw."""

import csv
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.approvals.code_issue import committed_total
from portfolio.approvals.code_queries import code_by_text, facts_of, locked_code
from portfolio.approvals.code_terms import CodeProblem, DrawKind
from portfolio.approvals.code_text import parse_code
from portfolio.approvals.draw_rules import Draw as DrawFacts
from portfolio.approvals.draw_rules import balance, state_after, why_not_draw
from portfolio.approvals.models import ApprovalCode, Draw
from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.business_cases.models import BusinessCase
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.db.text import folded
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import LANGUAGES, N_, language
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Initiative
from portfolio.web.formatting import read_decimal

MAX_ROWS = 1000
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Order:
    """What a buyer asks of a code; the key makes a retry the same draw. Amount in minor units, tax included. A correction
    says why.
    """

    kind: DrawKind
    amount_minor: int
    currency: str
    order_reference: str
    idempotency_key: str
    reason: str = ""


def draw(session: Session, actor: Viewer, pack: CountryPack, code_id: uuid.UUID, order: Order) -> Draw:
    """Record one draw under the lock of the code's row. The same key again returns the first draw and changes nothing.

    Raises `NotFound` for a code of another institution, `Refused` with the reason of the rules, or when the key was used
    for something else, `FieldRefused` for a correction without a reason.
    """
    code = locked_code(session, code_id)
    if code.institution_id not in actor.own_institutions:
        raise NotFound
    earlier = session.scalar(
        select(Draw).where(
            col(Draw.institution_id) == code.institution_id, col(Draw.idempotency_key) == order.idempotency_key
        )
    )
    if earlier is not None:
        return _same(earlier, code, order)
    if order.kind is DrawKind.ADJUST and not order.reason.strip():
        raise FieldRefused("reason", _("Say why what was committed is corrected."))
    at = now(session)
    asked = DrawFacts(
        kind=order.kind,
        amount=order.amount_minor,
        currency=order.currency,
        order_ref=order.order_reference.strip(),
        buyer_unit=str(code.institution_id),
        fiscal_year=code.fiscal_year,
        on=at.astimezone(pack.zone).date(),
    )
    facts = facts_of(session, code)
    reason = why_not_draw(facts, asked)
    if reason is not None:
        raise Refused(reason)
    after = balance(code.ceiling_minor, (*facts.draws, asked))
    code.reserved_minor, code.committed_minor = after.reserved, after.committed
    code.state = state_after(code.state, after)
    row = Draw(
        code_id=code.id,
        institution_id=code.institution_id,
        kind=order.kind,
        amount_minor=order.amount_minor,
        currency=order.currency,
        order_reference=asked.order_ref,
        reason=order.reason.strip(),
        idempotency_key=order.idempotency_key,
        drawn_at=at,
        by_id=actor.person_id,
    )
    session.add(row)
    session.flush()
    _keep_initiative_in_step(session, code)
    record(
        session, actor, Tag.CODE_DRAWN, row, case=code.case_id, code=code.id, kind=order.kind, amount=order.amount_minor
    )
    session.flush()
    return row


def _same(earlier: Draw, code: ApprovalCode, order: Order) -> Draw:
    same = (
        earlier.code_id == code.id
        and earlier.kind is order.kind
        and earlier.amount_minor == order.amount_minor
        and earlier.order_reference == order.order_reference.strip()
    )
    if not same:
        raise Refused(_("This key was used for another draw; give each draw a key of its own."))
    return earlier


def _keep_initiative_in_step(session: Session, code: ApprovalCode) -> None:
    case = session.get_one(BusinessCase, code.case_id)
    initiative = session.get_one(Initiative, case.initiative_id)
    initiative.committed_minor = committed_total(session, case.id)


@dataclass(frozen=True, slots=True)
class RowResult:
    """What came of one row of a file: its number, the draw or the reason."""

    number: int
    code: str
    order_reference: str
    refusal: str = ""


COLUMNS = ("code", "kind", "amount", "order_reference", "key")
"""Without these a file is refused."""
COLUMN_WORDS: dict[str, str] = {
    "code": N_("The approval code, as printed in the letter."),
    "kind": N_(
        "What is recorded: “reserve”, “commit”, “release” or “adjust” (a correction), or the word of the screen."
    ),
    "amount": N_("The amount with taxes, in the currency of the code."),
    "order_reference": N_("The order or tender, up to 80 characters."),
    "key": N_("Your own mark of this row, different for each: a row with a known key is not recorded twice."),
    "reason": N_("Why, for a correction; the column may be left out where there is none."),
}
"""What each column of the file holds; the names stay as programs write them."""


def draw_rows(session: Session, actor: Viewer, pack: CountryPack, text: str) -> list[RowResult]:
    """Each row of a CSV (columns `COLUMNS`, comma or semicolon) as a draw of its own; a refused row changes nothing.

    Raises `Refused` for a file without these columns or with too many rows.
    """
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise Refused(_("The file lacks these columns: %(names)s.") % {"names": ", ".join(missing)})
    rows = list(reader)
    if len(rows) > MAX_ROWS:
        raise Refused(_("The file has more than %(n)s rows; send it in parts.") % {"n": MAX_ROWS})
    return list(_each(session, actor, pack, rows))


def _each(session: Session, actor: Viewer, pack: CountryPack, rows: Iterable[dict[str, str]]) -> Iterable[RowResult]:
    for number, row in enumerate(rows, start=2):
        values = {name: (row.get(name) or "").strip() for name in COLUMN_WORDS}
        refusal = ""
        try:
            with session.begin_nested():
                _draw_row(session, actor, pack, values)
        except NotFound:
            refusal = _("No such code of your institution.")
        except Refused as error:
            refusal = "; ".join(error.reasons)
        yield RowResult(number, values["code"], values["order_reference"], refusal)


def _kind_named(text: str) -> DrawKind:
    """By the name that programs write, or by the word of the screen in any language. Raises `ValueError`."""
    wanted = folded(text)
    for code in LANGUAGES:
        with language(code):
            for kind in DrawKind:
                if wanted in (kind.value, folded(label(kind))):
                    return kind
    raise ValueError(text)


def _draw_row(session: Session, actor: Viewer, pack: CountryPack, values: dict[str, str]) -> None:
    printed = parse_code(values["code"])
    code = None if isinstance(printed, CodeProblem) else code_by_text(session, printed)
    if code is None:
        raise NotFound
    try:
        kind = _kind_named(values["kind"])
        amount = Money.of(Decimal(read_decimal(values["amount"])), code.currency)
    except ValueError:
        raise Refused(_("The kind must be reserve, commit, release or adjust, and the amount a number.")) from None
    if not values["key"] or len(values["key"]) > 80 or len(values["order_reference"]) > 80:
        raise Refused(_("Each row needs a key and an order reference of at most 80 characters."))
    if len(values["reason"]) > LONGEST_REASON:
        raise Refused(_("The reason has at most %(most)s characters.") % {"most": LONGEST_REASON})
    draw(
        session,
        actor,
        pack,
        code.id,
        Order(kind, amount.minor, code.currency, values["order_reference"], values["key"], values["reason"]),
    )
