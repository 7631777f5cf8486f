"""What was submitted, as it was submitted: readable, printable, to download, and against the version before."""

import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.approvals.shown_gate import grouped
from portfolio.business_cases.change_words import ShownChange, described
from portfolio.business_cases.differences import difference
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import content_of, snapshots_of
from portfolio.business_cases.visibility import get_case
from portfolio.db.money import Money
from portfolio.errors import NotFound
from portfolio.identity.guard import whole_viewer
from portfolio.packs.schema import CountryPack
from portfolio.peer_review.reading import read_sections
from portfolio.people.permissions import Permission
from portfolio.people.queries import names
from portfolio.projects.models import Initiative
from portfolio.strategy.queries import action_lines_of
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]
PAGE = "approvals/snapshot.html"


@get(
    "/cases/{case_id:uuid}/snapshots/{number:int}",
    name="approvals.snapshot",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_snapshot(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID], number: FromPath[int]
) -> Response[Any]:
    case = get_case(session, request.user, case_id)
    every = snapshots_of(session, case.id)
    snapshot = _numbered(every, number)
    pack, viewer = runtime(request).pack, whole_viewer(request) or request.user
    lines = {line.code: line.title for line in action_lines_of(session, case.call_id)}
    url_for = request.app.route_reverse
    return page(
        request,
        PAGE,
        frame=case_frame(session, viewer, case, "approvals.snapshot", url_for),
        case=case,
        snapshot=snapshot,
        digest=grouped(snapshot.digest),
        by=names(session, [snapshot.submitted_by_id]).get(snapshot.submitted_by_id, ""),
        whole_life=Money(str(snapshot.totals["currency"]), int(snapshot.totals["whole_life"])),
        sections=[one for one in read_sections(pack, content_of(snapshot), snapshot.track, lines) if not one.is_empty],
        versions=[(one.number, url_for("approvals.snapshot", case_id=case.id, number=one.number)) for one in every],
        changes=changes_before(pack, every, snapshot),
    )


@get(
    "/cases/{case_id:uuid}/snapshots/{number:int}/file",
    name="approvals.snapshot_file",
    permission=Permission.CASE_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_snapshot(
    request: AnyRequest, session: NamedDependency[Session], case_id: FromPath[uuid.UUID], number: FromPath[int]
) -> Response[bytes]:
    """The very bytes that were frozen: SHA-256 of the file is the digest shown."""
    case = get_case(session, request.user, case_id)
    snapshot = _numbered(snapshots_of(session, case.id), number)
    name = session.get_one(Initiative, case.initiative_id).number or str(case.id)
    return Response(
        snapshot.content.encode(),
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}-{snapshot.number}.json"'},
    )


def _numbered(every: Any, number: int) -> Snapshot:
    found: Snapshot | None = next((one for one in every if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def changes_before(pack: CountryPack, every: Any, snapshot: Snapshot) -> list[ShownChange] | None:
    """The difference to the version before, field by field; nothing for the first one."""
    earlier = next((one for one in every if one.number == snapshot.number - 1), None)
    if earlier is None:
        return None
    content = content_of(snapshot)
    changes = difference(content_of(earlier), content)
    return list(described(pack, content["case"]["currency"], changes))


def newest_changes(session: Session, pack: CountryPack, case: BusinessCase) -> list[ShownChange] | None:
    """What the newest submission changed; nothing before a second one."""
    every = snapshots_of(session, case.id)
    return changes_before(pack, every, every[-1]) if every else None


def routes() -> list[Any]:
    return [show_snapshot, download_snapshot]
