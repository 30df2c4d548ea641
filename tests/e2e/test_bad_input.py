"""Bad input: the message names the file, the place in it and the remedy; the rest goes on; nothing is lost."""

from __future__ import annotations

import csv
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cases import COLUMNS, Case, some_cases, write, write_mapping
from tests.services.command import Answer, Installed, install

GOOD = 20
NOISE = random.Random(1).randbytes(4000)  # noqa: S311 - bytes, no secrets
HTML = b"<!doctype html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n"
TABLE = "".join(
    ",".join(row) + "\n" for row in [COLUMNS, *(case.values() for case in some_cases(50, bad_every=0))]
)
LONG = "".join(f"{n},{random.Random(n).random()}\n" for n in range(20_000)).encode()  # noqa: S311 - as NOISE
WIDE = (",".join(f"c{n}" for n in range(100_000)) + "\n" + ",".join(["1"] * 100_000) + "\n").encode()

UNREADABLE: dict[str, bytes] = {
    "picture.csv": b"\x89PNG\r\n\x1a\n" + NOISE,
    "noise.csv": NOISE,
    "gateway.csv": HTML,
    "portal.csv": b"<!-- Masuk -->\n" + HTML,
    "latin.csv": TABLE.replace("A000007", "Aé007").encode("latin-1"),
    "marked.csv": TABLE.encode("utf-16"),
    "unmarked.csv": TABLE.encode("utf-16-le"),
    "half.csv.gz": gzip.compress(LONG)[:-100_000],
    "misspelt.csv": TABLE.replace("submitted", "submited", 1).encode(),
    "header.csv": TABLE.splitlines(keepends=True)[0].encode(),
    "nothing.csv": b"",
    "wide.csv": WIDE,
}


@dataclass(frozen=True)
class Taken:
    """What became of several files that one command took, a good one last."""

    answer: Answer
    installed: Installed

    def refusal(self, name: str) -> str:
        """Message about a file of which nothing was counted, as it is in the answer and for people."""
        account = self.account(name)
        assert [account[count] for count in ("read", "accepted", "rejected", "new")] == [0, 0, 0, 0]
        message = str(account["error"])
        assert message.startswith(name)
        assert f"pantau: {message}" in self.answer.err.splitlines()
        return message

    def account(self, name: str) -> dict[str, Any]:
        (account,) = [file for file in self.answer.json["files"] if file["origin"] == name]
        assert account["accepted"] + account["rejected"] == account["read"]
        return dict(account)


@pytest.fixture(scope="module")
def unreadable(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """All of ``UNREADABLE``, and a good file after them."""
    folder = tmp_path_factory.mktemp("unreadable")
    for name, content in UNREADABLE.items():
        (folder / name).write_bytes(content)
    files = [folder / name for name in UNREADABLE]
    good = write(folder / "good.csv", some_cases(GOOD, bad_every=0))
    mapping = write_mapping(folder / "map.yaml", format={"encoding": "utf-8"})
    installed = install(folder / "home")
    return Taken(installed.run("import", *files, good, "--mapping", mapping), installed)


def test_file_after_twelve_that_cannot_be_read_is_taken_in(unreadable: Taken) -> None:
    assert unreadable.answer.status == 3
    assert "Traceback" not in unreadable.answer.err
    assert len(unreadable.answer.err.splitlines()) == len(UNREADABLE)
    assert (unreadable.account("good.csv")["accepted"], unreadable.answer.json["read"]) == (GOOD, GOOD)
    assert unreadable.installed.figure("completion_days_median", "*")["n"] == GOOD


def test_picture_named_csv_is_called_a_picture(unreadable: Taken) -> None:
    message = unreadable.refusal("picture.csv")
    assert "is a picture (PNG), not a table. CSV, XLSX, JSON" in message


def test_random_bytes_named_csv_are_no_text(unreadable: Taken) -> None:
    message = unreadable.refusal("noise.csv")
    assert "is not text: byte " in message
    assert "export it first" in message


@pytest.mark.parametrize("name", ["gateway.csv", "portal.csv"])
def test_error_page_named_csv_is_called_a_web_page(unreadable: Taken, name: str) -> None:
    assert "is a web page (HTML), not a table. Did a login page come instead" in unreadable.refusal(name)


def test_bytes_that_the_stated_encoding_has_not_are_told_with_line_and_offset(unreadable: Taken) -> None:
    message = unreadable.refusal("latin.csv")
    at = UNREADABLE["latin.csv"].index(b"\xe9")
    assert f"line 9: byte 0xe9 at offset {at} is not utf-8" in message
    assert "correct or remove format.encoding" in message


@pytest.mark.parametrize("name", ["marked.csv", "unmarked.csv"])
def test_utf_16_under_a_mapping_that_says_utf_8_is_called_utf_16(unreadable: Taken, name: str) -> None:
    message = unreadable.refusal(name)
    assert "utf-16-le, not utf-8 as the mapping states. Correct or remove format.encoding." in message


def test_gz_that_was_cut_off_is_to_be_fetched_again(unreadable: Taken) -> None:
    message = unreadable.refusal("half.csv.gz")
    assert "ends in the middle of the compressed data" in message
    assert "fetch it again" in message


def test_missing_column_is_named_with_its_entry_and_what_there_is(unreadable: Taken) -> None:
    message = unreadable.refusal("misspelt.csv")
    assert "has no column 'submitted', which map.yaml names in fields.submitted" in message
    assert "Did you mean 'submited'? Correct the mapping" in message


def test_file_of_0_rows_asks_for_its_selection(unreadable: Taken) -> None:
    assert "holds a header and no record. Was it exported with an empty" in unreadable.refusal("header.csv")


def test_file_of_0_bytes_is_empty(unreadable: Taken) -> None:
    assert "is empty (0 bytes). Was it exported with an empty" in unreadable.refusal("nothing.csv")


def test_file_of_100_000_columns_names_the_limit(unreadable: Taken) -> None:
    message = unreadable.refusal("wide.csv")
    assert "has 100,000 columns, more than 2,000. Is it the right file, and its delimiter?" in message
    assert message.endswith("raise format.limits.max_columns.")


def test_limit_that_a_message_names_can_be_raised_in_the_mapping(tmp_path: Path) -> None:
    columns = [*COLUMNS, *(f"c{n}" for n in range(3_000))]
    file = tmp_path / "wide.csv"
    with file.open("w", newline="", encoding="utf-8") as content:
        writer = csv.DictWriter(content, columns)
        writer.writeheader()
        writer.writerows(some_cases(GOOD, bad_every=0))
    installed = install(tmp_path / "home")
    small, large = (
        write_mapping(tmp_path / f"{limit}.yaml", format={"limits": {"max_columns": limit}})
        for limit in (2_000, 5_000)
    )
    refused = installed.run("import", file, "--mapping", small, "--dry-run")
    assert (refused.status, "has 3,006 columns, more than 2,000" in refused.err) == (3, True)
    assert installed("import", file, "--mapping", large, "--dry-run")["accepted"] == GOOD


SOUND = {
    "region": "Kota Bandung",
    "submitted": "2025-02-03T01:00:00+00:00",
    "completed": "2025-02-05T01:00:00+00:00",
    "status": "completed",
    "seen": "2025-07-01T00:00:00+00:00",
}
FAULTS: dict[str, Case] = {
    "future": {"submitted": "2999-01-01T00:00:00+00:00", "completed": ""},
    "seen-later": {"seen": "2999-01-01T00:00:00+00:00"},
    "ancient": {"submitted": "1900-01-01T00:00:00+00:00"},
    "format": {"submitted": "03/02/2025 08.00"},
    "word": {"completed": "kemarin"},
    "backwards": {"completed": "2025-02-01T01:00:00+00:00"},
    "negative": {"promise": "-5"},
    "unknown": {"region": "Kota Atlantis"},
    "close": {"region": "Kota Bandungg"},
    "ambiguous": {"region": "Bandung"},
    "nowhere": {"region": ""},
}
FIELDS = {
    **{name: name for name in ("id", "submitted", "completed", "status")},
    "promise_value": {"column": "promise", "optional": True},
    "promise_unit": {"constant": "working_days"},
    "promise_from": {"constant": "submitted"},
}


@dataclass(frozen=True)
class Sifted:
    """A file of rows with one fault each, and the rows that were kept aside."""

    taken: Taken
    again: Answer
    rejected: dict[str, dict[str, Any]]

    def rejection(self, fault: str) -> tuple[str | None, str, str]:
        """Region, rule and reason of the row, which names its file, its number and what was read."""
        row = self.rejected[fault]
        assert (row["origin"], row["row"]) == ("faults.csv", list(FAULTS).index(fault) + 1)
        assert json.loads(row["payload"])["id"] == fault
        assert f" × {row['rule']}, first in row " in self.taken.answer.err
        return row["region"], row["rule"], row["reason"]


@pytest.fixture(scope="module")
def sifted(tmp_path_factory: pytest.TempPathFactory) -> Sifted:
    folder = tmp_path_factory.mktemp("faults")
    rows = [SOUND | {"id": name, "promise": "5"} | fault for name, fault in FAULTS.items()]
    with (folder / "faults.csv").open("w", newline="", encoding="utf-8") as content:
        writer = csv.DictWriter(content, [*COLUMNS, "promise"])
        writer.writeheader()
        writer.writerows([*rows, SOUND | {"id": "sound", "promise": "5"}])
    named = {"column": "region", "by": "name"}
    mapping = write_mapping(folder / "map.yaml", region=named, fields=FIELDS)
    goods = [case | {"region": "Kota Bandung"} for case in some_cases(GOOD, bad_every=0)]
    words = ("import", folder / "faults.csv", write(folder / "good.csv", goods), "--mapping", mapping)
    installed = install(folder / "home")
    taken = Taken(installed.run(*words), installed)
    again = installed.run(*words, "--max-rejected", "0.5")
    return Sifted(taken, again, {json.loads(row["payload"])["id"]: row for row in installed("rejected")})


def test_rows_with_a_fault_keep_no_other_row_out(sifted: Sifted) -> None:
    account = sifted.taken.account("faults.csv")
    faults = len(FAULTS)
    assert [account[name] for name in ("read", "accepted", "rejected")] == [faults + 1, 1, faults]
    assert sifted.taken.account("good.csv")["accepted"] == GOOD
    assert sifted.taken.installed.figure("completion_days_median", "*")["n"] == GOOD + 1
    assert sifted.rejected.keys() == FAULTS.keys()


def test_too_many_rejected_rows_end_in_status_1_with_file_row_region_and_remedy(sifted: Sifted) -> None:
    answer = sifted.taken.answer
    assert answer.status == 1
    (line,) = answer.err.splitlines()
    assert line.startswith(f"pantau: {len(FAULTS)} of {len(FAULTS) + 1 + GOOD} rows were rejected, a larger")
    assert "faults.csv, 1 × submitted-not-ancient, first in row 3, region 32.73: submitted 1900-01-01" in line
    assert "good.csv" not in line
    assert line.endswith("or mend map.yaml and try 'pantau replay'.")


def test_share_of_rejected_rows_within_what_is_stated_is_status_0(sifted: Sifted) -> None:
    assert (sifted.again.status, sifted.again.err) == (0, "")
    assert sifted.again.json["rejected"] == len(FAULTS)


def test_date_in_the_future_is_rejected(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("future")
    assert (region, rule) == ("32.73", "submitted-not-in-future")
    assert reason.startswith("submitted 2999-01-01 00:00:00 lies in the future of observed_at 2025-07-01")


def test_record_that_was_seen_in_the_future_is_rejected(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("seen-later")
    assert (region, rule) == ("32.73", "observed-at-not-in-future")
    assert reason.startswith("observed_at 2999-01-01 00:00:00 lies in the future of now")


def test_date_in_1900_is_rejected(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("ancient")
    assert (region, rule) == ("32.73", "submitted-not-ancient")
    assert reason == "submitted 1900-01-01 00:00:00 is before 2000-01-01"


@pytest.mark.parametrize(("fault", "field"), [("format", "submitted"), ("word", "completed")])
def test_date_in_an_unknown_format_is_rejected_with_what_to_add(
    sifted: Sifted, fault: str, field: str
) -> None:
    region, rule, reason = sifted.rejection(fault)
    assert (region, rule) == ("32.73", "date-unreadable")
    assert reason.startswith(f"'{FAULTS[fault][field]}' in column '{field}' is no instant in the formats iso")
    assert f"add its format to fields.{field}.formats" in reason


def test_completed_before_submitted_is_rejected(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("backwards")
    assert (region, rule) == ("32.73", "completed-not-before-submitted")
    assert reason == "completed 2025-02-01 01:00:00 is before submitted 2025-02-03 01:00:00"


def test_negative_duration_that_was_promised_is_rejected(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("negative")
    assert (region, rule) == ("32.73", "promise-value-not-negative")
    assert reason.startswith("promise_value -5")


def test_negative_duration_that_was_measured_is_rejected(tmp_path: Path) -> None:
    file = tmp_path / "probes.csv"
    file.write_text("at,seconds\n2025-02-03T01:00:00Z,0.2\n2025-02-03T01:05:00Z,-0.2\n", encoding="utf-8")
    fields = {"id": "at", "checked": "at", "target": {"constant": "t"}, "up": {"constant": "true"}}
    mapping = write_mapping(
        tmp_path / "map.yaml",
        dataset="probes",
        observed_at={"column": "at"},
        region={"constant": "32.73"},
        fields={**fields, "valid_seconds": {"constant": "300"}, "total_seconds": "seconds"},
    )
    answer = install(tmp_path / "home").run("import", file, "--mapping", mapping, "--dry-run")
    assert (answer.status, answer.json["accepted"], answer.json["rejected"]) == (1, 1, 1)
    assert answer.json["rejected_by_rule"] == {"total-seconds-not-negative": 1}
    assert "probes.csv, 1 × total-seconds-not-negative, first in row 2, region 32.73" in answer.err


def test_unknown_region_is_rejected_and_a_close_name_is_offered(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("unknown")
    assert (region, rule) == (None, "region-unknown")
    assert reason.startswith("'Kota Atlantis' is no region of the registry")
    assert reason.endswith("Or add it to region.words.")
    offered = sifted.rejection("close")[2]
    assert "Did you mean " in offered
    assert "Kota Bandung (32.73, Jawa Barat)" in offered


def test_name_of_a_kota_and_a_kabupaten_is_not_guessed(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("ambiguous")
    assert (region, rule) == (None, "region-ambiguous")
    assert "Kabupaten Bandung (32.04, Jawa Barat), Kota Bandung (32.73, Jawa Barat)" in reason
    assert "Give the kind, the province or the code." in reason


def test_row_without_a_region_is_rejected(sifted: Sifted) -> None:
    region, rule, reason = sifted.rejection("nowhere")
    assert (region, rule) == (None, "region-missing")
    assert reason.startswith("The column 'region' is blank. Ask the source for it")
