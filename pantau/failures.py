"""What the command line says of a failure: one line, with the remedy and without a secret; and its status."""

from __future__ import annotations

import re
import sys

import typer

from metrics.errors import PantauError

WRONG_USE = 2
FAILED = 3

_IN_ADDRESS = re.compile(r"(?<=://)([^:/@\s]*):[^@\s]*@")
_IN_QUERY = re.compile(r"(?i)\b(password|passfile|secret|token)=[^&\s'\"]+")


def described(error: Exception) -> tuple[str, int]:
    """Message and exit status of a failure. Without a message, the help has been printed instead."""
    if isinstance(error, PantauError):
        return str(error), error.exit_status
    if isinstance(error, typer.TyperException):
        return _wrong_use(error), WRONG_USE
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}. Nothing was counted; mend it and run this again", FAILED
    text = " ".join(str(error).split())
    unexpected = f"unexpected {type(error).__name__}: {text}"
    return (
        f"{unexpected}. This is a fault of pantau: please report it, with what PANTAU_TRACEBACK=1 adds",
        FAILED,
    )


def tell(message: str) -> None:
    """Print what went wrong, without its passwords, on standard error."""
    sys.stderr.write(f"pantau: {without_passwords(message)}\n")


def without_passwords(text: str) -> str:
    """The text with the passwords of addresses replaced."""
    return _IN_QUERY.sub(r"\1=***", _IN_ADDRESS.sub(r"\1:***@", text))


def _wrong_use(error: typer.TyperException) -> str:
    """What was wrong and where the right use is described, in one line; empty when that was all asked for."""
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    if not message or context is None:
        return message
    return f"{message.rstrip('.')}. See: {context.command_path} --help"
