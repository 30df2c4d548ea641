"""What a configuration says of an interface is sent as it is, or refused without quoting it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from exporters.sources.rest import Rest, RestSettings
from tests.exporters.sources.asking import HIDDEN, gathered
from tests.services.regional import answering, regional


def test_parameters_headers_and_body_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_KEY", HIDDEN)
    with regional(answering("[]")) as system:
        gathered(
            Rest,
            {
                "url": system.url("/a?fixed=1&state=old"),
                "method": "POST",
                "query": {"state": "all & more", "key": "env:REGION_KEY"},
                "headers": {"X-Tenant": "32.11", "X-Api-Key": "env:REGION_KEY"},
                "body": '{"limit": 10}',
            },
        )
    [asked] = system.asked
    assert asked.query == {"fixed": "1", "state": "all & more", "key": HIDDEN}
    assert (asked.headers["x-tenant"], asked.headers["x-api-key"]) == ("32.11", HIDDEN)
    assert (asked.method, json.loads(asked.body)) == ("POST", {"limit": 10})
    assert asked.headers["content-type"] == "application/json"


ALLOWED: dict[str, Any] = {"url": "https://mpp.example/a"}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"url": "ftp://mpp.example"}, "begins with http"),
        ({"url": "https://user:word@mpp.example/"}, "no user and no password"),
        ({"url": f"https://mpp.example/?api_key={HIDDEN}"}, "api_key is a secret by its name"),
        ({"url": "https://mpp.example/\r\nX: y"}, "no control characters"),
        ({"headers": {"X-Api-Key": HIDDEN}}, "X-Api-Key is a secret by its name"),
        ({"headers": {"Authorization": HIDDEN}}, "Authorization is a secret by its name"),
        ({"query": {"access_token": HIDDEN}}, "access_token is a secret by its name"),
        ({"headers": {"X-Tenant": f"{HIDDEN}\r\nX-Other: 1"}}, "X-Tenant is empty, or holds a line break"),
        ({"headers": {"X Tenant": "1"}}, "letters, digits and hyphens"),
        ({"headers": {"Host": "other.example"}}, "Host is set by itself"),
        ({"headers": {"X-Key": "env:NOT_THERE"}}, "there is no NOT_THERE in the environment"),
        ({"body": "{}"}, "a body is sent with POST only"),
        ({"body": "[1]", "method": "POST"}, "no JSON object"),
        ({"parameters_in": "body"}, "a body is sent with POST only"),
        (
            {"pagination": {"kind": "cursor", "path": "next"}, "format": {"kind": "csv"}},
            "it is a path in JSON",
        ),
        ({"format": {"kind": "xml", "explode": "a"}}, "takes arrays of JSON apart"),
        ({"format": {"kind": "xlsx"}}, "Input should be"),
        ({"allow": "10.0.0.0/99"}, "is no network"),
        (
            {"incremental": {"field": "a", "parameter": "b", "format": "number", "overlap_seconds": 1}},
            "format of time",
        ),
        (
            {"incremental": {"field": "a", "parameter": "b", "initial": "soon"}},
            "initial cannot be read as iso",
        ),
        ({"auth": {"kind": "bearer", "token": HIDDEN}}, "Write env:NAME or file:PATH"),
        ({"unknown": "1"}, "Extra inputs are not permitted"),
    ],
)
def test_setting_that_cannot_be_used_is_refused_without_quoting_it(
    settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        RestSettings.model_validate(ALLOWED | settings)
    assert told in str(caught.value)
    assert HIDDEN not in str(caught.value)


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGION_KEY", HIDDEN)
    settings = RestSettings.model_validate(
        ALLOWED
        | {"headers": {"X-Key": "env:REGION_KEY"}, "auth": {"kind": "bearer", "token": "env:REGION_KEY"}}
    )
    assert HIDDEN not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
