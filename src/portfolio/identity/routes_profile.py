"""The profile: who I am here, in which language, on whose behalf, and where I am signed in."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.i18n import N_
from portfolio.identity import profile, recovery
from portfolio.identity.forms import ProfileFields
from portfolio.identity.people_queries import roles_of
from portfolio.identity.queries import account_of, own_sessions
from portfolio.people.models import Person
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, filled
from portfolio.web.pages import done, invalid, page
from portfolio.web.routes import language_cookie
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "identity/profile.html"

flash.register(
    {
        "profile_saved": N_("Your profile is saved."),
        "session_ended": N_("The session is ended."),
        "sessions_ended": N_("All your other sessions are ended."),
    }
)


def shown(session: Session, viewer: Viewer, form: Form[ProfileFields] | None = None) -> dict[str, Any]:
    """What the profile shows."""
    person = session.get_one(Person, viewer.person_id)
    account = account_of(session, viewer.person_id)
    return {
        "form": form or filled(ProfileFields, person),
        "person": person,
        "roles": roles_of(session, viewer.person_id),
        "has_factor": account.totp_confirmed_at is not None,
        "factor_since": account.totp_confirmed_at,
        "codes_left": recovery.left(session, viewer.person_id),
        "has_password": bool(account.password_hash),
        "sessions": own_sessions(session, viewer.person_id, viewer.session_id),
    }


@get(
    "/profile",
    name="identity.profile",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_profile(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    return page(request, PAGE, **shown(session, request.user))


@post("/profile", permission=Permission.SIGNED_IN, before_factor=True, sync_to_thread=True, include_in_schema=False)
def submit_profile(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(ProfileFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **shown(session, request.user, form))
    profile.change_profile(session, request.user, form.value)
    answer = done(request, session, request.app.route_reverse("identity.profile"), say="profile_saved")
    answer.set_cookie(language_cookie(form.value.language, secure=runtime(request).settings.is_https))
    return answer


@post(
    "/profile/sessions/{session_id:uuid}/end",
    name="identity.end_session",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_end_session(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    session_id: FromPath[uuid.UUID],
) -> Response[Any]:
    profile.end_session(session, request.user, session_id)
    return done(request, session, request.app.route_reverse("identity.profile"), say="session_ended")


@post(
    "/profile/sessions/end-others",
    name="identity.end_other_sessions",
    permission=Permission.SIGNED_IN,
    before_factor=True,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_end_others(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    profile.end_other_sessions(session, request.user)
    return done(request, session, request.app.route_reverse("identity.profile"), say="sessions_ended")


def routes() -> list[Any]:
    return [show_profile, submit_profile, submit_end_session, submit_end_others]
