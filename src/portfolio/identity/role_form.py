"""What a page needs that proposes a role: the institution first, then its units and the roles that may be proposed there."""

import uuid
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.identity.institution_queries import choices, unit_choices
from portfolio.identity.people_scope import institutions_where, may_propose
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.people.terms import Holding, Role
from portfolio.web.forms import Form, Submitted

AnyRequest = Request[Any, Any, Any]


def institution_of(request: AnyRequest, submitted: Submitted | None = None) -> uuid.UUID | None:
    """The institution that the form or the address names, if it names one."""
    text = (submitted.text("institution") if submitted else "") or request.query_params.get("institution", "")
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def role_page(
    request: AnyRequest, session: Session, form: Form[Any], submitted: Submitted | None = None, **more: Any
) -> dict[str, Any]:
    """The context: institutions to choose from, and for the chosen one its roles, units and ways of holding.

    A manager of one institution has nothing to choose; a page without a choice yet shows that question alone.
    """
    only = institutions_where(request.user, Permission.PEOPLE_MANAGE)
    institutions = choices(session, only)
    chosen = institution_of(request, submitted)
    if chosen is None and len(institutions) == 1:
        chosen = uuid.UUID(institutions[0][0])
    name = next((words for value, words in institutions if value == str(chosen)), "")
    if not name:
        chosen = None
    return {
        "form": form,
        "institutions": institutions,
        "institution": str(chosen or ""),
        "institution_name": name,
        "roles": [(role.value, label(role)) for role in Role if chosen and may_propose(request.user, role, chosen)],
        "units": unit_choices(session, chosen) if chosen else [],
        "holdings": [(holding.value, label(holding)) for holding in Holding],
        **more,
    }
