"""The headers that every answer carries, those of refusals and files included."""

import pytest

from portfolio.identity.browser import session_cookie
from portfolio.web.templates import static_url
from visitors import Visitors

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "strict-transport-security": "max-age=31536000",
}


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/profile", "/healthz", "/v/14KK", "/api/v1/openapi.json"])
def test_every_answer_carries_them_and_is_kept_by_nobody(visitors: Visitors, path: str) -> None:
    headers = visitors.nobody.raw(path).headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    assert "server" not in headers


def test_a_file_of_ours_is_kept_for_ever_under_its_digest_and_only_there(visitors: Visitors) -> None:
    address = static_url("js/app.js")
    assert "immutable" in visitors.nobody.raw(address).headers["cache-control"]
    assert visitors.nobody.raw(address.partition("?")[0]).headers["cache-control"] == "no-store"
    assert visitors.nobody.raw("/static/js/none.js?v=1").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "testserver.local.evil.example", "", "testserver.local@evil.example"])
def test_another_host_is_no_host_of_ours(visitors: Visitors, host: str) -> None:
    answer = visitors.client.get("/sign-in", headers={"host": host}, follow_redirects=False)
    assert answer.status_code == 400


def test_the_session_cookie_is_bound_to_host_and_transport(visitors: Visitors) -> None:
    cookie = session_cookie(visitors.app.state.runtime.settings, "token").to_header(header="")
    assert cookie.startswith("__Host-pf=token")
    for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert flag.lower() in cookie.lower()
    assert "domain" not in cookie.lower()
