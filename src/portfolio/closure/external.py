"""External reviews: ordered, conducted, answered, verified. `move_review` is the only writer of a review's state."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.audit.terms import Tag
from portfolio.audit.trail import record
from portfolio.closure.audience import agency_people, holders_of, institution_of, is_from_there, tell
from portfolio.closure.checklist import ENDED, today_of
from portfolio.closure.external_workflow import EXTERNAL, ReviewFacts, Row
from portfolio.closure.forms import OrderFields
from portfolio.closure.models import ExternalMove, ExternalReview
from portfolio.closure.terms import ExternalState
from portfolio.db.clock import now
from portfolio.db.text import folded
from portfolio.errors import FieldRefused, NotFound, Refused
from portfolio.findings.actions import open_finding
from portfolio.findings.models import Finding
from portfolio.findings.terms import FindingRule, FindingState
from portfolio.i18n import gettext as _
from portfolio.packs.schema import CountryPack
from portfolio.people.models import Institution, InstitutionName
from portfolio.people.permissions import Permission
from portfolio.people.viewer import Viewer
from portfolio.projects.models import Project
from portfolio.projects.visibility import get_project


def get_review(session: Session, viewer: Viewer, review_id: uuid.UUID) -> tuple[ExternalReview, Project]:
    """Raises `NotFound` for one of a project that this person may not find."""
    found = session.get(ExternalReview, review_id)
    if found is None:
        raise NotFound
    return found, get_project(session, viewer, found.project_id)


def reviews_of(session: Session, project_id: uuid.UUID) -> Sequence[ExternalReview]:
    """The newest first."""
    return session.scalars(
        select(ExternalReview)
        .where(col(ExternalReview.project_id) == project_id)
        .order_by(col(ExternalReview.ordered_at).desc(), col(ExternalReview.id).desc())
    ).all()


def moves_of(session: Session, review_id: uuid.UUID) -> Sequence[ExternalMove]:
    """In the order in which they were made."""
    return session.scalars(
        select(ExternalMove)
        .where(col(ExternalMove.review_id) == review_id)
        .order_by(col(ExternalMove.at), col(ExternalMove.created_at), col(ExternalMove.id))
    ).all()


def findings_of(session: Session, review: ExternalReview) -> Sequence[Finding]:
    """In the order in which they were opened."""
    return session.scalars(
        select(Finding)
        .where(col(Finding.source).like(f"{_source(review)}:%"))
        .order_by(col(Finding.opened_at), col(Finding.id))
    ).all()


def _source(review: ExternalReview) -> str:
    return f"external_review:{review.id}"


def order_review(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, fields: OrderFields
) -> ExternalReview:
    """Raises `FieldRefused` for a day that is not to come and for the project's own institution as reviewer, `Refused` for an
    ended project or the orderer's own institution.
    """
    today = today_of(session, pack)
    if project.stage in ENDED:
        raise Refused(_("The project has ended: no review of it is ordered any more."))
    if is_from_there(session, actor, project):
        raise Refused(_("A review of a project is ordered from outside its institution."))
    if is_name_of(session, institution_of(session, project), fields.reviewer):
        raise FieldRefused(
            "reviewer",
            _("That is the institution whose project it is: a review comes from outside. Name another body or firm."),
        )
    if fields.due_on <= today:
        raise FieldRefused("due_on", _("Give a day to come."))
    row = ExternalReview(
        project_id=project.id, ordered_by_id=actor.person_id, ordered_at=now(session), **fields.model_dump()
    )
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.EXTERNAL_REVIEW_ORDERED, row, words=f"{row.title}\n{row.scope}", case=project.case_id,
        project=project.id, due=row.due_on,
    )  # fmt: skip
    tell(
        session, project, "external_review_ordered", agency_people(session, project, today) - {actor.person_id},
        path_of(row), name=row.title, reviewer=row.reviewer, due=row.due_on,
    )  # fmt: skip
    return row


def is_name_of(session: Session, institution_id: uuid.UUID, typed: str) -> bool:
    """Whether what was typed names the body: by its name or one that it bore, with whatever stands around it, or by its short
    name as a word. Letters count without case and accents. Whoever writes it otherwise is not caught: it is what they typed.
    """
    body = session.get_one(Institution, institution_id)
    before = session.scalars(select(InstitutionName).where(col(InstitutionName.institution_id) == institution_id)).all()
    said = f" {plain(typed)} "
    full = [plain(name) for name in (body.name, *(row.name for row in before))]
    short = [plain(name) for name in (body.short_name, *(row.short_name for row in before))]
    return any(f" {name} " in said for name in (*full, *short) if name)


def plain(text: str) -> str:
    """Words in lower case without accents, one blank between them."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded(text)).split())


def review_facts(session: Session, actor: Viewer, project: Project, review: ExternalReview) -> ReviewFacts:
    found = findings_of(session, review)
    responses = [move for move in moves_of(session, review.id) if move.name == "respond"]
    return ReviewFacts(
        unanswered=sum(row.state is FindingState.OPEN for row in found),
        unsettled=sum(row.state is not FindingState.SETTLED for row in found),
        is_answerer=any(move.by_id == actor.person_id for move in responses),
        belongs_there=is_from_there(session, actor, project),
    )


def offered(session: Session, actor: Viewer, project: Project, review: ExternalReview) -> list[tuple[Row, list[str]]]:
    """The moves that this person's roles may try, each with what stands against it."""
    facts = review_facts(session, actor, project, review)
    roles = actor.roles_in(institution_of(session, project))
    return [
        (move, EXTERNAL.refusals(move.name, review.state, roles, facts))
        for move in EXTERNAL.offered(review.state, roles)
    ]


def move_review(
    session: Session, actor: Viewer, pack: CountryPack, project: Project, review: ExternalReview, name: str, words: str
) -> ExternalMove:
    """One step. Raises `NotFound` for no move, `FieldRefused` without words, `Refused` with every reason."""
    try:
        move = EXTERNAL.named(name)
    except KeyError:
        raise NotFound from None
    if not words.strip():
        raise FieldRefused("words", _("A reason is required."))
    session.flush()
    session.refresh(review, with_for_update=True)
    roles = actor.roles_in(institution_of(session, project))
    if refusals := EXTERNAL.refusals(name, review.state, roles, review_facts(session, actor, project, review)):
        raise Refused(*refusals)
    before, review.state = review.state, move.target
    row = ExternalMove(
        review_id=review.id, name=name, before=before, after=review.state, words=words.strip(),
        by_id=actor.person_id, at=now(session),
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(
        session, actor, Tag.EXTERNAL_REVIEW_MOVED, review, words=row.words, case=project.case_id, project=project.id,
        step=name, external_move=row.id, reached=review.state.value,
    )  # fmt: skip
    today = today_of(session, pack)
    people = agency_people(session, project, today) | holders_of(session, Permission.EXTERNAL_REVIEW_ORDER, today)
    tell(
        session, project, "external_review_moved", people - {actor.person_id}, path_of(review), name=review.title,
        state=review.state,
    )  # fmt: skip
    return row


def add_finding(
    session: Session,
    actor: Viewer,
    pack: CountryPack,
    project: Project,
    review: ExternalReview,
    evidence: str,
    answer_by: date,
) -> Finding:
    """A finding of the review, while it is in progress. Raises `FieldRefused` for the day, `Refused` before and after."""
    today = today_of(session, pack)
    session.flush()
    session.refresh(review, with_for_update=True)
    if review.state is not ExternalState.IN_PROGRESS:
        raise Refused(_("Findings are added while the review is in progress."))
    if is_from_there(session, actor, project):
        raise Refused(_("A person of the institution that is reviewed does not conduct the review."))
    if answer_by <= today:
        raise FieldRefused("answer_by", _("Give a day to come."))
    count = session.scalar(
        select(func.count()).select_from(Finding).where(col(Finding.source).like(f"{_source(review)}:%"))
    )
    source = f"{_source(review)}:{(count or 0) + 1}"
    found = open_finding(session, actor, project, FindingRule.REVIEW, evidence, answer_by, source, today)
    if found is None:
        raise Refused(_("Somebody added a finding at the same moment. Try again: nothing was saved."))
    return found


def overdue(session: Session, today: date) -> Sequence[tuple[ExternalReview, Project]]:
    """Reviews past their day that are not closed, for the clock."""
    rows = session.execute(
        select(ExternalReview, Project)
        .join(Project, col(Project.id) == col(ExternalReview.project_id))
        .where(col(ExternalReview.due_on) < today, col(ExternalReview.state) != ExternalState.CLOSED)
        .order_by(col(ExternalReview.due_on), col(ExternalReview.id))
    )
    return [(row.ExternalReview, row.Project) for row in rows]


def path_of(review: ExternalReview) -> str:
    return f"/reviews/{review.id}"
