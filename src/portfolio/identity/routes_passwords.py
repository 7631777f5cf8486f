"""Passwords: chosen by invitation, changed by the person, forgotten and chosen again."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.identity import credentials
from portfolio.identity.actions import opened
from portfolio.identity.browser import address_of_client, agent_of, session_cookie
from portfolio.identity.forms import ChangePasswordFields, ForgottenFields, NewPasswordFields
from portfolio.identity.queries import account_of
from portfolio.identity.routes_factor import digest_of
from portfolio.identity.step_up import prove
from portfolio.identity.terms import SignInMethod
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Submitted, bind, blank
from portfolio.web.pages import invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
CHOOSE, FORGOTTEN, CHANGE = "identity/choose_password.html", "identity/forgotten.html", "identity/change_password.html"

flash.register({"password_changed": N_("Your password is changed, and your other sessions are ended.")})


@get(
    "/forgotten-password",
    name="identity.forgotten",
    permission=Permission.PUBLIC,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_forgotten(request: AnyRequest) -> Response[Any]:
    return page(request, FORGOTTEN, form=blank(ForgottenFields), was_asked=False)


@post("/forgotten-password", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def submit_forgotten(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(ForgottenFields, submitted)
    if form.value is None:
        return invalid(request, FORGOTTEN, form=form, was_asked=False)
    secret = runtime(request).settings.secret_key
    credentials.ask_reset(session, secret, form.value.email, address_of_client(request))
    session.commit()
    return page(request, FORGOTTEN, form=form, was_asked=True)


@get(
    "/choose-password/{token:str}",
    name="identity.choose_password",
    permission=Permission.PUBLIC,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_choose(request: AnyRequest, session: NamedDependency[Session], token: FromPath[str]) -> Response[Any]:
    person = credentials.person_of_token(session, token)
    return page(request, CHOOSE, form=blank(NewPasswordFields), person=person, token=token)


@post("/choose-password/{token:str}", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def submit_choose(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    token: FromPath[str],
) -> Response[Any]:
    form = bind(NewPasswordFields, submitted)
    if form.value is not None:
        try:
            credentials.choose_password(session, token, form.value.new_password, form.value.again)
            session.commit()
            address = f"{request.app.route_reverse('identity.sign_in')}?done=password_chosen"
            return Redirect(address, status_code=303)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    person = credentials.person_of_token(session, token)
    return invalid(request, CHOOSE, form=form, person=person, token=token)


@get(
    "/profile/password",
    name="identity.change_password",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_change(request: AnyRequest) -> Response[Any]:
    return page(request, CHANGE, form=blank(ChangePasswordFields))


@post(
    "/profile/password",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_change(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    viewer, settings = request.user, runtime(request).settings
    form = bind(ChangePasswordFields, submitted)
    if form.value is None:
        return invalid(request, CHANGE, form=form)
    try:
        prove(session, settings.secret_key, viewer, form.value.password, digest_of("password"), binds=False)
        account = account_of(session, viewer.person_id)
        credentials.change_password(session, viewer, account, form.value.new_password, form.value.again)
    except FieldRefused as refused:
        return invalid(request, CHANGE, form=taken_back(session, form, refused))
    method = SignInMethod(request.scope["auth"].method)
    outcome = opened(session, account, method, address_of_client(request), agent_of(request))
    session.commit()
    address = f"{request.app.route_reverse('identity.profile')}?done=password_changed"
    return Redirect(address, status_code=303, cookies=[session_cookie(settings, outcome.token)])


def routes() -> list[Any]:
    return [show_forgotten, submit_forgotten, show_choose, submit_choose, show_change, submit_change]
