"""``pantau contract``: what it lists, how it judges a new version, and what a producer gets for a file."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from checks.compile import CONTRACTS
from tests.e2e.cases import some_cases, write, write_mapping
from tests.services.chromium import chromium, visit
from tests.services.command import Answer, run

__all__ = ["chromium"]

TEXT = CONTRACTS["transactions"].read_text(encoding="utf-8")
PERSON = {
    "nik": "3273014107900003",
    "phone": "081234567890",
    "mail": "siti@example.test",
    "name": "Siti Aminah",
}
RECORDS = f"""No;Kota;Layanan;Masuk;Selesai;Status
{PERSON["nik"]};Kota Bandung;KTP a.n. {PERSON["name"]};03/03/2025 08:15;02/03/2025 10:40;Selesai
0812-3456-7890;Kota Bandung;KTP;03/03/2025 08:15;02/03/2025 10:40;Selesai
0003;Bandung {PERSON["mail"]};KTP;03/03/2025 08:15;;Proses
0004;Kota Bandung;<script>alert(1)</script>;2025-03-03;;Proses
0005;Kota Bandung;KTP;03/03/2025 08:15;04/03/2025 08:15;Proses
0006;Kota Bandung;KTP;03/03/2025 08:15;04/03/2025 08:15;<i>Ditunda</i>
0007;Kota Bandung;{PERSON["name"]};03/03/2025
"""
MAPPING = """version: 1
dataset: transactions
source: contoh
timezone: Asia/Jakarta
observed_at: {constant: 2025-04-01T00:00:00Z}
region: {column: Kota, by: name}
fields:
  id: No
  service: Layanan
  submitted: {column: Masuk, formats: "%d/%m/%Y %H:%M"}
  completed: {column: Selesai, formats: "%d/%m/%Y %H:%M"}
  status: {column: Status, words: {Selesai: completed, Proses: open}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with ``data.csv``, of which most records are bad, and its mapping."""
    (tmp_path / "data.csv").write_text(RECORDS, encoding="utf-8")
    (tmp_path / "map.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def tried(folder: Path, *words: str | Path, file: str = "data.csv") -> Answer:
    return run("contract", "test", folder / file, "--mapping", folder / "map.yaml", *words)


def test_contracts_are_listed_with_their_versions() -> None:
    rows = run("--json", "contract", "list").json
    assert [row["name"] for row in rows] == [*CONTRACTS]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", row["version"]) for row in rows)


def test_contract_is_shown_with_its_columns_and_rules() -> None:
    shown = run("--json", "contract", "show", "transactions").json
    assert shown["key"] == ["region", "id"]
    (status,) = (column for column in shown["columns"] if column["name"] == "status")
    assert status["words"] == ["open", "completed", "rejected", "withdrawn"]
    (order,) = (rule for rule in shown["rules"] if rule["id"] == "completed-not-before-submitted")
    assert (order["kind"], order["severity"]) == ("not-less", "critical")
    assert order["arguments"] == {"column": "completed", "than": "submitted"}
    assert "completed-not-before-submitted\tnot-less" in run("contract", "show", "transactions").out


def test_contract_that_there_is_not_is_wrong_use() -> None:
    answer = run("contract", "show", "permits")
    assert answer.status == 2
    assert "Use one of transactions" in answer.err


def test_contract_that_is_bad_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(TEXT.replace("rule: registered", "rule: known"), encoding="utf-8")
    answer = run("contract", "show", str(tmp_path / "bad.yaml"))
    assert answer.status == 2
    assert re.search(r"bad\.yaml line \d+ column 17, .*'known' is no kind of rule", answer.err)


@pytest.mark.parametrize(("version", "status", "enough"), [("1.1.0", 1, False), ("2.0.0", 0, True)])
def test_breaking_change_needs_a_major_version(
    tmp_path: Path,
    version: str,
    status: int,
    enough: bool,  # noqa: FBT001 - a row of the table
) -> None:
    text = TEXT.replace("version: 1.0.0", f"version: {version}").replace("phone, post", "phone")
    (tmp_path / "new.yaml").write_text(text, encoding="utf-8")
    answer = run("--json", "contract", "diff", "transactions", str(tmp_path / "new.yaml"))
    assert answer.status == status
    assert (answer.json["from"], answer.json["to"], answer.json["asked"]) == ("1.0.0", version, "major")
    assert answer.json["enough"] is enough
    assert answer.json["changes"] == [
        {
            "change": "word removed",
            "of": "domain-channel",
            "before": "post",
            "after": "",
            "producers": "breaking",
            "readers": "compatible",
        }
    ]
    assert ("Raise 'version'" in answer.err) is not enough


def test_compatible_change_without_a_new_version_is_told_but_no_failure(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(
        TEXT.replace("mustBeLessOrEqualTo: 1\n", "mustBeLessOrEqualTo: 2\n", 1)
    )
    answer = run("contract", "diff", "transactions", str(tmp_path / "new.yaml"))
    assert answer.status == 0
    assert "bound\tcompleted-not-after-observed\t1 %\t2 %\tcompatible\tcompatible" in answer.out
    assert "ask for a new minor version" in answer.err


def test_same_contract_has_no_changes() -> None:
    answer = run("contract", "diff", "surveys", "surveys")
    assert (answer.status, answer.err) == (0, "")
    assert "asked\tnone" in answer.out


def test_file_that_keeps_its_contract_is_accepted_without_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "data.csv", some_cases(40, bad_every=0))
    write_mapping(tmp_path / "map.yaml")
    answer = tried(tmp_path, "--json", "--report", tmp_path / "out.html")
    assert (answer.status, answer.err) == (0, "")
    assert (answer.json["verdict"], answer.json["read"], answer.json["accepted"]) == ("accepted", 40, 40)
    assert answer.json["rules"] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.csv", "map.yaml", "out.html"]
    text = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<strong>DITERIMA</strong>" in text
    assert "Semua 40 baris memenuhi kontrak." in text
    assert "Data ini ditandai sebagai data simulasi." in text


def test_file_with_bad_rows_is_told_rule_by_rule_with_the_remedy(folder: Path) -> None:
    answer = tried(folder, "--json")
    assert answer.status == 1
    counts = {name: answer.json[name] for name in ("verdict", "read", "accepted", "rejected", "warned")}
    assert counts == {"verdict": "rejected", "read": 7, "accepted": 1, "rejected": 6, "warned": 1}
    rules = {(rule["rule"], rule["field"]): rule for rule in answer.json["rules"]}
    assert {place: rule["rows"] for place, rule in rules.items()} == {
        ("completed-not-before-submitted", ""): 2,
        ("region-unknown", "region"): 1,
        ("date-unreadable", "submitted"): 1,
        ("word-unknown", "status"): 1,
        ("line-malformed", ""): 1,
        ("status-agrees-with-dates", ""): 1,
    }
    date = rules["date-unreadable", "submitted"]
    assert date["examples"] == [{"row": 4, "values": {"Masuk": "2025-03-03"}}]
    assert "Masuk (submitted) dalam bentuk %d/%m/%Y %H:%M (31/12/2025 14:30)" in date["remedy"]
    status = rules["status-agrees-with-dates", ""]
    assert not status["rejects"]
    assert status["over_bound"] == ["", "32.73"]
    assert "Dengan tanggal: Selesai (completed). Tanpa tanggal: Proses (open)." in status["remedy"]


def test_report_says_all_that_must_be_mended_and_masks_persons(folder: Path) -> None:
    answer = tried(folder, "--report", folder / "out.html")
    text = (folder / "out.html").read_text(encoding="utf-8")
    plain = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL))
    assert answer.status == 1
    assert "BELUM DAPAT DITERIMA" in plain
    assert "6 dari 7 baris ditolak." in plain
    assert "Tanggal selesai mendahului tanggal pengajuan" in plain
    assert "Yang memperbaiki pengelola sistem sumber di daerah" in plain
    assert "Wilayah tidak dikenal, kolom Kota (region)" in plain
    assert "Melewati batas kontrak (1,0 % dari baris): seluruh berkas, 32.73." in plain
    assert "Bandung [email" in plain
    assert "<i>Ditunda</i>" in plain  # as text, and no mark-up
    for shown in (text, answer.out, answer.err):
        assert [word for word in PERSON.values() if word in shown] == []
    assert not re.search(r"<script|<img|<link|https?:|url\(|<i>", text)
    assert text.startswith('<!doctype html>\n<html lang="id">')


def test_report_in_english_has_the_contracts_own_words(folder: Path) -> None:
    tried(folder, "--report", folder / "out.html", "--lang", "en")
    text = unescape((folder / "out.html").read_text(encoding="utf-8"))
    assert '<html lang="en">' in text
    assert "NOT ACCEPTED YET" in text
    assert "No application is completed before it is submitted." in text
    assert "A negative duration makes the region look faster than it is." in text


def test_file_that_cannot_be_read_gets_a_report_that_says_so(folder: Path) -> None:
    (folder / "data.csv").write_text(
        "No;Kota;Layanan;Masuk;Selesai\n1;Kota Bandung;KTP;;\n", encoding="utf-8"
    )
    answer = tried(folder, "--json", "--report", folder / "out.html")
    assert answer.status == 3
    assert (answer.json["verdict"], answer.json["read"]) == ("unreadable", 0)
    assert "has no column 'Status'" in answer.json["error"]
    assert "has no column 'Status'" in answer.err
    text = unescape((folder / "out.html").read_text(encoding="utf-8"))
    assert "TIDAK DAPAT DIBACA" in text
    assert "Samakan nama kolom di berkas dan di pemetaan." in text
    assert "data.csv has no column 'Status'" in text


def test_file_that_is_not_there_gets_a_report_too(folder: Path) -> None:
    answer = tried(folder, "--report", folder / "out.html", file="absent.csv")
    assert answer.status == 3
    assert "Berkas tidak ada di tempat itu" in (folder / "out.html").read_text(encoding="utf-8")


def test_mapping_that_cannot_be_used_is_wrong_use(folder: Path) -> None:
    (folder / "map.yaml").write_text(MAPPING.replace("  id: No\n", ""), encoding="utf-8")
    answer = tried(folder, "--report", folder / "out.html")
    assert answer.status == 2
    assert "fields.id: it is missing" in answer.err
    assert not (folder / "out.html").exists()


def test_other_registry_of_regions_can_be_named(folder: Path) -> None:
    registry = Path(__file__).parents[2] / "registries" / "permits-nl.csv"
    answer = tried(folder, "--json", "--registry", registry)
    assert answer.json["rejected"] == 7
    assert all(rule["rows"] == 6 for rule in answer.json["rules"] if rule["rule"] == "region-unknown")


@pytest.mark.browser
def test_report_asks_for_nothing_and_fits_a_small_screen(folder: Path, chromium: Browser) -> None:
    tried(folder, "--report", folder / "out.html")
    with visit(chromium, (folder / "out.html").as_uri(), width=360, until="BELUM DAPAT DITERIMA") as seen:
        assert (seen.outside, seen.failures) == ([], [])
        assert not seen.is_wider_than_the_screen
        assert "Yang tidak diuji di sini" in seen.text
