"""Great Expectations' Data Docs of mapped records, on request: pages that work without a network.

Every rule of the contract that rows alone can tell is run by Great Expectations on the rows, which
takes seconds a million of them. A page calls a rule failed when one row breaks it; the share that the
contract allows is for the gate, because Great Expectations takes shares of what is not null. Personal
data are masked before, in every column of text, because the pages quote what broke a rule.

As Great Expectations writes them, the pages ask eight other hosts for scripts, styles and pictures, and
hold whatever the data hold, markup included. So a page is written anew from the elements and attributes
that are known to be harmless; it has a stylesheet of its own, no script, and forbids the browser the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import polars as pl

from checks import suites
from checks.contract import Contract, Rule
from checks.expectations import pages
from checks.masking import mask
from checks.rules.kind import Scope

_NUMPY = re.compile(r"np\.(?:\w+\('?([^()']*)'?\)|(True|False)_)")
"""How Great Expectations writes a value in a pair: np.int64(1)."""
INDEX, SUITE = "index.html", "expectations.html"


def write_data_docs(folder: Path, contract: Contract, frames: Iterable[pl.DataFrame], scope: Scope) -> Path:
    """Write the pages of mapped frames into a folder, and return the one to be opened.

    ``frames``: as in a ``MappedChunk``, all in memory at once. ``index.html`` says how the rows fare under
    each rule, with up to twenty values that break it; ``expectations.html`` lists the rules. That a value
    could not be read is no rule of theirs: only the mapping knows. Raises GateError.
    """
    frame = pl.concat([pl.DataFrame(schema={**contract.polars_schema, "_row": pl.Int64}), *frames])
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    shown = mask(frame, dict.fromkeys(texts)).with_columns(
        pl.col(texts).str.replace_all("<", "\u2039", literal=True)  # no markup of the data's in the page
    )
    judgement = suites.of_rows(contract, shown, scope)
    told = {rule.id: _told(rule) for rule in contract.rules}
    written = pages(judgement, told)
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in ((INDEX, "validation"), (SUITE, "suite")):
        (folder / name).write_text(offline(written[page], f"{contract.name} {contract.version}"), "utf-8")
    return folder / INDEX


def _told(rule: Rule) -> str:
    """Sentence of a rule; Great Expectations takes it for markup, and "$" for the name of an argument."""
    text = f"{rule.id} ({rule.severity}): {rule.description} {rule.business_impact}"
    return escape(text).replace("$", "$$")


def offline(page: str, title: str) -> str:
    """Page with the harmless part of another page's body, and nothing that is fetched from anywhere."""
    harmless = _Harmless()
    harmless.feed(page)
    harmless.close()
    return _PAGE.format(title=escape(title), style=_STYLE, policy=_POLICY, body="".join(harmless.parts))


class _Harmless(HTMLParser):
    """Copies the elements, texts and attributes of a body that can neither fetch nor run anything."""

    _KEPT = frozenset(
        ["a", "b", "br", "code", "div", "em", "h4", "h5", "h6", "i", "li", "nav", "ol", "p", "pre", "span"]
    ) | {"strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
    _SILENT = frozenset(("head", "script", "style", "button", "label", "footer"))
    _ATTRIBUTES = frozenset(("class", "colspan", "hidden", "href", "id", "rowspan"))
    _VOID = "br"

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silenced: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silenced or tag in self._SILENT:
            self._silenced += [tag] if tag in self._SILENT else []
        elif tag in self._KEPT:
            allowed = ((name, value or "") for name, value in attrs if name in self._ATTRIBUTES)
            self.parts.append(f"<{tag}{''.join(_attribute(name, value) for name, value in allowed)}>")

    def handle_endtag(self, tag: str) -> None:
        if self._silenced:
            if tag == self._silenced[-1]:
                self._silenced.pop()
        elif tag in self._KEPT and tag != self._VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silenced:
            self.parts.append(escape(_NUMPY.sub(r"\1\2", data)))


def _attribute(name: str, value: str) -> str:
    """Attribute as text; a reference only if it is to a place of these two pages."""
    if name != "href":
        return f' {name}="{escape(value)}"'
    if value.startswith("#"):
        return f' href="{escape(value)}"'
    if value.startswith("../"):
        return f' href="{SUITE if "/expectations/" in value else INDEX}"'
    return ""


_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem }
nav ul, nav ol { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0 }
h4, h5, h6 { margin: .8rem 0 .3rem }
table { border-collapse: collapse; margin: .4rem 0 }
td, th { border: 1px solid #c9c9c9; padding: .3rem .6rem; text-align: left; vertical-align: top }
td, th, span { overflow-wrap: anywhere }
.alert { background: #eef2f6; padding: .3rem .8rem; margin-top: 1.2rem }
.text-danger { color: #a4161a } .text-success { color: #1b6e3c } .text-warning { color: #8a5a00 }
.fa-times::before { content: "\\2718" } .fa-check-circle::before { content: "\\2714" }
.fa-exclamation-triangle::before { content: "!" }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
