"""Bodies are decompressed as far as they may grow, and no further."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from exporters.push.body import ENCODINGS, decompress
from exporters.push.refusal import Refusal
from exporters.push.settings import PushSettings

MIB = 1 << 20
TEXT = b"".join(b"%d,%d\n" % (n, n * 7919 % 10_007) for n in range(50_000))


def compressed(content: bytes, encoding: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, encoding) as stream:
        stream.write(content)
    return bytes(sink.getvalue())


def unpacked(folder: Path, body: bytes, encoding: str, settings: PushSettings) -> tuple[bytes, str]:
    sent, content = folder / "sent", folder / "content"
    sent.write_bytes(body)
    digest = decompress(sent, content, encoding, settings)
    return content.read_bytes(), digest


@pytest.mark.parametrize("encoding", ["", *ENCODINGS])
def test_content_is_what_was_compressed_and_so_is_its_digest(tmp_path: Path, encoding: str) -> None:
    body = compressed(TEXT, encoding) if encoding else TEXT
    expected = (TEXT, hashlib.sha256(TEXT).hexdigest())
    assert unpacked(tmp_path, body, encoding, PushSettings()) == expected


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_members_one_after_the_other_are_all_read(tmp_path: Path, encoding: str) -> None:
    body = compressed(b"a\n", encoding) + compressed(b"b\n", encoding)
    assert unpacked(tmp_path, body, encoding, PushSettings())[0] == b"a\nb\n"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("cut", [1, 5, 200, -20])
def test_body_that_is_cut_off_is_refused(tmp_path: Path, encoding: str, cut: int) -> None:
    with pytest.raises(Refusal, match="or cut off") as caught:
        unpacked(tmp_path, compressed(TEXT, encoding)[:-cut], encoding, PushSettings())
    assert caught.value.status == 400


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("body", [b"plain text", b"\x1f\x8b\x08\x00junk", b"\x28\xb5\x2f\xfdjunkjunk"])
def test_body_that_is_not_compressed_as_it_says_is_refused(
    tmp_path: Path, encoding: str, body: bytes
) -> None:
    with pytest.raises(Refusal) as caught:
        unpacked(tmp_path, body, encoding, PushSettings())
    assert caught.value.status == 400


@pytest.mark.parametrize("encoding", ["", "zstd"])
def test_gzip_that_does_not_say_so_is_refused(tmp_path: Path, encoding: str) -> None:
    body = gzip.compress(TEXT)
    with pytest.raises(Refusal, match="Send Content-Encoding: gzip"):
        unpacked(tmp_path, compressed(body, encoding) if encoding else body, encoding, PushSettings())


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (PushSettings(max_content_bytes=8 * MIB, max_ratio=1e9), "holds more than 8,388,608 bytes"),
        (PushSettings(max_ratio=50), "grows more than 50 times"),
    ],
)
def test_bomb_is_given_up_before_it_is_on_disk(
    tmp_path: Path, encoding: str, settings: PushSettings, says: str
) -> None:
    body = compressed(b"\0" * (200 * MIB), encoding)
    assert len(body) < MIB
    with pytest.raises(Refusal, match=says) as caught:
        unpacked(tmp_path, body, encoding, settings)
    assert caught.value.status == 413
    assert (tmp_path / "content").stat().st_size < 20 * MIB


def test_little_that_compresses_well_hurts_nobody(tmp_path: Path) -> None:
    content = b"a" * (MIB // 2)
    assert unpacked(tmp_path, compressed(content, "zstd"), "zstd", PushSettings())[0] == content
