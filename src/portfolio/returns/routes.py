"""The returns of a project, the page of one, its form, its signature, its verification, and the board of a period."""

import uuid
from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of, pack_of
from portfolio.labels import label
from portfolio.monitoring.rating_words import period_words
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.projects.models import Project
from portfolio.projects.visibility import get_project
from portfolio.returns import (
    acts,
    panel,  # noqa: F401  registers its panel
    routes_all,
    routes_versions,
    told,  # noqa: F401  registers what returns tell the room of monitoring
)
from portfolio.returns.forms import CorrectFields, ReturnFields, SendBackFields, SignFields
from portfolio.returns.frame import frame_of
from portfolio.returns.making import correct
from portfolio.returns.models import ProgressReturn
from portfolio.returns.page import asked_again, beside, levels, return_context, sent_back, since, typed
from portfolio.returns.queries import get_return, returns_of
from portfolio.returns.terms import ProcurementState, ReturnState
from portfolio.returns.words import FIELDS
from portfolio.returns.workflow import OPEN
from portfolio.web import flash
from portfolio.web.addresses import book_of
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

LIST, ONE, FORM, CORRECT = "returns/list.html", "returns/return.html", "returns/form.html", "returns/correct.html"

flash.register(
    {
        "return_saved": N_("The return is kept. It is handed in only when it is signed."),
        "return_ready": N_("The return waits for its signature; the sponsors are told."),
        "return_signed": N_("The return is handed in; the directive body is told."),
        "return_verified": N_("The return is verified; the clock publishes it within half an hour."),
        "return_handed_back": N_("The return is open again; those who wrote it are told why."),
        "return_sent_back": N_("The return is open again; the institution is told why."),
        "return_correcting": N_("A correction is open. What is published stays until the correction is."),
    }
)


@get(
    "/projects/{project_id:uuid}/returns",
    name="returns.list",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_returns(
    request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]
) -> Response[Any]:
    project = get_project(session, request.user, project_id)
    rows = returns_of(session, project.id)
    return page(
        request,
        LIST,
        frame=frame_of(request, session, project),
        project=project,
        rows=[(row, period_words(row.period_on)) for row in rows],
    )


@get(
    "/returns/{return_id:uuid}",
    name="returns.return",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_return(
    request: AnyRequest, session: NamedDependency[Session], return_id: FromPath[uuid.UUID]
) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    return page(request, ONE, **_one(request, session, row, project))


def _one(
    request: AnyRequest,
    session: Session,
    row: ProgressReturn,
    project: Project,
    *,
    signing: Form[SignFields] | None = None,
    verifying: Form[SignFields] | None = None,
    returning: Form[SendBackFields] | None = None,
    giving: Form[SendBackFields] | None = None,
) -> dict[str, Any]:
    return {
        **return_context(session, everything_of(request), pack_of(request), project, row, book_of(request)),
        "frame": frame_of(request, session, project),
        "sign_form": signing or blank(SignFields),
        "verify_form": verifying or blank(SignFields),
        "back_form": returning or blank(SendBackFields),
        "give_form": giving or blank(SendBackFields),
    }


@get(
    "/returns/{return_id:uuid}/form",
    name="returns.form",
    permission=Permission.RETURN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_form(request: AnyRequest, session: NamedDependency[Session], return_id: FromPath[uuid.UUID]) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    return page(request, FORM, **_form(request, session, row, project, blank(ReturnFields, **typed(row))))


def _form(
    request: AnyRequest, session: Session, row: ProgressReturn, project: Project, form: Form[ReturnFields]
) -> dict[str, Any]:
    pack = pack_of(request)
    return {
        "frame": frame_of(request, session, project),
        "row": row,
        "project": project,
        "period": period_words(row.period_on),
        "is_open": row.state in OPEN,
        "since": since(session, pack, project, row),
        "beside": beside(session, everything_of(request), pack, project, book_of(request)),
        "levels": levels(row),
        "sent_back": sent_back(session, row),
        "asked": asked_again(session, pack, project, row),
        "procurement": [(state.value, label(state)) for state in ProcurementState],
        "form": form,
    }


@post(
    "/returns/{return_id:uuid}/form",
    permission=Permission.RETURN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_form(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    return_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Both buttons keep what was typed; the second also puts the return up for its signature."""
    row, project = get_return(session, request.user, return_id)
    form, pack = bind(ReturnFields, submitted), pack_of(request)
    if (fields := form.value) is not None:
        try:
            acts.save(session, request.user, project, row, fields)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            then = request.app.route_reverse("returns.return", return_id=row.id)
            if not submitted.has("ready"):
                return done(request, session, then, say="return_saved")
            if faults := _faults(session, pack, project, row):
                session.commit()
                form = Form({**form.raw, "version": str(row.version)}, faults)
            else:
                acts.put_up(session, request.user, pack, project, row)
                return done(request, session, then, say="return_ready")
    return invalid(request, FORM, **_form(request, session, row, project, form))


def _faults(session: Session, pack: CountryPack, project: Project, row: ProgressReturn) -> dict[str, str]:
    """What stands between a draft and its signature, by field: what is missing, and what is unusual and not confirmed."""
    missing = dict.fromkeys(acts.missing_names(row), _("This is needed before it is signed."))
    for doubted in acts.unconfirmed(session, pack, project, row):
        missing.setdefault(
            doubted.field, _("This looks unusual: confirm it and say why, below the field, or correct it")
        )
    return {name: missing[name] for name in FIELDS if name in missing}


@post(
    "/returns/{return_id:uuid}/signature",
    name="returns.sign",
    permission=Permission.RETURN_SIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_signature(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    return_id: FromPath[uuid.UUID],
) -> Response[Any]:
    return _bound(request, session, submitted, return_id, acts.sign, "signing", "return_signed")


@post(
    "/returns/{return_id:uuid}/verification",
    name="returns.verify",
    permission=Permission.RETURN_VERIFY,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_verification(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    return_id: FromPath[uuid.UUID],
) -> Response[Any]:
    return _bound(request, session, submitted, return_id, acts.verify, "verifying", "return_verified")


def _bound(
    request: AnyRequest,
    session: Session,
    submitted: Submitted,
    return_id: uuid.UUID,
    act: Callable[..., None],
    name: str,
    say: str,
) -> Response[Any]:
    """An act that binds, on what the page showed; `name` is the form that comes back when the password is wrong."""
    row, project = get_return(session, request.user, return_id)
    form = bind(SignFields, submitted)
    if (fields := form.value) is not None:
        secret = runtime(request).settings.secret_key
        try:
            act(session, request.user, pack_of(request), secret, project, row, fields.password, fields.digest)
        except FieldRefused as error:
            form = taken_back(session, form, error)
        else:
            return done(request, session, _address(request, row), say=say)
    forms: dict[str, Any] = {name: form}
    return invalid(request, ONE, **_one(request, session, row, project, **forms))


@post(
    "/returns/{return_id:uuid}/sent-back",
    name="returns.send_back",
    permission=Permission.RETURN_VERIFY,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_sending_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    return_id: FromPath[uuid.UUID],
) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    form = bind(SendBackFields, submitted)
    if (fields := form.value) is not None:
        acts.send_back(session, request.user, pack_of(request), project, row, fields.reason)
        return done(request, session, _address(request, row), say="return_sent_back")
    return invalid(request, ONE, **_one(request, session, row, project, returning=form))


@post(
    "/returns/{return_id:uuid}/handed-back",
    name="returns.hand_back",
    permission=Permission.RETURN_SIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_handing_back(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    return_id: FromPath[uuid.UUID],
) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    form = bind(SendBackFields, submitted)
    if (fields := form.value) is not None:
        acts.hand_back(session, request.user, pack_of(request), project, row, fields.reason)
        return done(request, session, _address(request, row), say="return_handed_back")
    return invalid(request, ONE, **_one(request, session, row, project, giving=form))


@get(
    "/returns/{return_id:uuid}/correction",
    name="returns.correct",
    permission=Permission.RETURN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_correction(
    request: AnyRequest, session: NamedDependency[Session], return_id: FromPath[uuid.UUID]
) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    return page(request, CORRECT, **_correcting(request, session, row, project, blank(CorrectFields)))


def _correcting(
    request: AnyRequest, session: Session, row: ProgressReturn, project: Project, form: Form[CorrectFields]
) -> dict[str, Any]:
    return {
        "frame": frame_of(request, session, project),
        "row": row,
        "project": project,
        "period": period_words(row.period_on),
        "is_published": row.state is ReturnState.PUBLISHED,
        "form": form,
    }


@post(
    "/returns/{return_id:uuid}/correction",
    permission=Permission.RETURN_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_correction(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    return_id: FromPath[uuid.UUID],
) -> Response[Any]:
    row, project = get_return(session, request.user, return_id)
    form = bind(CorrectFields, submitted)
    if (fields := form.value) is not None:
        newer = correct(session, request.user, project, row, fields.why)
        then = request.app.route_reverse("returns.form", return_id=newer.id)
        return done(request, session, then, say="return_correcting")
    return invalid(request, CORRECT, **_correcting(request, session, row, project, form))


def _address(request: AnyRequest, row: ProgressReturn) -> str:
    return request.app.route_reverse("returns.return", return_id=row.id)


def routes() -> list[Any]:
    return [
        show_returns,
        show_return,
        show_form,
        submit_form,
        submit_signature,
        submit_verification,
        submit_sending_back,
        show_correction,
        submit_correction,
        submit_handing_back,
        *routes_all.routes(),
        *routes_versions.routes(),
    ]
