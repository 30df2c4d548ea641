"""The report on a file that was tried against its contract: one HTML page to hand to whoever must mend it.

It stands alone, as ``pantau.htmlpage`` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from app.text import Language
from app.text.rules import rule_text
from checks.contract import Rule
from checks.masking import mask_text
from pantau import htmlpage
from pantau.producertext import OWNERS, SENTENCES, UNREADABLE
from pantau.remedies import column_named, remedy
from pantau.trial import Broken, Trial

_STYLE = """
.accepted { border-color: var(--good) } .warned { border-color: var(--warn) }
.rejected, .unreadable { border-color: var(--bad) }
.scroll { overflow-x: auto }
@media print { .scroll { overflow: visible } }
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
    title = SENTENCES["title"][t.code]
    return htmlpage.page(title, "\n".join(filter(None, parts)), t, about=trial.path.name, style=_STYLE)


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
