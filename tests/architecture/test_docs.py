"""Links between the documents lead somewhere, and decisions are numbered without gaps."""

import re
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT, named, project_files

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
DECISIONS = ROOT / "docs" / "adr"


def documents() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def anchors(path: Path) -> set[str]:
    """The anchors that a reader on a code host gets for the headings of this document."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("document", documents(), ids=named)
def test_links_of_the_document_lead_somewhere(document: Path) -> None:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    dead = []
    for target in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        place, _, anchor = target.partition("#")
        aim = (document.parent / place).resolve() if place else document
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors(aim)):
            dead.append(target)
    assert dead == []


def test_decisions_are_numbered_without_gaps_and_all_listed() -> None:
    decisions = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in decisions if f"({path.name})" not in index] == []


@pytest.mark.parametrize("decision", sorted(DECISIONS.glob("[0-9]*.md")), ids=named)
def test_decision_says_its_status_context_decision_and_consequences(decision: Path) -> None:
    headings = HEADING.findall(decision.read_text(encoding="utf-8"))
    assert headings[1:] == ["Status", "Context", "Decision", "Consequences"]
