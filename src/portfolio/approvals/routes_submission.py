"""Submission, its confirmation, and withdrawal."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from portfolio.approvals.facts import WRITING
from portfolio.approvals.forms_gate import ProofFields, WithdrawFields
from portfolio.approvals.shown_gate import grouped, missing_groups, progress
from portfolio.approvals.submission import read_readiness, submit, withdraw, withdrawal_digest
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.visibility import get_case
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_, Phrase
from portfolio.identity.guard import whole_viewer
from portfolio.identity.step_up import prove
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals/submission.html"
CONFIRMATION = "approvals/submission_done.html"
WITHDRAWAL = "approvals/submission_withdraw.html"

flash.register(
    {
        "case_submitted": N_("The case is submitted. What it says is frozen from now on."),
        "case_withdrawn": N_("The case is withdrawn. It stays on the record."),
    }
)


def _context(
    request: AnyRequest, session: Session, case: BusinessCase, form: Form[ProofFields] | None = None
) -> dict[str, Any]:
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    ready = read_readiness(session, viewer, pack, case)
    return {
        "frame": case_frame(session, viewer, case, "approvals.submit", request.app.route_reverse),
        "case": case,
        "ready": ready,
        "missing": missing_groups(pack, ready.missing),
        "progress": progress(ready.board),
        "track": ready.state.track.name,
        "why": ready.state.choice.why if case.track is None else (),
        "would_change": ready.state.choice.would_change if case.track is None else (),
        "totals": ready.state.totals,
        "shown_digest": grouped(ready.digest),
        "is_again": ready.move != "submit",
        "form": form or blank(ProofFields),
    }


@get(
    "/cases/{case_id:uuid}/submit",
    name="approvals.submit",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_submission(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any] | Redirect:
    case = get_case(session, request.user, case_id)
    if case.status not in WRITING:
        return Redirect(request.app.route_reverse("approvals.submitted", case_id=case_id), status_code=303)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/submit",
    name="approvals.submit_case",
    permission=Permission.CASE_SUBMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_submission(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(ProofFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, form))
    try:
        prove(session, runtime(request).settings.secret_key, request.user, form.value.password, form.value.digest)
    except FieldRefused as refused:
        failed = taken_back(session, form, refused)
        return invalid(request, PAGE, **_context(request, session, case, failed))
    submit(session, request.user, runtime(request).pack, case, form.value.digest)
    return done(
        request, session, request.app.route_reverse("approvals.submitted", case_id=case_id), say="case_submitted"
    )


@get(
    "/cases/{case_id:uuid}/submitted",
    name="approvals.submitted",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_confirmation(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """The newest submission: number, digest in groups, track and why; made to be printed and kept."""
    case = get_case(session, request.user, case_id)
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise NotFound
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    totals = {
        name: Money(str(snapshot.totals["currency"]), int(snapshot.totals[name])) for name in ("whole_life", "asked")
    }
    return page(
        request,
        CONFIRMATION,
        frame=case_frame(session, viewer, case, "approvals.submitted", request.app.route_reverse),
        case=case,
        snapshot=snapshot,
        digest=grouped(snapshot.digest),
        pack_title=pack.title,
        track=pack.track(snapshot.track).name,
        why=[Phrase(**reason) for reason in snapshot.track_reasons],
        totals=totals,
        by=names(session, [snapshot.submitted_by_id]).get(snapshot.submitted_by_id, ""),
    )


def _withdrawal(
    request: AnyRequest, session: Session, case: BusinessCase, form: Form[WithdrawFields] | None = None
) -> dict[str, Any]:
    viewer = whole_viewer(request) or request.user
    return {
        "frame": case_frame(session, viewer, case, "approvals.withdraw", request.app.route_reverse),
        "case": case,
        "digest": withdrawal_digest(case),
        "form": form or blank(WithdrawFields),
    }


@get(
    "/cases/{case_id:uuid}/withdraw",
    name="approvals.withdraw",
    permission=Permission.CASE_SUBMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_withdrawal(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return page(request, WITHDRAWAL, **_withdrawal(request, session, case))


@post(
    "/cases/{case_id:uuid}/withdraw",
    name="approvals.withdraw_case",
    permission=Permission.CASE_SUBMIT,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_withdrawal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    form = bind(WithdrawFields, submitted)
    if form.value is None:
        return invalid(request, WITHDRAWAL, **_withdrawal(request, session, case, form))
    value = form.value
    try:
        prove(session, runtime(request).settings.secret_key, request.user, value.password, value.digest)
    except FieldRefused as refused:
        failed = taken_back(session, form, refused)
        return invalid(request, WITHDRAWAL, **_withdrawal(request, session, case, failed))
    withdraw(session, request.user, runtime(request).pack, case, value.reason, value.digest)
    return done(
        request, session, request.app.route_reverse("business_cases.sections", case_id=case_id), say="case_withdrawn"
    )


def routes() -> list[Any]:
    return [show_submission, submit_submission, show_confirmation, show_withdrawal, submit_withdrawal]
