"""Errors of the core.

::

    PantauError                     exit status
    ├── UsageError                  2   the caller asked for something that cannot be
    │   ├── UnknownName                 an indicator, record set, region … that is not there
    │   ├── RegistryError               a registry file that cannot be used
    │   ├── AmbiguousRegion             a name that several regions have (``metrics.regions``)
    │   ├── CalendarError               a calendar that cannot be used (``metrics.calendar``)
    │   └── EngineMissing               an engine for roll-ups that is not installed
    ├── MethodError                 2   a ranking method that cannot be used
    ├── AccountError                3   rows read are not rows accounted for: nothing was counted
    └── StoreError                  3   the store or the archive failed
        ├── StoreUnavailable            it cannot be reached, or went away
        ├── StoreOutdated               its schema is older or newer than this code
        ├── ArchiveError                the archive cannot be read or written
        └── EngineFailed                what rolls the archive up broke down
"""


class PantauError(Exception):
    """Whatever this project raises on purpose: says what happened, where, and what to do."""

    exit_status = 2


class UsageError(PantauError):
    """The caller asked for something that cannot be."""


class UnknownName(UsageError):
    """A name that is in none of the tables it was looked up in."""


class RegistryError(UsageError):
    """A registry file that cannot be used. Names the row, the field and the remedy."""


class EngineMissing(UsageError):
    """The engine that is to roll up is not installed, or lacks something. Names the remedy."""


class MethodError(PantauError):
    """A ranking method that cannot be used. Names the entry and the remedy."""


class AccountError(PantauError):
    """Rows read are not the rows accounted for: a fault of this program. Nothing was counted."""

    exit_status = 3


class StoreError(PantauError):
    """The store or the archive failed."""

    exit_status = 3


class StoreUnavailable(StoreError):
    """The store cannot be reached, or went away in the middle of the work."""


class StoreOutdated(StoreError):
    """The store's schema is not the one that this code was written for."""


class ArchiveError(StoreError):
    """The archive cannot be read or written."""


class EngineFailed(StoreError):
    """The engine that rolls the archive up broke down, or could not be had."""
