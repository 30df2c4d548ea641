"""An incident in words: its place, whatever kind of place it is, and its days."""

from __future__ import annotations

import pytest

from app.components.incident_table import causes_words
from app.components.incident_words import history_link, incident_days, title, where
from app.text import LANGUAGES, Language
from app.text.monitors import check_name
from metrics.observation import Incident, Scope
from metrics.regions import indonesia
from tests.app.observed import EVIL, RULE
from tests.app.troubled import of

REGISTRY = indonesia()
EVERY_LANGUAGE = pytest.mark.parametrize("t", LANGUAGES.values(), ids=list(LANGUAGES))
ID = LANGUAGES["id"]


@pytest.mark.parametrize(
    ("incident", "words"),
    [
        (of("a"), "Kota Bandung (32.73)"),
        (of("a", "32", Scope.PROVINCE), "Provinsi Jawa Barat (32)"),
        (of("a", "99", Scope.PROVINCE), "Provinsi 99"),
        (of("a", "mppdn", Scope.PLATFORM), "Platform mppdn"),
        (of("a", "*"), "Tidak tentu satu wilayah"),
        (of("a", "99.99"), "99.99"),
    ],
)
def test_place_is_said_by_its_kind(incident: Incident, words: str) -> None:
    assert where(incident, REGISTRY, ID) == words
    assert title(incident, REGISTRY, ID) == f"{words}: {check_name('silence', 'id')}"


@pytest.mark.parametrize(
    ("incident", "query"),
    [
        (of("a"), "?region=32.73"),
        (of("a", "32", Scope.PROVINCE), "?province=32"),
        (of("a", "32", Scope.PLATFORM), ""),
        (of("a", "*"), ""),
        (of("a", EVIL), ""),
    ],
)
def test_history_is_that_of_a_place_which_has_one(incident: Incident, query: str) -> None:
    found = history_link(incident, REGISTRY, ID)
    assert (query in found) if query else not found


@EVERY_LANGUAGE
def test_incident_without_days_says_why(t: Language) -> None:
    assert incident_days(of("a", check=RULE, days=None), t) == t("incidents.latest_batch")
    assert incident_days(of("a", check="schema", days=None), t) == t("incidents.no_days")


@EVERY_LANGUAGE
def test_root_cause_is_named_first(t: Language) -> None:
    both = of("a", check="silence", causes=("silence", "volume"))
    silence, volume = check_name("silence", t.code), check_name("volume", t.code)
    assert causes_words(both, t).startswith(silence)
    assert causes_words(both, t).endswith(volume)
    assert causes_words(of("a"), t) == silence
