"""What the pages of one review show: the case as frozen, the rubric with its levels, what was written so far."""

import uuid
from typing import Any

from litestar import Request
from sqlalchemy.orm import Session

from portfolio.business_cases.models import BusinessCase, Snapshot
from portfolio.business_cases.snapshots import content_of
from portfolio.business_cases.visibility import get_case
from portfolio.packs.schema import CountryPack
from portfolio.peer_review import actions
from portfolio.peer_review.board import points
from portfolio.peer_review.forms import ConflictFields, DeclineFields
from portfolio.peer_review.models import Review
from portfolio.peer_review.queries import drafts_of, own_review
from portfolio.peer_review.reading import anchor_of, read_sections
from portfolio.peer_review.rules import SUMMARY, lacking, weighted_total
from portfolio.peer_review.sheet import MAX_REASON, MAX_SUMMARY, fields_of, seen, stored
from portfolio.people.queries import institution_names
from portfolio.projects.models import Initiative
from portfolio.strategy.queries import action_lines_of
from portfolio.web.forms import Form, blank
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]


def my_review(request: AnyRequest, session: Session, case_id: uuid.UUID) -> tuple[BusinessCase, Review]:
    """The case and the viewer's own review of it, or `NotFound`: a recused person finds neither."""
    case = get_case(session, request.user, case_id)
    return case, own_review(session, request.user, case)


def address_of(request: AnyRequest, case: BusinessCase) -> str:
    return request.app.route_reverse("peer_review.review", case_id=case.id)


def head_of(session: Session, case: BusinessCase, review: Review) -> dict[str, Any]:
    snapshot = session.get_one(Snapshot, review.snapshot_id)
    content = content_of(snapshot)
    return {
        "case": case,
        "review": review,
        "snapshot": snapshot,
        "content": content,
        "number": session.get_one(Initiative, case.initiative_id).number or "",
    }


def declaration(
    session: Session,
    case: BusinessCase,
    review: Review,
    conflict: Form[ConflictFields] | None = None,
    decline: Form[DeclineFields] | None = None,
) -> dict[str, Any]:
    head = head_of(session, case, review)
    names = institution_names(session)
    partners = [
        names.get(uuid.UUID(line["institution_id"]), "")
        for section in head["content"]["sections"].values()
        for line in section["lines"].get("participants", [])
        if line.get("institution_id")
    ]
    return {
        **head,
        "partners": partners,
        "conflict_form": conflict or blank(ConflictFields),
        "decline_form": decline or blank(DeclineFields),
    }


def sheet(request: AnyRequest, session: Session, case: BusinessCase, review: Review, form: Form[Any]) -> dict[str, Any]:
    """Everything the page shows: the frozen text, the rubric with its levels, what was written and the total so far."""
    pack: CountryPack = runtime(request).pack
    rubric = actions.rubric_of(pack)
    head = head_of(session, case, review)
    drafts, summary = drafts_of(session, review.id)
    raw = stored(rubric, drafts, summary)
    lines = {line.code: f"{line.code} – {line.title}" for line in action_lines_of(session, case.call_id)}
    scores = {code: draft.score for code, draft in drafts.items() if draft.score is not None}
    is_scored = set(rubric.groups) <= set(scores)
    sections = read_sections(pack, head["content"], head["snapshot"].track, lines)
    titles = {section.code: section.title for section in sections}
    return {
        **head,
        "form": form,
        "rubric": rubric,
        "sections": sections,
        "to_read": {
            code: [(titles[section.value], anchor_of(section)) for section in group.sections if section.value in titles]
            for code, group in rubric.groups.items()
        },
        "levels": {
            code: [(str(score), f"{score} · {level}") for score, level in enumerate(group.levels)]
            for code, group in rubric.groups.items()
        },
        "seen": {name: seen(raw[name]) for name in fields_of(rubric)},
        "owner": seen(str(request.user.person_id)),
        "total": points(weighted_total(rubric, scores)) if is_scored else None,
        "drafts": drafts,
        "summary_field": SUMMARY,
        "summary": summary,
        "max_reason": MAX_REASON,
        "max_summary": MAX_SUMMARY,
    }


def filing(
    request: AnyRequest, session: Session, case: BusinessCase, review: Review, form: Form[Any]
) -> dict[str, Any]:
    shown = sheet(request, session, case, review, form)
    rubric, drafts, summary = shown["rubric"], shown["drafts"], shown["summary"]
    return {
        **shown,
        "problems": list(dict.fromkeys(lacking(rubric, drafts, summary).values())),
        "digest": actions.filing_digest(rubric, review, shown["snapshot"], drafts, summary),
    }
