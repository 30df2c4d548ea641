"""Instants are read as they are written, in the zone that is theirs, and never by a guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.instants import localise, read_moments

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=OFFSETS)  # noqa: DTZ001 - bounds


def texts(*values: str | None) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def utc_of(text: str, *formats: str) -> datetime | None:
    value: datetime | None = read_moments(texts(text), formats or ("iso",)).utc[0]
    return value


def local_of(text: str, *formats: str) -> datetime | None:
    value: datetime | None = read_moments(texts(text), formats or ("iso",)).local[0]
    return value


def test_offsets_may_be_mixed_in_one_column() -> None:
    moments = read_moments(texts("2014-07-18T00:00:00+02:00", "2014-11-18T00:00:00+01:00"), ("iso",))
    assert moments.utc.to_list() == [
        datetime(2014, 7, 17, 22, tzinfo=UTC),
        datetime(2014, 11, 17, 23, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-06T00:08:09Z",
        "2024-05-06T07:08:09+07:00",
        "2024-05-06 07:08:09+07",
        "2024-05-06 07:08:09 +0700",
        "2024-05-06t00:08:09z",
        "  2024-05-06T00:08:09UTC ",
        "2024-05-05T14:38:09-09:30",
        "2024-05-06T07:08:09.000+07:00",
        "2024-05-06T07:08:09,000000000+07:00",
    ],
)
def test_iso_8601_is_read_in_all_its_dress(text: str) -> None:
    assert utc_of(text) == datetime(2024, 5, 6, 0, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2024-13-01", "2024-01-01T25:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00+19:00",
     "2024-01-01T00:00:00+7", "20240101", "24-01-01", "01/02/2024", "2024-01-01 junk", "yesterday", "2024", "-"],
)  # fmt: skip
def test_what_is_no_instant_is_null(text: str) -> None:
    assert read_moments(texts(text, "2024-01-01T00:00:00Z"), ("iso",)).unread().to_list() == [True, False]


def test_date_alone_is_its_midnight_without_a_zone() -> None:
    assert local_of("2024-05-06") == datetime(2024, 5, 6)  # noqa: DTZ001 - local
    assert utc_of("2024-05-06") is None


def test_fractions_are_kept_to_the_microsecond() -> None:
    assert utc_of("2011-12-06 13:41:31.788000+01:00") == datetime(
        2011, 12, 6, 12, 41, 31, 788_000, tzinfo=UTC
    )
    assert utc_of("2024-01-01T00:00:00.123456789Z") == datetime(2024, 1, 1, 0, 0, 0, 123_456, tzinfo=UTC)


@given(st.lists(MOMENTS, min_size=1, max_size=20), st.sampled_from("T "))
def test_what_python_writes_is_read_back(moments: list[datetime], separator: str) -> None:
    read = read_moments(texts(*(moment.isoformat(separator) for moment in moments)), ("iso",))
    assert read.utc.to_list() == [moment.astimezone(UTC) for moment in moments]


def test_columns_of_few_and_of_many_different_texts_are_read_alike() -> None:
    some = ["2024-05-06", "2024-05-06T07:08:09Z", "junk", None, "2024-05-06T07:08:09+07:00"]
    few = read_moments(texts(*some * 1_000), ("iso",))
    one = read_moments(texts(*some), ("iso",))
    assert few.utc.to_list() == one.utc.to_list() * 1_000
    assert few.local.to_list() == one.local.to_list() * 1_000
    fractions = [f"2024-05-06T07:08:09.{n:06d}Z" for n in range(3_000)]
    assert read_moments(texts(*fractions), ("iso",)).utc.dt.microsecond().to_list() == list(range(3_000))


def test_formats_are_tried_in_order() -> None:
    moments = read_moments(
        texts("31/12/2024", "2024-01-02", "03/02/2024 10:00", "x"), ("%d/%m/%Y", "iso", "%d/%m/%Y %H:%M")
    )
    assert moments.local.to_list() == [
        datetime(2024, 12, 31),  # noqa: DTZ001 - local
        datetime(2024, 1, 2),  # noqa: DTZ001 - local
        datetime(2024, 2, 3, 10),  # noqa: DTZ001 - local
        None,
    ]


def test_format_with_an_offset_gives_utc() -> None:
    assert utc_of("10/Oct/2000:13:55:36 -0700", "%d/%b/%Y:%H:%M:%S %z") == datetime(
        2000, 10, 10, 20, 55, 36, tzinfo=UTC
    )


def test_serial_numbers_of_spreadsheets_are_read() -> None:
    assert local_of("45000.5", "excel") == datetime(2023, 3, 15, 12)  # noqa: DTZ001 - local
    for text in ("60", "0", "-1", "3000000", "x"):
        assert local_of(text, "excel") is None


def test_epochs_are_read_in_seconds_and_milliseconds() -> None:
    assert utc_of("1446249499", "epoch_s") == datetime(2015, 10, 30, 23, 58, 19, tzinfo=UTC)
    assert utc_of("1446249499322", "epoch_ms") == datetime(2015, 10, 30, 23, 58, 19, 322_000, tzinfo=UTC)
    for text in ("1e30", "inf", "nan", "now"):
        assert utc_of(text, "epoch_s") is None


def local(*values: datetime) -> pl.Series:
    return pl.Series(values, dtype=pl.Datetime("us"))


def test_hour_that_occurs_twice_is_the_first() -> None:
    moment = localise(local(datetime(2015, 10, 25, 2, 30)), "Europe/Amsterdam")[0]  # noqa: DTZ001 - local
    assert moment == datetime(2015, 10, 25, 0, 30, tzinfo=UTC)


def test_hour_that_does_not_occur_is_null_but_a_day_always_begins() -> None:
    assert localise(local(datetime(2015, 3, 29, 2, 30)), "Europe/Amsterdam")[0] is None  # noqa: DTZ001 - local
    begin = localise(local(datetime(2024, 4, 26)), "Africa/Cairo")[0]  # noqa: DTZ001 - local; the clocks jump at midnight
    assert begin == datetime(2024, 4, 26, 1, tzinfo=ZoneInfo("Africa/Cairo"))


def test_each_record_has_its_own_zone() -> None:
    noon = datetime(2024, 5, 6, 12)  # noqa: DTZ001 - local
    zones = texts("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Europe/Budapest", None)
    hours = localise(local(*[noon] * 5), zones).dt.hour().to_list()
    assert hours == [5, 4, 3, 10, None]
