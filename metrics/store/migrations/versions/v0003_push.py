"""Tokens of those who push records, and what they were answered.

A snapshot: it stays as it is when ``metrics.store.tables`` moves on.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table

from metrics.store.columns import document, flag, instant, number, text, whole

revision = "0003"
down_revision = "0002"

TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)


def _belongs_to(column: str, target: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [target], ondelete="CASCADE", deferrable=True, initially="DEFERRED")


Table(
    "push_token",
    TABLES,
    text("id", "Name of the token.", key=True),
    document("regions", 'Codes of its regions and provinces, or "*" for all.'),
    document("datasets", "Record sets that it may push."),
    text("mapping", "Mapping that its records are read by, as YAML; empty for the contract's own columns."),
    flag("simulated", "Whether its records are simulated."),
    instant("created", "When it was made."),
    instant("revoked", "From when on it is refused; blank while it is not.", null=True),
    comment="Tokens with which regions and platforms push records.",
)

Table(
    "push_secret",
    TABLES,
    text("id", "Public part of the secret, by which it is found.", key=True),
    text("token", "Token."),
    text("hash", "SHA-256 of the secret part; the secret itself is nowhere."),
    instant("created", "When it was made."),
    instant("expires", "From when on it is refused; blank for never.", null=True),
    _belongs_to("token", "push_token.id"),
    Index(None, "token"),
    comment="Secrets of the tokens: one each, and for a while two when one takes another's place.",
)

Table(
    "push_act",
    TABLES,
    number("id", "Number of the row."),
    instant("at", "When it was done."),
    text("act", "create, rotate or revoke."),
    text("token", "Token."),
    text("detail", "What it was given, or what became of its secrets."),
    Index(None, "token"),
    comment="Audit trail of the tokens; nothing is removed.",
)

Table(
    "push_receipt",
    TABLES,
    text("token", "Token.", key=True),
    text("key", "SHA-256 of the push's idempotency key.", key=True),
    text("digest", "SHA-256 of what was pushed."),
    whole("status", "Status that was answered."),
    text("account", "Account that was answered, as JSON."),
    instant("answered", "When it was answered."),
    _belongs_to("token", "push_token.id"),
    Index(None, "answered"),
    comment="Answers to pushes, so that one that is sent again gets the same; the oldest are removed.",
)


def upgrade() -> None:
    TABLES.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    TABLES.drop_all(op.get_bind(), checkfirst=False)
