"""A token lets in who has it, while it lasts, and nothing that is kept lets anybody in."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from exporters.mapping import Mapping
from exporters.push.tokens import (
    admitted,
    checked_datasets,
    checked_name,
    checked_regions,
    new_secret,
    regions_of,
)
from metrics.errors import UnknownName, UsageError
from metrics.model import PushToken
from metrics.regions import indonesia

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TOKEN = PushToken("mppi", ("32", "11.01"), ("transactions",), "", simulated=True, created=NOW)
TEXT, SECRET = new_secret("mppi", NOW, NOW + dt.timedelta(days=1))
MAPPING = "version: 1\ndataset: surveys\nsource: dinas\nregion: kode\nfields: {id: nomor, answered: diisi}\n"


def let_in(text: str, token: PushToken = TOKEN, now: dt.datetime = NOW) -> bool:
    found = admitted(text, lambda name: (token, SECRET) if name == SECRET.id else None, indonesia(), now)
    return found is not None


def test_token_lets_in_and_says_what_it_allows() -> None:
    grant = admitted(TEXT, lambda _: (TOKEN, SECRET), indonesia(), NOW)
    assert grant is not None
    assert "11.01" in grant.regions
    assert {code for code in grant.regions if code.startswith("32.")} == {
        code for code in indonesia().regions if code.startswith("32.")
    }
    assert (grant.token, grant.mapping, grant.simulated) == ("mppi", None, True)
    assert grant.datasets == {"transactions"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pantau_",
        TEXT[:-1],
        TEXT + "x",
        TEXT[:-1] + ("a" if TEXT[-1] != "a" else "b"),
        TEXT.upper(),
        TEXT + "\n",
        f"pantau_{'0' * 12}_{TEXT.rpartition('_')[2][-43:]:a>43}",
        f"pantau_{SECRET.id}_{SECRET.hash[:43]}",
        "pantau_" + "٣" * 12 + "_" + "a" * 43,
    ],
    ids=range(10),  # the texts differ from run to run
)
def test_anything_else_does_not(text: str) -> None:
    assert let_in(TEXT)
    assert not let_in(text)


def test_token_that_is_over_or_revoked_does_not() -> None:
    assert not let_in(TEXT, now=NOW + dt.timedelta(days=1))
    assert not let_in(TEXT, replace(TOKEN, revoked=NOW))


def test_what_is_kept_does_not_hold_the_secret() -> None:
    assert TEXT.split("_", 2)[2] not in repr(SECRET)
    assert new_secret("mppi", NOW, None)[0] != new_secret("mppi", NOW, None)[0]


def test_all_regions_are_those_of_the_registry_also_of_a_later_one() -> None:
    assert regions_of(checked_regions(["all", "ALL", "*"], indonesia()), indonesia()) == set(
        indonesia().regions
    )
    assert regions_of(("99.99",), indonesia()) == set()


@pytest.mark.parametrize("code", ["99", "32.99", "3273", "", "Bandung"])
def test_region_that_there_is_not_is_refused(code: str) -> None:
    with pytest.raises(UnknownName, match=r"--region.*Write a code such as 11\.01"):
        checked_regions(["32", code], indonesia())


def test_record_sets_are_those_there_are_and_with_a_mapping_its_own_alone() -> None:
    assert len(checked_datasets(["all"], None)) == 6
    with pytest.raises(UnknownName, match="no record set 'people'"):
        checked_datasets(["surveys", "people"], None)
    mapping = Mapping.parse(MAPPING, "dinas.yaml")
    assert checked_datasets(["surveys"], mapping) == ("surveys",)
    with pytest.raises(UsageError, match="Write --dataset surveys"):
        checked_datasets(["all"], mapping)


@pytest.mark.parametrize("name", ["", "MPPI", "-x", "a/b", "a b", "x" * 64, "a\n"])
def test_name_of_a_token_is_plain(name: str) -> None:
    assert checked_name("dinas-32.73_a")
    with pytest.raises(UsageError, match="--name"):
        checked_name(name)
