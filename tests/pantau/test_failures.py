"""A failure is one line with a remedy, without a secret, and with the status that says whose turn it is."""

import errno

import pytest

from exporters.errors import MappingError, SourceMissing
from metrics.errors import StoreUnavailable, UsageError
from pantau.failures import described, without_passwords


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("a"), 2),
        (MappingError("a"), 2),
        (SourceMissing("a"), 3),
        (StoreUnavailable("a"), 3),
        (OSError(errno.ENOSPC, "No space left on device", "cases.csv"), 3),
        (RuntimeError("a"), 3),
    ],
)
def test_failure_has_the_status_of_its_kind(error: Exception, status: int) -> None:
    assert described(error)[1] == status


def test_failure_of_the_machine_names_the_file_and_what_happened() -> None:
    message, _ = described(OSError(errno.ENOSPC, "No space left on device", "cases.csv"))
    assert message.startswith("cases.csv: No space left on device. ")


def test_unexpected_failure_is_one_line_that_says_how_to_see_more() -> None:
    message, _ = described(ValueError("first\n  second"))
    assert message.startswith("unexpected ValueError: first second. ")
    assert "PANTAU_TRACEBACK=1" in message


@pytest.mark.parametrize(
    "text",
    [
        "postgresql+psycopg://ana:s3cret@db.test/pantau is down",
        "postgresql://:s3cret@db.test/pantau",
        "postgresql://db.test/pantau?user=ana&password=s3cret&sslmode=require",
        "host=db.test password=s3cret",
        "https://token:s3cret@objects.test/archive",
    ],
)
def test_password_of_an_address_is_replaced(text: str) -> None:
    safe = without_passwords(text)
    assert "s3cret" not in safe
    assert "***" in safe
    assert ".test" in safe


def test_text_without_a_password_stays_as_it_is() -> None:
    text = "row 3: 08:15 at http://localhost:8501/ is before 07:00, ana@example.test"
    assert without_passwords(text) == text
