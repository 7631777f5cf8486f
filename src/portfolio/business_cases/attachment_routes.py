"""Attaching, taking out and removing files; the list is a part of the section's page."""

import uuid
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import File
from sqlalchemy.orm import Session

from portfolio.business_cases.attachments import (
    attach,
    attachments_of,
    get_attachment,
    hides_authors,
    receive,
    remove,
    store_of,
    without_author,
)
from portfolio.business_cases.completeness import section_address
from portfolio.business_cases.editing import why_locked
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.section_pages import section_page
from portfolio.business_cases.section_parts import PartInput, register_section_part
from portfolio.business_cases.visibility import get_case
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.packs.terms import SectionCode
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.web.flash import register
from portfolio.web.forms import Form, Submitted
from portfolio.web.pages import done, taken_back
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
P = Permission
PART = "attachments"
SANDBOX = "default-src 'none'; sandbox"
"""Policy of a file that somebody uploaded: were it ever shown, nothing in it would run."""

register({"file_attached": N_("The file was attached."), "file_removed": N_("The file was removed from the case.")})


def attachment_context(given: PartInput) -> dict[str, Any]:
    """The context of `business_cases/_attachments.html`; removed files show to people who write the case."""
    rows = attachments_of(given.session, given.case.id)
    gone = attachments_of(given.session, given.case.id, removed=True) if given.editable else []
    return {
        "case": given.case,
        "files": rows,
        "gone": gone,
        "people": names(given.session, [row.by_id for row in (*rows, *gone)]),
        "editable": given.editable,
        "file_form": Form({"title": ""}),
    }


register_section_part(SectionCode.ATTACHMENTS, PART, "business_cases/_attachments.html", attachment_context)


@post(
    "/cases/{case_id:uuid}/attachments",
    name="business_cases.attach",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_file(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    uploads = submitted.files.get("file", ())
    title = submitted.text("title")
    form: Form[Any] = Form({"title": title})
    try:
        if reason := why_locked(case, SectionCode.ATTACHMENTS):
            raise Refused(reason)
        if len(title) > 200:
            raise FieldRefused("title", _("Enter a shorter title: at most 200 characters"))
        if not uploads:
            raise FieldRefused("file", _("Choose a file"))
        session.rollback()  # nothing is written yet: looking at a file takes seconds, and would hold everybody's lock
        received = receive(store_of(request), uploads[0])
        case = get_case(session, request.user, case_id)
        attach(session, request.user, case, SectionCode.ATTACHMENTS, received, title)
    except FieldRefused as refused:
        form = taken_back(session, form, refused)
        case = get_case(session, request.user, case_id)
        overrides = {PART: {"file_form": form}}
        return section_page(request, session, case, SectionCode.ATTACHMENTS, overrides=overrides, status=422)
    return done(request, session, section_address(case.id, SectionCode.ATTACHMENTS.value), say="file_attached")


@post(
    "/cases/{case_id:uuid}/attachments/{attachment_id:uuid}/removal",
    name="business_cases.remove_file",
    permission=P.CASE_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_removal(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    case_id: FromPath[uuid.UUID],
    attachment_id: FromPath[uuid.UUID],
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    remove(session, request.user, case, attachment_id)
    return done(request, session, section_address(case.id, SectionCode.ATTACHMENTS.value), say="file_removed")


@get(
    "/cases/{case_id:uuid}/attachments/{attachment_id:uuid}",
    name="business_cases.download",
    permission=P.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download(
    request: AnyRequest,
    session: NamedDependency[Session],
    case_id: FromPath[uuid.UUID],
    attachment_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """The file, as an attachment, after the same check of the case as its pages. A removed one only for its own institution.

    Peer reviewers get a copy that says nothing of its author, where the pack's reviews are blind.
    """
    case = get_case(session, request.user, case_id)
    row = get_attachment(session, case, attachment_id)
    if row.removed_at is not None and case.institution_id not in request.user.own_institutions:
        raise NotFound
    return handed_out(request, case, row.sha256, row.media_type, row.file_name)


def handed_out(request: AnyRequest, case: BusinessCase, sha256: str, media_type: str, file_name: str) -> Response[Any]:
    """A kept file of a case as a download in which nothing runs; ask before whether the person may have it.

    Raises `NotFound` when the store lacks it.
    """
    path = store_of(request).path(sha256)
    if not path.is_file():
        raise NotFound
    headers = {
        "Content-Security-Policy": SANDBOX,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}",
    }
    if hides_authors(runtime(request).pack, request.user, case):
        return Response(without_author(path, media_type), media_type=media_type, headers=headers)
    return File(path=path.absolute(), media_type=media_type, headers=headers)


def routes() -> list[Any]:
    return [submit_file, submit_removal, download]
