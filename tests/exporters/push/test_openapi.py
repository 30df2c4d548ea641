"""The OpenAPI document says what the push does: schemathesis holds the two together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as bounded
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from checks.compile import load_contract
from exporters.intake import Delivery
from exporters.push.body import KINDS
from exporters.push.openapi import document
from exporters.push.page import page
from exporters.push.settings import PushSettings
from metrics.datasets import DATASETS
from metrics.errors import StoreUnavailable
from tests.exporters.push.serving import MINE, NDJSON, Client, Site, site

Operation = APIOperation[Any, Any, Any, Any]
EXAMPLES = 12
CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SURVEY = {
    "region": MINE,
    "id": "s",
    "observed_at": "2026-01-02T00:00:00Z",
    "answered": "2026-01-01T00:00:00Z",
}
STATUSES = {"200", "400", "401", "403", "408", "413", "415", "422", "429", "500", "503"}


@schemathesis.serializer("application/x-ndjson", "application/jsonl")
def as_lines(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """Records, one a line; whatever else is generated, as it is."""
    found = value if isinstance(value, list) else [value]
    return "".join(json.dumps(one) + "\n" for one in found).encode("utf-8", "surrogatepass")


@schemathesis.serializer("text/csv", "application/vnd.apache.parquet")
def as_bytes(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """What is generated, which is hardly ever a table."""
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def sender(running: Site) -> Client:
    """A client that may send everything."""
    return running.client("*", datasets=tuple(DATASETS))


def operations(port: int) -> Iterator[Operation]:
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/v1/openapi.json")
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def test_document_has_every_record_set_with_the_columns_of_its_contract() -> None:
    content = document(PushSettings())
    assert set(content["paths"]) == {f"/v1/{name}" for name in DATASETS}
    for name in DATASETS:
        contract = load_contract(name)
        schema = content["components"]["schemas"][name]
        assert list(schema["properties"]) == contract.polars_schema.names()
        assert set(schema["required"]) == {p.name for p in contract.properties if p.required} - {"simulated"}
        for column, words in contract.domains.items():
            assert str(list(words)) in str(schema["properties"][column])
        operation = content["paths"][f"/v1/{name}"]["post"]
        assert set(operation["requestBody"]["content"]) == set(KINDS)
        assert set(operation["responses"]) == STATUSES


@pytest.mark.parametrize("name", DATASETS)
def test_every_answer_is_one_that_the_document_declares(running: Site, sender: Client, name: str) -> None:
    (operation,) = (one for one in operations(running.port) if one.path == f"/v1/{name}")
    seen: set[int] = set()

    @given(case=operation.as_strategy())
    @bounded(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(case: schemathesis.Case[Any]) -> None:
        found = case.call(headers={"Authorization": f"Bearer {sender.token}"})
        seen.add(found.status_code)
        case.validate_response(found, checks=[not_a_server_error, *CONFORMANCE])

    holds()
    assert seen & {200, 422}


def surveys(port: int) -> Operation:
    (found,) = (one for one in operations(port) if one.path == "/v1/surveys")
    return found


def conforms(operation: Operation, body: Any, token: str, media: str = NDJSON, **headers: str) -> int:
    """Status of an answer that is as the document says."""
    case = operation.Case(body=body, media_type=NDJSON)
    own = {"Authorization": f"Bearer {token}"} if token else {}
    found = case.call(headers={**own, "Content-Type": media, **headers})
    case.validate_response(found, checks=CONFORMANCE)
    return found.status_code


def test_each_status_of_a_wrong_push_conforms(running: Site, sender: Client) -> None:
    operation = surveys(running.port)
    assert conforms(operation, [{**SURVEY, "cost": 4}], sender.token) == 200
    assert conforms(operation, [SURVEY], sender.token) == 422
    assert conforms(operation, [], sender.token) == 422
    assert conforms(operation, [SURVEY], sender.token, **{"Idempotency-Key": "x" * 201}) == 400
    assert conforms(operation, [SURVEY], "") == 401
    assert conforms(operation, [SURVEY], running.client().token) == 403
    assert conforms(operation, [SURVEY], sender.token, "application/xml") == 415


def test_each_status_of_a_push_that_cannot_be_taken_in_conforms(home: Path) -> None:
    def broken(_: Delivery) -> None:
        raise ZeroDivisionError

    def away(_: Delivery) -> None:
        raise StoreUnavailable("the store is away")

    with site(home, max_rows=1, burst=3, pushes_per_second=0.001) as one:
        token, operation = one.client(datasets=["surveys"]).token, surveys(one.port)
        assert conforms(operation, [SURVEY, SURVEY], token) == 413
        one.door.failing = broken
        assert conforms(operation, [SURVEY], token) == 500
        one.door.failing = away
        assert conforms(operation, [SURVEY], token) == 503
        assert conforms(operation, [SURVEY], token) == 429


def test_page_has_every_column_and_asks_no_other_host() -> None:
    text = page(PushSettings())
    for name in DATASETS:
        assert f"POST /v1/{name}:" in text
        assert all(f"<td>{column}<" in text for column in load_contract(name).polars_schema.names())
    assert re.findall(r"https?://|src=|@import|url\(", text) == []
