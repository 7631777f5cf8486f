"""What waits for the bodies that review, check, give opinions, decide and issue, and for who minds people and notices."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import col

from portfolio.approvals.models import (
    ApprovalCode,
    BudgetDecision,
    BudgetModification,
    CodeProposal,
    Reconsideration,
)
from portfolio.approvals.terms import CountersignState, ReconsiderationState
from portfolio.approvals.working_models import OpinionDraft
from portfolio.business_cases.models import BusinessCase
from portfolio.business_cases.terms import SUBMITTED_STATES
from portfolio.business_cases.terms import CaseStatus as S
from portfolio.checks.models import Waiver
from portfolio.checks.terms import WaiverState
from portfolio.desk.waiting import Asking, Group, Waiting, register_waiting
from portfolio.desk.waiting_cases import Found, cases_in, lawful_cases, retitled, with_case
from portfolio.i18n import N_, ngettext
from portfolio.identity.people_queries import waiting_proposals
from portfolio.identity.reset_actions import why_not_decide as why_not_decide_reset
from portfolio.identity.reset_queries import waiting_resets
from portfolio.identity.role_actions import why_not_decide
from portfolio.labels import label
from portfolio.notifications.models import Notice
from portfolio.packs.terms import Power
from portfolio.peer_review.queries import facts_of, reviews_of_person
from portfolio.peer_review.terms import OPEN_STATES
from portfolio.people.permissions import Permission as P

OPINED = (S.RECOMMENDED, S.CONDITIONED, S.UNFAVOURABLE)


def admissions(asking: Asking) -> Iterator[Waiting]:
    for found in lawful_cases(asking, P.ADMIT, Power.ADMISSIBILITY, (S.SUBMITTED,)):
        yield found.line("admit", "approvals.admission")


def review_work(asking: Asking) -> Iterator[Waiting]:
    """For the secretary: who lacks reviewers, and where all are in."""
    cases = lawful_cases(asking, P.REVIEW_ASSIGN, Power.REVIEW_ASSIGNMENT, (S.IN_REVIEW,))
    facts = facts_of(asking.session, asking.pack, [found.case for found in cases]) if cases else {}
    for found in cases:
        stand = facts[found.case.id]
        if stand.lacking:
            yield found.line("assign", "peer_review.reviews")
        elif not stand.is_sealed:
            yield found.line("close_reviews", "peer_review.reviews")


def reviews(asking: Asking) -> Iterator[Waiting]:
    """The title and number only: a review is anonymous to nobody but the institution, and its page says the rest."""
    for task in reviews_of_person(asking.session, asking.viewer.narrowed(P.REVIEW_WRITE)):
        if task.review.state in OPEN_STATES:
            found = Found(task.case, task.number, "", task.review.due_at)
            yield found.line("review", "peer_review.review", due=task.review.due_at, since=task.review.assigned_at)


def checks(asking: Asking) -> Iterator[Waiting]:
    for found in lawful_cases(asking, P.CHECK_WRITE, Power.STANDARDS_CHECK, (S.CHECKING,)):
        yield found.line("check", "checks.case")


def waivers(asking: Asking) -> Iterator[Waiting]:
    """Waivers that wait for an authority, but for whoever proposed them or has agreed already."""
    cases = with_case(cases_in(asking, P.WAIVER_DECIDE, SUBMITTED_STATES, _has_waiver()))
    rows = asking.session.scalars(
        select(Waiver)
        .where(col(Waiver.case_id).in_(cases), col(Waiver.state).in_(OPEN_WAIVERS))
        .order_by(col(Waiver.proposed_at), col(Waiver.id))
    )
    for row in rows:
        if asking.viewer.person_id not in (row.proposed_by_id, row.first_by_id):
            line = cases[row.case_id].line("waiver", "checks.case", since=row.proposed_at)
            yield retitled(line, f"{row.standard} · {line.title}")


OPEN_WAIVERS = (WaiverState.PROPOSED, WaiverState.FIRST_AGREED)


def _has_waiver() -> ColumnElement[bool]:
    return exists().where(col(Waiver.case_id) == col(BusinessCase.id), col(Waiver.state).in_(OPEN_WAIVERS))


def opinions(asking: Asking) -> Iterator[Waiting]:
    """To write for analysts; to sign for the head once the draft was passed on."""
    ready = exists().where(col(OpinionDraft.case_id) == col(BusinessCase.id), col(OpinionDraft.ready_at).is_not(None))
    for found in lawful_cases(asking, P.OPINION_WRITE, Power.OPINION, (S.CHECKING,), ~ready):
        yield found.line("opinion", "approvals.opinion")
    for found in lawful_cases(asking, P.OPINION_SIGN, Power.OPINION, (S.CHECKING,), ready):
        yield found.line("sign_opinion", "approvals.opinion")


def reconsiderations(asking: Asking) -> Iterator[Waiting]:
    asked = exists().where(
        col(Reconsideration.case_id) == col(BusinessCase.id), col(Reconsideration.state) == ReconsiderationState.ASKED
    )
    for found in lawful_cases(asking, P.OPINION_SIGN, Power.RECONSIDERATION, (S.UNFAVOURABLE, S.CONDITIONED), asked):
        yield found.line("reconsider", "approvals.opinion")


def decisions(asking: Asking) -> Iterator[Waiting]:
    """To propose, and to confirm what somebody else proposed."""
    proposed = exists().where(
        col(BudgetDecision.case_id) == col(BusinessCase.id), col(BudgetDecision.state) == CountersignState.PROPOSED
    )
    by_others = exists().where(
        col(BudgetDecision.case_id) == col(BusinessCase.id),
        col(BudgetDecision.state) == CountersignState.PROPOSED,
        col(BudgetDecision.proposed_by_id) != asking.viewer.person_id,
    )
    for found in lawful_cases(asking, P.DECISION_WRITE, Power.BUDGET_DECISION, OPINED, ~proposed):
        yield found.line("decide", "approvals.decision")
    statuses = (*OPINED, S.IN_REVIEW, S.CHECKING, S.DEFERRED)
    for found in lawful_cases(asking, P.DECISION_CONFIRM, Power.BUDGET_DECISION, statuses, by_others):
        yield replace(found.line("confirm", "approvals.confirm"), params={}, query={"call": str(found.case.call_id)})


def modifications(asking: Asking) -> Iterator[Waiting]:
    """Changes of decided amounts that somebody else proposed."""
    by_others = exists().where(
        col(BudgetModification.case_id) == col(BusinessCase.id),
        col(BudgetModification.state) == CountersignState.PROPOSED,
        col(BudgetModification.proposed_by_id) != asking.viewer.person_id,
    )
    for found in lawful_cases(asking, P.DECISION_CONFIRM, Power.BUDGET_DECISION, (S.DECIDED,), by_others):
        yield found.line("confirm_modification", "approvals.modification")


def codes(asking: Asking) -> Iterator[Waiting]:
    """Funded cases without a code or a proposal of one, and proposals that wait for a second person."""
    any_code = exists().where(col(ApprovalCode.case_id) == col(BusinessCase.id))
    waits = exists().where(
        col(CodeProposal.case_id) == col(BusinessCase.id), col(CodeProposal.state) == CountersignState.PROPOSED
    )
    by_others = exists().where(
        col(CodeProposal.case_id) == col(BusinessCase.id),
        col(CodeProposal.state) == CountersignState.PROPOSED,
        col(CodeProposal.proposed_by_id) != asking.viewer.person_id,
    )
    for found in lawful_cases(asking, P.CODE_ISSUE, Power.CODE_ISSUE, (S.DECIDED,), ~any_code, ~waits):
        if found.case.track and asking.pack.track(found.case.track).code_issued:
            yield found.line("propose_code", "approvals.codes")
    for found in lawful_cases(asking, P.CODE_ISSUE, Power.CODE_ISSUE, (S.DECIDED,), by_others):
        yield found.line("issue_code", "approvals.codes")


def role_proposals(asking: Asking) -> Iterator[Waiting]:
    """Proposals that this very person may decide."""
    viewer = asking.viewer.narrowed(P.PEOPLE_CONFIRM)
    if not viewer.grants:
        return
    for row in waiting_proposals(asking.session, viewer):
        if why_not_decide(viewer, row.proposal) is None:
            yield Waiting(
                group="role",
                title=f"{row.person} · {label(row.proposal.role)}",
                route="people.proposals",
                institution=row.institution,
                since=row.proposal.created_at,
            )


def factor_resets(asking: Asking) -> Iterator[Waiting]:
    """Lost second factors on which this very administrator may decide."""
    viewer = asking.viewer.narrowed(P.PEOPLE_ADMINISTER)
    if not viewer.grants:
        return
    for row in waiting_resets(asking.session):
        if why_not_decide_reset(viewer, row.reset) is None:
            yield Waiting(group="factor", title=row.person, route="people.resets", since=row.reset.created_at)


def notices(asking: Asking) -> Iterator[Waiting]:
    """One line for all that is unread."""
    row = asking.session.execute(
        select(func.count().label("unread")).where(
            col(Notice.person_id) == asking.viewer.person_id, col(Notice.read_at).is_(None)
        )
    ).one()
    if row.unread:
        title = ngettext("%(n)s unread notice", "%(n)s unread notices", row.unread) % {"n": row.unread}
        yield Waiting(group="notice", title=title, route="notifications.inbox")


register_waiting("review", Group(60, N_("Review"), "peer_review.mine"), reviews)
register_waiting("admit", Group(70, N_("Check admissibility"), "approvals.admissions"), admissions)
register_waiting("assign", Group(80, N_("Assign reviewers"), "peer_review.assign"), review_work)
register_waiting("close_reviews", Group(85, N_("Close the reviews")))
register_waiting("check", Group(90, N_("Check standards")), checks)
register_waiting("waiver", Group(95, N_("Decide waivers")), waivers)
register_waiting("reconsider", Group(100, N_("Reconsider an opinion")), reconsiderations)
register_waiting("sign_opinion", Group(102, N_("Sign opinions")), opinions)
register_waiting("opinion", Group(105, N_("Write opinions")))
register_waiting("confirm", Group(110, N_("Confirm budget decisions"), "approvals.sheet"), decisions)
register_waiting("decide", Group(115, N_("Decide the budget"), "approvals.sheet"))
register_waiting("confirm_modification", Group(117, N_("Confirm modifications of decided amounts")), modifications)
register_waiting("issue_code", Group(120, N_("Issue approval codes")), codes)
register_waiting("propose_code", Group(125, N_("Propose approval codes")))
register_waiting("role", Group(150, N_("Confirm roles")), role_proposals)
register_waiting("factor", Group(155, N_("Decide on second factors")), factor_resets)
register_waiting("notice", Group(160, N_("Read notices")), notices)
