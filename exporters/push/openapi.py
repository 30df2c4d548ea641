"""The OpenAPI 3.1 document of the push, made from the contracts, so that it cannot say anything else."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from checks.compile import load_contract
from checks.contract import Contract, Property
from exporters.push.account import LISTED
from exporters.push.body import ENCODINGS, KEY_LENGTH, KINDS
from exporters.push.refusal import PROBLEM
from exporters.push.settings import PushSettings
from metrics.datasets import DATASETS

Json = dict[str, Any]
_NUMBERS: Json = {"type": "array", "items": {"anyOf": [{"type": "number"}, {"const": "inf"}]}}
_TYPES: dict[str, Json] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int64": {"type": "integer"},
    "double": {"type": "number"},
    "date32": {"type": "string", "format": "date"},
    "timestamp[us, tz=UTC]": {"type": "string", "format": "date-time"},
    "list<int64>": {"type": "array", "items": {"type": "integer"}},
    "list<double>": _NUMBERS,
}
_MARK = "simulated"
_RETRY: Json = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}
_CHALLENGE: Json = {"WWW-Authenticate": {"description": "The scheme: Bearer.", "schema": {"type": "string"}}}
_PROBLEMS: dict[str, tuple[str, Json]] = {
    "400": ("The body or a header is not what it claims to be.", {}),
    "401": ("There is no token, or it is wrong, expired or revoked.", _CHALLENGE),
    "403": ("The token is not for this record set.", {}),
    "408": ("The body did not arrive in time.", {}),
    "413": ("The body is too large: sent, decompressed, or in records.", {}),
    "415": ("The type, charset or encoding of the body is not read.", {}),
    "429": ("The token sends too often, or the address too many wrong tokens.", _RETRY),
    "500": ("The exporter failed. Nothing of the push counts.", {}),
    "503": ("There is no room, the archive cannot be written, or the exporter is ending.", _RETRY),
}


def document(settings: PushSettings) -> Json:
    """The document, for these bounds."""
    contracts = [load_contract(name) for name in DATASETS]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pantau MPP: push",
            "version": version("pantau-mpp"),
            "description": _description(settings),
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {f"/v1/{contract.name}": {"post": _operation(contract)} for contract in contracts},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **{contract.name: _record(contract) for contract in contracts},
                "account": _account(),
                "problem": _problem(),
            },
        },
    }


def _description(settings: PushSettings) -> str:
    return (
        "Send records of a record set; the answer is an account of them. With 200 the accepted ones are in "
        "the archive. Each rejected one is named, with the rule, the field and the reason; 422 says that "
        f"none was accepted. One body holds at most {settings.max_rows:,} records, "
        f"{settings.max_body_bytes:,} bytes as sent and {settings.max_content_bytes:,} decompressed. "
        "Another method is answered 405, another path 404."
    )


def _operation(contract: Contract) -> Json:
    records = {"type": "array", "minItems": 1, "items": {"$ref": f"#/components/schemas/{contract.name}"}}
    rows = {"schema": records}
    content = {media: rows if kind == "jsonl" else {"schema": _whole(kind)} for media, kind in KINDS.items()}
    account = {"application/json": {"schema": {"$ref": "#/components/schemas/account"}}}
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}
    replayed = {
        "Idempotent-Replayed": {
            "description": "Whether this push was answered before, and nothing was taken in now.",
            "schema": {"enum": ["true", "false"]},
        }
    }
    return {
        "operationId": f"push_{contract.name}",
        "summary": f"Send {contract.name}",
        "description": contract.description,
        "parameters": [_key(), _encoding()],
        "requestBody": {
            "required": True,
            "description": "JSON lines: one record a line. CSV: a header with the names of the columns, "
            "commas. Parquet: the same columns. Columns that are not listed are left out, and "
            "the account names them.",
            "content": content,
        },
        "responses": {
            "200": {
                "description": "All or some records are accepted.",
                "headers": replayed,
                "content": account,
            },
            "422": {
                "description": "No record is accepted (an account), or not the body as a whole (a problem).",
                "content": account | problem,
            },
            **{
                status: {"description": text, "content": problem} | ({"headers": headers} if headers else {})
                for status, (text, headers) in _PROBLEMS.items()
            },
        },
    }


def _whole(kind: str) -> Json:
    return {"type": "string"} if kind == "csv" else {"type": "string", "format": "binary"}


def _key() -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Name of this push. Sent again with the same body, it gets the same answer and "
        "nothing is taken in twice. Without one, the body stands for it.",
        "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH, "pattern": "^[!-~]+$"},
    }


def _encoding() -> Json:
    return {
        "name": "Content-Encoding",
        "in": "header",
        "required": False,
        "description": "How the body is compressed.",
        "schema": {"enum": [*ENCODINGS, "identity"]},
    }


def _record(contract: Contract) -> Json:
    items = contract.properties
    return {
        "type": "object",
        "description": f"{contract.description} Contract version {contract.version}.",
        "properties": {item.name: _column(item, contract.domains.get(item.name)) for item in items},
        "required": [item.name for item in items if item.required and item.name != _MARK],
    }


def _column(item: Property, words: tuple[str, ...] | None) -> Json:
    kind = dict(_TYPES[item.physical_type])
    if words is not None:
        kind = {"type": "string", "enum": list(words)}
    if item.required and item.name != _MARK and kind["type"] == "string" and words is None:
        kind["minLength"] = 1
    if not item.required or item.name == _MARK:
        kind = {"anyOf": [kind, {"type": "null"}]}
    says = " The token says it; a record that says something else is rejected." * (item.name == _MARK)
    return {**kind, "description": f"{' '.join(item.description.split())}{says}"}


def _account() -> Json:
    count = {"type": "integer", "minimum": 0}
    counts = ("read", "accepted", "rejected", "new", "updated", "unchanged", "rows_left_off")
    text_or_none = {"type": ["string", "null"]}
    row = {
        "row": {"type": "integer", "minimum": 1, "description": "Number of the record in the body, from 1."},
        "region": {**text_or_none, "description": "Its region, null where it names none that counts."},
        "rule": {"type": "string", "description": "The first rule that it breaks."},
        "field": {**text_or_none, "description": "The column that the rule is about."},
        "reason": {"type": "string", "description": "What is wrong; personal data are masked."},
    }
    properties: Json = {
        "push": {"type": "string", "description": "Name of the push, for questions to the operator."},
        "record_set": {"enum": list(DATASETS)},
        **dict.fromkeys(counts, count),
        "rows": {"type": "array", "maxItems": LISTED, "items": _closed(row)},
        "ignored_columns": {"type": "array", "items": {"type": "string"}},
    }
    return _closed(properties)


def _problem() -> Json:
    return _closed(
        {
            "type": {"const": "about:blank"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong and what to do."},
        }
    )


def _closed(properties: Json) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
