"""Packed columns come back as they went in, as the same bytes on every machine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.packing import pack, unpack

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.integers(1, 5).flatmap(lambda width: st.lists(st.tuples(*[INT64] * width), min_size=1)))
def test_columns_come_back_as_they_went_in(rows: list[tuple[int, ...]]) -> None:
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    found = unpack(pack(*columns), len(columns))
    assert all(np.array_equal(one, other) for one, other in zip(found, columns, strict=True))


def test_bytes_are_little_endian_column_after_column() -> None:
    assert pack(np.array([1, 2]), np.array([3, 4])).hex() == "".join(
        f"{n:02x}" + "00" * 7 for n in (1, 2, 3, 4)
    )
    assert pack(np.array([1], dtype=">i8")) == pack(np.array([1], dtype="<i4"))


@pytest.mark.parametrize("data", [b"", None])
def test_nothing_is_empty_columns(data: bytes | None) -> None:
    assert [len(column) for column in unpack(data, 3)] == [0, 0, 0]
    assert pack(np.empty(0, np.int64), np.empty(0, np.int64)) == b""


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        pack(np.array([1, 2]), np.array([3]))


def test_bytes_that_do_not_fill_the_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        unpack(pack(np.array([1, 2, 3])), 2)
