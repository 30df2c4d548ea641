"""Personal data do not leave the gate, and what is no personal data does."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.chunk import MappedChunk
from checks.compile import load_contract
from checks.masking import _PERSONAL, _WITHOUT_EMAIL, mask, mask_text, personal
from tests.checks.records import broken, chunk_of, gate_of, good, issue

NIK = "3273014507890001"
KEY = b"secret"


def masked(texts: list[Any], key: bytes | None = None) -> list[Any]:
    return mask(pl.DataFrame({"x": pl.Series(texts, dtype=pl.String)}), {"x": key})["x"].to_list()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (NIK, "[nik]"),
        (f"KTP{NIK}/2025", "KTP[nik]/2025"),
        ("3273 0145 0789 0001", "[nik]"),
        ("3273-0145-0789-0001", "[nik]"),
        ("3273.0145.0789.0001", "[nik]"),
        ("327301 450789 0001", "[nik]"),
        ("32.73.01.450789.0001", "[nik]"),
        ("32.73.01-450789-0001", "[nik]"),
        ("1234567890123456", "[nik]"),
        (f"{NIK} {NIK}", "[nik] [nik]"),
        ("hub. 081234567890", "hub. [phone]"),
        ("0812-3456-7890", "[phone]"),
        ("0812 3456 789", "[phone]"),
        ("+62 812-3456-7890", "[phone]"),
        ("+6281234567890", "[phone]"),
        ("628123456789", "[phone]"),
        ("+62 (812) 3456 7890", "[phone]"),
        ("(022) 420-1234", "[phone]"),
        ("+62 22 4201234", "[phone]"),
        ("022-4201234", "[phone]"),
        ("siti.aminah+mpp@mail.example.id", "[email]"),
        (f"{NIK}, 0812 3456 7890, a@b.id", "[nik], [phone], [email]"),
        ("KTP a.n. Contoh Nama", "KTP [name]"),
        ("atas nama CONTOH NAMA, loket 3", "[name], loket 3"),
        ("a.n. Sdr. Contoh", "[name]"),
        ("Bapak Contoh A. Nama melapor", "[name] melapor"),
    ],
)
def test_personal_data_are_masked(text: str, left: str) -> None:
    assert masked([text]) == [left]
    assert mask_text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Izin Mendirikan Bangunan",
        "MPP-2025-0000123",
        "2025-06-02 09:30:45",
        "2025-06-02T09:30:45.123456+07:00",
        "2025-06-02 2025-06-03",
        "08-12-2024 10.30",
        "2024-01-05 10.30.45.123456",
        "20250602093045123",
        "1748831445000",
        "106.8271537890123",
        "12.34567890123456",
        "-6.9174639281234",
        "0d3a2f1c-8e2b-4c1d-9a7f-3b2c1d0e9f8a",
        "orang @ kantor",
        "503/081/DPMPTSP/2025",
        "Kesehatan Ibu dan Anak",
        "Ibu Kota",
        "a.n. PT Maju",
        "atas nama pemohon",
        "bapak-bapak",
    ],
)
def test_what_is_no_personal_data_is_left_as_it_is(text: str) -> None:
    assert masked([text]) == [text]


def test_nothing_stays_nothing() -> None:
    assert masked([None, NIK, None]) == [None, "[nik]", None]


def test_same_number_gives_the_same_digest_however_it_is_written() -> None:
    one, spaced, dashed, other = masked(
        [NIK, "3273 0145 0789 0001", "3273-0145-0789-0001", NIK[:-1] + "2"], KEY
    )
    assert one == spaced == dashed != other
    assert one.startswith("[nik:")
    assert masked(["+62 812-3456-7890"], KEY) == masked(["081234567890"], KEY)
    assert masked([NIK], b"another secret") != [one]


texts = st.text(st.sampled_from("0123456789" * 3 + " .-()+ax@/_"), max_size=40) | st.text(max_size=30)


@given(texts)
@example("08123456789")
@example(f"x{NIK}x")
def test_search_in_a_column_finds_what_the_rewriting_finds(text: str) -> None:
    found = pl.DataFrame({"x": [text]}, schema={"x": pl.String}).select(personal("x")).item()
    assert found == (_PERSONAL.search(text) is not None)


@given(texts.filter(lambda text: "@" not in text))
@example("a.n. Contoh 08123456789")
def test_text_without_an_at_sign_holds_no_address(text: str) -> None:
    assert _WITHOUT_EMAIL.sub("x", text) == _PERSONAL.sub("x", text)


@pytest.mark.parametrize("distinct", [1, 7, 2_000, 4_999])
def test_column_is_masked_text_by_text_however_often_a_text_comes(distinct: int) -> None:
    kinds = ["Kartu Keluarga {}", "a.n. Contoh {}", "0812{:08}", "x{}@contoh.id", "{}"]
    texts = [kinds[k % distinct % 5].format(k % distinct) if k % 11 else None for k in range(5_000)]
    for key in (None, KEY):
        assert masked(texts, key) == [text if text is None else mask_text(text, key) for text in texts]


@given(texts, texts, st.sampled_from([None, KEY]))
def test_number_is_masked_whatever_stands_around_it(before: str, after: str, key: bytes | None) -> None:
    assert NIK not in mask_text(f"{before} {NIK} {after}", key)


@given(texts, st.sampled_from([None, KEY]))
def test_masking_twice_changes_nothing_more(text: str, key: bytes | None) -> None:
    once = mask_text(text, key)
    assert mask_text(once, key) == once


def test_no_personal_data_in_payload_reason_or_text() -> None:
    contract = load_contract("transactions")
    secrets = (NIK, "081234567890", "siti@mail.example.id")
    rows = [
        good(contract, 1) | {"service": f"KTP {NIK} {secrets[1]}", "id": f"P-{NIK}"},
        broken(contract, contract.rule("domain-status"), 2) | {"status": secrets[2]},
        good(contract, 3),
    ]
    raw = pl.DataFrame(
        {
            "_row": [1, 2, 3],
            "nik": [int(NIK)] * 3,
            "kontak": [[secrets[1], secrets[2]]] * 3,
            "catatan": [f"{secrets[1]} / {secrets[2]}"] * 3,
        }
    )
    unread = issue(3, value=NIK)
    chunk = chunk_of(contract, rows, [unread], raw)
    verdict = gate_of(contract).open().check(chunk)
    everything = verdict.accepted.write_ndjson() + verdict.rejected.write_ndjson()
    assert not [secret for secret in secrets if secret in everything]
    assert verdict.accepted["service"].to_list() == ["KTP [nik] [phone]"]
    assert verdict.rejected["reason"].to_list() == [
        "status '[email]' is not one of open, completed, rejected, withdrawn",
        "completed '[nik]' is no date",
    ]


def test_two_people_stay_two_and_a_rejected_record_keeps_the_number_an_accepted_one_gets() -> None:
    contract = load_contract("transactions")
    other = NIK[:-1] + "7"
    rows = [
        good(contract, 1) | {"id": NIK},
        good(contract, 2) | {"id": other},
        broken(contract, contract.rule("domain-status"), 3) | {"id": NIK},
    ]
    verdict = gate_of(contract, KEY).open().check(chunk_of(contract, rows))
    first, second = verdict.accepted["id"]
    assert first != second
    assert json.loads(verdict.rejected["payload"][0]) == {"nomor": first}


def test_payload_is_the_sources_own_record() -> None:
    contract = load_contract("transactions")
    rows = [broken(contract, contract.rule("domain-status"), number) for number in (1, 2, 3)]
    raw = pl.DataFrame(
        {
            "_row": [2, 1, 1],
            'Tanggal "masuk"': ["2/6/2025", None, "ü"],
            "n": [1.5, None, 2.0],
            "b": [True, None, None],
        }
    )
    chunk = chunk_of(contract, rows, raw=raw)
    payloads = gate_of(contract).open().check(MappedChunk(chunk.frame, chunk.issues, raw)).rejected["payload"]
    assert [json.loads(text) for text in payloads] == [
        [{'Tanggal "masuk"': None, "n": None, "b": None}, {'Tanggal "masuk"': "ü", "n": "2.0", "b": None}],
        {'Tanggal "masuk"': "2/6/2025", "n": "1.5", "b": "true"},
        {},
    ]
