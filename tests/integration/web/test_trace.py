"""One id from the answer to the trail and the log; a log without addresses; clients that take for ever."""

import asyncio
import io
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
import uvicorn
from sqlalchemy import select
from sqlmodel import col

from accounts import an_account, email_of
from factories import an_institution
from portfolio.audit.models import AuditEvent
from portfolio.db.engine import Database
from portfolio.people.models import Institution
from portfolio.people.terms import Role
from portfolio.people.viewer import Viewer
from portfolio.web import impatience, trace
from portfolio.web.forms import BadBody
from portfolio.web.logs import ACCESS, AccessLog, JsonLines
from visitors import Visitors


@pytest.fixture
def home(database: Database) -> Institution:
    with database.writing() as session:
        return an_institution(session)


@pytest.fixture
def lead(database: Database, home: Institution) -> Viewer:
    return an_account(database, (Role.CASE_LEAD, home))


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    ACCESS.addHandler(handler)
    ACCESS.setLevel(logging.INFO)
    yield stream
    ACCESS.removeHandler(handler)
    ACCESS.setLevel(logging.NOTSET)


def test_the_answer_the_page_and_the_event_bear_the_same_reference(
    visitors: Visitors, database: Database, lead: Viewer
) -> None:
    wrong = visitors.nobody.post("/sign-in", {"email": email_of(database, lead), "password": "not this one"})
    given = wrong.headers[trace.HEADER]
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    assert event is not None
    assert json.loads(event.canon)["request"] == {**trace.origin(), "id": given}
    lost = visitors.of(lead.person_id).get("/cases/01890a5d-ac96-774b-bcce-b302099a8057")
    assert (lost.status, lost.headers[trace.HEADER] in lost.main) == (404, True)
    assert visitors.nobody.get("/nowhere").headers[trace.HEADER] not in ("", given)


def test_a_browser_does_not_choose_the_reference_and_the_proxy_does(visitors: Visitors) -> None:
    assert (
        visitors.nobody.get("/sign-in", headers={"x-request-id": "chosen-by-me"}).headers[trace.HEADER]
        != "chosen-by-me"
    )
    runtime = visitors.app.state.runtime
    visitors.app.state.runtime = replace(runtime, settings=replace(runtime.settings, trusted_proxy=True))
    assert (
        visitors.nobody.get("/sign-in", headers={"x-request-id": "by-the-proxy"}).headers[trace.HEADER]
        == "by-the-proxy"
    )


def test_the_access_log_names_routes_and_nothing_that_stood_in_an_address(
    visitors: Visitors, written: io.StringIO, lead: Viewer
) -> None:
    async def visit() -> None:
        transport = httpx.ASGITransport(app=AccessLog(visitors.app))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="https://testserver.local") as client:
            await client.get("/choose-password/canary-of-a-token-that-works-once")
            await client.get("/sign-in?then=/canary-of-a-question")
            await client.get("/canary-of-nowhere?password=canary")

    asyncio.run(visit())
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/choose-password/{token}", 409),
        ("/sign-in", 200),
        ("-", 404),
    ]
    assert all(line["request"] and line["ms"] >= 0 for line in lines)
    assert "canary" not in written.getvalue()


def test_a_body_that_trickles_is_refused_and_a_whole_one_waits_for_the_end() -> None:
    async def slow() -> dict[str, object]:
        await asyncio.sleep(5)
        return {"type": "http.request"}

    async def whole() -> dict[str, object]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def walk() -> None:
        with pytest.raises(BadBody):
            await impatience.patient_until(slow, 0.05)()  # type: ignore[arg-type]
        patient = impatience.patient_until(whole, 0.5)  # type: ignore[arg-type]
        await patient()
        await patient()

    asyncio.run(walk())


def test_a_connection_without_a_whole_head_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(impatience, "HEAD_SECONDS", 0.3)

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b"ok"})  # type: ignore[operator]

    server = uvicorn.Server(
        uvicorn.Config(app, http=impatience.ImpatientProtocol, lifespan="off", log_config=None, loop="asyncio")
    )
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + 5
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        with socket.create_connection(listening.getsockname(), timeout=3) as half:
            half.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            assert half.recv(100) == b"", "closed, without an answer"
        with socket.create_connection(listening.getsockname(), timeout=3) as good:
            good.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"ok"):
                answer += good.recv(1000)
            good.sendall(b"GET / HTTP/1.1\r\nHost:")
            assert good.recv(100) == b"", "a later head is waited for no longer than the first"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
