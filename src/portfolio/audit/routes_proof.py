"""The proof that one event is in a signed checkpoint, for the auditor to take away."""

import json
import uuid
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from portfolio.audit.proofs import NoSuchEvent, NotYetSigned, make_proof
from portfolio.audit.snapshot import reading_snapshot
from portfolio.errors import NotFound, Refused
from portfolio.i18n import gettext
from portfolio.people.permissions import Permission
from portfolio.web.runtime import runtime


@get(
    "/audit/events/{event_id:uuid}/proof",
    name="audit.proof",
    permission=Permission.AUDIT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def download_proof(request: Request[Any, Any, Any], event_id: FromPath[uuid.UUID]) -> Response[str]:
    """A file that `portfolio audit proof --verify` checks anywhere, with the public key alone."""
    settings = runtime(request).settings
    try:
        with reading_snapshot(runtime(request).database) as connection:
            proof = make_proof(connection, settings.checkpoints_dir, event_id)
    except NoSuchEvent:
        raise NotFound from None
    except NotYetSigned:
        raise Refused(gettext("No signed checkpoint covers this event yet; one is signed every 15 minutes.")) from None
    return Response(
        json.dumps(proof, indent=1) + "\n",
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="proof-{event_id}.json"'},
    )


def routes() -> list[Any]:
    return [download_proof]
