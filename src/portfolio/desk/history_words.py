"""What an event's detail says in words: states, roles, outcomes, amounts; ids and digests stay with the auditor."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from portfolio.approvals.code_terms import DrawKind
from portfolio.approvals.terms import BudgetOutcome, OpinionOutcome
from portfolio.audit.terms import Tag
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import CaseStatus
from portfolio.checks.terms import CheckResult
from portfolio.db.money import Money
from portfolio.i18n import gettext as _
from portfolio.i18n import ngettext
from portfolio.labels import is_labelled, label
from portfolio.monitoring.life_terms import GateOutcome
from portfolio.packs.schema import CountryPack
from portfolio.packs.terms import SectionCode
from portfolio.people.terms import Role
from portfolio.projects.terms import ProjectStage
from portfolio.reports.embargo import DECIDED_STATES
from portfolio.web.formatting import money

OUTCOMES: dict[str, type[Enum]] = {"opinion": OpinionOutcome, "decision": BudgetOutcome, "gate": GateOutcome}


def details_of(
    pack: CountryPack, case: BusinessCase, tag: Tag, content: Mapping[str, Any], *, decision_hidden: bool
) -> list[str] | None:
    """Short sentences for one event; nothing at all for a move that would tell a decision which the viewer may not know."""
    if decision_hidden and content.get("after") in DECIDED_STATES:
        return None
    room = tag.value.split(".")[0]
    found = [
        _move(tag, content),
        _word(Role, content.get("role")),
        _sections(pack, content),
        _word(OUTCOMES[room], content.get("outcome")) if room in OUTCOMES else "",
        _word(DrawKind, content.get("kind")) if tag is Tag.CODE_DRAWN else "",
        _change(case, content) or _amount(case, content.get("amount")),
        _recommended(case, content.get("recommended")),
        _("Fiscal year %(year)s") % {"year": content["year"]} if content.get("year") else "",
        _("Standard %(code)s") % {"code": content["standard"]} if content.get("standard") else "",
        _word(CheckResult, content.get("result")),
    ]
    return [text for text in found if text]


def _move(tag: Tag, content: Mapping[str, Any]) -> str:
    """Of a case from status to status, of a project from stage to stage."""
    kind = ProjectStage if tag is Tag.PROJECT_MOVED else CaseStatus
    before, after = _word(kind, content.get("before")), _word(kind, content.get("after"))
    return _("From «%(before)s» to «%(after)s»") % {"before": before, "after": after} if before and after else ""


def _sections(pack: CountryPack, content: Mapping[str, Any]) -> str:
    """The titles of the sections that an act concerns; a code that is no section (any more) is left out."""
    codes = [content.get("section") or "", *(content.get("sections") or ())]
    titles = [str(pack.sections[code].label) for code in SectionCode if code.value in codes and code in pack.sections]
    if not titles:
        return ""
    words = ngettext("Section: %(titles)s", "Sections: %(titles)s", len(titles))
    return words % {"titles": ", ".join(titles)}


def _word(kind: type[Enum], value: object) -> str:
    """The label of a stored value; nothing for one that is none of the kind's."""
    try:
        member = kind(value)
    except ValueError:
        return ""
    return label(member) if is_labelled(member) else ""


def _amount(case: BusinessCase, value: object) -> str:
    """Minor units of the case's currency, or an amount that names its own."""
    if isinstance(value, Mapping):
        return money(Money(str(value["currency"]), int(value["minor"])))
    return money(Money(case.currency, int(value))) if isinstance(value, (int, str)) and str(value).isdecimal() else ""


def _change(case: BusinessCase, content: Mapping[str, Any]) -> str:
    """An amount that took the place of another."""
    before, after = _amount(case, content.get("was")), _amount(case, content.get("amount"))
    return _("Amount: from %(before)s to %(after)s") % {"before": before, "after": after} if before and after else ""


def _recommended(case: BusinessCase, value: object) -> str:
    amount = _amount(case, value)
    return _("Recommended: %(amount)s") % {"amount": amount} if amount else ""
