"""Measurements by API: what a system may record with its key, what it is told otherwise, and that nothing is done twice."""

import threading
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from factories import a_person
from kpi_stage import KpiStage, a_kpi_stage, an_indicator
from portfolio.audit.models import AuditEvent
from portfolio.audit.terms import Tag
from portfolio.db.base import utc_now
from portfolio.db.engine import Database
from portfolio.identity.api_keys import make_key, revoke
from portfolio.identity.forms import ApiKeyFields
from portfolio.identity.models import ApiAnswer, ApiKey, Attempt
from portfolio.identity.terms import KeyScope
from portfolio.kpis.models import Indicator, Measurement
from portfolio.kpis.terms import Dimension, MeasuredBy
from portfolio.people.models import Person
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from visitors import Visitors


def today() -> date:
    """Keys live in real time: nobody moves the clock of a system that calls."""
    return utc_now().date()


class Stage:
    """A project with two indicators, a manager of its institution, and a key that writes."""

    def __init__(self, database: Database, visitors: Visitors) -> None:
        self.database, self.client = database, visitors.client
        with database.writing() as session:
            self.kpis: KpiStage = a_kpi_stage(session)
            self.one = an_indicator(session, self.kpis, highest=Decimal(90))
            self.other = an_indicator(session, self.kpis, "Complaints", dimensions=[Dimension.SEX])
            self.manager = a_person(session, (Role.USER_MANAGER, self.kpis.agency))
        self.key = self.a_key()

    def a_key(self, scope: KeyScope = KeyScope.MEASUREMENTS_WRITE, actor: Viewer | None = None, **more: Any) -> str:
        fields = {
            "name": "Enrolment register", "institution": self.kpis.agency.id, "scope": scope,
            "expires_on": today() + timedelta(days=90), "password": "x", **more,
        }  # fmt: skip
        with self.database.writing() as session:
            return make_key(session, actor or self.manager, ApiKeyFields(**fields), today())[0]

    def address(self, one: Indicator | None = None, number: str = "PF-2027-000801") -> str:
        return f"/api/v1/projects/{number}/indicators/{(one or self.one).id}/measurements"

    def send(
        self, body: Any, call: str = "call-0001", *, key: str | None = None, address: str = "", **headers: str
    ) -> Any:
        given = {"authorization": f"Bearer {self.key if key is None else key}", "idempotency-key": call, **headers}
        content = {"content": body} if isinstance(body, (str, bytes)) else {"json": body}
        return self.client.post(
            address or self.address(), headers={"content-type": "application/json", **given}, **content
        )

    def read(self, address: str, key: str | None = None) -> Any:
        return self.client.get(address, headers={"authorization": f"Bearer {key or self.key}"})

    def kept(self) -> list[Measurement]:
        with self.database.reading() as session:
            return list(session.scalars(select(Measurement).order_by(col(Measurement.id))))

    def events(self) -> list[AuditEvent]:
        tags = (Tag.MEASUREMENTS_RECORDED.value, Tag.MEASUREMENT_CORRECTED.value)
        with self.database.reading() as session:
            query = select(AuditEvent).where(col(AuditEvent.action).in_(tags)).order_by(col(AuditEvent.id))
            return list(session.scalars(query))


@pytest.fixture
def stage(database: Database, visitors: Visitors) -> Stage:
    return Stage(database, visitors)


def errors(answer: Any) -> dict[str, str]:
    assert answer.headers["content-type"].startswith("application/problem+json")
    return {one["field"]: one["message"] for one in answer.json().get("errors", [])}


def test_a_value_is_recorded_in_the_name_of_the_system(stage: Stage) -> None:
    answer = stage.send({"period": "2026-07", "value": "12.5", "data_source": "Register"})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["period"], told["value"], told["outcome"], told["ordinal"]) == ("2026-07-31", "12.5", "recorded", 0)
    (row,) = stage.kept()
    assert (row.value, row.measured_by, row.data_source) == (125_000, MeasuredBy.API, "Register")
    (event,) = stage.events()
    with stage.database.reading() as session:
        assert session.get_one(Person, event.actor_id).name == "Enrolment register"
        assert session.scalars(select(ApiKey)).one().last_used_at is not None
    assert event.actor_id == row.by_id
    assert '"interface"' in event.canon


def test_the_same_call_again_is_answered_alike_and_done_once(stage: Stage) -> None:
    first = stage.send({"period": "2026-07", "value": 9})
    again = stage.send({"period": "2026-07", "value": 9})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(stage.kept()) == len(stage.events()) == 1


def test_the_name_of_a_call_is_not_used_for_another(stage: Stage) -> None:
    stage.send({"period": "2026-07", "value": 9})
    answer = stage.send({"period": "2026-06", "value": 9})
    assert answer.status_code == 422
    assert "Idempotency-Key" in errors(answer)
    assert len(stage.kept()) == 1


def test_the_same_value_by_another_call_is_nothing_new(stage: Stage) -> None:
    stage.send({"period": "2026-07", "value": 9})
    answer = stage.send({"period": "2026-07-15", "value": "9.0"}, "call-0002")
    assert (answer.status_code, answer.json()["outcome"]) == (200, "unchanged")
    assert len(stage.kept()) == len(stage.events()) == 1


def test_a_correction_needs_a_reason_and_keeps_the_old_value(stage: Stage) -> None:
    first = stage.send({"period": "2026-07", "value": 9}).json()
    refused = stage.send({"period": "2026-07", "value": 8}, "call-0002")
    assert (refused.status_code, list(errors(refused))) == (422, ["reason"])
    answer = stage.send({"period": "2026-07", "value": 8, "reason": "Two offices reported late"}, "call-0003")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["outcome"], answer.json()["corrects"]) == ("corrected", first["id"])
    assert [(row.ordinal, row.value) for row in stage.kept()] == [(0, 90_000), (1, 80_000)]
    assert [event.action for event in stage.events()] == [
        Tag.MEASUREMENTS_RECORDED.value,
        Tag.MEASUREMENT_CORRECTED.value,
    ]
    listed = stage.read(stage.address()).json()["items"]
    assert [(one["value"], one["is_valid"]) for one in listed] == [("9", False), ("8", True)]


REFUSED = {
    "a period that has not ended": ({"period": "2199-12", "value": 9}, 422, "period"),
    "a period before the first": ({"period": "2026-04", "value": 9}, 422, "period"),
    "a day that is none": ({"period": "2026-02-30", "value": 9}, 422, "period"),
    "no value and no note": ({"period": "2026-07"}, 422, "note"),
    "a value that looks unusual": ({"period": "2026-07", "value": 99}, 422, "confirmed"),
    "an unusual value without a note": ({"period": "2026-07", "value": 99, "confirmed": True}, 422, "note"),
    "a value that cannot be": ({"period": "2026-07", "value": -3, "confirmed": True, "note": "x"}, 422, "value"),
    "too many decimals": ({"period": "2026-07", "value": "9.00001"}, 422, "value"),
    "too many digits": ({"period": "2026-07", "value": "9999999999999999"}, 422, "value"),
    "a group that the indicator is not told apart by": (
        {"period": "2026-07", "value": 9, "group": {"sex": "women"}},
        422,
        "group",
    ),
    "a value that is no number": ({"period": "2026-07", "value": "NaN"}, 400, "value"),
    "a value beyond all numbers": ('{"period": "2026-07", "value": 1e999}', 400, ""),
    "a value with an enormous exponent": ({"period": "2026-07", "value": "1e999999"}, 400, "value"),
    "a period that is no text": ({"period": 7, "value": 9}, 400, "period"),
    "a field that there is not": ({"period": "2026-07", "value": 9, "by_id": "x"}, 400, "by_id"),
    "a sign that no text holds": ({"period": "2026-07", "value": 9, "note": "a\x00b"}, 400, "note"),
    "a long note": ({"period": "2026-07", "value": 9, "note": "ñ" * 100_000}, 400, "note"),
    "a list": ([1, 2, 3], 400, ""),
    "nothing": ("", 400, ""),
    "no JSON": ("{'period'", 400, ""),
    "a deep hole": ("[" * 100_000, 400, ""),
    "a cut letter": (b'{"period": "2026-07", "note": "\xed\xa0\x80"}', 400, ""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_taken_is_a_problem_with_its_field(stage: Stage, what: str) -> None:
    body, status, field = REFUSED[what]
    answer = stage.send(body)
    assert answer.status_code == status, answer.text
    found = errors(answer)
    assert not field or field in found or any(name.endswith(field) for name in found), answer.text
    assert stage.kept() == []


@pytest.mark.parametrize("call", ["", "short", "with a space", "ñandú-ñandú", "x" * 81])
def test_a_call_needs_a_name(stage: Stage, call: str) -> None:
    given = {"authorization": f"Bearer {stage.key}", **({"idempotency-key": call.encode()} if call else {})}
    answer = stage.client.post(stage.address(), headers=given, json={"period": "2026-07", "value": 9})  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert stage.kept() == []


def test_a_group_is_recorded_beside_the_whole(stage: Stage) -> None:
    address = stage.address(stage.other)
    stage.send({"period": "2026-07", "value": 30}, address=address)
    answer = stage.send({"period": "2026-07", "value": 12, "group": {"sex": "Women"}}, "call-0002", address=address)
    assert (answer.status_code, answer.json()["group"]) == (201, {"sex": "women"})
    sly = stage.send({"period": "2026-07", "value": 1, "group": {"sex": "x;age=old"}}, "call-0003", address=address)
    assert (sly.status_code, list(errors(sly))) == (422, ["group"])


@pytest.mark.parametrize("kind", ["", "pfk_nobody", "ñ"])
def test_a_key_that_is_none_is_refused_and_counted(stage: Stage, kind: str) -> None:
    given = {"authorization": f"Bearer {kind}".encode(), "idempotency-key": b"call-0001"}
    answer = stage.client.post(stage.address(), headers=given, json={"period": "2026-07", "value": 9})  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    with stage.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attempt).where(col(Attempt.scope) == "api.key")) == 1


def test_guessing_is_slowed_down(stage: Stage) -> None:
    statuses = [stage.read(stage.address(), f"pfk_{number}").status_code for number in range(62)]
    assert statuses == [401] * 60 + [429] * 2
    assert stage.read(stage.address()).status_code == 429


def test_a_key_ends_with_its_last_day_and_with_its_revocation(stage: Stage) -> None:
    old = stage.a_key(expires_on=today())
    assert stage.read(stage.address(), old).status_code == 200
    with stage.database.writing() as session:
        row = session.scalars(select(ApiKey).order_by(col(ApiKey.id).desc())).first()
        assert row is not None
        revoke(session, stage.manager, row, "It leaked")
    assert stage.read(stage.address(), old).status_code == 401


def test_an_expired_key_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    key = stage.a_key(expires_on=today())
    monkeypatch.setattr("portfolio.identity.api_keys.works", lambda row, on: row.expires_on >= on + timedelta(days=1))
    assert stage.read(stage.address(), key).status_code == 401


def test_a_key_that_reads_does_not_write(stage: Stage) -> None:
    key = stage.a_key(KeyScope.MEASUREMENTS_READ)
    assert stage.read(stage.address(), key).status_code == 200
    assert stage.send({"period": "2026-07", "value": 9}, key=key).status_code == 403


def test_a_project_of_another_institution_is_not_there(stage: Stage) -> None:
    with stage.database.writing() as session:
        elsewhere = a_kpi_stage(session, number="PF-2027-000802")
        theirs = an_indicator(session, elsewhere)
    for address in (
        stage.address(theirs, "PF-2027-000802"),
        stage.address(theirs),
        stage.address(number="PF-2027-999999"),
        stage.address(number="%00"),
    ):
        assert stage.send({"period": "2026-07", "value": 9}, address=address).status_code == 404, address
        assert stage.read(address).status_code == 404, address
    assert stage.kept() == []


def test_a_session_s_cookie_opens_nothing_here(stage: Stage, visitors: Visitors) -> None:
    visitor = visitors.of(stage.kpis.lead.person_id)
    assert visitor.raw(stage.address()).status_code == 401


def test_two_equal_calls_at_once_are_one(stage: Stage) -> None:
    answers = at_once([lambda: stage.send({"period": "2026-07", "value": 9})] * 4)
    assert [answer.status_code for answer in answers] == [201] * 4, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(stage.kept()) == len(stage.events()) == 1


def test_of_two_different_values_at_once_one_is_recorded(stage: Stage) -> None:
    answers = at_once(
        [lambda n=n: stage.send({"period": "2026-07", "value": n}, f"call-000{n}") for n in range(7, 10)]  # type: ignore[misc]
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    assert len(stage.kept()) == 1


def at_once(calls: list[Any]) -> list[Any]:
    gate, answers = threading.Barrier(len(calls)), list[Any]()

    def run(call: Any) -> None:
        gate.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_lists_go_on_from_their_cursor(stage: Stage) -> None:
    for number, month in enumerate(("2026-05", "2026-06", "2026-07")):
        stage.send({"period": month, "value": 9 + number}, f"call-000{number}")
    found, after = [], ""
    for _page in range(3):
        answer = stage.read(f"{stage.address()}?limit=1&after={after}").json()
        found += [one["period"] for one in answer["items"]]
        after = answer["next"]
    assert (found, after) == (["2026-05-31", "2026-06-30", "2026-07-31"], None)
    base = stage.address().split("/indicators/")[0] + "/indicators"
    first = stage.read(f"{base}?limit=1").json()
    second = stage.read(f"{base}?limit=1&after={first['next']}").json()
    assert {first["items"][0]["name"], second["items"][0]["name"]} == {"Days to resolve", "Complaints"}
    assert second["next"] is None
    assert first["items"][0]["newest"] == {"period": "2026-07-31", "value": "11"}
    assert list(errors(stage.read(f"{base}?after=garbage"))) == ["after"]
    assert stage.read(f"{base}?limit=0").status_code == 400


def test_answers_are_kept_for_some_days(stage: Stage) -> None:
    from portfolio.identity import api_answers

    stage.send({"period": "2026-07", "value": 9})
    with stage.database.writing() as session:
        session.scalars(select(ApiAnswer)).one().created_at -= timedelta(days=8)
    with stage.database.writing() as session:
        api_answers.purge(session)
        assert session.scalar(select(func.count()).select_from(ApiAnswer)) == 0


def test_the_document_of_the_api_tells_how(stage: Stage) -> None:
    document = stage.client.get("/api/v1/openapi.json").json()
    path = "/api/v1/projects/{project}/indicators/{indicator}/measurements"
    post = document["paths"][path]["post"]
    assert post["security"] == [{"key": []}]
    assert {"201", "200", "401", "404", "409", "422", "429"} <= set(post["responses"])
    assert any(one["name"] == "Idempotency-Key" and one["required"] for one in post["parameters"])
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert '"2026-08"' in stage.client.get("/api/v1/openapi.json").text
