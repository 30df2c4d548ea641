"""One step ahead: order, errors, and how far ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from metrics.ahead import one_ahead


def test_items_come_in_their_order() -> None:
    assert list(one_ahead(range(100))) == list(range(100))
    assert list(one_ahead([])) == []


def test_next_item_is_made_while_the_last_is_handled_and_no_further() -> None:
    made: list[int] = []
    second = threading.Event()

    def items() -> Iterator[int]:
        for number in range(5):
            made.append(number)
            if number == 1:
                second.set()
            yield number

    source = one_ahead(items())
    assert next(source) == 0
    assert second.wait(10)
    assert made == [0, 1]
    assert list(source) == [1, 2, 3, 4]


def test_error_comes_in_the_place_of_its_item() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second cannot be made")

    source = one_ahead(items())
    assert next(source) == 1
    with pytest.raises(ValueError, match="the second"):
        next(source)
