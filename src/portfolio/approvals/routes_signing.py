"""Sign-offs: the page of one case, the batch of an institution, and reopening."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals.forms_gate import BatchFields, MoveReasonFields, SignFields
from portfolio.approvals.routes_asking import asking_context
from portfolio.approvals.routes_asking import routes as asking_routes
from portfolio.approvals.shown_gate import (
    grouped,
    missing_groups,
    progress,
    section_titles,
    shown_chairs,
    waiting_words,
    who_is_needed,
)
from portfolio.approvals.sign_offs import (
    Waiting,
    batch_digest,
    read_signing,
    reopen,
    sign,
    sign_many,
    sign_off_queue,
)
from portfolio.approvals.workflow import SIGNATORIES
from portfolio.business_cases.completeness import section_address
from portfolio.business_cases.extras import Extra, ExtraInput, register_extra
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.business_cases.visibility import get_case
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.identity.step_up import prove
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import institution_names
from portfolio.people.terms import Role
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals/sign_offs.html"
QUEUE = "approvals/sign_off_queue.html"
REOPEN = "approvals/sign_off_reopen.html"

flash.register(
    {
        "signed_off": N_("Your sign-off is recorded. It holds while the sections it covers stay as they are."),
        "signed_off_many": N_("Your sign-offs are recorded."),
        "case_reopened": N_("The case is open for editing. Sign-offs of sections that change lapse."),
    }
)


def _sign_off_extra(given: ExtraInput) -> Extra | None:
    """Beside the task list: how the sign-offs stand, and where to go next."""
    case = given.standing.case
    if case.status not in (CaseStatus.DRAFT, CaseStatus.ALIGNING, CaseStatus.INCOMPLETE):
        return None
    viewer = given.request.user
    signing = read_signing(given.session, viewer, given.pack, case)
    return Extra(
        "approvals/_sign_off_extra.html",
        {
            "case_id": case.id,
            "progress": progress(signing.board),
            "needed": who_is_needed(signing.board),
            "chairs": shown_chairs(given.session, given.pack, signing.board),
        },
    )


register_extra("sign_offs", _sign_off_extra)


def _context(request: AnyRequest, session: Session, case: BusinessCase, form: Form[SignFields] | None = None) -> Any:
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    signing = read_signing(session, viewer, pack, case)
    chair = signing.chair
    return {
        "frame": case_frame(session, viewer, case, "approvals.sign_offs", request.app.route_reverse),
        "case": case,
        "chairs": shown_chairs(session, pack, signing.board),
        "progress": progress(signing.board),
        "needed": who_is_needed(signing.board),
        "unsigned": section_titles(pack, signing.board.unsigned),
        "missing": missing_groups(pack, signing.missing),
        "chair": chair,
        "role": "" if chair is None else label(chair.role),
        "to_sign": []
        if chair is None
        else [(str(pack.section(code).label), section_address(case.id, code.value)) for code in chair.sections],
        "shown_digest": "" if chair is None else grouped(chair.digest),
        "reasons": signing.reasons,
        "is_complete": signing.board.is_complete,
        "can_reopen": case.status is CaseStatus.ALIGNING
        and bool(viewer.roles_in(case.institution_id) & (SIGNATORIES | {Role.CASE_LEAD})),
        "form": form or blank(SignFields),
        **asking_context(session, viewer, pack, case, signing.board),
    }


@get(
    "/cases/{case_id:uuid}/sign-off",
    name="approvals.sign_offs",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_sign_offs(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/sign-off",
    name="approvals.sign",
    permission=Permission.CASE_SIGN_OFF,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_sign_off(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(SignFields, submitted)
    if form.value is None:
        context = _context(request, session, case, form)
        if context["chair"] is None or context["reasons"]:  # the page would show the mistake without its field
            raise Refused(*(context["reasons"] or [_("The page is out of date. Reload it and try again.")]))
        return invalid(request, PAGE, **context)
    role = _role(form.value.role)
    try:
        prove(session, runtime(request).settings.secret_key, request.user, form.value.password, form.value.digest)
    except FieldRefused as refused:
        return invalid(request, PAGE, **_context(request, session, case, taken_back(session, form, refused)))
    sign(session, request.user, runtime(request).pack, case, role, form.value.digest)
    return done(request, session, request.app.route_reverse("approvals.sign_offs", case_id=case_id), say="signed_off")


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        raise Refused(_("The page is out of date. Reload it and try again.")) from None


@get(
    "/cases/{case_id:uuid}/reopen",
    name="approvals.reopen",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_reopen(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, REOPEN, **_reopen_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/reopen",
    name="approvals.submit_reopen",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_reopen(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(MoveReasonFields, submitted)
    if form.value is None:
        return invalid(request, REOPEN, **_reopen_context(request, session, case, form))
    reopen(session, request.user, runtime(request).pack, case, form.value.reason)
    return done(
        request, session, request.app.route_reverse("approvals.sign_offs", case_id=case_id), say="case_reopened"
    )


def _reopen_context(
    request: AnyRequest, session: Session, case: BusinessCase, form: Form[MoveReasonFields] | None = None
) -> dict[str, Any]:
    viewer = whole_viewer(request) or request.user
    return {
        "frame": case_frame(session, viewer, case, "approvals.sign_offs", request.app.route_reverse),
        "case": case,
        "form": form or blank(MoveReasonFields),
    }


def _queue_context(request: AnyRequest, session: Session, form: Form[BatchFields] | None = None) -> dict[str, Any]:
    pack = runtime(request).pack
    waiting = sign_off_queue(session, request.user, pack)
    institutions = institution_names(session)
    return {
        "ready": [_row(pack, institutions, one) for one in waiting if one.is_ready],
        "later": [_row(pack, institutions, one) for one in waiting if not one.is_ready],
        "form": form or blank(BatchFields, case=[]),
    }


def _row(pack: Any, institutions: dict[uuid.UUID, str], one: Waiting) -> dict[str, Any]:
    return {
        "case": one.case,
        "value": one.value,
        "institution": institutions.get(one.case.institution_id, ""),
        "role": "" if one.chair is None else label(one.chair.role),
        "sections": ", ".join(waiting_words(pack, one.signing)),
        "progress": progress(one.signing.board),
        "whole_life": one.signing.state.totals.whole_life,
        "digest": "" if one.chair is None else one.chair.digest[:16],
        "reasons": one.signing.reasons,
    }


@get(
    "/sign-offs",
    name="approvals.sign_off_queue",
    permission=Permission.CASE_SIGN_OFF,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_queue(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    return page(request, QUEUE, **_queue_context(request, session))


@post(
    "/sign-offs",
    name="approvals.sign_many",
    permission=Permission.CASE_SIGN_OFF,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_queue(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    form = bind(BatchFields, submitted)
    if form.value is None:
        return invalid(request, QUEUE, **_queue_context(request, session, form))
    chosen = form.value.case
    try:
        prove(session, runtime(request).settings.secret_key, request.user, form.value.password, batch_digest(chosen))
    except FieldRefused as refused:
        failed = taken_back(session, form, refused)
        return invalid(request, QUEUE, **_queue_context(request, session, failed))
    sign_many(session, request.user, runtime(request).pack, chosen)
    return done(request, session, request.app.route_reverse("approvals.sign_off_queue"), say="signed_off_many")


def routes() -> list[Any]:
    return [
        show_sign_offs,
        submit_sign_off,
        show_reopen,
        submit_reopen,
        show_queue,
        submit_queue,
        *asking_routes(),
    ]
