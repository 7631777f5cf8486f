"""Where «Save and continue» leads: the next section that submission waits for, or the list when no other one is left."""

from collections.abc import Collection
from dataclasses import dataclass

from portfolio.business_cases.completeness import Standing, section_address
from portfolio.business_cases.editing import why_locked
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode


@dataclass(frozen=True, slots=True)
class Onward:
    """The address, and what the button says of it."""

    href: str
    words: str


def onward(pack: CountryPack, state: Standing, lacking: Collection[str], here: SectionCode) -> Onward:
    """`lacking`: codes of the sections in which something is missing. In the order of the form from `here` on, then from its
    beginning; sections that a return left closed are passed over."""
    found = next_lacking(state, lacking, here)
    if found is None:
        words = _("It leads to the list of sections: no other section that is required lacks anything.")
        return Onward(f"/cases/{state.case.id}/formulation", words)
    words = _("It leads to “%(section)s”, the next required section that lacks something.")
    return Onward(section_address(state.case.id, found.value), words % {"section": pack.section(found).label})


def next_lacking(state: Standing, lacking: Collection[str], here: SectionCode) -> SectionCode | None:
    place = state.shown.index(here)
    for code in (*state.shown[place + 1 :], *state.shown[:place]):
        if code in state.required and code.value in lacking and not why_locked(state.case, code):
            return code
    return None
