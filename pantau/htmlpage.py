"""An HTML page that is a file of its own: no script, no request to anywhere, its styles inside.

It reads on a small screen, light or dark, and prints on A4. What is put into it is HTML: whoever makes
a piece escapes what came from outside. ``pantau contract test`` and ``pantau quality-report`` write
such pages.
"""

from __future__ import annotations

from html import escape

from app.text import Language

STYLE = """
@page { size: A4; margin: 18mm 16mm }
:root { --paper: #fff; --ink: #1c1c1c; --soft: #555; --line: #c9c9c9; --link: #0b5394;
  --bad: #a4161a; --warn: #8a5a00; --good: #1b6e3c; color-scheme: light }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14191c; --ink: #e6eaec; --soft: #a9b4b9; --line: #3a454b; --link: #8cc8ff;
    --bad: #ff9b8f; --warn: #f0b45b; --good: #7fd09a; color-scheme: dark }
}
body { font: 15px/1.5 "Segoe UI", "Noto Sans", Arial, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 1rem } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem }
h1, h2, h3 { line-height: 1.25; break-after: avoid }
a { color: var(--link) }
.verdict { border: 2px solid; border-left-width: .8rem; padding: .7rem 1rem; margin: 1rem 0 }
.verdict strong { font-size: 1.2rem }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; font-size: .92em }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; overflow-wrap: anywhere;
  border-bottom: 1px solid var(--line) }
thead { display: table-header-group } tr { break-inside: avoid }
code { font-size: .92em }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0 }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere } .note { color: var(--soft) }
@media print { :root { font-size: 12px } body { margin: 0; padding: 0; font-size: 11px; max-width: none } }
"""
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body>
<h1>{heading}</h1>
{body}
</body></html>
"""


def page(heading: str, body: str, t: Language, *, about: str, style: str) -> str:
    """Return the page. ``heading``, ``about``: plain text; the title is both. ``body``: HTML.

    ``style``: CSS for this kind of page, after that of every page.
    """
    return _PAGE.format(
        lang=t.code,
        title=escape(f"{heading}: {about}"),
        heading=escape(heading),
        style=STYLE + style,
        body=body,
    )
