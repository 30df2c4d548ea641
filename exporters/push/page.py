"""The page for people at ``/v1/``: how to send, with an example that can be copied."""

from __future__ import annotations

from html import escape

from checks.compile import load_contract
from checks.contract import Contract
from exporters.push.settings import PushSettings
from metrics.datasets import DATASETS

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Pantau MPP: push</title>
<style>body{{font:16px/1.5 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}}
pre{{background:#f2f2f2;padding:1rem;overflow:auto}}td,th{{text-align:left;padding:.2rem 1rem .2rem 0;
vertical-align:top}}</style>
<h1>Send records to Pantau MPP</h1>
<p>Send JSON lines, CSV or Parquet by POST, with the token that the operator gave you. The answer names every
record that was not accepted, and why. <a href="openapi.json">openapi.json</a> describes it for programs.</p>
<pre>curl --fail-with-body -X POST "$PANTAU/v1/transactions" \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/x-ndjson" \\
  -H "Idempotency-Key: $(date +%F)-transactions-1" \\
  --data-binary @transactions.jsonl</pre>
<p>One body holds at most {rows:,} records, {sent:,} bytes as sent and {content:,} bytes once decompressed
(Content-Encoding: gzip or zstd).</p>
{tables}</html>"""


def page(settings: PushSettings) -> str:
    """The page, for these bounds. It asks no other host for anything."""
    return _PAGE.format(
        rows=settings.max_rows,
        sent=settings.max_body_bytes,
        content=settings.max_content_bytes,
        tables="".join(_table(load_contract(name)) for name in DATASETS),
    )


def _table(contract: Contract) -> str:
    rows = []
    for item in contract.properties:
        words = contract.domains.get(item.name)
        kind = ", ".join(words) if words else item.logical_type
        needed = "yes" if item.required and item.name != "simulated" else ""
        cells = (item.name, kind, needed, " ".join(item.description.split()))
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>")
    name = escape(contract.name)
    return (
        f"<h2>{name}</h2><p>POST /v1/{name}: {escape(contract.description)}</p>"
        f"<table><tr><th>column<th>type<th>needed<th>meaning</tr>{''.join(rows)}</table>"
    )
