"""Verifying a code: the public page, the API for procurement systems, and the list of public keys. No account, no personal data."""

import base64
from decimal import Decimal
from typing import Any

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Redirect
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from portfolio.approvals.code_terms import VerifyStatus
from portfolio.approvals.draw_rules import VerifyQuery
from portfolio.approvals.verification import Answer, buyer_unit_of, verify
from portfolio.audit.canon import canonical
from portfolio.audit.signing_keys import KeyPurpose, key_list, load_or_make_key, public_keys
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.i18n import gettext
from portfolio.identity import limits
from portfolio.identity.browser import address_of_client
from portfolio.packs.choosing import choose_track
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import CaseKind
from portfolio.people.permissions import Permission
from portfolio.settings import Settings
from portfolio.web.pages import page
from portfolio.web.refusals import refusal
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
FAILED = (VerifyStatus.UNKNOWN, VerifyStatus.BAD_CHECK)


@get("/v", name="approvals.verify", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def show_verify(request: AnyRequest) -> Response[Any]:
    """One field; what is typed leads to the code's own address."""
    typed = request.query_params.get("code", "").strip()
    if typed:
        return Redirect(f"/v/{_path_safe(typed)}", status_code=303)
    asked_nothing = "code" in request.query_params
    return page(
        request,
        "approvals/verify.html",
        status=422 if asked_nothing else 200,
        answer=None,
        typed="",
        qr="",
        error=gettext("Enter the code, as printed in the letter") if asked_nothing else "",
    )


def _path_safe(typed: str) -> str:
    return "".join(c for c in typed if c.isascii() and (c.isalnum() or c == "-"))[:60] or "0"


@get(
    "/v/{typed:str}",
    name="approvals.verified",
    permission=Permission.PUBLIC,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_verified(request: AnyRequest, session: NamedDependency[Session], typed: FromPath[str]) -> Response[Any]:
    if _is_over(request, session):
        return refusal(request, 429)
    answer = verify(session, runtime(request).pack, typed)
    _count(request, answer)
    address = f"{runtime(request).settings.base_url}/v/{answer.code}"
    qr = segno.make(address, error="m").svg_data_uri(scale=3, border=2) if answer.facts else ""
    return page(request, "approvals/verify.html", answer=answer, typed=answer.code, qr=qr, error="")


@get("/V/{typed:str}", permission=Permission.PUBLIC, sync_to_thread=False, include_in_schema=False)
def show_capital(typed: FromPath[str]) -> Redirect:
    """The address as a QR in capitals carries it."""
    return Redirect(f"/v/{_path_safe(typed)}", status_code=303)


class VerifyRequest(BaseModel):
    """What a procurement system asks. `buyer` is an official code of an institution; the amount in major units, tax included."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(default="", max_length=100)
    buyer: str | None = Field(default=None, max_length=60)
    category: str | None = Field(default=None, max_length=40)
    amount: Decimal | None = Field(default=None, gt=0, max_digits=18)
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    fiscal_year: int | None = Field(default=None, ge=1990, le=2200)
    order_reference: str | None = Field(default=None, max_length=80)
    nonce: str = Field(default="", max_length=100)


class VerifyResponse(BaseModel):
    """The answer; `signature` is Ed25519 over the RFC 8785 JSON of everything else, by the key `kid`."""

    typ: str = "pf-verify+1"
    code: str
    status: str
    reason: str
    as_of: str
    nonce: str
    ceiling: str | None = None
    ceiling_left: str | None = None
    currency: str | None = None
    kid: str
    signature: str = ""


@post(
    "/api/v1/codes/verify", name="api.verify_code", permission=Permission.PUBLIC, sync_to_thread=True, status_code=200
)
def verify_code(request: AnyRequest, data: JSONBody[VerifyRequest]) -> Response[Any]:
    """Verify an approval code before a purchase order: one call, no account. Reads only, whatever the method."""
    pack = runtime(request).pack
    with runtime(request).database.reading() as session:
        if _is_over(request, session):
            return refusal(request, 429)
        try:
            query = _query(session, pack, data)
        except ValueError as error:
            return refusal(request, 400, [str(error)])
        answer = verify(session, pack, data.code, query)
    _count(request, answer)
    return Response(_signed(runtime(request).settings, answer, data.nonce).model_dump())


def _query(session: Session, pack: CountryPack, data: VerifyRequest) -> VerifyQuery:
    amount = None
    if data.amount is not None:
        amount = Money.of(data.amount, data.currency or pack.currency).minor
    return VerifyQuery(
        on=now(session).astimezone(pack.zone).date(),
        amount=amount,
        currency=data.currency,
        buyer_unit=None if data.buyer is None else buyer_unit_of(session, data.buyer),
        category=data.category,
        fiscal_year=data.fiscal_year,
        order_ref=data.order_reference,
        is_exempt=not data.code and amount is not None and _is_exempt(pack, data, amount),
    )


def _is_exempt(pack: CountryPack, data: VerifyRequest, amount: int) -> bool:
    """Whether the pack asks no code for a new purchase of this amount."""
    if data.currency not in (None, pack.currency):
        return False
    return not choose_track(pack, CaseKind.NEW, amount).track.code_issued


def _signed(settings: Settings, answer: Answer, nonce: str) -> VerifyResponse:
    key = load_or_make_key(settings.keys_dir, KeyPurpose.CODE)
    facts = answer.facts
    response = VerifyResponse(
        code=answer.code,
        status=answer.status.name,
        reason=answer.advice,
        as_of=answer.as_of.isoformat(),
        nonce=nonce,
        ceiling=None if facts is None else format(facts.ceiling.amount, "f"),
        ceiling_left=None if facts is None else format(facts.left.amount, "f"),
        currency=None if facts is None else facts.ceiling.currency,
        kid=key.kid,
    )
    message = canonical(response.model_dump(exclude={"signature"})).encode()
    response.signature = base64.urlsafe_b64encode(key.sign(message)).decode()
    return response


@get(
    "/.well-known/portfolio-keys.json",
    name="approvals.keys",
    permission=Permission.PUBLIC,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_keys(request: AnyRequest) -> Response[Any]:
    """The public keys that sign codes and checkpoints, retired ones included."""
    return Response(key_list(public_keys(runtime(request).settings.keys_dir).values()))


def _is_over(request: AnyRequest, session: Session) -> bool:
    return limits.is_over(session, limits.PER_VERIFY, limits.network_of(address_of_client(request)))


def _count(request: AnyRequest, answer: Answer) -> None:
    """Only failures count: guessing is slowed down, a ministry that verifies its orders is not."""
    if answer.status in FAILED:
        with runtime(request).database.writing() as session:
            limits.count(session, limits.PER_VERIFY, limits.network_of(address_of_client(request)))


def routes() -> list[Any]:
    return [show_verify, show_verified, show_capital, verify_code, show_keys]
