"""Files for the tests of the sources: written, read back, or refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from exporters.errors import SourceError
from exporters.files.file import read_file
from exporters.files.format import FileFormat, Limits


def read_all(
    path: Path, fmt: FileFormat | None = None, *, chunk_rows: int = 200_000, limits: Limits | None = None
) -> pl.DataFrame:
    """All records of a file in one frame."""
    return pl.concat(read_file(path, fmt, chunk_rows=chunk_rows, limits=limits), how="diagonal")


def refusal(
    path: Path, kind: type[SourceError], fmt: FileFormat | None = None, *, limits: Limits | None = None
) -> str:
    """Message with which a file is refused. Holds every refusal to name the file and end in a sentence or a question."""
    with pytest.raises(kind) as caught:
        read_all(path, fmt, limits=limits)
    message = str(caught.value)
    assert path.name in message
    assert message.endswith((".", "?"))
    assert caught.value.exit_status == 3
    return message
