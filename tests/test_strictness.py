"""PANTAU_TEST_STRICT=1 turns a skipped test into a failed one, in runs of pytest of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("strict", "reason", "summary"),
    [
        ("0", "no such program", "1 skipped"),
        ("1", "no such program", "1 error"),
        ("1", "no records in ../shared/data", "1 skipped"),
    ],
)
def test_skip_for_want_of_a_program_fails_where_all_are_expected(
    tmp_path: Path, strict: str, reason: str, summary: str
) -> None:
    (tmp_path / "conftest.py").write_text(
        (HERE / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "test_one.py").write_text(
        f"import pytest\n\n\n@pytest.mark.skip(reason={reason!r})\ndef test_one():\n    pass\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PANTAU_TEST_STRICT": strict},
        capture_output=True,
        text=True,
        check=False,
    )
    assert summary in run.stdout, run.stdout
    assert (run.returncode == 0) == ("skipped" in summary)
