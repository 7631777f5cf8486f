"""The approval codes of a suspended or ended project: stopped, given back exactly, or on their way to be revoked.

Reservations, commitments and payments that exist are never touched: a suspended code may still commit and release.
"""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from portfolio.approvals.code_queries import locked_code
from portfolio.approvals.code_states import REVOKE, lift_suspension, open_change, propose_change, suspend_code
from portfolio.approvals.code_terms import CodeState
from portfolio.errors import Refused
from portfolio.i18n import gettext as _
from portfolio.monitoring.effects import effects_of
from portfolio.monitoring.models import ResumptionRequest
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project


def stop_codes(session: Session, actor: Viewer, project: Project, reason: str) -> list[dict[str, Any]]:
    """Suspend each code in force and say which: [{code_id, reason}]. One that was suspended before is nobody's here."""
    words = (_("The project is suspended: %(reason)s") % {"reason": reason})[:2000]
    imposed = []
    for effect in effects_of(session, project).codes:
        if effect.is_stopped:
            suspend_code(session, actor, effect.code.id, words)
            imposed.append({"code_id": str(effect.code.id), "reason": words})
    return imposed


def give_back_codes(
    session: Session, actor: Viewer, imposed: list[dict[str, Any]], request: ResumptionRequest
) -> list[str]:
    """Lift what a suspension imposed and nothing else; the printed codes that stay suspended are returned.

    A code that was released and suspended again since, for another reason, is not this suspension's any more; one whose
    ceiling what is decided does not bear any longer stays stopped, and a person sees to it.
    """
    left = []
    for entry in imposed:
        code = locked_code(session, uuid.UUID(entry["code_id"]))
        if code.state is not CodeState.SUSPENDED or code.state_reason != entry["reason"]:
            continue
        try:
            lift_suspension(session, actor, code, request.reason, asked_by_id=request.asked_by_id)
        except Refused:
            left.append(code.code)
    return left


def end_codes(session: Session, actor: Viewer, project: Project, reason: str) -> None:
    """At once no new reservation on any code; and a second person is asked to revoke each (handbook W6.9)."""
    words = (_("The project ended: %(reason)s") % {"reason": reason})[:2000]
    for effect in effects_of(session, project).codes:
        if effect.is_stopped:
            suspend_code(session, actor, effect.code.id, words)
        if open_change(session, effect.code.id) is None:
            propose_change(session, actor, effect.code.id, REVOKE, words)
