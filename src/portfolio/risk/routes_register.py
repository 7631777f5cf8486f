"""The register of a project in the browser: the list with its matrix, a new risk, its words edited, issues."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from portfolio.errors import FieldRefused, Refused
from portfolio.i18n import N_
from portfolio.i18n import gettext as _
from portfolio.labels import label
from portfolio.people.permissions import Permission
from portfolio.projects.frame import TabSpec, register_tab
from portfolio.risk.catalogue import catalogue
from portfolio.risk.forms import IssueFields, RaiseFields, ResolveFields, RiskFields
from portfolio.risk.issues import IssueWords, raise_issue, resolve
from portfolio.risk.models import Risk
from portfolio.risk.opened import AnyRequest, Opened, choices, head, opened
from portfolio.risk.queries import get_issue, get_risk
from portfolio.risk.register import edit_risk, raise_risk
from portfolio.risk.register_page import asked_of, register_page
from portfolio.risk.terms import Severity
from portfolio.web import flash
from portfolio.web.forms import Form, Submitted, bind, blank
from portfolio.web.pages import done, invalid, page, taken_back

Answer = Response[Any]
REGISTER, NEW, EDIT, ISSUE, RESOLVE = (f"risk/{name}.html" for name in ("register", "new", "edit", "issue", "resolve"))

register_tab(TabSpec(50, "risk.register", N_("Risks"), Permission.PROJECT_READ))
flash.register(
    {
        "risk_raised": N_("The risk is on the register."),
        "risk_edited": N_("The risk was edited."),
        "issue_raised": N_("The issue is on the list."),
        "issue_resolved": N_("The issue is resolved."),
    }
)


@get(
    "/projects/{project_id:uuid}/risks",
    name="risk.register",
    permission=Permission.PROJECT_READ,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_register(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Answer:
    found = opened(request, session, project_id)
    return page(
        request,
        REGISTER,
        frame=head(session, found),
        register=register_page(session, found.pack, found.project, asked_of(request), found.url_for),
        project_id=project_id,
        can_write=found.may(Permission.RISK_WRITE),
    )


@get(
    "/projects/{project_id:uuid}/risks/new",
    name="risk.new",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Answer:
    """`?catalogue=R45` fills in what the catalogue says."""
    found = opened(request, session, project_id)
    entry = catalogue().get(request.query_params.get("catalogue", ""))
    given = {} if entry is None else {
        "catalogue": entry.code, "event": str(entry.event), "category": entry.category.value
    }  # fmt: skip
    return page(request, NEW, **_form_page(session, found, blank(RaiseFields, **given)))


@post(
    "/projects/{project_id:uuid}/risks/new",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    form = bind(RaiseFields, submitted)
    if form.value is not None:
        try:
            said = form.value.said(found.initiative.currency)
            risk = raise_risk(session, found.viewer, found.pack, found.project, said, form.value.points())
        except FieldRefused as error:
            form = taken_back(session, form, error)
        except ValueError as error:
            form = form.with_error("contingent", str(error))
        else:
            return done(request, session, address_of(request, risk), say="risk_raised")
    return invalid(request, NEW, **_form_page(session, found, form))


@get(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/edit",
    name="risk.edit",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_edit(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    risk = get_risk(session, found.project, risk_id)
    if not risk.is_live:
        raise Refused(_("This risk is closed or has occurred."))
    form: Form[RiskFields] = Form(RiskFields.typed(risk))
    return page(request, EDIT, risk=risk, **_form_page(session, found, form))


@post(
    "/projects/{project_id:uuid}/risks/{risk_id:uuid}/edit",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_edit(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    risk_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    risk = get_risk(session, found.project, risk_id)
    form = bind(RiskFields, submitted)
    if form.value is not None:
        try:
            edit_risk(session, found.viewer, found.pack, found.project, risk, form.value.said(risk.currency))
        except FieldRefused as error:
            form = taken_back(session, form, error)
        except ValueError as error:
            form = form.with_error("contingent", str(error))
        else:
            return done(request, session, address_of(request, risk), say="risk_edited")
    return invalid(request, EDIT, risk=risk, **_form_page(session, found, form))


@get(
    "/projects/{project_id:uuid}/issues/new",
    name="risk.new_issue",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_new_issue(request: AnyRequest, session: NamedDependency[Session], project_id: FromPath[uuid.UUID]) -> Answer:
    found = opened(request, session, project_id)
    return page(request, ISSUE, **_issue_page(session, found, blank(IssueFields)))


@post(
    "/projects/{project_id:uuid}/issues/new",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_new_issue(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    form = bind(IssueFields, submitted)
    if form.value is None:
        return invalid(request, ISSUE, **_issue_page(session, found, form))
    raise_issue(session, found.viewer, found.project, issue_words(form.value))
    return done(request, session, found.url_for("risk.register", project_id=project_id), say="issue_raised")


@get(
    "/projects/{project_id:uuid}/issues/{issue_id:uuid}/resolve",
    name="risk.resolve_issue",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def show_resolve(
    request: AnyRequest,
    session: NamedDependency[Session],
    project_id: FromPath[uuid.UUID],
    issue_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    issue = get_issue(session, found.project, issue_id)
    return page(request, RESOLVE, issue=issue, **_issue_page(session, found, blank(ResolveFields)))


@post(
    "/projects/{project_id:uuid}/issues/{issue_id:uuid}/resolve",
    permission=Permission.RISK_WRITE,
    sync_to_thread=True,
    include_in_schema=False,
)
def submit_resolve(
    request: AnyRequest,
    session: NamedDependency[Session],
    submitted: NamedDependency[Submitted],
    project_id: FromPath[uuid.UUID],
    issue_id: FromPath[uuid.UUID],
) -> Answer:
    found = opened(request, session, project_id)
    issue = get_issue(session, found.project, issue_id)
    form = bind(ResolveFields, submitted)
    if form.value is None:
        return invalid(request, RESOLVE, issue=issue, **_issue_page(session, found, form))
    resolve(session, found.viewer, found.project, issue, form.value.resolution)
    return done(request, session, found.url_for("risk.register", project_id=project_id), say="issue_resolved")


def address_of(request: AnyRequest, risk: Risk) -> str:
    return request.app.route_reverse("risk.show", project_id=risk.project_id, risk_id=risk.id)


def issue_words(fields: IssueFields) -> IssueWords:
    return IssueWords(fields.description, fields.severity, fields.issue_owner, fields.issue_due_on)


def _form_page(session: Session, found: Opened, form: Form[Any]) -> dict[str, Any]:
    return {
        "frame": head(session, found),
        "form": form,
        "lists": choices(session, found),
        "currency": found.initiative.currency,
        "project_id": found.project.id,
    }


def _issue_page(session: Session, found: Opened, form: Form[Any]) -> dict[str, Any]:
    return {
        "frame": head(session, found),
        "form": form,
        "severities": [(member.value, label(member)) for member in Severity],
        "project_id": found.project.id,
    }


def routes() -> list[Any]:
    return [
        show_register,
        show_new,
        submit_new,
        show_edit,
        submit_edit,
        show_new_issue,
        submit_new_issue,
        show_resolve,
        submit_resolve,
    ]
