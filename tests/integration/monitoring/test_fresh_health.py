"""What is kept of a project's health does not contradict what was just handed in, and says of when it is."""

from sqlalchemy.orm import Session

from portfolio.monitoring import recompute
from portfolio.monitoring.health_terms import Flag
from portfolio.monitoring.portfolio_health import health_row
from portfolio.returns import told  # noqa: F401  registers what returns tell
from return_stage import a_return_stage, due, signed


def test_a_return_that_is_handed_in_is_no_longer_missing_on_the_first_page(session: Session) -> None:
    stage = a_return_stage(session)
    row = due(stage, stage.clock(2026, 10, 2))
    stage.clock(2026, 11, 25)
    recompute.refresh(session, stage.pack, stage.project.id)
    before = health_row(session, stage.project.id)
    assert before is not None
    assert Flag.RETURN_MISSING.value in {flag["flag"] for flag in before.flags}
    assert before.declared is None
    session.expire_all()
    signed(stage, row)
    session.expire_all()
    after = health_row(session, stage.project.id)
    assert after is not None
    assert Flag.RETURN_MISSING.value not in {flag["flag"] for flag in after.flags}
    assert (after.declared, after.declared_on) == ("medium", row.period_on)
