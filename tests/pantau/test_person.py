"""Who does something: the name given, or the login name."""

from __future__ import annotations

import getpass

import pytest

from metrics.errors import UsageError
from pantau.person import named, signed


def test_name_given_stands_and_without_one_the_login_name() -> None:
    assert named("budi") == signed(" budi ") == "budi"
    assert named(None) == getpass.getuser()


def test_system_that_knows_no_name_is_told_by_which_option_to_give_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", _nobody)
    with pytest.raises(UsageError, match="Write --who NAME"):
        named(None)
    with pytest.raises(UsageError, match="Write --by NAME"):
        signed(None)


@pytest.mark.parametrize("name", ["", "a.n. Siti Aminah", "siti@example.id"])
def test_name_that_is_empty_or_personal_data_is_not_signed_with(name: str) -> None:
    with pytest.raises(UsageError, match="Write a login name"):
        signed(name)


def _nobody(number: int) -> object:
    raise KeyError(number)
