"""The report on a file that was tried against its contract: one HTML page to hand to whoever must mend it.

It stands alone: no script, no request to anywhere, styles inside; it prints on A4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from app.text import Language
from app.text.rules import rule_text
from checks.contract import Rule
from checks.masking import mask_text
from pantau.producertext import OWNERS, SENTENCES, UNREADABLE
from pantau.remedies import column_named, remedy
from pantau.trial import Broken, Trial

_STYLE = """
@page { size: A4; margin: 18mm 16mm }
body { font: 15px/1.5 "Segoe UI", "Noto Sans", Arial, sans-serif; color: #1c1c1c; max-width: 50rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 1rem } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem }
h1, h2, h3 { line-height: 1.25; break-after: avoid }
.verdict { border: 2px solid; border-left-width: .8rem; padding: .7rem 1rem; margin: 1rem 0 }
.verdict strong { font-size: 1.2rem }
.accepted { border-color: #1b6e3c } .warned { border-color: #8a5a00 }
.rejected, .unreadable { border-color: #a4161a }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; font-size: .92em }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; overflow-wrap: anywhere;
  border-bottom: 1px solid #c9c9c9 }
thead { display: table-header-group } tr { break-inside: avoid }
code { font-size: .92em }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0 }
dt { color: #555 } dd { margin: 0; overflow-wrap: anywhere } .note { color: #555 }
@media print {
  body { margin: 0; padding: 0; font-size: 11px; max-width: none } .scroll { overflow: visible }
}
"""
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: {file}</title><style>{style}</style></head>
<body>
<h1>{title}</h1>
{body}
</body></html>
"""


def verdict(trial: Trial) -> str:
    """One word: accepted, warned, rejected or unreadable."""
    if trial.error is not None:
        return "unreadable"
    if not trial.is_accepted:
        return "rejected"
    return "warned" if trial.warned else "accepted"


def report(trial: Trial, example: str, t: Language) -> str:
    """The page. ``example``: code of a region, as one is written."""
    rejecting = [one for one in trial.broken if one.rejects]
    warning = [one for one in trial.broken if not one.rejects]
    page = _Page(trial, example, t)
    parts = [
        page.verdict(),
        page.facts(),
        page.broken("to_mend", rejecting),
        page.broken("to_check", warning),
        page.checks(),
        page.rules(),
        page.limits(),
    ]
    return _PAGE.format(
        lang=t.code,
        title=escape(SENTENCES["title"][t.code]),
        file=escape(trial.path.name),
        style=_STYLE,
        body="\n".join(filter(None, parts)),
    )


def rule_named(rule: str, t: Language) -> str:
    """What a rule says is wrong, beginning a sentence; its id where there are no words."""
    words = rule_text(rule, t.code) or rule
    return words[0].upper() + words[1:]


def owner_named(owner: str, t: Language) -> str:
    """Who must mend it; the contract's own word for an owner that is not known."""
    return OWNERS[owner][t.code] if owner in OWNERS else owner


class _Page:
    """Sections of the report, each a piece of HTML, "" where there is nothing to say."""

    def __init__(self, trial: Trial, example: str, t: Language) -> None:
        self._trial = trial
        self._example = example
        self._t = t

    def verdict(self) -> str:
        """What became of the file, first of all."""
        trial, t = self._trial, self._t
        word = verdict(trial)
        counts = {name: t.number(getattr(trial, name)) for name in ("read", "rejected", "warned")}
        lines = [f"<strong>{self._say(word)}</strong>", self._say(f"{word}.body", **counts)]
        if trial.error is not None:
            remedies = [words for kind, words in UNREADABLE.items() if isinstance(trial.error, kind)]
            lines.append(escape(remedies[0][t.code]))
            message = escape(mask_text(str(trial.error)))
            lines.append(f'{self._say("technical")}: <span lang="en">{message}</span>')
        return f'<div class="verdict {word}">{"<br>".join(lines)}</div>'

    def facts(self) -> str:
        """Which file, which contract, when; and the counts."""
        trial, t = self._trial, self._t
        version = self._say("version", name=trial.contract.name, version=trial.contract.version)
        rows = [
            ("file", escape(trial.path.name)),
            ("size", self._say("bytes", n=t.number(trial.size))),
            ("SHA-256", f"<code>{trial.digest}</code>"),
            ("dataset", escape(t.word("dataset", trial.contract.name))),
            ("contract", version),
            ("mapping", escape(trial.mapping.origin)),
            ("tested", escape(t.instant(trial.tested, "UTC"))),
        ]
        listed = "".join(
            f"<dt>{self._say(name) if name in SENTENCES else name}<dd>{text}" for name, text in rows
        )
        counts = {
            "read": trial.read,
            "taken": trial.accepted,
            "doubtful": trial.warned,
            "refused": trial.rejected,
        }
        table = self._table([*counts], [[t.number(n) for n in counts.values()]])
        mark = f"<p>{self._say('simulated')}" if trial.mapping.simulated else ""
        return f"<dl>{listed}</dl>{mark}{table}"

    def broken(self, title: str, broken: Sequence[Broken]) -> str:
        """A section on each rule that rows break."""
        if not broken:
            return ""
        head = f'<h2>{self._say(title)}</h2><p class="note">{self._say(f"{title}.note")}'
        return head + "".join(map(self._rule, broken))

    def _rule(self, broken: Broken) -> str:
        trial, t = self._trial, self._t
        about = (
            f", {self._say('field', field=column_named(trial.mapping, broken.field, t))}"
            if broken.field
            else ""
        )
        share = t.percent(broken.rows / trial.read if trial.read else None)
        facts = [
            ("remedy", escape(remedy(broken, trial.mapping, self._example, t))),
            ("owner", escape(owner_named(broken.owner, t))),
        ]
        if broken.rule and t.code == "en":  # the contract's own sentences are English
            facts.append(("impact", escape(broken.rule.business_impact)))
        listed = "".join(f"<dt>{self._say(name)}<dd>{text}" for name, text in facts)
        return (
            f"<section><h3>{escape(rule_named(broken.id, t))}{about} <code>{escape(broken.id)}</code></h3>"
            f"<p>{self._say('rows', n=t.number(broken.rows), share=share)}{self._description(broken.rule)}"
            f"{self._over(broken)}<dl>{listed}</dl>{self._examples(broken)}</section>"
        )

    def _description(self, rule: Rule | None) -> str:
        return f". {escape(rule.description)}" if rule and self._t.code == "en" else ""

    def _over(self, broken: Broken) -> str:
        if not broken.regions or broken.rule is None or broken.rejects:
            return ""
        places = ", ".join(region or SENTENCES["whole"][self._t.code] for region in broken.regions)
        return f"<p>{self._say('over', bound=self._t.percent(broken.rule.bound), places=places)}"

    def _examples(self, broken: Broken) -> str:
        reason = escape(rule_named(broken.id, self._t))
        rows = []
        for example in broken.examples:
            columns = "<br>".join(escape(column) for column, _ in example.values)
            values = "<br>".join(escape(value) or self._say("empty") for _, value in example.values)
            rows.append([str(example.row), columns or "–", values or self._say("unquoted"), reason])
        heads = ["row", "column", "value", "reason"]
        return f"<p>{self._say('first')}:</p>{self._table(heads, rows)}"

    def checks(self) -> str:
        """Checks of the file as a whole that failed."""
        rows = [
            [f"{escape(rule_named(check.rule, self._t))} <code>{check.rule}</code>", escape(check.detail)]
            for check in self._trial.checks
        ]
        return f"<h2>{self._say('checks')}</h2>{self._table(['rule', 'column'], rows)}" if rows else ""

    def rules(self) -> str:
        """All rules of the contract, those too that no row breaks."""
        counts = {one.id: one.rows for one in self._trial.broken if one.rule}
        rows = [
            [
                f"{escape(rule_named(rule.id, self._t))} <code>{escape(rule.id)}</code>",
                self._say(rule.severity.value),
                self._t.number(counts.get(rule.id, 0)),
            ]
            for rule in self._trial.contract.rules
            if rule.kind_name != "readable"
        ]
        return f"<h2>{self._say('rules')}</h2>{self._table(['rule', 'effect', 'broken'], rows)}"

    def limits(self) -> str:
        """What the test cannot tell, and what became of personal data."""
        limits = f"<h2>{self._say('limits')}</h2><p>{self._say('limits.body')}"
        return f'{limits}<p class="note">{self._say("privacy")}'

    def _say(self, key: str, **fields: str) -> str:
        sentence = SENTENCES[key][self._t.code]
        return escape(sentence.format(**fields) if fields else sentence)

    def _table(self, heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
        head = "".join(f'<th scope="col">{self._say(name)}</th>' for name in heads)
        body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in rows)
        return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cells(row: Sequence[str]) -> Iterator[str]:
    return (f"<td>{cell}</td>" for cell in row)
