"""Who does something by hand: the name given, or the login name."""

from __future__ import annotations

import getpass

from checks.incidents.people import login_name
from metrics.errors import UsageError


def named(given: str | None, option: str = "--who") -> str:
    """Name given, or the login name. Raises ``UsageError`` where the system does not know it."""
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise UsageError(f"the system does not say who you are. Write {option} NAME") from None


def signed(given: str | None) -> str:
    """Name to stand under what is kept for good. Raises ``UsageError`` where it is personal data."""
    return login_name(named(given, "--by"), "the person who does this")
