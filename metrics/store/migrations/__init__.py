"""Migrations of the store, run by ``metrics.store.schema`` through Alembic.

A new one is a file in ``versions`` named ``v<revision>_<what>.py`` and its revision at the
end of ``REVISIONS``. A test proves that all of them together give the tables of ``tables.py``.
"""

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every migration, oldest first: lets a process check its store without loading Alembic."""
