"""The opinion on a case in the browser: the queue, the draft that saves itself, passing on, signing."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals import opinions
from portfolio.approvals.conditions import conditions_of
from portfolio.approvals.facts import present_opinion
from portfolio.approvals.forms_opinion import OpinionEntered, SignFields, as_submitted, entered, rows_of, stored
from portfolio.approvals.grounds import ROUTES, grounds_of
from portfolio.approvals.models import OpinionDraft
from portfolio.approvals.opinion_queue import next_case, read_queue
from portfolio.approvals.opinion_rules import day_of
from portfolio.approvals.terms import GroundKind, OpinionOutcome
from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import SUBMITTED_STATES, CaseStatus
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.db.money import Money
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.formatting import instant
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]
PAGE = "approvals/opinion.html"
SAID = (OpinionOutcome.FAVOURABLE, OpinionOutcome.WITH_CONDITIONS, OpinionOutcome.UNFAVOURABLE)

register_tab(TabSpec(60, "approvals.opinion", N_("Opinion"), Permission.CASE_READ, SUBMITTED_STATES))
flash.register(
    {
        "opinion_saved": N_("The draft is saved."),
        "opinion_passed_on": N_("The draft waits for the head's signature."),
        "opinion_signed": N_("The opinion is signed. It cannot be changed any more."),
    }
)


@get(
    "/opinions",
    name="approvals.opinion_queue",
    permission=Permission.OPINION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_queue(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    rows = read_queue(session, request.user, runtime(request).pack)
    return page(request, "approvals/opinion_queue.html", rows=rows, following=next_case(rows))


@get(
    "/cases/{case_id:uuid}/opinion",
    name="approvals.opinion",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_opinion(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Answer:
    case = get_case(session, request.user, case_id)
    return page(request, PAGE, **_context(request, session, case))


@post(
    "/cases/{case_id:uuid}/opinion",
    permission=Permission.OPINION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_opinion(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case, pack = get_case(session, request.user, case_id), runtime(request).pack
    typed = entered(submitted, case.currency)
    draft = opinions.draft_of(session, case)
    version = "0" if draft is None else str(draft.version)
    base = submitted.text("version").removeprefix("v:")
    if not typed.errors and base != version and not _is_same(typed, draft, case.currency):
        typed = _with_error(
            typed,
            "reasons",
            _("Somebody else changed the draft meanwhile. Yours is still here: save again to put it in its place."),
        )
    if typed.errors:
        return invalid(request, PAGE, **_context(request, session, case, typed=typed))
    _save(request, session, case, typed)
    address = request.app.route_reverse("approvals.opinion", case_id=case.id)
    if submitted.text("act") == "pass_on":
        try:
            with session.begin_nested():
                opinions.pass_on(session, request.user, pack, case)
        except Refused as refused:
            session.commit()  # the draft stays
            return invalid(request, PAGE, **_context(request, session, case, reasons=refused.reasons))
        return done(request, session, address, say="opinion_passed_on")
    return done(request, session, address, say="opinion_saved")


@post(
    "/cases/{case_id:uuid}/opinion/field", name="approvals.opinion_field", permission=Permission.OPINION_WRITE, status_code=200,
    sync_to_thread=True, include_in_schema=False,
)  # fmt: skip
def save_field(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer:
    """One field of the draft as it is typed."""
    case = get_case(session, request.user, case_id)
    draft = opinions.draft_of(session, case)
    version = "0" if draft is None else str(draft.version)
    name, shown = submitted.text("field"), as_submitted(stored(draft, case.currency))
    wanted = list(submitted.values.get("value", ()))
    if submitted.text("version") != version and shown.get(name, []) != wanted:
        theirs = ", ".join(shown.get(name, []))
        return page(request, "approvals/_decision_conflict.html", None, status=409, theirs=theirs, version=version)
    typed = entered(Submitted({**shown, name: wanted}), case.currency)
    if name in typed.errors:
        return _json({"error": typed.errors[name]}, 422)
    try:
        saved = _save(request, session, case, typed)
    except Refused as refused:
        return _json({"error": " ".join(refused.reasons)}, 422)
    return _json({"version": str(saved.version), "saved_at": instant(now(session)).rpartition(" ")[2]}, 200)


@post(
    "/cases/{case_id:uuid}/opinion/sign",
    name="approvals.sign_opinion",
    permission=Permission.OPINION_SIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_signature(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Answer | Any:
    case, running = get_case(session, request.user, case_id), runtime(request)
    form = bind(SignFields, submitted)
    if form.value is None:
        return invalid(request, PAGE, **_context(request, session, case, sign_form=form))
    try:
        opinions.sign_opinion(
            session,
            request.user,
            running.pack,
            running.settings.secret_key,
            case,
            form.value.password,
            form.value.digest,
        )
    except FieldRefused as refused:
        wrong = taken_back(session, form, refused)
        return invalid(request, PAGE, **_context(request, session, case, sign_form=wrong))
    return done(request, session, request.app.route_reverse("approvals.opinion", case_id=case.id), say="opinion_signed")


def _save(request: AnyRequest, session: Session, case: BusinessCase, typed: OpinionEntered) -> OpinionDraft:
    return opinions.save_opinion(
        session, request.user, runtime(request).pack, case, outcome=typed.outcome,
        recommended_minor=typed.recommended_minor, reasons=typed.reasons, grounds=typed.grounds,
        conditions=typed.conditions,
    )  # fmt: skip


def _is_same(typed: OpinionEntered, draft: OpinionDraft | None, currency: str) -> bool:
    shown = stored(draft, currency)
    return as_submitted(typed) == as_submitted(shown)


def _with_error(typed: OpinionEntered, name: str, text: str) -> OpinionEntered:
    return replace(typed, errors={**typed.errors, name: text})


def _json(content: Mapping[str, str], status: int) -> Answer:
    return Response(json.dumps(content), status_code=status, media_type=MediaType.JSON)


def _context(
    request: AnyRequest,
    session: Session,
    case: BusinessCase,
    *,
    typed: OpinionEntered | None = None,
    reasons: tuple[str, ...] = (),
    sign_form: Form[SignFields] | None = None,
) -> dict[str, Any]:
    viewer, pack, url_for = whole_viewer(request) or request.user, runtime(request).pack, request.app.route_reverse
    writer, signer = viewer.narrowed(Permission.OPINION_WRITE), viewer.narrowed(Permission.OPINION_SIGN)
    draft = opinions.draft_of(session, case) if writer.grants else None
    can_write = bool(writer.grants) and not opinions.why_not_write(session, writer, pack, case)
    shown = typed or stored(draft, case.currency)
    content = None if draft is None else opinions.opinion_content(session, pack, case, draft)
    lacking = [] if draft is None else opinions.draft_lacks(session, pack, case, draft)
    snapshot = newest_snapshot(session, case.id)
    signed = present_opinion(session, case.id)
    return {
        "frame": case_frame(session, viewer, case, "approvals.opinion", url_for),
        "case": case,
        "signed": signed,
        "signed_conditions": [] if signed is None else conditions_of(session, signed),
        "people": names(
            session, [signed.signed_by_id, signed.drafted_by_id] if signed else [draft.drafted_by_id] if draft else []
        ),
        "ground_href": partial(_href, request, case),
        "body_of": lambda code: str(pack.bodies[code].name) if code in pack.bodies else code,
        "money_of": partial(Money, case.currency),
        "due_of": day_of,
        "requested": None if snapshot is None else Money(case.currency, int(snapshot.totals.get("asked", 0))),
        "snapshot_number": 1 if snapshot is None else snapshot.number,
        "snapshot_digest": "" if snapshot is None else snapshot.digest,
        "can_write": can_write,
        "why_not": opinions.why_not_write(session, writer, pack, case) if writer.grants else [],
        "can_sign": bool(signer.grants)
        and draft is not None
        and not opinions.why_not_write(session, signer, pack, case),
        "draft": draft,
        "version": "0" if draft is None else str(draft.version),
        "form": shown.form,
        "errors": shown.errors,
        "chosen": {f"{item['kind']}:{item['id']}": item.get("note", "") for item in shown.grounds},
        "notes": shown.loose_notes,
        "conditions": rows_of(shown.conditions),
        "grounds": grounds_of(session, pack, case) if can_write else [],
        "outcomes": [(outcome.value, label(outcome)) for outcome in SAID],
        "content": content,
        "digest": "" if draft is None else opinions.opinion_digest(session, pack, case, draft),
        "reasons": list(reasons),
        "lacking": [*reasons, *(reason for reason in lacking if reason not in reasons)],
        "obstacles": [
            (item.text, url_for(item.route, case_id=case.id))
            for item in opinions.case_obstacles(session, pack, case, None if draft is None else draft.outcome)
        ]
        if can_write and case.status is CaseStatus.CHECKING
        else [],
        "sign_form": sign_form or blank(SignFields),
        "is_own_draft": draft is not None and draft.drafted_by_id == viewer.person_id,
    }


def _href(request: AnyRequest, case: BusinessCase, kind: str, anchor: str) -> str:
    """The page of the case that shows a ground, at its place."""
    return f"{request.app.route_reverse(ROUTES[GroundKind(kind)], case_id=case.id)}#{anchor}"


def routes() -> list[Any]:
    return [show_queue, show_opinion, submit_opinion, save_field, submit_signature]
