"""Tables of the store. ``docs/reference/store.md`` is generated from the comments here.

To change a table: change it here, add a migration under ``migrations/versions`` and its
name to ``migrations.REVISIONS``, and write the reference anew. A test holds the three together.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from metrics.store.collection_tables import SOURCE, SOURCE_RUN
from metrics.store.columns import day, document, flag, instant, number, packed, real, text, whole
from metrics.store.metadata import METADATA, belongs_to
from metrics.store.observation_tables import (
    CHECK_COST,
    FINDING,
    HOLD,
    INCIDENT,
    INCIDENT_ACT,
    PROFILE,
    PROFILE_MARK,
    SHAPE,
    STANDING,
    WATCH,
)
from metrics.store.publication_tables import PUBLICATION, PUBLICATION_REPLY, RANKING_DETAIL
from metrics.store.push_tables import PUSH_ACT, PUSH_RECEIPT, PUSH_SECRET, PUSH_TOKEN

META = Table(
    "meta",
    METADATA,
    text("key", "Name of the fact.", key=True),
    text("value", "The fact, as text."),
    comment="Single facts about this store, such as the name and digest of its registry.",
)

PROVINCE = Table(
    "province",
    METADATA,
    text("code", "Code of the province.", key=True),
    text("name", "Name of the province."),
    text("group", "Group of provinces it belongs to, such as an island group."),
    whole("tile_row", "Row of its cell on the tile-grid map.", null=True),
    whole("tile_column", "Column of its cell on the tile-grid map.", null=True),
    text("tile_label", "Short name that fits the cell.", null=True),
    whole("position", "Place in the registry, from 0."),
    comment="Groups of regions, from the registry.",
)

REGION = Table(
    "region",
    METADATA,
    text("code", 'Code of the region; text, because "11.10" is not "11.1".', key=True),
    text("name", "Name without its kind."),
    text("kind", "Kind of region, such as kabupaten or kota."),
    text("province", "Code of its province."),
    text("timezone", "IANA time zone in which its days and working hours are counted."),
    real("latitude", "Degrees north of its point.", null=True),
    real("longitude", "Degrees east of its point.", null=True),
    whole("population", "Inhabitants.", null=True),
    text("population_date", "Day or year that the population stands for.", null=True),
    text("population_source", "Who published the population.", null=True),
    real("area_km2", "Area in square kilometres.", null=True),
    text("seat", "Seat of its government.", null=True),
    text("old_code", "Code that it had before.", null=True),
    text("calendar", "Name of its opening calendar."),
    whole("position", "Place in the registry, from 0."),
    belongs_to("province", "province.code"),
    comment="The units that are watched, from the registry.",
)

BATCH = Table(
    "batch",
    METADATA,
    text("id", "Name of the batch.", key=True),
    text("dataset", "Record set."),
    text("source", "Name of the source."),
    text("origin", "File, address or query that the records were read from."),
    instant("started", "When reading began."),
    instant("finished", "When the batch was done; blank while it is not.", null=True),
    flag("simulated", "Whether its records are simulated."),
    text("contract_version", "Version of the contract that it was checked against."),
    text("mapping_hash", "Digest of the mapping that it was read with."),
    whole("archive_version", "Version of the archive table that holds it.", null=True),
    whole("read", "Records read; accepted + rejected."),
    whole("accepted", "Records accepted; new + updated + unchanged."),
    whole("rejected", "Records set aside."),
    whole("new", "Accepted records not seen before."),
    whole("updated", "Accepted records that replace an earlier version."),
    whole("unchanged", "Accepted records already there."),
    document("rejected_by_rule", "Rejected records by the first rule they break."),
    document("warned_by_rule", "Accepted records by the rule they were warned about."),
    Index(None, "dataset", "started"),
    comment="Arrivals of records: where from, what was read, what became of it.",
)

BATCH_REJECTION = Table(
    "batch_rejection",
    METADATA,
    number("id", "Number of the row."),
    text("batch", "Batch."),
    text("dataset", "Record set."),
    text("region", "Region of the records; blank where they name none that is known.", null=True),
    text("rule", "First rule that they break."),
    whole("n", "Rejected records."),
    belongs_to("batch", "batch.id"),
    Index(None, "batch"),
    Index(None, "dataset", "region"),
    comment="Rejected records of each batch by region and rule.",
)

CHECK_RESULT = Table(
    "check_result",
    METADATA,
    number("id", "Number of the row."),
    text("batch", "Batch that was checked."),
    text("dataset", "Record set."),
    text("rule", "Rule of the contract."),
    text("region", "Region that was checked; blank for the whole batch.", null=True),
    text("outcome", "pass, fail, or error where it could not be checked."),
    text("severity", "critical, warning or info."),
    text("dimension", "Dimension of quality."),
    whole("n", "Rows looked at."),
    whole("bad", "Rows that break the rule."),
    real("value", "bad / n; blank where there is nothing to divide.", null=True),
    real("bound", "Largest value that passes.", null=True),
    real("milliseconds", "What the check cost."),
    text("detail", "What else is to be said."),
    belongs_to("batch", "batch.id"),
    Index(None, "batch"),
    Index(None, "dataset", "region"),
    comment="Outcome of each rule on each batch and region.",
)

WATERMARK = Table(
    "watermark",
    METADATA,
    text("dataset", "Record set.", key=True),
    whole("archive_version", "Version of the archive that the roll-up stands for."),
    text("calendar_hash", "Digest of the calendars that it was counted with."),
    comment="How far the roll-up of each record set has come.",
)

PARTITION = 'Local month of the record, "2025-07".'
SIMULATED = "Whether a simulated record was counted."
OBSERVED = "Latest instant (µs since 1970, UTC) at which one of its records was seen."


def _place() -> list[Column[object]]:
    return [text("partition", PARTITION, key=True), text("region", "Region.", key=True)]


CASE_ROLLUP = Table(
    "case_rollup",
    METADATA,
    text("dataset", "transactions or complaints.", key=True),
    text("partition", "Local month of submission (complaints: of receipt).", key=True),
    text("region", "Region.", key=True),
    text("service", "Service; empty where the record names none.", key=True),
    text("channel", "Channel; empty where the record names none.", key=True),
    text("class", "Class of complaint; empty for transactions.", key=True),
    whole("received", "Cases."),
    whole("finished", "Cases with an end (completed, resolved) not before their start."),
    whole("rejected", "Cases with status rejected."),
    whole("withdrawn", "Cases with status withdrawn."),
    whole("open", "Cases with neither an end nor a final status."),
    whole("undated", "Cases with a final status and no date of it."),
    whole("with_due", "Cases with a due instant."),
    whole("on_time", "Finished cases that ended by their due instant."),
    whole("late", "Finished cases that ended after their due instant."),
    packed("elapsed", "Histogram of calendar seconds from start to end (bucket, n)."),
    whole("elapsed_total_us", "Exact sum of those durations in µs."),
    packed("working", "Histogram of working seconds from start to end (bucket, n)."),
    whole("working_total_us", "Exact sum of those durations in µs."),
    packed("response", "Complaints: histogram of seconds from receipt to answer (bucket, n)."),
    whole("response_total_us", "Exact sum of those durations in µs."),
    packed("received_days", "Cases by local day of start (epoch day, n)."),
    packed("finished_days", "Cases by local day of end (epoch day, n)."),
    packed("open_cases", "Open cases, in order (start µs UTC, due µs UTC or -1)."),
    whole("warnings", "Cases with a warning."),
    whole("first_anchor_us", "Earliest start (µs since 1970, UTC)."),
    whole("last_anchor_us", "Latest start (µs since 1970, UTC)."),
    whole("last_observed_us", OBSERVED),
    flag("simulated", SIMULATED, key=True),
    Index(None, "region"),
    comment="Transactions and complaints, counted by month, region, service, channel and class.",
)

SURVEY_ROLLUP = Table(
    "survey_rollup",
    METADATA,
    *_place(),
    text("service", "Service; empty where the record names none.", key=True),
    text("channel", "Channel; empty where the record names none.", key=True),
    whole("respondents", "Answers."),
    packed("elements", "Answers by element (element 0 to 8, n, sum)."),
    packed("scores", "Answers by their sum (sum of answers, answered elements, n)."),
    whole("last_observed_us", OBSERVED),
    flag("simulated", SIMULATED, key=True),
    Index(None, "region"),
    comment="Satisfaction surveys, counted by month, region, service and channel.",
)

PROBE_ROLLUP = Table(
    "probe_rollup",
    METADATA,
    *_place(),
    text("target", "Address that was probed.", key=True),
    packed("days", "By local day (epoch day, µs up, µs down, probes, failures)."),
    packed("latency", "Histogram of seconds of successful probes (bucket, n)."),
    whole("latency_total_us", "Exact sum of those durations in µs."),
    text("reasons", "Failures by reason, as JSON."),
    whole("last_observed_us", OBSERVED),
    whole("last_checked_us", "Latest probe (µs since 1970, UTC)."),
    flag("simulated", SIMULATED, key=True),
    Index(None, "region"),
    comment="Probes, counted by month, region and target.",
)

TRAFFIC_ROLLUP = Table(
    "traffic_rollup",
    METADATA,
    *_place(),
    text("target", "Address that was asked; empty where the record names none.", key=True),
    packed("days", "By local day (epoch day, requests, errors)."),
    packed("latency", "Histogram of seconds of requests (bucket, n)."),
    whole("latency_total_us", "Exact sum of those durations in µs."),
    whole("last_observed_us", OBSERVED),
    flag("simulated", SIMULATED, key=True),
    Index(None, "region"),
    comment="Requests and errors, counted by month, region and target.",
)

ROLLOUT_EVENT = Table(
    "rollout_event",
    METADATA,
    text(
        "partition", 'Month of the event, "2023-06"; "seed" for events that came with the program.', key=True
    ),
    text("id", "Name of the event.", key=True),
    text("region", "Region.", key=True),
    text("track", "physical or digital."),
    text("stage", "Stage that was reached."),
    day("date", "Day on which it was reached."),
    text("authority", "Who says so."),
    text("source", "Where they say so."),
    flag("verified", "Whether somebody checked the source."),
    text("platform", "Platform of the digital track; empty where unknown."),
    text("note", "What else is to be said."),
    flag("simulated", "Whether the event is simulated."),
    Index(None, "region"),
    comment="Steps of regions on the physical and the digital track, with the evidence.",
)

INDICATOR_VALUE = Table(
    "indicator_value",
    METADATA,
    text("indicator", "Indicator of the catalogue.", key=True),
    text("level", "region, province or nation.", key=True),
    text("region", 'Code of the region or province; "*" for the nation.', key=True),
    text("period", '"all", "2025" or "2025-07".', key=True),
    real("value", "The figure; blank unless status is ok.", null=True),
    text("unit", "Unit of value, low and high."),
    whole("n", "Denominator."),
    real("low", "Lower bound of the 95 % interval.", null=True),
    real("high", "Upper bound of the 95 % interval.", null=True),
    text("status", "ok, too_few, no_data, withheld or not_applicable."),
    text("reason", "Why there is no value; empty where there is one."),
    text("version", "Version of the indicator's definition."),
    instant("computed", "When it was computed."),
    Index(None, "region", "period"),
    comment="Figures of every indicator by region and period, as last computed.",
)

RANKING = Table(
    "ranking",
    METADATA,
    number("id", "Number of the ranking; later ones are larger."),
    text("method", "Name of the method."),
    text("method_version", "Version of the method."),
    text("level", "What is ranked: region or province."),
    text("period", "Period that was ranked."),
    instant("computed", "When it was computed."),
    document("archive_versions", "Archive version of each record set that it was computed from."),
    flag("simulated", "Whether simulated records were counted."),
    text("digest", "SHA-256 of all but the instant."),
    Index(None, "level", "period"),
    comment="Rankings: published snapshots, never changed.",
)

RANK_ROW = Table(
    "rank_row",
    METADATA,
    whole("ranking", "Ranking.", key=True),
    whole("position", "Place in the list, from 0.", key=True),
    text("region", "Region."),
    flag("ranked", "Whether it has a rank."),
    real("score", "Score, 0 to 100.", null=True),
    real("score_low", "Lower bound of the score's 95 % interval.", null=True),
    real("score_high", "Upper bound of the score's 95 % interval.", null=True),
    whole("rank", "Rank; blank where it is not ranked.", null=True),
    whole("rank_low", "Best rank of the 95 % range.", null=True),
    whole("rank_high", "Worst rank of the 95 % range.", null=True),
    text("band", "Band of ranks that cannot be told apart."),
    document("reasons", "Why it is not ranked, or what to know about its rank."),
    document("parts", "Contribution of each indicator."),
    belongs_to("ranking", "ranking.id"),
    Index(None, "region"),
    comment="Each region's place in each ranking, or why it has none.",
)

PUBLISHED_FIGURE = Table(
    "published_figure",
    METADATA,
    whole("position", "Place in the list, from 0.", key=True),
    text("series", "Series that the figure belongs to."),
    text("as_of", "Day, month or year that it stands for."),
    real("value", "The figure as printed; blank where none is given.", null=True),
    text("unit", "Unit of the figure."),
    text("denominator", "What it is a part of."),
    text("authority", "Who published it."),
    text("source", "Where."),
    flag("verified", "Whether somebody checked the source."),
    text("contradiction", "Which other figure it contradicts."),
    text("note", "What else is to be said."),
    comment="Figures that others published, as printed, contradictions kept.",
)

DATASET_TABLES: dict[str, tuple[Table, ...]] = {
    "transactions": (CASE_ROLLUP,),
    "complaints": (CASE_ROLLUP,),
    "surveys": (SURVEY_ROLLUP,),
    "probes": (PROBE_ROLLUP,),
    "traffic": (TRAFFIC_ROLLUP,),
    "rollout_events": (ROLLOUT_EVENT,),
}
"""Roll-up tables of each record set."""

ROLLUP_TABLES: dict[str, Table] = {
    table.name: table for table in (CASE_ROLLUP, SURVEY_ROLLUP, PROBE_ROLLUP, TRAFFIC_ROLLUP, ROLLOUT_EVENT)
}
"""Roll-up tables by name."""

SEED = "seed"
"""Partition of the rollout events that came with the program, not out of the archive."""

COLLECTION_TABLES = (SOURCE, SOURCE_RUN)
"""Tables that the exporter keeps of its sources."""

PUSH_TABLES = (PUSH_TOKEN, PUSH_SECRET, PUSH_ACT, PUSH_RECEIPT)
"""Tables of those who push records, and of what they were answered."""

OBSERVATION_TABLES = (
    PROFILE,
    PROFILE_MARK,
    SHAPE,
    WATCH,
    FINDING,
    HOLD,
    STANDING,
    CHECK_COST,
    INCIDENT,
    INCIDENT_ACT,
)
"""Tables of what the monitors compare and find, and of incidents."""

PUBLICATION_TABLES = (RANKING_DETAIL, PUBLICATION, PUBLICATION_REPLY)
"""Tables of what is known about rankings, and of published ones."""
