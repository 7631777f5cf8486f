"""People, their roles and the second person: from the invitation to the end of a role."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from accounts import account_of, an_account, email_of, mailed_path
from factories import a_unit, an_institution
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.engine import Database
from portfolio.identity.models import Account
from portfolio.notifications.models import Notice
from portfolio.people.models import Institution, Membership, Person
from portfolio.people.terms import Holding, ProposalState, Role
from portfolio.people.viewer import Viewer
from portfolio.settings import Settings
from role_forms import TODAY, answer, proposal, propose, role, roles_now
from visitors import PASSWORD, Page, Visitors


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session, "Ministerio de Salud")


@pytest.fixture
def manager(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.USER_MANAGER, home))


@pytest.fixture
def head(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.HEAD_OF_SERVICE, home))


@pytest.fixture
def admins(database: Database) -> list[Viewer]:
    with database.writing() as session:
        office = an_institution(session, "Oficina central")
    return [an_account(database, (Role.ADMINISTRATOR, office)) for _ in range(2)]


class TestInvitation:
    """A person comes in by a link in a mail, with a role that a second person confirms."""

    FIELDS = {"name": "Rosa Pardo", "email": "Rosa.Pardo@salud.example", "job_title": "Analista", "language": "es"}

    def invite(self, visitors: Visitors, manager: Viewer, home: Institution, **fields: object) -> Page:
        visitor = visitors.of(manager.person_id)
        return visitor.post("/people/invite", {"institution": str(home.id), **self.FIELDS, **role(**fields)})

    def test_from_the_form_to_the_first_page(
        self,
        visitors: Visitors,
        database: Database,
        settings: Settings,
        manager: Viewer,
        home: Institution,
        head: Viewer,
    ) -> None:
        assert self.invite(visitors, manager, home).status == 303
        with database.reading() as session:
            person = session.scalars(select(Person).where(col(Person.name) == "Rosa Pardo")).one()
        rosa = Viewer(person.id, person.name)
        refused = visitors.nobody.post("/sign-in", {"email": person.email, "password": PASSWORD})
        assert refused.status == 422, "nobody signs in before the invitation is accepted"
        path = mailed_path(database, settings, rosa, "invitation")
        assert visitors.nobody.post(path, {"new_password": PASSWORD, "again": PASSWORD}).status == 303
        entered = visitors.nobody.post("/sign-in", {"email": "ROSA.PARDO@salud.example", "password": PASSWORD})
        assert entered.status == 303
        assert roles_now(database, rosa) == []
        assert answer(visitors.of(head.person_id), proposal(database)).status == 303
        assert roles_now(database, rosa) == [Role.CASE_LEAD]

    def test_an_address_that_is_known_gets_the_role_and_no_second_account(
        self, visitors: Visitors, database: Database, manager: Viewer, home: Institution
    ) -> None:
        other = an_account(database)
        email = email_of(database, other)
        led = self.invite(visitors, manager, home, email=email.upper())
        assert led.location.startswith("/people?done=person_known")
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Account)) == 2
        assert proposal(database).person_id == other.person_id

    @pytest.mark.parametrize(
        ("wrong", "name"),
        [
            ({"email": "no address"}, "email"),
            ({"name": ""}, "name"),
            ({"role": "king"}, "role"),
            ({"valid_from": "soon"}, "valid_from"),
        ],
    )
    def test_what_is_wrong_comes_back_beside_its_field(
        self, visitors: Visitors, manager: Viewer, home: Institution, wrong: dict[str, object], name: str
    ) -> None:
        page = self.invite(visitors, manager, home, **wrong)
        assert page.status == 422
        assert page.error(name)
        assert page.value("job_title") == "Analista"

    def test_a_new_link_replaces_the_first(
        self, visitors: Visitors, database: Database, settings: Settings, manager: Viewer, home: Institution
    ) -> None:
        self.invite(visitors, manager, home)
        with database.reading() as session:
            person = session.scalars(select(Person).where(col(Person.name) == "Rosa Pardo")).one()
        rosa = Viewer(person.id, person.name)
        first = mailed_path(database, settings, rosa, "invitation")
        assert visitors.of(manager.person_id).post(f"/people/{person.id}/invitation").status == 303
        assert visitors.nobody.get(first).status == 409
        assert visitors.nobody.get(mailed_path(database, settings, rosa, "invitation")).status == 200


class TestSecondPerson:
    """Neither who proposes nor who receives confirms; the rules are asked twice; the password is asked once more."""

    def test_who_proposed_does_not_confirm(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        assert propose(visitors.of(manager.person_id), lead, home).status == 303
        own = answer(visitors.of(manager.person_id), proposal(database))
        assert own.status == 409
        assert "a second person confirms it" in own.main
        assert Role.CASE_LEAD not in roles_now(database, lead)
        assert answer(visitors.of(head.person_id), proposal(database)).status == 303
        assert Role.CASE_LEAD in roles_now(database, lead)

    def test_who_receives_does_not_confirm(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
    ) -> None:
        propose(visitors.of(manager.person_id), head, home, role="reviewer")
        refused = answer(visitors.of(head.person_id), proposal(database))
        assert refused.status == 409
        assert "of their own" in refused.main

    def test_a_wrong_password_grants_nothing(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        propose(visitors.of(manager.person_id), lead, home)
        page = answer(visitors.of(head.person_id), proposal(database), password="not the phrase")
        assert page.status == 422
        assert page.error("password")
        assert proposal(database).state is ProposalState.PROPOSED

    def test_a_proposal_that_is_not_the_one_shown_is_not_confirmed(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        propose(visitors.of(manager.person_id), lead, home)
        page = answer(visitors.of(head.person_id), proposal(database), digest="f" * 64)
        assert page.status == 409
        assert "not the one that was shown" in page.main

    def test_a_refusal_says_why_and_tells_who_proposed(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        propose(visitors.of(manager.person_id), lead, home)
        second = visitors.of(head.person_id)
        assert answer(second, proposal(database), "refuse").error("reason")
        assert answer(second, proposal(database), "refuse", reason="She leaves in May").status == 303
        with database.reading() as session:
            told = session.scalars(select(Notice).where(col(Notice.kind) == "role_refused")).one()
        assert told.person_id == manager.person_id
        assert answer(second, proposal(database)).status == 409

    def test_rules_are_asked_again_at_the_confirmation(
        self, visitors: Visitors, database: Database, admins: list[Viewer], home: Institution
    ) -> None:
        one, two = (visitors.of(admin.person_id) for admin in admins)
        person = an_account(database, (Role.BUYER, home))
        propose(one, person, home, role="agency_cio")
        first = proposal(database)
        propose(one, person, home, role="directive_head")
        assert answer(two, proposal(database)).status == 303
        late = answer(two, first)
        assert late.status == 409
        assert "at the same time" in late.main
        assert Role.AGENCY_CIO not in roles_now(database, person)

    def test_who_proposed_takes_it_back(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        propose(visitors.of(manager.person_id), lead, home)
        path = f"/people/proposals/{proposal(database).id}/withdraw"
        assert visitors.of(head.person_id).post(path).status == 403
        assert visitors.of(manager.person_id).post(path).status == 303
        assert answer(visitors.of(head.person_id), proposal(database)).status == 409

    def test_those_who_may_confirm_are_told(
        self,
        visitors: Visitors,
        database: Database,
        manager: Viewer,
        head: Viewer,
        admins: list[Viewer],
        home: Institution,
    ) -> None:
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        propose(visitors.of(manager.person_id), lead, home)
        with database.reading() as session:
            told = set(session.scalars(select(col(Notice.person_id)).where(col(Notice.kind) == "role_proposed")))
        assert told == {head.person_id, *(admin.person_id for admin in admins)}


class TestReach:
    """A manager sees and manages the own institution; an administrator all; an auditor reads."""

    def test_a_manager_does_not_find_the_people_of_others(
        self, visitors: Visitors, database: Database, manager: Viewer
    ) -> None:
        with database.writing() as session:
            elsewhere = an_institution(session)
        stranger = an_account(database, (Role.CASE_LEAD, elsewhere))
        visitor = visitors.of(manager.person_id)
        assert visitor.get(f"/people/{stranger.person_id}").status == 404
        assert propose(visitor, stranger, elsewhere).status == 404
        assert stranger.name not in visitor.get("/people").main

    def test_a_manager_proposes_nothing_in_another_institution_nor_a_role_that_decides(
        self, visitors: Visitors, database: Database, manager: Viewer, home: Institution
    ) -> None:
        with database.writing() as session:
            elsewhere = an_institution(session)
        lead = an_account(database, (Role.DIGITAL_EXPERT, home))
        visitor = visitors.of(manager.person_id)
        assert propose(visitor, lead, elsewhere).status == 403
        assert propose(visitor, lead, home, role="directive_head").status == 403
        assert "Head of the directive body" not in visitor.get(f"/people/{lead.person_id}/roles/new").text

    def test_an_auditor_reads_and_changes_nothing(
        self, visitors: Visitors, database: Database, home: Institution, manager: Viewer
    ) -> None:
        auditor = visitors.of(an_account(database, (Role.AUDITOR, home)).person_id)
        assert auditor.get(f"/people/{manager.person_id}").status == 200
        assert propose(auditor, manager, home).status == 403

    def test_the_list_finds_by_name_without_accents_and_goes_on_by_key(
        self, visitors: Visitors, database: Database, manager: Viewer, home: Institution
    ) -> None:
        from factories import a_person

        with database.writing() as session:
            for number in range(120):
                a_person(session, (Role.CASE_LEAD, home), name=f"Ángela {number:03}")
        visitor = visitors.of(manager.person_id)
        assert "Ángela 077" in visitor.get("/people?text=angela+077").main
        seen: list[str] = []
        path = "/people?text=angela"
        for _page in range(4):
            page = visitor.get(path)
            rows = [e for e in page.by_id("people").iter("{http://www.w3.org/1999/xhtml}th") if e.get("scope") == "row"]
            seen += ["".join(row[0].itertext()) for row in rows]
            links = [e for e in page.tree.iter("{http://www.w3.org/1999/xhtml}a") if e.get("rel") == "next"]
            if not links:
                break
            path = links[0].get("href")
        assert seen == [f"Ángela {number:03}" for number in range(120)]
        back = next(e for e in page.tree.iter("{http://www.w3.org/1999/xhtml}a") if e.get("rel") == "prev").get("href")
        assert "Ángela 050" in visitor.get(back).main
        assert visitor.get("/people?at=garbage").status == 200


class TestSubstitutes:
    """A role held for somebody else: dated, one level deep, and gone with the principal's."""

    @pytest.fixture
    def cio(self, database: Database, home: Institution) -> Viewer:
        return an_account(database, (Role.AGENCY_CIO, home))

    def test_a_substitute_is_proposed_granted_and_shown(
        self, visitors: Visitors, database: Database, manager: Viewer, head: Viewer, cio: Viewer, home: Institution
    ) -> None:
        expert = an_account(database, (Role.DIGITAL_EXPERT, home))
        fields = {
            "role": "agency_cio",
            "holding": "substitute",
            "for_email": email_of(database, cio),
            "valid_to": (TODAY + timedelta(days=20)).isoformat(),
        }
        visitor = visitors.of(manager.person_id)
        assert propose(visitor, expert, home, **fields).status == 303
        assert answer(visitors.of(head.person_id), proposal(database)).status == 303
        assert f"As substitute: {cio.name}" in visitors.of(expert.person_id).get("/profile").main

    def test_without_an_end_or_for_nobody_it_is_refused(
        self, visitors: Visitors, database: Database, manager: Viewer, cio: Viewer, home: Institution
    ) -> None:
        expert = an_account(database, (Role.DIGITAL_EXPERT, home))
        visitor = visitors.of(manager.person_id)
        acting = {"role": "agency_cio", "holding": "substitute"}
        assert propose(visitor, expert, home, **acting).error("for_email")
        assert propose(visitor, expert, home, **acting, for_email="nobody@example.org").error("for_email")
        endless = propose(visitor, expert, home, **acting, for_email=email_of(database, cio))
        assert "needs a last day" in endless.error("role")

    def test_it_ends_with_the_role_of_the_person_acted_for(
        self, visitors: Visitors, database: Database, manager: Viewer, cio: Viewer, home: Institution
    ) -> None:
        expert = an_account(database, (Role.DIGITAL_EXPERT, home))
        with database.writing() as session:
            from portfolio.audit.trail import record
            from portfolio.people.viewer import SYSTEM

            acting = Membership(
                person_id=expert.person_id,
                institution_id=home.id,
                role=Role.AGENCY_CIO,
                holding=Holding.SUBSTITUTE,
                for_person_id=cio.person_id,
                valid_from=TODAY - timedelta(days=5),
                valid_to=TODAY + timedelta(days=90),
            )
            session.add(acting)
            record(session, SYSTEM, Tag.ROLE_GRANTED, acting)
            direct = session.scalars(select(Membership).where(col(Membership.person_id) == cio.person_id)).one()
        path = f"/people/{cio.person_id}/roles/{direct.id}/end"
        assert visitors.of(manager.person_id).post(path, {"when": "now", "reason": "Moved on"}).status == 303
        assert Role.AGENCY_CIO not in roles_now(database, expert)
        assert roles_now(database, cio) == []


class TestEnding:
    """Roles end at once or on a day; accounts are disabled; two administrators remain."""

    def membership(self, database: Database, person: Viewer) -> Membership:
        with database.reading() as session:
            return session.scalars(select(Membership).where(col(Membership.person_id) == person.person_id)).one()

    def end(self, visitors: Visitors, actor: Viewer, person: Viewer, row: Membership, **fields: str) -> Page:
        path = f"/people/{person.person_id}/roles/{row.id}/end"
        return visitors.of(actor.person_id).post(path, {"when": "now", "reason": "The post is gone", **fields})

    def test_at_once_and_with_history(
        self, visitors: Visitors, database: Database, manager: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.CASE_LEAD, home))
        row = self.membership(database, lead)
        assert self.end(visitors, manager, lead, row).status == 303
        assert roles_now(database, lead) == []
        assert "Roles that ended" in visitors.of(manager.person_id).get(f"/people/{lead.person_id}").main
        assert self.end(visitors, manager, lead, row).status == 409

    def test_on_a_day_that_is_not_over(
        self, visitors: Visitors, database: Database, manager: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.CASE_LEAD, home))
        row = self.membership(database, lead)
        gone = (TODAY - timedelta(days=3)).isoformat()
        assert self.end(visitors, manager, lead, row, when="day", last_day=gone).error("last_day")
        assert self.end(visitors, manager, lead, row, when="day").error("last_day")
        coming = (TODAY + timedelta(days=3)).isoformat()
        assert self.end(visitors, manager, lead, row, when="day", last_day=coming).status == 303
        assert roles_now(database, lead) == [Role.CASE_LEAD]

    def test_two_administrators_remain(self, visitors: Visitors, database: Database, admins: list[Viewer]) -> None:
        one, two = admins
        refused = self.end(visitors, one, two, self.membership(database, two))
        assert refused.status == 409
        assert "Two administrators" in refused.main

    def test_a_disabled_account_is_out_and_back(
        self, visitors: Visitors, database: Database, admins: list[Viewer], manager: Viewer, home: Institution
    ) -> None:
        lead = an_account(database, (Role.CASE_LEAD, home))
        inside = visitors.of(lead.person_id)
        path = f"/people/{lead.person_id}"
        managing = visitors.of(manager.person_id)
        assert managing.post(f"{path}/disable", {"reason": ""}).error("reason")
        assert managing.post(f"{path}/disable", {"reason": "Lost telephone"}).status == 303
        assert inside.get("/profile").status == 401
        assert managing.post(f"{path}/enable", {"reason": "Found"}).status == 403
        assert visitors.of(admins[0].person_id).post(f"{path}/enable", {"reason": "Found it"}).status == 303
        with database.reading() as session:
            assert account_of(session, lead).disabled_at is None

    def test_a_manager_does_not_disable_who_works_elsewhere_too(
        self, visitors: Visitors, database: Database, manager: Viewer, home: Institution
    ) -> None:
        with database.writing() as session:
            elsewhere = an_institution(session)
        both = an_account(database, (Role.CASE_LEAD, home), (Role.REVIEWER, elsewhere))
        answer_ = visitors.of(manager.person_id).post(f"/people/{both.person_id}/disable", {"reason": "Because"})
        assert answer_.status == 403

    def test_nobody_disables_themselves(self, visitors: Visitors, manager: Viewer) -> None:
        own = visitors.of(manager.person_id).post(f"/people/{manager.person_id}/disable", {"reason": "Because"})
        assert own.status == 409


def test_a_unit_of_another_institution_is_not_taken(
    visitors: Visitors, database: Database, manager: Viewer, home: Institution
) -> None:
    with database.writing() as session:
        foreign = a_unit(session, an_institution(session))
        own = a_unit(session, home, "Informática")
    lead = an_account(database, (Role.DIGITAL_EXPERT, home))
    visitor = visitors.of(manager.person_id)
    assert propose(visitor, lead, home, unit_id=str(foreign.id)).error("unit_id")
    assert propose(visitor, lead, home, unit_id=str(own.id)).status == 303


def test_a_role_never_begins_in_the_past(
    visitors: Visitors, database: Database, manager: Viewer, home: Institution
) -> None:
    lead = an_account(database, (Role.DIGITAL_EXPERT, home))
    past = propose(visitors.of(manager.person_id), lead, home, valid_from=date(2026, 1, 1).isoformat())
    assert past.error("valid_from")


def test_every_step_is_in_the_trail(
    visitors: Visitors, database: Database, manager: Viewer, head: Viewer, home: Institution
) -> None:
    lead = an_account(database, (Role.DIGITAL_EXPERT, home))
    propose(visitors.of(manager.person_id), lead, home)
    answer(visitors.of(head.person_id), proposal(database))
    with database.reading() as session:
        events = session.execute(
            select(col(AuditEvent.action), col(AuditEvent.actor_id)).where(
                col(AuditEvent.action).in_([Tag.ROLE_PROPOSED.value, Tag.ROLE_GRANTED.value, Tag.ACT_PROVED.value])
            )
        ).all()
    assert {(row.action, row.actor_id) for row in events} == {
        (Tag.ROLE_PROPOSED.value, manager.person_id),
        (Tag.ACT_PROVED.value, head.person_id),
        (Tag.ROLE_GRANTED.value, head.person_id),
    }
