"""Published rankings in the store: added, never changed, on both databases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from metrics.errors import PantauError, UnknownName, UsageError
from metrics.model import Publication, PublicationReply
from metrics.store import Store
from metrics.store.database import Database, parse_url
from tests.metrics.store import facts

BODY = b'{"form":1}'
FIRST = Publication(
    id="2025-region-1",
    period="2025",
    level="region",
    method="default",
    method_version="2",
    method_text="id: default",
    code_version="0.1.0+abc",
    archive_versions={"transactions": 3},
    seed=20,
    computed=facts.NOON,
    published=facts.NOON,
    by="sari",
    simulated=False,
    sha256=hashlib.sha256(BODY).hexdigest(),
)
SECOND = replace(FIRST, id="2025-region-2", corrects=FIRST.id, reason="late records")


@pytest.fixture
def frozen(own_url: str) -> Iterator[Store]:
    """Store of the test's own: what is published cannot be removed from it."""
    with Store.open(own_url) as store:
        store.put_publication(FIRST, BODY)
        yield store


def test_snapshot_comes_back_as_it_was_put(frozen: Store) -> None:
    assert frozen.publication(FIRST.id) == (FIRST, BODY)
    assert frozen.publications() == [FIRST]
    assert frozen.publications(period="2024") == frozen.publications(level="province") == []


def test_unknown_snapshot_is_refused_with_where_to_look(frozen: Store) -> None:
    with pytest.raises(UnknownName, match="'pantau publications' lists them"):
        frozen.publication("2024-region-1")
    with pytest.raises(UnknownName, match="no snapshot is called '2024-region-1'"):
        frozen.put_publication_reply(PublicationReply("2024-region-1", "11.01", "no", "budi", facts.NOON))


def test_second_of_a_period_must_correct_the_latest_one(frozen: Store) -> None:
    with pytest.raises(UsageError, match=r"published as 2025-region-1.*--corrects 2025-region-1"):
        frozen.put_publication(replace(SECOND, corrects=None), BODY)
    frozen.put_publication(SECOND, BODY)
    with pytest.raises(UsageError, match="--corrects 2025-region-2"):
        frozen.put_publication(replace(SECOND, id="2025-region-3"), BODY)
    assert [one.id for one in frozen.publications()] == [SECOND.id, FIRST.id]


def test_latest_is_the_one_that_nothing_corrects_whatever_the_clock_says(frozen: Store) -> None:
    frozen.put_publication(replace(SECOND, published=facts.NOON - timedelta(days=1)), BODY)
    with pytest.raises(UsageError, match="--corrects 2025-region-2"):
        frozen.put_publication(replace(SECOND, id="2025-region-3"), BODY)


def test_first_of_a_period_corrects_nothing(frozen: Store) -> None:
    with pytest.raises(UsageError, match=r"not published yet.*Leave out --corrects"):
        frozen.put_publication(replace(SECOND, period="2024"), BODY)
    with pytest.raises(UsageError, match="published just now by somebody else"):
        frozen.put_publication(replace(SECOND, id=FIRST.id), BODY)


def test_body_of_another_hash_is_refused(frozen: Store) -> None:
    with pytest.raises(AssertionError, match="its hash is not that of its body"):
        frozen.put_publication(SECOND, b"{}")
    assert frozen.publications() == [FIRST]


def test_replies_stand_in_the_order_in_which_they_came(frozen: Store) -> None:
    replies = [PublicationReply(FIRST.id, code, f"from {code}", "budi", facts.NOON) for code in ("2", "1")]
    for reply in replies:
        frozen.put_publication_reply(reply)
    assert frozen.publication_replies() == replies
    assert frozen.publication_replies(publication=FIRST.id, region="1") == replies[1:]
    assert frozen.publication_replies(publication="other") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE publication SET reason = 'none'",
        "DELETE FROM publication",
        "UPDATE publication_reply SET text = 'we agree'",
        "DELETE FROM publication_reply",
    ],
)
def test_database_itself_refuses_to_change_what_was_published(
    frozen: Store, own_url: str, statement: str
) -> None:
    reply = PublicationReply(FIRST.id, "11.01", "we do not agree", "budi", facts.NOON)
    frozen.put_publication_reply(reply)
    database = Database(parse_url(own_url), 5)
    with pytest.raises(PantauError, match="never changed or removed"), database.write() as connection:
        connection.execute(text(statement))
    database.close()
    assert frozen.publication(FIRST.id) == (FIRST, BODY)
    assert frozen.publication_replies() == [reply]


def test_detail_is_that_of_the_ranking_with_which_it_was_put(store: Store) -> None:
    assert store.ranking_detail() is None
    first = store.put_ranking(facts.ranking(), {"seed": 1, "mean": 0.1})
    assert store.ranking_detail() == (first, {"seed": 1, "mean": 0.1})
    second = store.put_ranking(facts.ranking(score=70.0))
    assert second != first
    assert store.ranking_detail() == (first, {"seed": 1, "mean": 0.1})
    store.put_ranking(facts.ranking(score=70.0), {"seed": 2})
    assert store.ranking_detail() == (second, {"seed": 2})
    assert store.ranking_detail("province") is None
