"""Mandatory standards of a case, as the gate's guards count them; what is true of each is the check's to say."""

from datetime import datetime

from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase
from portfolio.checks.queries import check_facts, today_of
from portfolio.packs.schema import CountryPack


def mandatory_standards(
    session: Session, pack: CountryPack, case: BusinessCase, now: datetime
) -> tuple[list[str], list[str]]:
    """Codes of mandatory standards that apply to the frozen case: (without a finding, neither met nor waived).

    One without a finding is in both lists: nobody has found it met.
    """
    facts = check_facts(session, pack, case, today_of(pack, now))
    return list(facts.unchecked), [*facts.unchecked, *facts.unmet]
