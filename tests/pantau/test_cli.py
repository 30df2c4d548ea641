"""What holds for every command: where ``--home`` and ``--json`` may stand, statuses, and how it fails."""

from importlib.metadata import version
from pathlib import Path

import pytest

from pantau.commands import setup
from tests.architecture.reference import COMMANDS
from tests.services.command import Answer, Installed, install, run

LEAVES = {
    path.removeprefix("pantau "): command
    for path, command in COMMANDS.items()
    if not hasattr(command, "commands")
}
READING = ["doctor", "rejected", "indicators", "rank", "rollup", "compact", "db upgrade", "init"]


def one_line(answer: Answer) -> str:
    """The one line on standard error that an answer without output consists of."""
    assert answer.out == ""
    (line,) = answer.err.splitlines()
    assert line.startswith("pantau: ")
    return line


def test_version_is_that_of_the_package() -> None:
    assert run("--version") == Answer(0, f"pantau {version('pantau-mpp')}\n", "")


@pytest.mark.parametrize("words", [[], ["--help"], ["--json"], ["-h"]])
def test_pantau_alone_explains_itself(words: list[str]) -> None:
    answer = run(*words)
    assert answer.status == 0
    assert all(name.split()[0] in answer.out for name in LEAVES)


@pytest.mark.parametrize("command", LEAVES)
def test_every_command_takes_home_and_json(command: str) -> None:
    options = {name for param in LEAVES[command].params for name in param.opts}
    assert {"--home", "--json"} <= options


@pytest.mark.parametrize("command", READING)
def test_home_and_json_mean_the_same_before_and_after_the_command(filled: Installed, command: str) -> None:
    words: list[str | Path] = [*command.split()]
    home = ("--home", filled.home)
    answers = [
        run(*home, "--json", *words),
        run(*words, *home, "--json"),
        run(*home, *words, "--json"),
        run("--json", *words, *home),
    ]
    assert [(answer.status, answer.err) for answer in answers] == [(0, "")] * 4
    assert answers[0].json
    assert [answer.json for answer in answers] == [answers[0].json] * 4


@pytest.mark.parametrize("command", ["rebuild", "dashboard", "replay", "import", *READING[:-1]])
def test_home_without_an_installation_is_wrong_use_before_and_after_the_command(
    files: Path, tmp_path: Path, command: str
) -> None:
    more: dict[str, list[str | Path]] = {
        "replay": ["--mapping", files / "mapping.yaml"],
        "import": [files / "cases.csv", "--mapping", files / "mapping.yaml"],
    }
    words, home = [*command.split(), *more.get(command, [])], ("--home", tmp_path / "none")
    for answer in (run(*home, "--json", *words), run(*words, *home, "--json")):
        assert answer.status == 2
        assert f"{tmp_path / 'none'}: no installation here. Make one: pantau --home" in one_line(answer)


def test_demo_leaves_an_installation_with_data_of_its_own_alone(filled: Installed) -> None:
    home = ("--home", filled.home)
    for answer in (run(*home, "demo", "--no-serve"), run("demo", "--no-serve", *home)):
        assert answer.status == 2
        assert "an installation with data of its own. Give the demo another --home" in one_line(answer)


def test_home_is_that_of_the_environment_when_none_is_given(
    filled: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_HOME", str(filled.home))
    assert run("--json", "doctor").json == filled("doctor")


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["no-such-command"], "See: pantau --help"),
        (["doctor", "--no-such-option"], "See: pantau doctor --help"),
        (["import"], "Missing argument"),
        (["import", "cases.csv"], "Missing option '--mapping'"),
        (["import", "a.csv", "--mapping", "m.yaml", "--max-rejected", "2"], "See: pantau import --help"),
        (["rank", "--level", "street"], "See: pantau rank --help"),
        (["db", "downgrade"], "See: pantau db --help"),
        (["dashboard", "--port", "0"], "See: pantau dashboard --help"),
    ],
)
def test_wrong_use_is_status_2_and_one_line_that_says_where_to_look(words: list[str], remedy: str) -> None:
    answer = run(*words)
    assert answer.status == 2
    assert remedy in one_line(answer)


def test_wrong_mapping_is_status_2(filled: Installed, files: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("version: 1\nno: such entry\n", encoding="utf-8")
    for mapping in (tmp_path / "wrong.yaml", tmp_path / "missing.yaml"):
        answer = run("--home", filled.home, "import", files / "cases.csv", "--mapping", mapping)
        assert answer.status == 2
        assert mapping.name in answer.err
        assert "Traceback" not in answer.err


def test_unknown_indicator_is_status_2_and_lists_those_there_are(filled: Installed) -> None:
    answer = filled.run("indicators", "--indicator", "happiness")
    assert answer.status == 2
    assert "on_time_ratio" in one_line(answer)


def test_rejected_rows_over_the_stated_share_are_status_1(files: Path, tmp_path: Path) -> None:
    installed = install(tmp_path / "home")
    the_import = ("import", files / "cases.csv", "--mapping", files / "mapping.yaml", "--max-rejected")
    assert installed.run(*the_import, "0.09").status == 1
    assert installed.run(*the_import, "0.10").status == 0
    assert installed.run(*the_import, "0.09", "--dry-run").status == 1


def test_source_that_cannot_be_read_is_status_3(filled: Installed, files: Path) -> None:
    answer = run("--home", filled.home, "import", files / "none.csv", "--mapping", files / "mapping.yaml")
    assert answer.status == 3
    assert "none.csv" in answer.err
    assert "Traceback" not in answer.err


def test_store_that_cannot_be_reached_is_status_3_and_its_password_stays_secret(
    filled: Installed, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "postgresql+psycopg://ana:s3cret%21@127.0.0.1:1/pantau"
    (tmp_path / "pantau_store_url").write_text(address, encoding="utf-8")
    the_import = ("import", files / "cases.csv", "--mapping", files / "mapping.yaml")
    for name, value in (("PANTAU_STORE_URL", address), ("PANTAU_SECRETS_DIR", str(tmp_path))):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            for words in (["doctor"], ["rank"], ["init"], ["db", "upgrade"], ["dashboard"], the_import):
                answer = filled.run(*words)
                assert answer.status == 3
                assert "127.0.0.1:1/pantau" in one_line(answer)
                assert "s3cret" not in answer.err


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://ana:s3cret@127.0.0.1:port/pantau",
        "mysql://ana:s3cret@127.0.0.1/pantau",
        "ana:s3cret@127.0.0.1/pantau",
        "postgresql+psycopg://127.0.0.1:1/pantau?password=s3cret&user=ana",
        "postgresql+psycopg://ana@127.0.0.1:1/pantau?password=s3cret&no_such_setting=1",
    ],
)
def test_wrong_address_of_a_store_is_not_repeated_with_its_password(
    filled: Installed, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANTAU_STORE_URL", address)
    answer = filled.run("doctor")
    assert answer.status == 3
    assert "s3cret" not in one_line(answer)


def test_unexpected_failure_is_one_line_without_a_password(
    filled: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("connection to postgresql://ana:s3cret@db.test/pantau\nis gone")

    monkeypatch.setattr(setup, "Installation", broken)
    answer = filled.run("doctor")
    assert answer.status == 3
    line = one_line(answer)
    assert "connection to postgresql://ana:***@db.test/pantau is gone" in line
    assert "PANTAU_TRACEBACK=1" in line
    monkeypatch.setenv("PANTAU_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        filled.run("doctor")
