"""Answers of Open311 servers (GeoReport v2), kept as files, go through the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from metrics.archive import Archive
from tests.exporters.realdata import FILES, ROOT, real
from tests.services.command import Installed, install

MAPPING = ROOT / "tests" / "mappings" / "open311.yaml"
XML_MAPPING = ROOT / "tests" / "mappings" / "open311-xml.yaml"
LEADING_ZEROS = re.compile(r'("service_code"\s*:\s*)(0\d+)')


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return install(tmp_path / "home", ROOT / "tests" / "registries" / "open311.csv")


def complaints(installed: Installed) -> list[dict[str, Any]]:
    """Complaints that were taken in, in the order of the answer."""
    records = Archive(installed.home / "archive").records("complaints")
    assert records is not None
    return pl.DataFrame(records.to_table()).sort("row").to_dicts()


def mended_example(folder: Path) -> Path:
    """The specification's own example, its codes with leading zeros put in quotes: JSON knows no 001."""
    text = real("open311/spec-examples/json-service-requests.json").read_text(encoding="utf-8")
    path = folder / "mended.json"
    path.write_text(LEADING_ZEROS.sub(r'\1"\2"', text), encoding="utf-8")
    return path


def test_answer_of_a_server_is_taken_in_as_complaints_that_are_open(installed: Installed) -> None:
    account = installed("import", real(FILES["open311"]), "--mapping", MAPPING)
    assert [account[name] for name in ("read", "accepted", "rejected", "new")] == [2, 2, 0, 2]
    light, building = complaints(installed)
    assert (light["region"], light["id"], light["category"]) == ("US-CHI", "14-01100669", "Alley Light Out")
    assert (building["id"], building["category"]) == ("14-01100627", "Building Violation")
    assert f"{light['received']:%Y-%m-%d %H:%M:%S %Z}" == "2014-07-12 15:58:43 UTC"
    assert light["received_offset_minutes"] == -5 * 60
    assert installed.figure("complaint_resolution_days_median", "*")["n"] == 2


def test_closed_request_has_no_time_of_closing_and_none_is_made_up(
    installed: Installed, tmp_path: Path
) -> None:
    """Version 2 has but open and closed; the time of an update may be that of any change."""
    installed("import", mended_example(tmp_path), "--mapping", MAPPING)
    first, second = complaints(installed)
    assert [case["status"] for case in (first, second)] == ["closed", "in_process"]
    assert [case["resolved"] for case in (first, second)] == [None, None]
    assert installed.figure("complaint_resolution_days_median_closed", "*")["n"] == 0


def test_id_that_is_a_number_stays_the_text_that_was_written(installed: Installed, tmp_path: Path) -> None:
    installed("import", mended_example(tmp_path), "--mapping", MAPPING)
    assert [case["id"] for case in complaints(installed)] == ["638344", "638349"]


def test_empty_elements_are_absent(installed: Installed, tmp_path: Path) -> None:
    path = mended_example(tmp_path)
    answers = json.loads(path.read_text(encoding="utf-8"))
    answers[0]["expected_datetime"], answers[1]["expected_datetime"] = None, ""
    path.write_text(json.dumps(answers), encoding="utf-8")
    account = installed("import", path, "--mapping", MAPPING)
    assert account["rejected"] == 0
    assert [case["due"] for case in complaints(installed)] == [None, None]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("json-service-list.json", "line 3, column 21"),
        ("json-service-request.json", "line 7, column 21"),
        ("json-service-requests.json", "line 7, column 21"),
    ],
)
def test_invalid_json_of_the_specification_is_refused_with_its_place_and_the_next_file_goes_on(
    installed: Installed, name: str, place: str
) -> None:
    broken = real(f"open311/spec-examples/{name}")
    answer = installed.run("import", broken, real(FILES["open311"]), "--mapping", MAPPING)
    assert answer.status == 3
    assert f"{name}, {place}: invalid JSON" in answer.err
    assert "ask the sender for valid JSON" in answer.err
    assert [file["accepted"] for file in answer.json["files"]] == [0, 2]


def test_umlauts_of_a_server_come_through(installed: Installed, tmp_path: Path) -> None:
    tree = ET.parse(real("open311/open311status-fixtures/services_giessen.xml"))  # noqa: S314 - a file of ours
    names = [str(item.text).strip() for item in tree.iter("service_name")]
    assert "Verkehrsschild beschädigt" in names
    answers = [
        {"service_request_id": n, "requested_datetime": "2014-07-12T10:58:43+02:00", "status": "open"}
        | {"service_name": name}
        for n, name in enumerate(names)
    ]
    path = tmp_path / "giessen.json"
    path.write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    installed("import", path, "--mapping", MAPPING)
    assert [case["category"] for case in complaints(installed)] == names


@pytest.mark.parametrize("name", ["requests_many.xml", "requests_single.xml"])
def test_answer_in_xml_is_called_xml_where_the_mapping_says_json(installed: Installed, name: str) -> None:
    answer = installed.run(
        "import", real(f"open311/open311status-fixtures/{name}"), "--mapping", MAPPING, "--dry-run"
    )
    assert answer.status == 3
    assert f"{name} is XML, not a table" in answer.err
    assert "state format.kind: xml in the mapping" in answer.err


def test_answer_of_a_server_in_xml_is_taken_in_as_complaints_that_are_open(installed: Installed) -> None:
    many = real("open311/open311status-fixtures/requests_many.xml")
    single = real("open311/open311status-fixtures/requests_single.xml")
    account = installed("import", many, "--mapping", XML_MAPPING)
    assert [account[name] for name in ("read", "accepted", "rejected", "new")] == [2, 2, 0, 2]
    first, second = complaints(installed)
    assert [case["id"] for case in (first, second)] == ["101005420892", "101005420894"]
    assert (first["region"], first["category"], first["status"]) == (
        "CA-TOR",
        "Road - Pot hole",
        "in_process",
    )
    assert f"{first['received']:%Y-%m-%d %H:%M:%S %Z}" == "2018-07-30 04:01:00 UTC"
    assert f"{first['due']:%Y-%m-%d %H:%M:%S %Z}" == "2018-08-03 04:01:00 UTC"
    again = installed("import", single, many, "--mapping", XML_MAPPING)
    assert (again["read"], again["new"]) == (3, 0)
    assert len({case["id"] for case in complaints(installed)}) == 2


def test_same_answer_in_json_and_in_xml_gives_the_same_archive(tmp_path: Path) -> None:
    found = []
    answers = mended_example(tmp_path), real("open311/spec-examples/xml-service-requests.xml")
    for path, kind in zip(answers, ("json", "xml"), strict=True):
        mapping = tmp_path / f"{kind}.yaml"
        text = MAPPING.read_text(encoding="utf-8").replace("kind: json", f"kind: {kind}")
        assert f"kind: {kind}" in text
        mapping.write_text(
            text.replace("observed_at: file", "observed_at: {constant: 2026-01-01T00:00:00Z}"),
            encoding="utf-8",
        )
        installed = install(tmp_path / kind, ROOT / "tests" / "registries" / "open311.csv")
        account = installed("import", path, "--mapping", mapping)
        assert (account["read"], account["accepted"]) == (2, 2)
        found.append(complaints(installed))
    own = ("batch",)
    in_json, in_xml = ([{k: v for k, v in case.items() if k not in own} for case in cases] for cases in found)
    assert in_json == in_xml
    assert [case["id"] for case in in_xml] == ["638344", "638349"]


def test_umlauts_of_a_server_come_through_from_its_own_xml(installed: Installed, tmp_path: Path) -> None:
    """A list of services holds no complaint: each service stands for one, to see its name."""
    mapping = tmp_path / "services.yaml"
    text = XML_MAPPING.read_text(encoding="utf-8").replace("service_requests.request", "services.service")
    text = text.replace("received: requested_datetime", "received: {constant: 2014-07-12T10:58:43+02:00}")
    text = text.replace("id: service_request_id", "id: service_code")
    words = "status: {column: status, words: {open: in_process, closed: closed}}"
    assert words in text
    mapping.write_text(text.replace(words, "status: {constant: in_process}"), encoding="utf-8")
    giessen = real("open311/open311status-fixtures/services_giessen.xml")
    account = installed("import", giessen, "--mapping", mapping)
    assert (account["read"], account["accepted"]) == (8, 8)
    cases = complaints(installed)
    assert [case["id"] for case in cases] == ["015", "010", "013", "012", "011", "016", "017", "014"]
    assert cases[3]["category"] == "Verkehrsschild beschädigt"
    assert cases[6]["category"] == "Wilde Müllkippe, Sperrmüll"


BOMB = """<?xml version="1.0"?>
<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<service_requests><request><service_request_id>&c;</service_request_id></request></service_requests>
"""


def test_xml_with_entities_is_refused_with_its_place_and_the_next_file_goes_on(
    installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "bomb.xml").write_text(BOMB, encoding="utf-8")
    (tmp_path / "outside.xml").write_text(
        '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<service_requests>&x;</service_requests>',
        encoding="utf-8",
    )
    good = real("open311/open311status-fixtures/requests_single.xml")
    files = (tmp_path / "bomb.xml", tmp_path / "outside.xml", good)
    answer = installed.run("import", *files, "--mapping", XML_MAPPING)
    assert answer.status == 3
    assert "bomb.xml, line 2, column" in answer.err
    assert "outside.xml, line 1, column" in answer.err
    assert answer.err.count("Remove <!DOCTYPE ...>") == 2
    assert [file["accepted"] for file in answer.json["files"]] == [0, 0, 1]
