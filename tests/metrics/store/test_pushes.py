"""Tokens, their secrets and audit trail, and answers to pushes, on every database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from metrics.errors import UnknownName, UsageError
from metrics.model import PushAct, PushReceipt, PushSecret, PushToken
from metrics.store import Store

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TOKEN = PushToken("mppi", ("32", "11.01"), ("transactions",), "", simulated=False, created=NOON)
SECRET = PushSecret("aaaa", "mppi", "f" * 64, NOON)
MADE = PushAct(NOON, "create", "mppi", "regions 32, 11.01")
RECEIPT = PushReceipt("mppi", "k1", "d1", 200, '{"read": 1}', NOON)


def made(store: Store) -> Store:
    store.add_push_token(TOKEN, SECRET, MADE)
    return store


def test_token_is_found_by_the_public_part_of_its_secret(store: Store) -> None:
    made(store)
    assert store.push_secret("aaaa") == (TOKEN, SECRET)
    assert store.push_secret("bbbb") is None
    assert store.push_tokens() == [(TOKEN, [SECRET])]
    assert store.push_acts() == [MADE]


def test_name_of_a_token_is_not_used_again(store: Store) -> None:
    made(store)
    store.revoke_push_token(replace(MADE, act="revoke"))
    with pytest.raises(UsageError, match="Take another name"):
        store.add_push_token(TOKEN, replace(SECRET, id="bbbb"), MADE)
    assert len(store.push_acts()) == 2


def test_rotation_ends_the_secret_before_but_makes_none_last_longer(store: Store) -> None:
    made(store)
    second, third = (replace(SECRET, id=name, created=NOON + HOUR) for name in ("bbbb", "cccc"))
    store.rotate_push_token(second, until=NOON + HOUR, act=replace(MADE, act="rotate"))
    store.rotate_push_token(third, until=NOON + 5 * HOUR, act=replace(MADE, act="rotate"))
    ((_, secrets),) = store.push_tokens()
    assert {one.id: one.expires for one in secrets} == {
        "aaaa": NOON + HOUR,
        "bbbb": NOON + 5 * HOUR,
        "cccc": None,
    }


def test_token_that_is_revoked_stays_so(store: Store) -> None:
    made(store)
    store.revoke_push_token(replace(MADE, act="revoke", at=NOON + HOUR))
    store.revoke_push_token(replace(MADE, act="revoke", at=NOON + 2 * HOUR))
    ((token, _),) = store.push_tokens()
    assert token.revoked == NOON + HOUR
    with pytest.raises(UsageError, match="revoked for good"):
        store.rotate_push_token(replace(SECRET, id="bbbb"), until=NOON, act=MADE)


def test_token_that_is_not_there_is_neither_rotated_nor_revoked(store: Store) -> None:
    with pytest.raises(UnknownName, match="pantau token list"):
        store.revoke_push_token(MADE)
    with pytest.raises(UnknownName, match="'mppi'"):
        store.rotate_push_token(SECRET, until=NOON, act=MADE)
    assert store.push_acts() == []


def test_answer_is_found_by_token_and_key_and_the_later_one_counts(store: Store) -> None:
    made(store)
    later = replace(RECEIPT, status=422, digest="d2")
    for one in (RECEIPT, later):
        store.put_push_receipts([one], keep_from=NOON, keep_bytes=1_000)
    assert store.push_receipt("mppi", "k1") == later
    assert store.push_receipt("mppi", "k2") is None
    assert store.push_receipt("other", "k1") is None


def test_answers_are_kept_for_their_time_and_within_their_bytes(store: Store) -> None:
    made(store)
    receipts = [replace(RECEIPT, key=f"k{n}", answered=NOON + n * HOUR, account="x" * 100) for n in range(5)]
    store.put_push_receipts(receipts, keep_from=NOON + HOUR, keep_bytes=1_000)
    assert [store.push_receipt("mppi", f"k{n}") is not None for n in range(5)] == [False, *[True] * 4]
    store.put_push_receipts(receipts[4:], keep_from=NOON, keep_bytes=200)
    assert [store.push_receipt("mppi", f"k{n}") is not None for n in range(5)] == [*[False] * 3, True, True]
