"""The task list of a case, the page of a section, saving it whole or field by field, and what a field said before."""

import uuid
from collections.abc import Mapping
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup
from sqlalchemy.orm import Session

from portfolio.business_cases.answer_actions import Typed, save_answers, seen_digest
from portfolio.business_cases.answers import typed
from portfolio.business_cases.completeness import by_section, missing, section_address, standing
from portfolio.business_cases.frame import TabSpec, case_frame, register_tab
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.onward import onward
from portfolio.business_cases.queries import answers_of, revisions_of
from portfolio.business_cases.section_form import (
    question_named,
    questions_of,
    read_fields,
    section_fields,
    whole_number,
)
from portfolio.business_cases.section_pages import SECTION, SECTIONS, lock_reason, section_page
from portfolio.business_cases.task_list import task_list
from portfolio.business_cases.visibility import get_case
from portfolio.db.clock import now
from portfolio.errors import NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.packs.answers import asked_questions
from portfolio.packs.questions import Question
from portfolio.packs.terms import SectionCode
from portfolio.people.permissions import Permission
from portfolio.web.flash import register
from portfolio.web.formatting import country_zone
from portfolio.web.forms import Submitted
from portfolio.web.pages import done, html, page, render
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission

register_tab(TabSpec(20, SECTIONS, N_("Formulation"), P.CASE_READ))
register(
    {
        "section_saved": N_("The section was saved."),
        "section_saved_more": N_("Saved. Your answers bring up further questions: they are marked below."),
        "text_restored": N_("The earlier text is back. What stood there is in the history of the field."),
    }
)


@get(
    "/cases/{case_id:uuid}/formulation",
    name=SECTIONS,
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_sections(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    found = task_list(request, session, runtime(request).pack, case)
    extras = [Markup(render(request, extra.template, messages=[], **extra.context)) for extra in found.pop("extras")]  # noqa: S704
    return page(request, "business_cases/sections.html", frame=_frame(request, session, case), extras=extras, **found)


@get(
    "/cases/{case_id:uuid}/sections/{section:str}",
    name=SECTION,
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_section(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID], section: FromPath[str]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    return section_page(request, session, case, _code(section))


@post(
    "/cases/{case_id:uuid}/sections/{section:str}",
    name="business_cases.save_section",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_section(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    section: FromPath[str],
) -> Response[Any] | Redirect:
    """Saves what can be saved; the rest comes back as typed: 422 for bad values, 409 where somebody else was faster."""
    case = get_case(session, request.user, case_id)
    code = _code(section)
    pack = runtime(request).pack
    questions = questions_of(session, pack, case, code)
    sent = read_fields(submitted, code, questions)
    before = _asked(session, request, case, code)
    try:
        outcome = save_answers(session, request.user, case, code, questions, sent)
    except Refused:  # locked meanwhile: the page says why, and gives back what was typed
        unsaved = [(str(question.label), sent[question.code].text) for question in questions if _is_new(sent, question)]
        return section_page(request, session, case, code, unsaved=unsaved, status=409)
    if outcome.errors or outcome.conflicts:
        session.commit()  # what could be saved is safe before anything renders
        status = 409 if outcome.conflicts else 422
        return section_page(request, session, case, code, sent=sent, outcome=outcome, status=status)
    here = section_address(case.id, code.value)
    if _asked(session, request, case, code) - before:
        return done(request, session, here, say="section_saved_more")
    if submitted.text("then") == "next":
        state = standing(session, pack, case)
        target = onward(pack, state, by_section(missing(session, pack, case, state)), code).href
        return done(request, session, target, say="section_saved")
    return done(request, session, here, say="section_saved")


@post(
    "/cases/{case_id:uuid}/answers",
    name="business_cases.save_answer",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_answer(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """One field, saved while it is written; the contract is in static/js/autosave.js."""
    case = get_case(session, request.user, case_id)
    pack = runtime(request).pack
    named = question_named(session, pack, case, submitted.text("field"))
    if named is None:
        return _not_saved(_("This question is not asked any more. Reload the page."))
    code, question = named
    sent = {question.code: Typed(submitted.text("value"), whole_number(submitted.text("version")))}
    try:
        outcome = save_answers(session, request.user, case, code, [question], sent)
    except Refused as refused:
        return _not_saved(refused.reasons[0])
    if outcome.errors:
        return _not_saved(outcome.errors[question.code])
    if outcome.conflicts:
        fields, _form = section_fields(session, pack, case, code, sent=sent, outcome=outcome)
        field = next(field for field in fields if field.question.code == question.code)
        version = outcome.conflicts[question.code].version
        body = render(request, "business_cases/_conflict.html", messages=[], field=field, version=version)
        return html(body, 409)
    session.commit()
    at = now(session).astimezone(country_zone()).strftime("%H:%M")
    return Response({"version": str(outcome.saved[question.code]), "saved_at": at}, status_code=200)


@get(
    "/cases/{case_id:uuid}/history/{field:str}",
    name="business_cases.field_history",
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_history(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID], field: FromPath[str]
) -> Response[Any]:
    """What a field said after each save, newest first; for people of the case's institution and auditors of the draft."""
    case = get_case(session, request.user, case_id)
    pack = runtime(request).pack
    named = question_named(session, pack, case, field)
    if named is None or not _may_see_drafts(request, case):
        raise NotFound
    code, question = named
    fields, _form = section_fields(session, pack, case, code)
    return page(
        request,
        "business_cases/field_history.html",
        frame=_frame(request, session, case),
        case=case,
        section=pack.section(code),
        field=next(one for one in fields if one.question.code == question.code),
        earlier=[
            (revision, typed(question, revision.text))
            for revision in revisions_of(session, case.id, code, question.code)
        ],
        locked=lock_reason(request, session, case, code),
    )


def _is_new(sent: Mapping[str, Typed], question: Question) -> bool:
    """Whether a field was sent with something else than the page had shown."""
    found = sent.get(question.code)
    return found is not None and bool(found.text) and found.seen != seen_digest(found.text)


def _not_saved(reason: str) -> Response[Any]:
    return Response({"error": reason}, status_code=422, media_type=MediaType.JSON)


def _asked(session: Session, request: AnyRequest, case: BusinessCase, code: SectionCode) -> set[str]:
    stored = {name: row.value for name, row in answers_of(session, case.id, code.value).items()}
    return {question.code for question in asked_questions(runtime(request).pack.section(code), stored)}


def _frame(request: AnyRequest, session: Session, case: BusinessCase) -> Any:
    viewer = whole_viewer(request)
    return case_frame(session, viewer, case, SECTIONS, request.app.route_reverse) if viewer else None


def _may_see_drafts(request: AnyRequest, case: BusinessCase) -> bool:
    """Revisions are drafts: never for reviewers or oversight bodies, whatever the state of the case."""
    return case.institution_id in request.user.own_institutions


def _codes() -> set[str]:
    return {member.value for member in SectionCode}


def _code(section: str) -> SectionCode:
    if section not in _codes():
        raise NotFound
    return SectionCode(section)


def routes() -> list[Any]:
    return [show_sections, show_section, submit_section, submit_answer, show_history]
