"""What all tables of the store are defined on."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint, MetaData

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)


def belongs_to(column: str, target: str) -> ForeignKeyConstraint:
    """Foreign key that is looked at on commit: within a transaction the order is free."""
    return ForeignKeyConstraint([column], [target], ondelete="CASCADE", deferrable=True, initially="DEFERRED")
