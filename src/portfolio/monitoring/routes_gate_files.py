"""Adding a file to the evidence of a gate, and reading it: in the scope of the project, as a download in which nothing runs."""

import uuid
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import File
from sqlalchemy.orm import Session

from portfolio.business_cases.attachment_routes import SANDBOX, handed_out
from portfolio.business_cases.attachments import receive, store_of
from portfolio.errors import FieldRefused, NotFound
from portfolio.i18n import N_, Phrase
from portfolio.i18n import gettext as _
from portfolio.identity.visit import AnyRequest, everything_of
from portfolio.monitoring.gate_files import file_refusals, files_of, get_file, keep_file
from portfolio.monitoring.life_forms import GateFileFields
from portfolio.monitoring.life_frame import life_frame
from portfolio.monitoring.life_queries import case_of, get_proposal
from portfolio.monitoring.life_workflow import LIFE
from portfolio.monitoring.models import GateProposal
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.models import Project
from portfolio.web import flash
from portfolio.web.formatting import file_size
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

ADD = "monitoring/gate_file.html"

flash.register({"gate_evidenced": N_("The file is attached to the gate.")})


def file_rows(session: Session, proposal: GateProposal) -> list[dict[str, Any]]:
    """The files of a gate as a table shows them."""
    rows = files_of(session, proposal.id)
    people = names(session, {row.by_id for row in rows}) if rows else {}
    words = {asked["code"]: str(Phrase(**asked["label"])) for asked in proposal.asked}
    return [
        {
            "id": row.id,
            "name": row.file_name,
            "criterion": words.get(row.criterion, row.criterion),
            "size": file_size(row.size),
            "sha256": row.sha256,
            "by": people.get(row.by_id, ""),
            "at": row.supplied_at,
        }
        for row in rows
    ]


def may_add_file(request: AnyRequest, session: Session, project: Project, proposal: GateProposal) -> bool:
    viewer = everything_of(request).narrowed(Permission.PROJECT_PROPOSE)
    return not file_refusals(session, viewer, project, proposal)


def _adding(
    request: AnyRequest, session: Session, proposal: GateProposal, project: Project, form: Form[GateFileFields]
) -> dict[str, Any]:
    return {
        "frame": life_frame(request, session, project),
        "proposal": proposal,
        "move": LIFE.named(proposal.gate),
        "criteria": [(asked["code"], str(Phrase(**asked["label"]))) for asked in proposal.asked],
        "files": file_rows(session, proposal),
        "reasons": file_refusals(session, request.user, project, proposal),
        "form": form,
    }


@get(
    "/gates/{proposal_id:uuid}/files",
    name="monitoring.gate_files",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_adding(
    request: AnyRequest, session: NamedDependency[Session], proposal_id: FromPath[uuid.UUID]
) -> Response[Any]:
    proposal, project = get_proposal(session, request.user, proposal_id)
    return page(request, ADD, **_adding(request, session, proposal, project, blank(GateFileFields)))


@post(
    "/gates/{proposal_id:uuid}/files",
    permission=Permission.PROJECT_PROPOSE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_file(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    proposal_id: FromPath[uuid.UUID],
) -> Response[Any]:
    proposal, project = get_proposal(session, request.user, proposal_id)
    form, uploads = bind(GateFileFields, submitted), submitted.files.get("file", ())
    if form.value is not None and not uploads:
        form = form.with_error("file", _("Choose a file"))
    if (fields := form.value) is not None:
        try:
            session.rollback()  # nothing is written yet: looking at a file takes seconds, and would hold everybody's lock
            received = receive(store_of(request), uploads[0])
            proposal, project = get_proposal(session, request.user, proposal_id)
            keep_file(session, request.user, project, proposal, fields.criterion, received)
        except FieldRefused as refused:
            form = taken_back(session, form, refused)
            proposal, project = get_proposal(session, request.user, proposal_id)
        else:
            address = request.app.route_reverse("monitoring.gate", proposal_id=proposal.id)
            return done(request, session, address, say="gate_evidenced")
    return invalid(request, ADD, **_adding(request, session, proposal, project, form))


@get(
    "/gates/{proposal_id:uuid}/files/{file_id:uuid}",
    name="monitoring.gate_file",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_file(
    request: AnyRequest,
    session: NamedDependency[Session],
    proposal_id: FromPath[uuid.UUID],
    file_id: FromPath[uuid.UUID],
) -> Response[Any]:
    """To whoever may find the project; a project that an import brought has no case to ask about names."""
    proposal, project = get_proposal(session, request.user, proposal_id)
    row, case = get_file(session, proposal, file_id), case_of(session, project)
    if case is not None:
        return handed_out(request, case, row.sha256, row.media_type, row.file_name)
    path = store_of(request).path(row.sha256)
    if not path.is_file():
        raise NotFound
    headers = {
        "Content-Security-Policy": SANDBOX,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.file_name, safe='')}",
    }
    return File(path=path.absolute(), media_type=row.media_type, headers=headers)


def routes() -> list[Any]:
    return [show_adding, submit_file, download_file]
