"""Saving the institution's own word: the whole part by its button, or one field while it is written."""

import uuid
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.business_cases.completeness import section_address
from portfolio.business_cases.section_pages import lock_reason, section_page
from portfolio.business_cases.section_parts import PartInput
from portfolio.business_cases.visibility import get_case
from portfolio.checks.assessing import TypedField, save_assessment, split_field
from portfolio.checks.part import PART, assessment_context, came_back
from portfolio.db.clock import now
from portfolio.errors import Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.permissions import Permission
from portfolio.web import flash
from portfolio.web.formatting import country_zone
from portfolio.web.forms import Submitted
from portfolio.web.pages import done, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]

flash.register({"assessment_saved": N_("The answers on standards were saved.")})


@post(
    "/cases/{case_id:uuid}/standards",
    name="checks.save_assessment",
    permission=Permission.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_assessment(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """Saves what can be saved; the rest comes back as typed: 422 for bad values, 409 where somebody else was faster."""
    pack: CountryPack = runtime(request).pack
    case = get_case(session, request.user, case_id)
    typed = {name: _typed(submitted, name) for name in submitted.values if split_field(name)[1]}
    saved = save_assessment(session, pack, request.user, case, typed)
    if not saved.errors and not saved.theirs:
        where = section_address(case.id, SectionCode.STANDARDS.value)
        return done(request, session, where, say="assessment_saved")
    session.commit()  # what could be saved is safe before anything renders
    given = PartInput(session, pack, case, "", not lock_reason(request, session, case, SectionCode.STANDARDS))
    words = _("Somebody else wrote here meanwhile. Both texts are shown; saving again keeps yours.")
    context = assessment_context(given, came_back(typed, saved, words), saved.theirs)
    status = 409 if saved.theirs else 422
    return section_page(request, session, case, SectionCode.STANDARDS, overrides={PART: context}, status=status)


@post(
    "/cases/{case_id:uuid}/standards/save",
    name="checks.autosave_assessment",
    permission=Permission.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def autosave_assessment(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """One field; the contract is in static/js/autosave.js. The version is that of the criterion's row."""
    case = get_case(session, request.user, case_id)
    name, text = submitted.text("field"), submitted.text("value")
    criterion = split_field(name)[1]
    typed = {name: TypedField(text, _number(submitted.text("version")))}
    try:
        saved = save_assessment(session, runtime(request).pack, request.user, case, typed)
    except Refused as refused:
        return _json({"error": refused.reasons[0]}, 422)
    if saved.errors:
        return _json({"error": saved.errors[name]}, 422)
    if criterion not in saved.versions:
        return _json({"error": _("This criterion does not apply any more. Reload the page.")}, 422)
    if saved.theirs:
        version = saved.versions[criterion]
        return page(request, "checks/_conflict.html", status=409, mine=text, theirs=saved.theirs[name], version=version)
    session.commit()
    at = now(session).astimezone(country_zone()).strftime("%H:%M")
    return _json({"version": str(saved.versions[criterion]), "saved_at": at}, 200)


def _typed(submitted: Submitted, name: str) -> TypedField:
    criterion = split_field(name)[1]
    version = submitted.text(f"version.{criterion}").partition(":")[2]
    return TypedField(submitted.text(name), _number(version), submitted.text(f"seen.{name}"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _json(body: dict[str, str], status: int) -> Response[Any]:
    return Response(body, status_code=status, media_type=MediaType.JSON)


def routes() -> list[Any]:
    return [submit_assessment, autosave_assessment]
