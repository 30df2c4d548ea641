"""Detail of the current rankings, published rankings, replies to them.

A snapshot: it stays as it is when ``metrics.store.tables`` moves on. Triggers refuse to change or remove
what was published. Whoever may alter the tables can drop them: the hash in the publication, kept elsewhere,
is the proof; these stop a mistake.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import ForeignKeyConstraint, Index, MetaData, Table

from metrics.store.columns import document, flag, instant, number, packed, text, whole

revision = "0005"
down_revision = "0004"

TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)
FROZEN = ("publication", "publication_reply")
REFUSAL = "what was published is never changed or removed; publish a correction"
FUNCTION = "pantau_refuse_change"


def _belongs_to(column: str, target: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint([column], [target], ondelete="CASCADE", deferrable=True, initially="DEFERRED")


Table("ranking", TABLES, number("id", "Number of the ranking."))  # stands here for the foreign key

DETAIL = Table(
    "ranking_detail",
    TABLES,
    text("level", "What is ranked: region or province.", key=True),
    whole("ranking", "Ranking that it is about."),
    document("body", "All that is known about it: `metrics.ranking.detail.RankingDetail`."),
    _belongs_to("ranking", "ranking.id"),
    Index(None, "ranking"),
    comment="All that is known about the current ranking of each level, beyond its rows.",
)

PUBLICATION = Table(
    "publication",
    TABLES,
    text("id", "Name of the snapshot: period, level and number.", key=True),
    text("period", "Period that was ranked."),
    text("level", "What is ranked: region or province."),
    text("method", "Name of the method."),
    text("method_version", "Version of the method."),
    text("method_text", "The method itself, as a method file."),
    text("code_version", "Version of the program, and the beginning of the digest of its source."),
    document("archive_versions", "Archive version of each record set that it was computed from."),
    whole("seed", "Seed of all that was drawn by chance."),
    instant("computed", "Instant that counts as now in the figures."),
    instant("published", "When it was published."),
    text("by", "Who published it."),
    flag("simulated", "Whether simulated records were counted."),
    text("sha256", "SHA-256 of body."),
    text("corrects", "Snapshot that it takes the place of; blank for the first.", null=True),
    text("reason", "Why it was corrected; empty for the first."),
    packed("body", "Inputs and results as canonical JSON."),
    Index(None, "level", "period"),
    Index("uq_publication_corrects", "corrects", unique=True),
    comment="Published rankings, frozen: rows are added, never changed or removed.",
)

REPLY = Table(
    "publication_reply",
    TABLES,
    number("id", "Number of the reply."),
    text("publication", "Snapshot that it is about."),
    text("region", "Code of the region or province that replies."),
    text("text", "What it says; personal data are masked."),
    text("by", "Who attached it."),
    instant("at", "When it was attached."),
    _belongs_to("publication", "publication.id"),
    Index(None, "publication"),
    comment="Replies of regions to published rankings: rows are added, never changed or removed.",
)

MADE = (DETAIL, PUBLICATION, REPLY)


def upgrade() -> None:
    TABLES.create_all(op.get_bind(), tables=MADE, checkfirst=False)
    if op.get_bind().dialect.name == "sqlite":
        for table in FROZEN:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                )
        return
    op.execute(
        f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
        )


def downgrade() -> None:
    TABLES.drop_all(op.get_bind(), tables=MADE, checkfirst=False)
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {FUNCTION}()")
