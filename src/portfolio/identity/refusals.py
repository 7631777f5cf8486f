"""Nobody signed in, a session that ended, a page that went stale: each keeps what was typed."""

from typing import Any

from litestar import Response
from litestar.response import Redirect

from portfolio.i18n import gettext
from portfolio.identity.api_guard import KeyRefused
from portfolio.identity.carry import Carried, carry, fields_of
from portfolio.identity.forms import SignInFields
from portfolio.identity.guard import FactorNeeded, SignInNeeded
from portfolio.web.flash import Message
from portfolio.web.forms import StaleToken, blank
from portfolio.web.pages import AnyRequest, html, render, wants_part
from portfolio.web.refusals import Handler, refusal
from portfolio.web.runtime import runtime


def _sign_in_needed(request: AnyRequest, error: SignInNeeded) -> Response[Any]:
    if request.scope["path"].startswith("/api/"):
        return refusal(request, 401)
    if request.method in ("GET", "HEAD"):
        then = request.scope["path"] + (
            f"?{query}" if (query := request.scope["query_string"].decode("latin-1")) else ""
        )
        if then == "/":
            return Redirect(request.app.route_reverse(runtime(request).front), status_code=303)
    else:
        then = "/"
    found = request.scope.get("auth")
    carried = ""
    if found is not None and error.submitted is not None:
        carried = carry(runtime(request).settings.secret_key, found.person_id, request.scope["path"], error.submitted)
    if error.was_idle:
        text = gettext("You did nothing for 15 minutes. Sign in again to act: what you had typed comes back.")
    elif carried:
        text = gettext("Your session has ended. Sign in again: what you had typed comes back.")
    else:
        text = gettext("Sign in to see this page.")
    body = render(
        request,
        "identity/sign_in.html",
        messages=[Message("notice", text)],
        form=blank(SignInFields),
        then=then,
        carried=carried,
    )
    return html(body, 401)


def _factor_needed(request: AnyRequest, _error: FactorNeeded) -> Response[Any]:
    """A page leads to the enrolment; an act or a part is refused in words, since what was typed would be lost."""
    if request.method in ("GET", "HEAD") and not wants_part(request):
        return Redirect(request.app.route_reverse("identity.factor"), status_code=303)
    return refusal(
        request,
        403,
        [gettext("One of your roles signs, decides or administers: it needs a second factor.")],
        gettext("Set it up in your profile, then do this again."),
    )


def _stale_token(request: AnyRequest, error: StaleToken) -> Response[Any]:
    """The page was older than the session: show what was typed, with a fresh token, unsent."""
    return resume(request, Carried(request.scope["path"], fields_of(error.submitted)), 409)


def resume(request: AnyRequest, carried: Carried, status: int = 200, **shell: Any) -> Response[Any]:
    """A form as it was typed, filled and unsent; `shell` brings the token of a session opened in this very answer."""
    return html(render(request, "identity/resume.html", messages=[], carried=carried, **shell), status)


def _key_refused(request: AnyRequest, error: KeyRefused) -> Response[Any]:
    answer = refusal(request, error.status, [error.words])
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.status == 429:
        answer.headers["Retry-After"] = str(error.wait)
    return answer


def exception_handlers() -> dict[Any, Handler]:
    return {
        SignInNeeded: _sign_in_needed,
        FactorNeeded: _factor_needed,
        StaleToken: _stale_token,
        KeyRefused: _key_refused,
    }
