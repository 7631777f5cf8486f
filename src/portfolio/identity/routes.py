"""Sign-in, sign-out and the language. Sessions, profile, invitations and factors have files of their own."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.identity import actions
from portfolio.identity.carry import uncarry
from portfolio.identity.forms import SignInFields
from portfolio.identity.middleware import cookie_name
from portfolio.identity.refusals import resume
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.settings import Settings
from portfolio.web.forms import Submitted, bind, blank
from portfolio.web.pages import invalid, page
from portfolio.web.routes import language_answer, safe_path
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]


def session_cookie(settings: Settings, token: str) -> Cookie:
    """For this browser session only; an empty token removes it."""
    return Cookie(
        key=cookie_name(settings),
        value=token or None,
        max_age=None if token else 0,
        path="/",
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
    )


def address_of_client(request: AnyRequest) -> str:
    """The peer's address, or the one that the single configured proxy reports."""
    if runtime(request).settings.trusted_proxy:
        forwarded = request.headers.get("x-forwarded-for", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.client.host if request.client else ""


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
        fields = form.value
        outcome = actions.sign_in(
            session,
            settings.secret_key,
            fields.email,
            fields.password,
            fields.code,
            address_of_client(request),
            request.headers.get("user-agent", ""),
        )
        session.commit()
        if outcome.person_id is not None:
            return _welcome(request, settings, outcome, then, carried)
        form = form.with_error(outcome.field, outcome.refusal)
    return invalid(request, "identity/sign_in.html", form=form, then=then, carried=carried)


def _welcome(
    request: AnyRequest, settings: Settings, outcome: actions.SignIn, then: str, carried: str
) -> Response[Any]:
    """Lead on; or, after an expired session, to the form that comes back filled and unsent."""
    cookie = session_cookie(settings, outcome.token)
    form = uncarry(settings.secret_key, outcome.person_id, carried) if outcome.person_id else None
    if form is None:
        return Redirect(then or "/", status_code=303, cookies=[cookie])
    response = resume(request, form, csrf_token=outcome.csrf_token)
    response.set_cookie(cookie)
    return response


@post(
    "/sign-out", name="identity.sign_out", permission=Permission.SIGNED_IN, sync_to_thread=True, include_in_schema=False
)
def submit_sign_out(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    viewer = request.scope["user"]
    actions.sign_out(session, viewer, viewer.session_id)
    session.commit()
    address = request.app.route_reverse("identity.sign_in")
    return Redirect(address, status_code=303, cookies=[session_cookie(runtime(request).settings, "")])


@get("/profile", name="identity.profile", permission=Permission.SIGNED_IN, sync_to_thread=True, include_in_schema=False)
def show_profile(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    places = institution_names(session)
    roles = [(label(grant.role), places[grant.institution_id]) for grant in request.user.grants]
    return page(request, "identity/profile.html", roles=roles)


@post(
    "/language", name="web.choose_language", permission=Permission.PUBLIC, sync_to_thread=False, include_in_schema=False
)
def choose_language(request: AnyRequest, submitted: NamedDependency[Submitted]) -> Redirect:
    return language_answer(request, submitted)


def routes(settings: Settings) -> list[Any]:
    return [show_sign_in, submit_sign_in, submit_sign_out, show_profile, choose_language]
