"""Work one step ahead: the next item is made while the caller still handles the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

_END: Any = object()


def one_ahead(items: Iterable[T]) -> Iterator[T]:
    """Items in their order, each made in a thread while the caller handles the one before it.

    What making an item raises, the caller gets in its place. At most one item waits.
    """
    source = iter(items)
    with ThreadPoolExecutor(1) as maker:
        due = maker.submit(next, source, _END)
        while (item := due.result()) is not _END:
            due = maker.submit(next, source, _END)
            yield item
