"""The book of addresses says what the router says."""

import uuid

import pytest
from litestar import Litestar, get, post
from litestar.exceptions import NoRouteMatchFoundException
from litestar.params import FromPath

from portfolio.web.addresses import AddressBook


@get("/cases", name="list")
async def cases() -> None:
    return None


@get("/cases/{case_id:uuid}", name="case")
async def case(case_id: FromPath[uuid.UUID]) -> None:
    return None


@get("/cases/{case_id:uuid}/versions/{number:int}", name="version")
async def version(case_id: FromPath[uuid.UUID], number: FromPath[int]) -> None:
    return None


def test_addresses_with_and_without_ids() -> None:
    app = Litestar([cases, case, version])
    book, one, other = AddressBook(app), uuid.uuid4(), uuid.uuid4()
    assert book("list") == "/cases"
    for id_ in (one, other, one):
        assert book("case", case_id=id_) == f"/cases/{id_}" == app.route_reverse("case", case_id=id_)
    assert book("version", case_id=one, number=3) == f"/cases/{one}/versions/3"


def test_what_the_router_does_not_know_is_refused_every_time() -> None:
    book = AddressBook(Litestar([cases, case]))
    for _ in range(2):
        with pytest.raises(NoRouteMatchFoundException):
            book("nowhere")
        with pytest.raises(NoRouteMatchFoundException):
            book("case")


@post("/cases/{case_id:uuid}/withdrawal", name="withdraw")
async def withdraw(case_id: FromPath[uuid.UUID]) -> None:
    return None


def test_the_page_above_an_act() -> None:
    book, one = AddressBook(Litestar([cases, case, version, withdraw])), uuid.uuid4()
    assert book.page_above("/cases") == "/cases"
    assert book.page_above(f"/cases/{one}/withdrawal") == f"/cases/{one}"
    assert book.page_above(f"/cases/{one}/versions/3") == f"/cases/{one}/versions/3"
    assert book.page_above(f"/cases/{one}/versions") == f"/cases/{one}"
    assert book.page_above("/nowhere/at/all") == "/"
