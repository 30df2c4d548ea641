"""``pantau token``: what each command answers, what it leaves in the audit trail, and what it refuses."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from exporters.push.tokens import admitted
from metrics.regions import indonesia
from metrics.store import Store
from tests.services.command import Installed, install

MAPPING = (
    "version: 1\ndataset: surveys\nsource: dinas\nsimulated: true\nregion: kode\n"
    "fields: {id: nomor, answered: diisi}\n"
)
CREATE = ("token", "create", "--name", "mppi", "--region", "32", "--dataset", "transactions")


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home")


def store(installed: Installed) -> Store:
    return Store.open(f"sqlite:///{installed.home / 'store.sqlite3'}")


def let_in(installed: Installed, text: str, hours: float = 0) -> bool:
    now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
    with store(installed) as kept:
        return admitted(text, kept.push_secret, indonesia(), now) is not None


def test_token_is_shown_once_and_is_nowhere_kept(installed: Installed) -> None:
    made = installed(*CREATE, "--region", "11.01", "--expires-days", "2")
    assert let_in(installed, made["token"], 47)
    assert not let_in(installed, made["token"], 49)
    assert made["regions"] == 28
    (row,) = installed("token", "list")
    assert (row["name"], row["state"], row["regions"], row["record_sets"]) == (
        "mppi",
        "in use",
        ["32", "11.01"],
        ["transactions"],
    )
    secret = made["token"].split("_", 2)[2]
    assert secret not in str(row)
    assert not any(
        secret.encode() in path.read_bytes() for path in installed.home.rglob("*") if path.is_file()
    )


def test_person_is_told_that_it_is_shown_once(installed: Installed) -> None:
    from tests.services.command import run  # noqa: PLC0415 - the one test that reads as a person does

    answer = run("--home", installed.home, *CREATE)
    assert "shown this once" in answer.err
    assert "pantau_" in answer.out


def test_rotated_token_goes_on_for_its_grace_and_the_new_one_at_once(installed: Installed) -> None:
    first = installed(*CREATE)["token"]
    second = installed("token", "rotate", "mppi", "--grace-hours", "5")["token"]
    third = installed("token", "rotate", "mppi", "--grace-hours", "0")["token"]
    assert [let_in(installed, text) for text in (first, second, third)] == [False, False, True]
    fourth = installed("token", "rotate", "mppi", "--grace-hours", "5")["token"]
    assert [let_in(installed, third, hours) for hours in (4, 6)] == [True, False]
    assert let_in(installed, fourth, 10_000)
    (row,) = installed("token", "list")
    assert row["secrets"] == [text.split("_")[1] for text in (third, fourth)]


def test_revoked_token_stays_in_the_list_and_lets_nobody_in(installed: Installed) -> None:
    made = installed(*CREATE)["token"]
    installed("token", "revoke", "mppi")
    assert not let_in(installed, made)
    (row,) = installed("token", "list")
    assert (row["state"], row["secrets"]) == ("revoked", [])
    assert "revoked for good" in installed.run("token", "rotate", "mppi").err


def test_each_act_is_a_line_of_the_audit_trail(installed: Installed) -> None:
    made = installed(*CREATE, "--simulated")
    installed("token", "rotate", "mppi")
    installed("token", "revoke", "mppi")
    with store(installed) as kept:
        acts = kept.push_acts()
    assert [(one.act, one.token) for one in acts] == [
        ("revoke", "mppi"),
        ("rotate", "mppi"),
        ("create", "mppi"),
    ]
    assert f"secret {made['token'].split('_')[1]}, regions 32, record sets transactions" in acts[-1].detail
    assert "simulated" in acts[-1].detail
    assert made["token"].split("_", 2)[2] not in str(acts)


def test_token_with_a_mapping_is_for_its_record_set_and_as_simulated_as_it_says(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "dinas.yaml").write_text(MAPPING, encoding="utf-8")
    words = ("token", "create", "--name", "dinas", "--region", "all", "--mapping", tmp_path / "dinas.yaml")
    made = installed(*words, "--dataset", "surveys")
    assert made["regions"] == 514
    (row,) = installed("token", "list")
    assert (row["mapping"], row["simulated"]) == (True, True)
    assert "Write --dataset surveys" in installed.run(*words, "--dataset", "all").err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"--name": "MPPI"}, "cannot be a token's name"),
        ({"--region": "99"}, "no code of a region or province"),
        ({"--dataset": "people"}, "no record set 'people'"),
        ({"--expires-days": "0"}, "See: pantau token create --help"),
        ({"--mapping": "none.yaml"}, "none.yaml cannot be read"),
    ],
)
def test_token_that_cannot_be_is_refused_and_leaves_nothing(
    installed: Installed, change: dict[str, str], says: str
) -> None:
    given = {"--name": "a", "--region": "32", "--dataset": "surveys", **change}
    answer = installed.run("token", "create", *(word for pair in given.items() for word in pair))
    assert answer.status == 2
    assert says in answer.err
    assert installed("token", "list") == []


def test_name_that_was_used_is_refused_and_one_that_was_not_is_unknown(installed: Installed) -> None:
    installed(*CREATE)
    assert "Take another name" in installed.run(*CREATE).err
    assert "no token is called 'other'" in installed.run("token", "revoke", "other").err
