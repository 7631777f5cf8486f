"""The check of a case: what the institution says, what the officer finds, evidence and comment, saved in one batch."""

import uuid
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from sqlalchemy.orm import Session

from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import newest_snapshot
from portfolio.business_cases.terms import SUBMITTED_STATES
from portfolio.business_cases.visibility import get_case
from portfolio.checks.beside import CheckInput, parts_beside
from portfolio.checks.forms import VerdictFields
from portfolio.checks.frozen import Frozen, FrozenStandard, frozen_standards
from portfolio.checks.models import Waiver
from portfolio.checks.queries import (
    VerdictInForce,
    check_facts,
    today_of,
    verdicts_in_force,
    waiver_facts,
    waivers_of,
)
from portfolio.checks.rules import OWN_RESULTS, differs, effective
from portfolio.checks.terms import CheckResult
from portfolio.checks.verdicts import Typed, give_verdicts, why_not_check
from portfolio.checks.waivers import WAIVABLE
from portfolio.db.clock import now
from portfolio.errors import NotFound
from portfolio.i18n import N_
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind
from portfolio.web.pages import done, invalid, page, render
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "checks/case.html"

register_tab(TabSpec(50, "checks.case", N_("Standards"), Permission.CASE_READ, SUBMITTED_STATES))
flash.register({"verdicts_saved": N_("The findings were saved.")})


@dataclass(frozen=True, slots=True)
class Row:
    """One standard on the page. `counts`: what counts today, a waiver included."""

    standard: FrozenStandard
    own: CheckResult | None
    found: VerdictInForce | None
    counts: CheckResult | None
    differs: bool
    waiver: Waiver | None
    version: int


@get(
    "/cases/{case_id:uuid}/check",
    name="checks.case",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_check(request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]) -> Response[Any]:
    case, snapshot = _case(request, session, case_id)
    return page(request, PAGE, **_check(request, session, case, snapshot, Form({})))


@post("/cases/{case_id:uuid}/check", permission=Permission.CHECK_WRITE, sync_to_thread=True, include_in_schema=False)
def submit_check(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """All findings of the page, or none: errors come back beside their fields with everything that was typed."""
    pack: CountryPack = runtime(request).pack
    case, snapshot = _case(request, session, case_id)
    frozen = frozen_standards(pack, snapshot)
    typed, errors = read_verdicts(frozen, submitted)
    errors |= give_verdicts(session, pack, request.user, case, snapshot, frozen, typed)
    if errors:
        session.rollback()
        case, snapshot = _case(request, session, case_id)
        raw = {
            f"{part}.{one.code}": submitted.text(f"{part}.{one.code}")
            for one in frozen.standards
            for part in ("result", "evidence", "comment")
        }
        return invalid(request, PAGE, **_check(request, session, case, snapshot, Form(raw, errors)))
    return done(request, session, request.app.route_reverse("checks.case", case_id=case.id), say="verdicts_saved")


def read_verdicts(frozen: Frozen, submitted: Submitted) -> tuple[dict[str, Typed], dict[str, str]]:
    """Findings by standard as far as they can be read, and errors by field; a standard without a result is left aside."""
    typed: dict[str, Typed] = {}
    errors: dict[str, str] = {}
    for one in frozen.standards:
        if not submitted.text(f"result.{one.code}"):
            continue
        parts = {part: submitted.values.get(f"{part}.{one.code}", [""]) for part in ("result", "evidence", "comment")}
        form = bind(VerdictFields, Submitted(parts))
        errors |= {f"{part}.{one.code}": words for part, words in form.errors.items()}
        version = submitted.text(f"version.{one.code}")
        if form.value is not None:
            typed[one.code] = Typed(form.value, int(version) if version.isascii() and version.isdigit() else 0)
    return typed, errors


def _case(request: AnyRequest, session: Session, case_id: uuid.UUID) -> tuple[BusinessCase, Snapshot]:
    case = get_case(session, request.user, case_id)
    snapshot = newest_snapshot(session, case.id)
    if snapshot is None:
        raise NotFound
    return case, snapshot


def _check(
    request: AnyRequest, session: Session, case: BusinessCase, snapshot: Snapshot, form: Form[Any]
) -> dict[str, Any]:
    pack: CountryPack = runtime(request).pack
    viewer = whole_viewer(request) or request.user
    frozen = frozen_standards(pack, snapshot)
    today = today_of(pack, now(session))
    waivers = waivers_of(session, case.id)
    rows = _rows(session, snapshot, frozen, waivers, pack, now(session).astimezone(pack.zone).date())
    officer = viewer.narrowed(Permission.CHECK_WRITE)
    may_check = viewer.can(Permission.CHECK_WRITE) and not why_not_check(session, pack, officer, case)
    stored = {
        f"{part}.{row.standard.code}": text
        for row in rows
        if row.found is not None
        for part, text in (
            ("result", row.found.verdict.result.value),
            ("evidence", row.found.verdict.evidence),
            ("comment", row.found.verdict.comment),
        )
    }
    people = [row.found.verdict.given_by_id for row in rows if row.found] + [one.proposed_by_id for one in waivers]
    return {
        "frame": case_frame(session, viewer, case, "checks.case", request.app.route_reverse),
        "case": case,
        "snapshot": snapshot,
        "frozen": frozen,
        "rows": rows,
        "facts": check_facts(session, pack, case, today),
        "waivers": waivers,
        "today": today,
        "people": names(session, people),
        "may_check": may_check,
        "may_propose": viewer.can_in(Permission.WAIVER_PROPOSE, case.institution_id) and case.status in WAIVABLE,
        "form": Form({**stored, **form.raw}, form.errors),
        "options": [(result.value, label(result)) for result in OWN_RESULTS],
        "level_words": {row.standard.code: pack.label(row.standard.level) for row in rows},
        "beside": [
            Markup(render(request, template, messages=[], **context))  # noqa: S704  our own template, escaped there
            for template, context in parts_beside(CheckInput(request, session, case, snapshot))
        ],
    }


def _rows(
    session: Session, snapshot: Snapshot, frozen: Frozen, waivers: Any, pack: CountryPack, today: Any
) -> list[Row]:
    found = verdicts_in_force(session, snapshot)
    facts = waiver_facts(waivers)
    newest = {one.standard: one for one in reversed(waivers)}
    rows = []
    for one in frozen.standards:
        verdict = found.get(one.code)
        result = verdict.verdict.result if verdict else None
        rows.append(
            Row(
                one,
                one.own,
                verdict,
                effective(one.code, result, facts, today),
                differs(one.own, result),
                newest.get(one.code),
                verdict.verdict.version if verdict and not verdict.is_carried else 0,
            )
        )
    return rows


def routes() -> list[Any]:
    return [show_check, submit_check]
