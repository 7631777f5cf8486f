"""The routes of the gate before the opinion: sign-offs, submission, snapshots, admissibility."""

from typing import Any

from portfolio.approvals import labels, mandates, routes_admission, routes_signing, routes_snapshots, routes_submission

__all__ = ["labels", "mandates", "routes"]


def routes() -> list[Any]:
    return [
        *routes_signing.routes(),
        *routes_submission.routes(),
        *routes_snapshots.routes(),
        *routes_admission.routes(),
    ]
