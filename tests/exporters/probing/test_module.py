"""Modules: what may stand in one."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import ValidationError

from exporters.probing import Module
from exporters.probing.engine import PROBERS
from tests.exporters.probing.servers import OK, module, probed


@pytest.mark.parametrize("prober", PROBERS)
def test_module_of_every_prober_needs_no_further_entry(prober: str) -> None:
    assert Module.model_validate({"prober": prober}).prober == prober


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"retries": 3}, "retries"),
        ({"http": {"verfy": True}}, "verfy"),
        ({"http": {"tls": {"insecure": True}}}, "insecure"),
        ({"prober": "icmp"}, "prober"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
        ({"timeout_seconds": "nan"}, "timeout_seconds"),
        ({"prober": "tcp", "http": {}}, "Remove http"),
        ({"http": {"status": "7xx"}}, "http.status"),
        ({"http": {"status": []}}, "http.status"),
        ({"http": {"method": "DELETE"}}, "http.method"),
        ({"http": {"body_matches": "("}}, "http.body_matches"),
        ({"http": {"redirects": {"follow": "anywhere"}}}, "http.redirects.follow"),
        ({"prober": "tcp", "tcp": {"port": 0}}, "tcp.port"),
        ({"prober": "dns", "dns": {"expected": "a.test"}}, "dns.expected"),
        ({"allow": ["10.0.0.1/8"]}, "allow"),
    ],
)
def test_entry_that_is_wrong_is_refused_by_its_name(entries: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Module.model_validate(entries)
    places = [".".join(map(str, item["loc"])) + item["msg"] for item in refused.value.errors()]
    assert any(problem in place for place in places)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Key": "secret\r\nX-Injected: 1"},
        {"X-Key": "secret\nmore"},
        {"X-Key\r\nX-Injected": "secret"},
        {"X Key": "secret"},
        {"": "secret"},
        {"X-Key": "secret\x00"},
        {"X-Key": "secrét"},
        {"Host": "secret"},
        {"content-length": "secret"},
    ],
)
def test_header_that_could_change_the_request_is_refused_without_its_value(headers: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        Module.model_validate({"http": {"headers": headers}})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("path", ["/a\r\nX-Injected: secret", "/a secret", "secret"])
def test_path_that_could_change_the_request_is_refused_without_its_value(path: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Module.model_validate({"http": {"path": path}})
    assert "secret" not in str(refused.value)


def test_value_of_a_header_is_not_shown() -> None:
    rules = Module.model_validate({"http": {"headers": {"Authorization": "Bearer secret"}}})
    assert "secret" not in repr(rules)


def test_request_is_as_the_module_says() -> None:
    asked: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)

    headers = {"Authorization": "Bearer secret", "user-agent": "mine"}
    result = probed(handle, module(http={"path": "/health?deep=1", "headers": headers}))
    assert result.up
    assert "secret" not in repr(result)
    lines = asked[0].decode().split("\r\n")
    assert lines[0] == "GET /health?deep=1 HTTP/1.1"
    assert {"Authorization: Bearer secret", "Accept-Encoding: identity", "Connection: close"} <= set(lines)
    assert [line for line in lines if line.lower().startswith("user-agent")] == ["user-agent: mine"]
