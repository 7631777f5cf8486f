"""Keys of the API: the list, a new one, which is shown once, and its end."""

import hashlib
import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.identity import api_keys
from portfolio.identity.forms import ApiKeyFields, RevokeKeyFields
from portfolio.identity.institution_queries import choices
from portfolio.identity.people_queries import today
from portfolio.identity.people_scope import institutions_where
from portfolio.identity.step_up import prove
from portfolio.identity.terms import KeyScope
from portfolio.labels import label
from portfolio.people.models import Institution, Person
from portfolio.people.permissions import Permission
from portfolio.web import flash, once
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
LIST, NEW, SHOWN, REVOKE = (
    "identity/api_keys.html",
    "identity/api_key_new.html",
    "identity/api_key_shown.html",
    "identity/api_key_revoke.html",
)

flash.register({"api_key_revoked": N_("The key is revoked: its system is refused from now on.")})


@get(
    "/api-keys",
    name="identity.api_keys",
    permission=Permission.PEOPLE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_keys(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    rows = api_keys.keys_page(session, request.user, today(session))
    return page(request, LIST, rows=rows, may_manage=request.user.can(Permission.PEOPLE_MANAGE))


@get(
    "/api-keys/new",
    name="identity.new_api_key",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    found = _choices(request, session)
    initial = {"institution": found[0][0]} if len(found) == 1 else {}
    return page(request, NEW, **_new(request, session, blank(ApiKeyFields, **initial)))


@post("/api-keys/new", permission=Permission.PEOPLE_MANAGE, sync_to_thread=True, include_in_schema=False)
def submit_new(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    """The key is in the answer itself, once: nobody can see it again."""
    form = bind(ApiKeyFields, submitted)
    if form.value is None:
        return invalid(request, NEW, **_new(request, session, form))
    fields = form.value
    try:
        what = hashlib.sha256(f"api key|{fields.institution}|{fields.scope.value}|{fields.name}".encode()).hexdigest()
        prove(session, runtime(request).settings.secret_key, request.user, fields.password, what)
        token, key = api_keys.make_key(session, request.user, fields, today(session))
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        return invalid(request, NEW, **_new(request, session, form))
    place = session.get_one(Institution, key.institution_id).name
    once.led_to(session, request.app.route_reverse("identity.api_keys"))  # a double click makes one key
    session.commit()
    return page(request, SHOWN, token=token, key=key, system=fields.name, institution=place)


def _choices(request: AnyRequest, session: Session) -> list[tuple[str, str]]:
    return choices(session, institutions_where(request.user, Permission.PEOPLE_MANAGE))


def _new(request: AnyRequest, session: Session, form: Form[ApiKeyFields]) -> dict[str, Any]:
    return {
        "form": form,
        "institutions": _choices(request, session),
        "scopes": [(scope.value, label(scope)) for scope in KeyScope],
    }


@get(
    "/api-keys/{key_id:uuid}/revoke",
    name="identity.revoke_api_key",
    permission=Permission.PEOPLE_MANAGE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_revoke(request: AnyRequest, session: NamedDependency[Session], key_id: FromPath[uuid.UUID]) -> Response[Any]:
    return page(request, REVOKE, **_revoked(request, session, key_id, blank(RevokeKeyFields)))


@post(
    "/api-keys/{key_id:uuid}/revoke", permission=Permission.PEOPLE_MANAGE, sync_to_thread=True, include_in_schema=False
)
def submit_revoke(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    key_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """By one person and without a password: a key that leaked must stop at once."""
    key = api_keys.get_key(session, request.user, key_id, for_writing=True)
    form = bind(RevokeKeyFields, submitted)
    if form.value is None:
        return invalid(request, REVOKE, **_revoked(request, session, key_id, form))
    api_keys.revoke(session, request.user, key, form.value.reason)
    return done(request, session, request.app.route_reverse("identity.api_keys"), say="api_key_revoked")


def _revoked(request: AnyRequest, session: Session, key_id: uuid.UUID, form: Form[RevokeKeyFields]) -> dict[str, Any]:
    """Raises `NotFound` for a key that was revoked already: there is nothing left to do."""
    key = api_keys.get_key(session, request.user, key_id)
    if key.revoked_at is not None:
        raise NotFound
    return {
        "form": form,
        "key": key,
        "system": session.get_one(Person, key.person_id).name,
        "institution": session.get_one(Institution, key.institution_id).name,
    }


def routes() -> list[Any]:
    return [show_keys, show_new, submit_new, show_revoke, submit_revoke]
