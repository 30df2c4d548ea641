"""Tables of what is known about the current rankings and of published ones; part of ``metrics.store.tables``.

The database itself refuses to change or remove what was published: see migration 0005.
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from metrics.store.columns import document, flag, instant, number, packed, text, whole
from metrics.store.metadata import METADATA, belongs_to

RANKING_DETAIL = Table(
    "ranking_detail",
    METADATA,
    text("level", "What is ranked: region or province.", key=True),
    whole("ranking", "Ranking that it is about."),
    document("body", "All that is known about it: `metrics.ranking.detail.RankingDetail`."),
    belongs_to("ranking", "ranking.id"),
    Index(None, "ranking"),
    comment="All that is known about the current ranking of each level, beyond its rows.",
)

PUBLICATION = Table(
    "publication",
    METADATA,
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

PUBLICATION_REPLY = Table(
    "publication_reply",
    METADATA,
    number("id", "Number of the reply."),
    text("publication", "Snapshot that it is about."),
    text("region", "Code of the region or province that replies."),
    text("text", "What it says; personal data are masked."),
    text("by", "Who attached it."),
    instant("at", "When it was attached."),
    belongs_to("publication", "publication.id"),
    Index(None, "publication"),
    comment="Replies of regions to published rankings: rows are added, never changed or removed.",
)
