"""The page of one section, whole: its questions, its structured parts, the way to the next one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from portfolio.business_cases.answer_actions import Outcome, Typed
from portfolio.business_cases.completeness import Standing, by_section, missing, section_address, standing
from portfolio.business_cases.editing import why_locked, why_off_team
from portfolio.business_cases.frame import case_frame
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.onward import onward
from portfolio.business_cases.section_form import section_fields
from portfolio.business_cases.section_parts import PartInput, parts_of
from portfolio.db.clock import now
from portfolio.errors import NotFound
from portfolio.i18n import gettext as _
from portfolio.identity.guard import whole_viewer
from portfolio.labels import label
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.permissions import Permission
from portfolio.people.terms import Role
from portfolio.strategy.models import Call
from portfolio.strategy.shown import shown_call
from portfolio.web.pages import page, render
from portfolio.web.runtime import runtime

SECTIONS = "business_cases.sections"
SECTION = "business_cases.section"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The sections before and after in the form of this track: (title, address), or nothing at its ends."""

    previous: tuple[str, str] | None
    following: tuple[str, str] | None


def section_page(
    request: Request[Any, Any, Any],
    session: Session,
    case: BusinessCase,
    section: SectionCode | str,
    *,
    overrides: Mapping[str, dict[str, Any]] | None = None,
    sent: Mapping[str, Typed] | None = None,
    outcome: Outcome | None = None,
    unsaved: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> Response[Any]:
    """The page of a section of a case that the person may read. Raises `NotFound` for a section that its track hides.

    `overrides`: contexts of structured parts by name, over their own, for a line that came back with errors. `sent` and
    `outcome`: what became of the questions that were just sent. `unsaved`: (question, text) of what a locked section refused.
    """
    pack: CountryPack = runtime(request).pack
    code = SectionCode(section)
    state = standing(session, pack, case)
    if code not in state.shown:
        raise NotFound
    locked = lock_reason(request, session, case, code)
    fields, form = section_fields(session, pack, case, code, sent=sent, outcome=outcome)
    viewer = whole_viewer(request)
    url_for = request.app.route_reverse
    lacking = by_section(missing(session, pack, case, state))
    return page(
        request,
        "business_cases/section.html",
        "business_cases/_section_facts.html",
        status=status,
        frame=case_frame(session, viewer, case, SECTIONS, url_for) if viewer else None,
        case=case,
        section=pack.section(code),
        owner=label(Role(pack.section(code).owner.value)),
        fields=fields,
        form=form,
        locked=locked,
        required=code in state.required,
        parts=_rendered(request, session, pack, state, code, overrides or {}, editable=not locked),
        unsaved=unsaved,
        lacking=lacking.get(code.value, []),
        onward=onward(pack, state, lacking, code),
        neighbours=neighbours(pack, state, code),
        call=shown_call(session.get_one(Call, case.call_id), now(session)),
        attachments_href=section_address(case.id, SectionCode.ATTACHMENTS.value),
    )


def lock_reason(
    request: Request[Any, Any, Any], session: Session, case: BusinessCase, section: SectionCode | None
) -> str:
    """Why this person cannot change the section now; nothing when they can."""
    viewer = whole_viewer(request)
    if viewer is None or case.institution_id not in viewer.narrowed(Permission.CASE_WRITE).own_institutions:
        return _("You read this case; people of its institution write it.")
    return why_off_team(session, case, viewer.person_id) or why_locked(case, section)


def neighbours(pack: CountryPack, state: Standing, code: SectionCode) -> Neighbours:
    place = state.shown.index(code)

    def at(index: int) -> tuple[str, str] | None:
        if not 0 <= index < len(state.shown):
            return None
        found = state.shown[index]
        return str(pack.section(found).label), section_address(state.case.id, found.value)

    return Neighbours(at(place - 1), at(place + 1))


def _rendered(
    request: Request[Any, Any, Any],
    session: Session,
    pack: CountryPack,
    state: Standing,
    code: SectionCode,
    overrides: Mapping[str, dict[str, Any]],
    *,
    editable: bool,
) -> list[Markup]:
    """Our own templates, each rendered alone: escaped there, so marked as such here."""
    given = PartInput(session, pack, state.case, state.track.code.value, editable)
    return [
        Markup(render(request, part.template, messages=[], **{**part.context(given), **overrides.get(part.name, {})}))  # noqa: S704
        for part in parts_of(code, state.track.code.value)
    ]
