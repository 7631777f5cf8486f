"""Assigning reviewers in batches: every case that lacks some, with proposals and the reasons for them, in one form."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from portfolio.business_cases.visibility import get_case
from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.assignment import CaseToAssign, assign, cases_to_assign
from portfolio.peer_review.matching import why
from portfolio.peer_review.routes_case import chosen_person, option_text
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, invalid, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "peer_review/assign.html"
OFFERED = 25
"""Candidates offered for each case; the best ones come first, and the page of the case offers everybody."""

flash.register({"reviewers_assigned": N_("The reviewers were assigned and told.")})


@get(
    "/reviews/assign",
    name="peer_review.assign",
    permission=Permission.REVIEW_ASSIGN,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_assignment(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    pack: CountryPack = runtime(request).pack
    rows = cases_to_assign(session, pack, request.user)
    proposed = {
        field_name(row, place): str(person.person_id) for row in rows for place, person in enumerate(row.proposed)
    }
    return page(request, PAGE, **_batch(pack, list(rows), Form(proposed)))


@post("/reviews/assign", permission=Permission.REVIEW_ASSIGN, sync_to_thread=True, include_in_schema=False)
def submit_assignment(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    """All that is chosen, or nothing: one refusal leaves every case as it was, with its reason beside the field."""
    pack: CountryPack = runtime(request).pack
    rows = cases_to_assign(session, pack, request.user)
    names = [field_name(row, place) for row in rows for place in range(row.facts.lacking)]
    raw = {name: submitted.text(name) for name in names}
    errors = _assign_all(request, session, pack, list(rows), raw)
    if not errors and not any(raw.values()):
        errors = {"": _("Choose a reviewer for at least one case.")}
    if errors:
        session.rollback()
        return invalid(request, PAGE, **_batch(pack, list(rows), Form(raw, errors)))
    return done(request, session, request.app.route_reverse("peer_review.assign"), say="reviewers_assigned")


def _assign_all(
    request: AnyRequest, session: Session, pack: CountryPack, rows: list[CaseToAssign], raw: dict[str, str]
) -> dict[str, str]:
    """Errors by field. Cases are taken in the order of their keys, so that two batches never wait for each other."""
    errors: dict[str, str] = {}
    for row in sorted(rows, key=lambda one: one.case.id):
        for place in range(row.facts.lacking):
            name = field_name(row, place)
            if not raw[name]:
                continue
            try:
                case = get_case(session, request.user, row.case.id)
                assign(session, pack, request.user, case, chosen_person(raw[name], name))
            except FieldRefused as refused:
                errors[name] = refused.reasons[0]
            except Refused as refused:
                errors[name] = " ".join(refused.reasons)
    return errors


def field_name(row: CaseToAssign, place: int) -> str:
    return f"reviewer.{row.case.id}.{place}"


def _batch(pack: CountryPack, rows: list[CaseToAssign], form: Form[Any]) -> dict[str, Any]:
    return {
        "form": form,
        "rows": [
            {
                "row": row,
                "fields": [field_name(row, place) for place in range(row.facts.lacking)],
                "options": [(str(one.person_id), option_text(one)) for one in row.candidates[:OFFERED]],
                "reasons": [(one.name, ", ".join(why(one))) for one in row.proposed],
                "more": max(0, len(row.candidates) - OFFERED),
            }
            for row in rows
        ],
        "third_gap": pack.rubric.third_review_gap if pack.rubric else 0,
    }


def routes() -> list[Any]:
    return [show_assignment, submit_assignment]
