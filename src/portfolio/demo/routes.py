"""The first page of a demonstration: the people by role, and one click to be any of them. Not wired in production mode."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from portfolio.db.clock import now
from portfolio.demo.load import password_of
from portfolio.demo.stories import read
from portfolio.errors import NotFound
from portfolio.i18n import N_, gettext
from portfolio.identity.actions import opened
from portfolio.identity.browser import address_of_client, agent_of, session_cookie
from portfolio.identity.models import Account
from portfolio.identity.terms import SignInMethod
from portfolio.labels import label
from portfolio.people.models import Person
from portfolio.people.permissions import Permission
from portfolio.people.terms import Role
from portfolio.web.formatting import country_zone, day
from portfolio.web.forms import Submitted
from portfolio.web.pages import page
from portfolio.web.runtime import runtime

AnyRequest = Request[Any, Any, Any]

GROUPS: tuple[tuple[str, tuple[Role, ...]], ...] = (
    (
        N_("An institution writes its case"),
        (
            Role.CASE_LEAD,
            Role.FINANCE_MANAGER,
            Role.DIGITAL_EXPERT,
            Role.AGENCY_CIO,
            Role.HEAD_OF_SERVICE,
            Role.BUYER,
            Role.USER_MANAGER,
        ),
    ),
    (
        N_("The directive body judges it"),
        (Role.DIRECTIVE_ANALYST, Role.DIRECTIVE_HEAD, Role.STANDARDS_OFFICER, Role.REVIEW_SECRETARY),
    ),
    (N_("Peers review it"), (Role.REVIEWER,)),
    (
        N_("The strategic body sets priorities"),
        (Role.COMMISSION_SECRETARY, Role.COMMISSION_CHAIR, Role.COMMISSION_MEMBER),
    ),
    (N_("The budget office decides"), (Role.BUDGET_ANALYST, Role.BUDGET_DECIDER)),
    (N_("Others verify, audit and administer"), (Role.PROCUREMENT_VERIFIER, Role.AUDITOR, Role.ADMINISTRATOR)),
)


@dataclass(frozen=True, slots=True)
class Introduced:
    """A person of the demonstration as the first page shows them."""

    key: str
    name: str
    job_title: str
    roles: str
    institution: str


@dataclass(frozen=True, slots=True)
class Group:
    """People of one side of the road."""

    title: str
    people: list[Introduced]


def introduced() -> list[Group]:
    """Everybody of the data, by the group of their first role; whoever fits no group is left out."""
    data = read("country")
    places = {row["code"]: row["name"] for row in data["institutions"]}
    groups: dict[str, list[Introduced]] = {title: [] for title, _roles in GROUPS}
    for row in data["people"]:
        roles = [Role(held["role"]) for held in row["roles"]]
        first = Role.REVIEWER if len(roles) > 1 and Role.REVIEWER in roles and "_" in row["key"] else roles[0]
        title = next((title for title, members in GROUPS if first in members), None)
        if title is None:
            continue
        words = ", ".join(label(role) for role in roles)
        groups[title].append(Introduced(row["key"], row["name"], row["title"], words, places[row["roles"][0]["at"]]))
    return [Group(gettext(title), people) for title, people in groups.items()]


@get("/demo", name="demo.people", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def show_people(request: AnyRequest, session: NamedDependency[Session]) -> Response[Any]:
    return page(
        request,
        "demo/people.html",
        groups=introduced(),
        password=password_of(runtime(request).settings),
        demo_today=day(now(session).astimezone(country_zone()).date()),
    )


@post("/demo", permission=Permission.PUBLIC, sync_to_thread=True, include_in_schema=False)
def become(
    request: AnyRequest, session: NamedDependency[Session], submitted: NamedDependency[Submitted]
) -> Response[Any]:
    """One click: a session as that person. `scope["user"]` may be somebody else, who is left behind."""
    account = session.scalar(
        select(Account)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(col(Person.email) == f"{submitted.text('person').replace('_', '.')}@demo.example")
    )
    if account is None or account.disabled_at is not None:
        raise NotFound
    outcome = opened(session, account, SignInMethod.DEMONSTRATION, address_of_client(request), agent_of(request))
    session.commit()
    cookie = session_cookie(runtime(request).settings, outcome.token)
    return Redirect(request.app.route_reverse("desk.waiting"), status_code=303, cookies=[cookie])


def routes() -> list[Any]:
    return [show_people, become]
