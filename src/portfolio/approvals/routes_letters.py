"""Letters in the browser: issue, download, verify."""

import uuid
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals import letters
from portfolio.approvals.sheet_addresses import chosen_call
from portfolio.errors import NotFound
from portfolio.files.inspection import MEDIA_TYPES
from portfolio.files.inspection_terms import FileKind
from portfolio.files.store import FileStore
from portfolio.i18n import N_
from portfolio.people.models import Institution
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.strategy.queries import all_calls
from portfolio.web import flash
from portfolio.web.forms import Submitted
from portfolio.web.pages import done, page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
Answer = Response[Any]

flash.register({"letter_issued": N_("The letter is issued; the institution has been told.")})


@get(
    "/letters", name="approvals.letters", permission=Permission.CASE_READ, sync_to_thread=True, include_in_schema=False
)
def show_letters(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    call = chosen_call(request, session)
    rows = [] if call is None else letters.read_letters(session, request.user, call)
    return page(
        request,
        "approvals/letters.html",
        call=call,
        calls=[(str(each.id), each.title) for each in all_calls(session)],
        rows=rows,
        people=names(session, [letter.issued_by_id for row in rows for letter in row.letters]),
        can_issue=request.user.can(Permission.OPINION_WRITE),
    )


@post(
    "/letters",
    name="approvals.issue_letter",
    permission=Permission.OPINION_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_letter(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Answer | Any:
    """For one institution with all its opinions, or for one case: whichever the form names."""
    call = chosen_call(request, session)
    if call is None:
        raise NotFound
    running = runtime(request)
    rows = letters.read_letters(session, request.user, call)
    institution, wanted = submitted.text("institution"), submitted.text("case")
    cases = [
        case for row in rows for case in row.cases if str(row.institution_id) == institution or str(case.id) == wanted
    ]
    store = FileStore(running.settings.files_dir)
    letters.issue_letter(session, request.user, running.pack, store, running.settings.base_url, cases)
    address = f"{request.app.route_reverse('approvals.letters')}?call={call.id}"
    return done(request, session, address, say="letter_issued")


@get(
    "/letters/{letter_id:uuid}/file",
    name="approvals.letter_file",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_letter(request: AnyRequest, session: NamedDependency[Session], letter_id: FromPath[uuid.UUID]) -> Answer:
    letter = letters.get_letter(session, request.user, letter_id)
    with FileStore(runtime(request).settings.files_dir).open(letter.file_sha256) as stream:
        content = stream.read()
    name = f"letter-{letter.issued_at:%Y%m%d}-{letter.record_digest[:12]}.docx"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=MEDIA_TYPES[FileKind.DOCX], headers=headers)


@get(
    "/letters/check",
    name="approvals.letter_check",
    permission=Permission.SIGNED_IN,
    sync_to_thread=True,
    include_in_schema=False,
)
def check_letter(request: AnyRequest, session: NamedDependency[Session]) -> Answer:
    return _checked(request, session, request.query_params.get("digest", ""))


@get(
    "/letters/check/{digest:str}",
    name="approvals.letter_checked",
    permission=Permission.SIGNED_IN,
    sync_to_thread=True,
    include_in_schema=False,
)
def check_printed(request: AnyRequest, session: NamedDependency[Session], digest: FromPath[str]) -> Answer:
    return _checked(request, session, digest)


def _checked(request: AnyRequest, session: Session, digest: str) -> Answer:
    """Whether a letter with this digest was issued; its content is for those who may read its cases."""
    text = digest[:200].strip()
    letter = letters.letter_with_digest(session, text) if text else None
    return page(
        request,
        "approvals/letter_check.html",
        text=text,
        letter=letter,
        institution="" if letter is None else session.get_one(Institution, letter.institution_id).name,
        may_read=letter is not None and letters.may_read(session, request.user, letter),
    )


def routes() -> list[Any]:
    return [show_letters, submit_letter, download_letter, check_letter, check_printed]
