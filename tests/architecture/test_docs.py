"""Links between the documents lead somewhere, and decisions are numbered without gaps."""

import re
import shlex
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT, named, project_files
from tests.architecture.reference import wrong

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"^(?:\$ |\S*bin/)?pantau((?: .*)?)$")
PLACE = re.compile(
    r"`((?:app|benchmarks|checks|deploy|docs|exporters|metrics|pantau|simulator|tests)/[\w./*-]+)`"
)
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


def commands_in(text: str) -> list[list[str]]:
    """Words after ``pantau`` of each command that a document shows, in its blocks and in running text."""
    blocks = [line for block in FENCE.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    spans = CODE.findall(FENCE.sub("", text))
    found = [re.sub(r"\s#.*|[|>].*", "", line) for line in (*blocks, *spans)]
    return [
        shlex.split(match[1]) for line in found if (match := COMMAND.search(line)) and "COMMAND" not in line
    ]


@pytest.mark.parametrize("document", documents(), ids=named)
def test_commands_of_the_document_exist_with_their_options(document: Path) -> None:
    shown = commands_in(document.read_text(encoding="utf-8"))
    assert [complaint for words in shown if (complaint := wrong(words))] == []


def test_the_search_for_commands_finds_them() -> None:
    text = "Run `pantau --home var/x improt a.csv`.\n\n```\n$ pantau rank \\\n  --bogus  # why\n```\n"
    assert [wrong(words) for words in commands_in(text)] == [
        "pantau rank has no --bogus",
        "there is no pantau improt",
    ]


@pytest.mark.parametrize("document", documents(), ids=named)
def test_files_that_the_document_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert [path for path in PLACE.findall(text) if not any(ROOT.glob(path.rstrip("/")))] == []


def test_changelog_begins_with_what_is_not_released_yet_and_keeps_its_form() -> None:
    headings = [
        (line.count("#"), line.lstrip("# "))
        for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
        if line.startswith("#")
    ]
    versions = [text for level, text in headings if level == 2]
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", text) for text in versions[1:])
    kinds = {text for level, text in headings if level == 3}
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert kinds


def test_decisions_are_numbered_without_gaps_and_all_listed() -> None:
    decisions = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in decisions if f"({path.name})" not in index] == []


@pytest.mark.parametrize("decision", sorted(DECISIONS.glob("[0-9]*.md")), ids=named)
def test_decision_says_its_status_context_decision_and_consequences(decision: Path) -> None:
    headings = HEADING.findall(decision.read_text(encoding="utf-8"))
    assert headings[1:] == ["Status", "Context", "Decision", "Consequences"]
