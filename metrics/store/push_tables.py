"""Tables of those who push records, part of ``metrics.store.tables``. No secret stands in them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from metrics.store.columns import document, flag, instant, number, text, whole
from metrics.store.metadata import METADATA, belongs_to

PUSH_TOKEN = Table(
    "push_token",
    METADATA,
    text("id", "Name of the token.", key=True),
    document("regions", 'Codes of its regions and provinces, or "*" for all.'),
    document("datasets", "Record sets that it may push."),
    text("mapping", "Mapping that its records are read by, as YAML; empty for the contract's own columns."),
    flag("simulated", "Whether its records are simulated."),
    instant("created", "When it was made."),
    instant("revoked", "From when on it is refused; blank while it is not.", null=True),
    comment="Tokens with which regions and platforms push records.",
)

PUSH_SECRET = Table(
    "push_secret",
    METADATA,
    text("id", "Public part of the secret, by which it is found.", key=True),
    text("token", "Token."),
    text("hash", "SHA-256 of the secret part; the secret itself is nowhere."),
    instant("created", "When it was made."),
    instant("expires", "From when on it is refused; blank for never.", null=True),
    belongs_to("token", "push_token.id"),
    Index(None, "token"),
    comment="Secrets of the tokens: one each, and for a while two when one takes another's place.",
)

PUSH_ACT = Table(
    "push_act",
    METADATA,
    number("id", "Number of the row."),
    instant("at", "When it was done."),
    text("act", "create, rotate or revoke."),
    text("token", "Token."),
    text("detail", "What it was given, or what became of its secrets."),
    Index(None, "token"),
    comment="Audit trail of the tokens; nothing is removed.",
)

PUSH_RECEIPT = Table(
    "push_receipt",
    METADATA,
    text("token", "Token.", key=True),
    text("key", "SHA-256 of the push's idempotency key.", key=True),
    text("digest", "SHA-256 of what was pushed."),
    whole("status", "Status that was answered."),
    text("account", "Account that was answered, as JSON."),
    instant("answered", "When it was answered."),
    belongs_to("token", "push_token.id"),
    Index(None, "answered"),
    comment="Answers to pushes, so that one that is sent again gets the same; the oldest are removed.",
)
