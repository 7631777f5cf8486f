"""Signing in, in one step or two, signing out, and the language. Profile, factor, passwords and people have files of their own."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.i18n import LANGUAGES, N_
from portfolio.identity import (
    actions,
    known_browser,
    routes_api_keys,
    routes_factor,
    routes_institutions,
    routes_passwords,
    routes_people,
    routes_profile,
    routes_resets,
    routes_roles,
)
from portfolio.identity.browser import address_of_client, agent_of, session_cookie
from portfolio.identity.carry import uncarry
from portfolio.identity.forms import CodeFields, SignInFields
from portfolio.identity.profile import choose_language
from portfolio.identity.refusals import resume
from portfolio.identity.sessions import Found, end
from portfolio.people.permissions import Permission
from portfolio.settings import Settings
from portfolio.web import flash
from portfolio.web.forms import Submitted, bind, blank
from portfolio.web.pages import invalid, page
from portfolio.web.routes import language_answer, safe_path
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]

CODE_PAGE = "identity/sign_in_code.html"

flash.register({"password_chosen": N_("Your password is set. Sign in with it.")})


@get("/sign-in", name="identity.sign_in", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def show_sign_in(request: AnyRequest) -> Response[Any]:
    then = safe_path(request.query_params.get("then", "/"))
    return page(request, "identity/sign_in.html", form=blank(SignInFields), then=then, carried="")


@post("/sign-in", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def submit_sign_in(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    then, carried = safe_path(submitted.text("then")), submitted.text("carried")
    form = bind(SignInFields, submitted)
    settings = runtime(request).settings
    if form.value is not None:
        outcome = actions.sign_in(
            session,
            settings.secret_key,
            form.value.email,
            form.value.password,
            address_of_client(request),
            agent_of(request),
            request.cookies.get(known_browser.cookie_name(settings), ""),
        )
        _leave(request, session, outcome)
        session.commit()
        if outcome.person_id is not None:
            return _welcome(request, settings, outcome, then, carried)
        if outcome.ticket:
            blank_code = blank(CodeFields)
            return page(request, CODE_PAGE, form=blank_code, then=then, carried=carried, ticket=outcome.ticket)
        form = form.with_error(outcome.field, outcome.refusal)
    return invalid(request, "identity/sign_in.html", form=form, then=then, carried=carried)


@get("/sign-in/code", permission=Permission.PUBLIC, sync_to_thread=False, include_in_schema=False)
def show_sign_in_code(request: AnyRequest) -> Redirect:
    """Back and reload lead to the start: the ticket lives in the page alone."""
    return Redirect(request.app.route_reverse("identity.sign_in"), status_code=303)


@post(
    "/sign-in/code",
    name="identity.sign_in_code",
    permission=Permission.PUBLIC,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_sign_in_code(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    then, carried = safe_path(submitted.text("then")), submitted.text("carried")
    ticket = submitted.text("ticket")
    form = bind(CodeFields, submitted)
    settings = runtime(request).settings
    if form.value is not None:
        code = form.value.code
        outcome = actions.finish_sign_in(
            session, settings.secret_key, ticket, code, address_of_client(request), agent_of(request)
        )
        _leave(request, session, outcome)
        session.commit()
        if outcome.person_id is not None:
            return _welcome(request, settings, outcome, then, carried)
        if outcome.field == "email":
            over = blank(SignInFields).with_error(outcome.field, outcome.refusal)
            return invalid(request, "identity/sign_in.html", form=over, then=then, carried=carried)
        form = form.with_error(outcome.field, outcome.refusal)
    return invalid(request, CODE_PAGE, form=form, then=then, carried=carried, ticket=ticket)


def _leave(request: AnyRequest, session: Session, outcome: actions.SignIn) -> None:
    """Whoever signs in again in this browser leaves no earlier session of it behind."""
    found: Found | None = request.scope.get("auth")
    if outcome.person_id is not None and found is not None:
        end(session, found.id)


def _welcome(
    request: AnyRequest, settings: Settings, outcome: actions.SignIn, then: str, carried: str
) -> Response[Any]:
    """Lead on; or, after an expired session, to the form that comes back filled and unsent."""
    cookies = [session_cookie(settings, outcome.token)]
    form = None
    if outcome.person_id is not None:
        cookies.append(known_browser.cookie(settings, outcome.person_id))
        form = uncarry(settings.secret_key, outcome.person_id, carried)
    if form is None:
        return Redirect(then or "/", status_code=303, cookies=cookies)
    response = resume(request, form, csrf_token=outcome.csrf_token)
    for cookie in cookies:
        response.set_cookie(cookie)
    return response


@post(
    "/sign-out",
    name="identity.sign_out",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_sign_out(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    viewer = request.scope["user"]
    actions.sign_out(session, viewer, viewer.session_id)
    session.commit()
    address = request.app.route_reverse("identity.sign_in")
    return Redirect(address, status_code=303, cookies=[session_cookie(runtime(request).settings, "")])


@post(
    "/language", name="web.choose_language", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False
)
def submit_language(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Redirect:
    """Into the cookie; and for a signed-in person into the profile, whose language wins."""
    viewer = request.scope.get("user")
    if viewer is not None and submitted.text("language") in LANGUAGES:
        choose_language(session, viewer, submitted.text("language"))
    return language_answer(request, submitted)


def routes(settings: Settings) -> list[Any]:
    return [
        show_sign_in,
        submit_sign_in,
        show_sign_in_code,
        submit_sign_in_code,
        submit_sign_out,
        submit_language,
        *routes_profile.routes(),
        *routes_factor.routes(settings),
        *routes_passwords.routes(),
        *routes_people.routes(),
        *routes_roles.routes(),
        *routes_resets.routes(),
        *routes_institutions.routes(),
        *routes_api_keys.routes(),
    ]
