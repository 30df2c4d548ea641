"""Each way of showing who asks; secrets go to their host and nowhere else."""

from __future__ import annotations

import base64
import json
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import ValidationError

from exporters.errors import FetchError, FetchReason
from exporters.sources.client import Answer, Client
from exporters.sources.rest import Rest, RestSettings
from exporters.sources.rest_auth import Credentials, OAuth2
from tests.exporters.probing.certificates import make_certificates
from tests.exporters.sources.asking import HIDDEN, discreet, gathered, with_client
from tests.services.regional import Handler, RegionalSystem, answering, regional


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_SECRET", f"{HIDDEN}:/&=?")


def asked_with(auth: dict[str, str], **settings: object) -> RegionalSystem:
    """A system that was asked once with these credentials."""
    with regional(answering("[]")) as system:
        gathered(Rest, {"url": system.url(), "auth": auth, **settings})
    return system


def test_bearer_token_is_sent() -> None:
    [asked] = asked_with({"kind": "bearer", "token": "env:REGION_SECRET"}).asked
    assert asked.headers["authorization"] == f"Bearer {HIDDEN}:/&=?"


def test_user_and_password_are_sent(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("rahasia-é\n", encoding="utf-8")
    auth = {"kind": "basic", "user": "pantau", "password": f"file:{tmp_path / 'password'}"}
    [asked] = asked_with(auth).asked
    sent = base64.b64decode(asked.headers["authorization"].removeprefix("Basic "))
    assert sent.decode() == "pantau:rahasia-é"


def test_key_is_sent_in_a_header_or_in_the_query() -> None:
    key = {"kind": "api_key", "value": "env:REGION_SECRET"}
    [in_header] = asked_with(key | {"header": "X-Api-Key"}).asked
    [in_query] = asked_with(key | {"query": "api_key"}, query={"state": "all"}).asked
    assert in_header.headers["x-api-key"] == f"{HIDDEN}:/&=?"
    assert in_query.query == {"state": "all", "api_key": f"{HIDDEN}:/&=?"}


def test_client_certificate_is_shown(tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path)
    context = certificates.server("valid")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    tls = {"certificate": str(tmp_path / "valid.pem"), "ca": str(certificates.authority)}
    with regional(answering('[{"id": "1"}]'), context=context) as system:
        [piece] = gathered(Rest, {"url": system.url(), "tls": tls})
    assert piece.rows["id"].to_list() == ["1"]


@pytest.mark.parametrize(
    ("auth", "told"),
    [
        ({"kind": "api_key", "value": "env:REGION_SECRET"}, "one of header and query"),
        (
            {"kind": "api_key", "value": "env:REGION_SECRET", "header": "a", "query": "b"},
            "one of header and query",
        ),
        ({"kind": "api_key", "value": HIDDEN, "header": "a"}, "Write env:NAME or file:PATH"),
        ({"kind": "bearer", "token": "env:BROKEN"}, "holds a line break"),
        ({"kind": "bearer", "token": "env:EMPTY"}, "it is empty"),
        ({"kind": "basic", "user": "a:b", "password": "env:REGION_SECRET"}, "String should match"),
        ({"kind": "digest"}, "does not match any of the expected tags"),
    ],
)
def test_credentials_that_cannot_be_used_are_refused_without_quoting_them(
    auth: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKEN", f"{HIDDEN}\r\nX-Other: 1")
    monkeypatch.setenv("EMPTY", "")
    with pytest.raises(ValidationError) as caught:
        RestSettings.model_validate({"url": "https://mpp.example/", "auth": auth})
    assert told in str(caught.value)
    assert HIDDEN not in str(caught.value)


def test_authorization_stands_in_one_place() -> None:
    with pytest.raises(ValidationError, match="Authorization stands beside auth"):
        RestSettings.model_validate(
            {
                "url": "https://mpp.example/",
                "headers": {"authorization": "env:REGION_SECRET"},
                "auth": {"kind": "bearer", "token": "env:REGION_SECRET"},
            }
        )


class Office:
    """A system with a token endpoint, whose tokens hold for a number of requests."""

    def __init__(self, uses: int = 1_000, **granted: object) -> None:
        self._uses = uses
        self._granted = {"access_token": HIDDEN, "token_type": "Bearer", "expires_in": 3600} | granted
        self._left: Counter[str] = Counter()
        self.given = 0

    async def __call__(self, request: web.Request) -> web.Response:
        if request.path == "/token":
            self.given += 1
            answer = self._granted | {"access_token": f"{self._granted['access_token']}-{self.given}"}
            self._left[f"Bearer {answer['access_token']}"] = self._uses
            return web.json_response(answer)
        token = request.headers.get("Authorization", "")
        self._left[token] -= 1
        return web.json_response([], status=200 if self._left[token] >= 0 else 401)


def oauth(system: RegionalSystem, **entries: str) -> dict[str, object]:
    """Settings with a token endpoint of the same system."""
    auth = {"kind": "oauth2", "client_id": "pantau mpp", "client_secret": "env:REGION_SECRET"}
    return {"url": system.url(), "auth": auth | {"token_url": system.url("/token")} | entries}


def test_token_is_asked_for_once_and_kept() -> None:
    office = Office()
    with regional(office) as system:
        gathered(Rest, oauth(system, scope="read all", audience="mpp"), times=3)
    token, *others = system.asked
    assert [asked.path for asked in others] == ["/records"] * 3
    assert {asked.headers["authorization"] for asked in others} == {f"Bearer {HIDDEN}-1"}
    assert token.method == "POST"
    assert token.headers["content-type"] == "application/x-www-form-urlencoded"
    assert token.body == b"grant_type=client_credentials&scope=read+all&audience=mpp"
    sent = base64.b64decode(token.headers["authorization"].removeprefix("Basic ")).decode()
    assert sent == f"pantau+mpp:{HIDDEN}%3A%2F%26%3D%3F"


def test_name_and_secret_of_the_client_can_be_sent_in_the_body() -> None:
    with regional(Office()) as system:
        gathered(Rest, oauth(system, client_authentication="body"))
    assert "authorization" not in system.asked[0].headers
    assert b"client_secret=hidden-word%3A%2F%26%3D%3F" in system.asked[0].body


def test_token_that_is_refused_is_renewed_once() -> None:
    office = Office(uses=1)
    with regional(office) as system:
        gathered(Rest, oauth(system), times=2)
    paths = [asked.path for asked in system.asked]
    assert paths == ["/token", "/records", "/records", "/token", "/records"]
    with regional(Office(uses=0)) as system, pytest.raises(FetchError) as caught:
        gathered(Rest, oauth(system))
    assert discreet(caught.value).reason is FetchReason.AUTH
    assert [asked.path for asked in system.asked] == ["/token", "/records"] * 2


@pytest.mark.parametrize(
    ("lifetime", "instants", "given"),
    [
        (3600, [0, 3569, 3571, 3572], 2),
        (10, [0, 8, 9.5], 2),
        ("600", [0, 500, 580], 2),
        (None, [0, 10**9], 1),
        ("soon", [0, 10**9], 1),
        (0, [0, 0], 2),
    ],
)
def test_token_is_renewed_before_it_expires(lifetime: object, instants: list[float], given: int) -> None:
    now = 0.0
    posted: list[str] = []

    async def post(url: str, _headers: dict[str, str], _body: bytes) -> Answer:
        posted.append(url)
        document = {"access_token": "t", "expires_in": lifetime}
        return Answer(200, {}, json.dumps(document).encode())

    async def work(_: Client) -> None:
        nonlocal now
        auth = OAuth2.model_validate(
            {
                "kind": "oauth2",
                "token_url": "https://mpp.example/",
                "client_id": "a",
                "client_secret": "env:REGION_SECRET",
            }
        )
        credentials = Credentials(auth, post, lambda: now)
        for instant in instants:
            now = instant
            assert await credentials.headers() == {"Authorization": "Bearer t"}

    with_client(work)
    assert len(posted) == given


def _refusing(code: str) -> Handler:
    return answering(json.dumps({"error": code, "error_description": HIDDEN}), status=401)


@pytest.mark.parametrize(
    ("handler", "reason", "told"),
    [
        (_refusing("invalid_client"), FetchReason.AUTH, "gives no token (invalid_client)"),
        (_refusing(HIDDEN), FetchReason.AUTH, "gives no token. Correct auth.client_id"),
        (answering("no json", status=400), FetchReason.AUTH, "gives no token"),
        (answering("no json"), FetchReason.AUTH, "without a bearer token"),
        (answering("[]"), FetchReason.AUTH, "without a bearer token"),
        (answering('{"access_token": "a\\r\\nX: y"}'), FetchReason.AUTH, "without a bearer token"),
        (answering('{"access_token": ""}'), FetchReason.AUTH, "without a bearer token"),
        (answering('{"access_token": 5}'), FetchReason.AUTH, "without a bearer token"),
        (answering('{"access_token": "a", "token_type": "mac"}'), FetchReason.AUTH, "without a bearer token"),
        (answering("", status=503, Retry_After="9"), FetchReason.BUSY, "status 503"),
        (answering("", status=500), FetchReason.STATUS, "status 500"),
        (answering("", status=302, Location="http://10.0.0.1/"), FetchReason.REDIRECT, "another host"),
        (answering("[" * 100_000), FetchReason.AUTH, "without a bearer token"),
    ],
)
def test_endpoint_that_gives_no_token_says_why(handler: Handler, reason: FetchReason, told: str) -> None:
    with regional(handler) as system, pytest.raises(FetchError) as caught:
        gathered(Rest, oauth(system))
    assert discreet(caught.value).reason is reason
    assert told in str(caught.value)
    assert [asked.path for asked in system.asked] == ["/token"]


def test_token_endpoint_is_guarded_like_any_other() -> None:
    settings = {"kind": "oauth2", "client_id": "a", "client_secret": "env:REGION_SECRET"}
    with regional(answering("[]")) as system, pytest.raises(FetchError) as caught:
        gathered(
            Rest, {"url": system.url(), "auth": settings | {"token_url": "http://169.254.169.254/token"}}
        )
    assert discreet(caught.value).reason is FetchReason.ADDRESS_NOT_ALLOWED
    assert system.asked == []


def _steps() -> list[Callable[[RegionalSystem], dict[str, object]]]:
    place = "env:REGION_SECRET"
    return [
        lambda system: {"url": system.url(), "auth": {"kind": "bearer", "token": place}},
        lambda system: {"url": system.url(), "auth": {"kind": "basic", "user": "a", "password": place}},
        lambda system: {"url": system.url(), "auth": {"kind": "api_key", "query": "key", "value": place}},
        lambda system: {"url": system.url(), "query": {"token": place}, "headers": {"X-Key": place}},
    ]


@pytest.mark.parametrize("settings", _steps())
@pytest.mark.parametrize(
    "handler",
    [
        answering("", status=401),
        answering("", status=302, Location="http://other.example/"),
        answering("{broken"),
        answering("", Content_Encoding="br"),
        answering("x", Content_Encoding="br"),
        answering('[{"a": 1}]', Link=f'<http://other.example/?k={HIDDEN}>; rel="next"'),
    ],
)
def test_secret_is_in_nothing_that_is_told_or_logged(
    settings: Callable[[RegionalSystem], dict[str, object]],
    handler: Handler,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG), regional(handler) as system:
        try:
            pieces = gathered(Rest, settings(system) | {"pagination": {"kind": "link"}})
        except FetchError as error:
            discreet(error)
        except Exception as error:  # noqa: BLE001 - whatever is told
            assert HIDDEN not in str(error)  # noqa: PT017 - it is not certain that something is raised
        else:
            assert HIDDEN not in repr(pieces)
    assert len(system.asked) == 1
    assert HIDDEN not in caplog.text
