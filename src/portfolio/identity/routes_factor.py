"""The second factor: enrol with a QR or a text, replace, and renew the recovery codes."""

import hashlib
from typing import Any

import segno
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.identity import factors, second_factor
from portfolio.identity.actions import opened
from portfolio.identity.browser import address_of_client, agent_of, session_cookie
from portfolio.identity.forms import EnrolFields, PasswordFields
from portfolio.identity.queries import account_of
from portfolio.identity.second_factor import is_missing
from portfolio.identity.sessions import end_all
from portfolio.identity.step_up import prove
from portfolio.identity.terms import SignInMethod
from portfolio.people.models import Person
from portfolio.people.permissions import Permission
from portfolio.settings import Settings
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE, CODES = "identity/factor.html", "identity/recovery_codes.html"


def shown(request: AnyRequest, session: Session, form: Form[EnrolFields], sealed: str = "") -> dict[str, Any]:
    """The page with a secret that nothing stores before its owner confirms it."""
    viewer, settings = request.user, runtime(request).settings
    new = second_factor.pending(settings.secret_key, viewer, sealed)
    email = session.get_one(Person, viewer.person_id).email
    is_demanded = is_missing(viewer, request.scope["auth"])
    return {
        "form": form,
        "pending": new.sealed,
        "secret_text": " ".join(new.secret[i : i + 4] for i in range(0, len(new.secret), 4)),
        "qr": segno.make(factors.enrolment_uri(new.secret, email)).svg_data_uri(
            scale=5, border=2, dark="#0b0c0c", light="#fff"
        ),
        "has_factor": account_of(session, viewer.person_id).totp_confirmed_at is not None,
        "is_demanded": is_demanded,
        "may_skip": settings.is_demo and is_demanded,
        "codes_form": blank(PasswordFields),
    }


def digest_of(what: str) -> str:
    """What the password confirms here: no document, the name of the act."""
    return hashlib.sha256(what.encode()).hexdigest()


@get(
    "/profile/second-factor",
    name="identity.factor",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_factor(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    return page(request, PAGE, **shown(request, session, blank(EnrolFields)))


@post(
    "/profile/second-factor",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_factor(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    viewer, secret = request.user, runtime(request).settings.secret_key
    form = bind(EnrolFields, submitted)
    sealed = submitted.text("pending")
    if form.value is None:
        return invalid(request, PAGE, **shown(request, session, form, sealed))
    try:
        prove(session, secret, viewer, form.value.password, digest_of("second factor"), binds=False)
        account = account_of(session, viewer.person_id)
        new = second_factor.pending(secret, viewer, sealed)
        codes = second_factor.enrol(session, secret, viewer, account, new, form.value.code)
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        return invalid(request, PAGE, **shown(request, session, form, sealed))
    return _with_codes(request, session, SignInMethod.PASSWORD_AND_FACTOR, codes)


@post(
    "/profile/recovery-codes",
    name="identity.renew_codes",
    permission=Permission.SIGNED_IN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_codes(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    viewer, secret = request.user, runtime(request).settings.secret_key
    form = bind(PasswordFields, submitted)
    if form.value is not None:
        try:
            prove(session, secret, viewer, form.value.password, digest_of("recovery codes"), binds=False)
            account = account_of(session, viewer.person_id)
            codes = second_factor.renew_codes(session, viewer, account)
            session.commit()
            return page(request, CODES, codes=codes)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, PAGE, **{**shown(request, session, blank(EnrolFields)), "codes_form": form})


def _with_codes(request: AnyRequest, session: Session, method: SignInMethod, codes: list[str]) -> Response[Any]:
    """The codes, once, in the answer itself; with a session of its own id, since the earlier ones ended."""
    settings = runtime(request).settings
    account = account_of(session, request.user.person_id)
    outcome = opened(session, account, method, address_of_client(request), agent_of(request))
    session.commit()
    answer = page(request, CODES, codes=codes, csrf_token=outcome.csrf_token)
    answer.set_cookie(session_cookie(settings, outcome.token))
    return answer


@post(
    "/profile/second-factor/skip",
    name="identity.skip_factor",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_skip(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    """In a demonstration only: its people have printed passwords, and nobody has their authenticators."""
    account = account_of(session, request.user.person_id)
    end_all(session, account)
    outcome = opened(session, account, SignInMethod.DEMONSTRATION, address_of_client(request), agent_of(request))
    session.commit()
    return Redirect("/", status_code=303, cookies=[session_cookie(runtime(request).settings, outcome.token)])


def routes(settings: Settings) -> list[Any]:
    """The way round the factor exists in demonstration mode alone."""
    return [show_factor, submit_factor, submit_codes, *([submit_skip] if settings.is_demo else [])]
