"""Errors of the checks.

::

    PantauError                     exit status
    └── CheckError                  3   a check could not be carried out
        ├── ContractError           2   a contract that cannot be used
        ├── ChunkError              2   a chunk whose columns are not the contract's
        └── GateError               3   the gate's own books do not balance, or it is used out of order
"""

from __future__ import annotations

from metrics.errors import PantauError


class CheckError(PantauError):
    """A check could not be carried out."""

    exit_status = 3


class ContractError(CheckError):
    """A contract that cannot be used. Names the file, the line, the entry and the remedy."""

    exit_status = 2


class ChunkError(CheckError):
    """A chunk whose columns or types are not the contract's. Names the column and the remedy."""

    exit_status = 2


class GateError(CheckError):
    """The gate's books do not balance, or it is used after it was closed. Nothing was let through."""
