"""The administrator's pages of bodies and units: the tree, one body, and what changes it."""

import uuid
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from pydantic import BaseModel
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_
from portfolio.identity import institution_actions as actions
from portfolio.identity import institution_queries as queries
from portfolio.identity.people_forms import CloseFields, CodeFields, InstitutionFields, RenameFields, UnitFields
from portfolio.identity.people_queries import today
from portfolio.labels import label
from portfolio.people.models import Institution, Unit
from portfolio.people.permissions import Permission
from portfolio.people.terms import InstitutionKind
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank, filled
from portfolio.web.pages import done, invalid, page, taken_back

AnyRequest = Request[Any, Any, Any]
TREE, ADD = "people/institutions.html", "people/add_institution.html"
ONE, CHANGE = "people/institution.html", "people/change_institution.html"
FORMS: dict[str, type[BaseModel]] = {
    "correct": InstitutionFields,
    "rename": RenameFields,
    "close": CloseFields,
    "code": CodeFields,
    "unit": UnitFields,
}
"""What may be done to one body: the forms of its page, by the last part of their address."""

flash.register(
    {
        "institution_added": N_("The institution is added."),
        "institution_correct": N_("The institution is corrected."),
        "institution_rename": N_("The institution has its new name; the former one is kept."),
        "institution_close": N_("The institution has a last day; the roles held there end with it."),
        "institution_code": N_("The code is added."),
        "institution_unit": N_("The unit is added."),
        "unit_closed": N_("The unit is closed."),
    }
)


@get(
    "/institutions",
    name="people.institutions",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_tree(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    text = request.query_params.get("text", "")[:200]
    branches = queries.tree(session, text)
    return page(request, TREE, branches=branches, form=blank(InstitutionFields, text=text), is_filtered=bool(text))


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, label(kind)) for kind in InstitutionKind]


@get(
    "/institutions/new",
    name="people.add_institution",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_add(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    form = blank(InstitutionFields, kind=InstitutionKind.CENTRAL.value)
    return page(request, ADD, form=form, kinds=_kinds(), institutions=queries.choices(session))


@post(
    "/institutions/new",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_add(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(InstitutionFields, submitted)
    if form.value is not None:
        try:
            row = actions.add_institution(session, request.user, form.value)
            then = request.app.route_reverse("people.institution", institution_id=row.id)
            return done(request, session, then, say="institution_added")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, ADD, form=form, kinds=_kinds(), institutions=queries.choices(session))


@get(
    "/institutions/{institution_id:uuid}",
    name="people.institution",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_institution(
    request: AnyRequest, session: NamedDependency[Session], institution_id: FromPath[uuid.UUID]
) -> Response[Any]:
    return page(request, ONE, **_shown(session, queries.get_institution(session, institution_id)))


def _shown(session: Session, row: Institution) -> dict[str, Any]:
    """One body with what belongs to it."""
    return {
        "institution": row,
        "parent": session.get(Institution, row.parent_id) if row.parent_id else None,
        "successor": session.get(Institution, row.successor_id) if row.successor_id else None,
        "children": queries.children(session, row.id),
        "codes": queries.codes(session, row.id),
        "units": queries.units(session, row.id),
        "names": queries.former_names(session, row.id),
    }


def _changing(session: Session, row: Institution, act: str, form: Form[Any] | None = None) -> dict[str, Any]:
    """The page of one act. Raises `NotFound` for one that there is not."""
    if act not in FORMS:
        raise NotFound
    on = today(session).isoformat()
    initial: dict[str, Callable[[], Form[Any]]] = {
        "correct": lambda: filled(InstitutionFields, row),
        "rename": lambda: blank(RenameFields, first_day=on),
        "close": lambda: blank(CloseFields, last_day=on),
    }
    return {
        "institution": row,
        "act": act,
        "form": form or initial.get(act, lambda: blank(FORMS[act]))(),
        "kinds": _kinds(),
        "others": [choice for choice in queries.choices(session) if choice[0] != str(row.id)],
        "unit_choices": queries.unit_choices(session, row.id),
    }


@post(
    "/institutions/{institution_id:uuid}/{act:str}",
    name="people.change_institution",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_change(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    institution_id: FromPath[uuid.UUID],
    act: FromPath[str],
) -> Response[Any]:
    """One of the acts of `FORMS`."""
    if act not in FORMS:
        raise NotFound
    row = queries.get_institution(session, institution_id)
    form: Form[Any] = bind(FORMS[act], submitted)
    if form.value is not None:
        try:
            ACTS[act](session, request.user, row, form.value)
            then = request.app.route_reverse("people.institution", institution_id=row.id)
            return done(request, session, then, say=f"institution_{act}")
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
    return invalid(request, CHANGE, **_changing(session, row, act, form))


ACTS: dict[str, Callable[..., Any]] = {
    "correct": actions.correct_institution,
    "rename": actions.rename,
    "close": actions.close,
    "code": actions.add_code,
    "unit": actions.add_unit,
}


@get(
    "/institutions/{institution_id:uuid}/{act:str}",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_change(
    request: AnyRequest, session: NamedDependency[Session], institution_id: FromPath[uuid.UUID], act: FromPath[str]
) -> Response[Any]:
    return page(request, CHANGE, **_changing(session, queries.get_institution(session, institution_id), act))


@post(
    "/units/{unit_id:uuid}/close",
    name="people.close_unit",
    permission=Permission.PEOPLE_ADMINISTER,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_close_unit(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    unit_id: FromPath[uuid.UUID],
) -> Response[Any]:
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    actions.close_unit(session, request.user, unit)
    then = request.app.route_reverse("people.institution", institution_id=unit.institution_id)
    return done(request, session, then, say="unit_closed")


def routes() -> list[Any]:
    return [show_tree, show_add, submit_add, show_institution, submit_change, show_change, submit_close_unit]
