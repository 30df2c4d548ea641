"""Tables of what the monitors compare and find, and of incidents; part of ``metrics.store.tables``."""

from __future__ import annotations

from sqlalchemy import Index, Table

from metrics.store.columns import day, document, flag, instant, number, packed, real, text, whole
from metrics.store.metadata import METADATA, belongs_to

PROFILE = Table(
    "profile",
    METADATA,
    text("dataset", "Record set.", key=True),
    text("partition", "Local month of the records.", key=True),
    packed("counts", "Records of each region and day, as Parquet."),
    packed("shares", "Records of each region, week, field and value, as Parquet."),
    comment="What the monitors compare over time, counted from the archive month by month.",
)

PROFILE_MARK = Table(
    "profile_mark",
    METADATA,
    text("dataset", "Record set.", key=True),
    whole("archive_version", "Version of the archive that the profiles stand for."),
    text("state", "Digest of all else that they depend on."),
    comment="How far the profiles of each record set have come.",
)

SHAPE = Table(
    "shape",
    METADATA,
    text("dataset", "Record set.", key=True),
    text("source", "Source.", key=True),
    instant("seen", "When the last batch came."),
    text("mapping_hash", "Digest of the mapping that it was read with."),
    document("columns", "Columns of the last batch as it came: types, blanks, words, shapes of dates."),
    document("before", "Columns that it is compared with: of the last batch that nothing was wrong with."),
    comment="What the batches of each source look like.",
)

WATCH = Table(
    "watch",
    METADATA,
    text("id", "Name of the run.", key=True),
    instant("started", "When it began."),
    real("seconds", "How long it took."),
    day("first", "First day that was judged."),
    day("last", "Last day that was judged."),
    whole("rows", "Records that were read for it."),
    document("archive_versions", "Archive version of each record set that was judged."),
    flag("simulated", "Whether simulated records were judged."),
    Index(None, "started"),
    comment="Runs of the monitors.",
)

FINDING = Table(
    "finding",
    METADATA,
    number("id", "Number of the row."),
    text("watch", "Run of the monitors that found it."),
    text("check", "Monitor."),
    text("dataset", "Record set."),
    text("region", "Region; blank where it is about none in particular.", null=True),
    text("field", "Field; blank where it is about none in particular.", null=True),
    day("first_day", "First day concerned; blank where it knows none.", null=True),
    day("last_day", "Last day concerned.", null=True),
    text("outcome", "fail, or error where it could not be checked."),
    text("cause", "Why it could not be checked: learning, absent or broken."),
    text("severity", "critical, warning or info."),
    text("dimension", "Dimension of quality."),
    real("value", "What was measured.", null=True),
    real("bound", "What passes.", null=True),
    whole("n", "Records looked at."),
    whole("bad", "Records concerned."),
    text("detail", "What was found."),
    text("remedy", "What to do."),
    belongs_to("watch", "watch.id"),
    Index(None, "region", "dataset"),
    Index(None, "check"),
    comment="What the monitors find wrong, by days, as they last judged these days.",
)

HOLD = Table(
    "hold",
    METADATA,
    number("id", "Number of the row."),
    text("dataset", "Record set."),
    text("region", "Region."),
    day("first_day", "First day; blank for all.", null=True),
    day("last_day", "Last day; blank for all.", null=True),
    text("check", "Critical check that the records fail."),
    text("detail", "What is wrong."),
    text("remedy", "What lifts the hold."),
    Index(None, "region"),
    comment="Records that the figures do not rest on, as they were last computed.",
)

STANDING = Table(
    "standing",
    METADATA,
    number("id", "Number of the row."),
    text("check", "Rule of a contract, or monitor."),
    text("dataset", "Record set."),
    text("region", "Region."),
    text("outcome", "pass, fail, or error where it could not be checked."),
    text("severity", "critical, warning or info."),
    text("cause", "Why it could not be checked."),
    instant("since", "When it first came out so."),
    instant("until", "When it last came out so."),
    whole("runs", "How often it came out so, one time after the other."),
    whole("n", "Records looked at, the last time."),
    whole("bad", "Records that fail, the last time."),
    real("value", "What was measured, the last time.", null=True),
    real("bound", "What passes, the last time.", null=True),
    text("detail", "What was said, the last time."),
    flag("current", "Whether it is the latest of its check and region."),
    Index(None, "region", "dataset"),
    Index(None, "check", "dataset"),
    comment="History of each check of each region: stretches over which it came out the same.",
)

CHECK_COST = Table(
    "check_cost",
    METADATA,
    text("check", "Rule of a contract, or monitor.", key=True),
    text("dataset", "Record set; empty for monitors, which look at several.", key=True),
    day("day", "Day, UTC.", key=True),
    whole("runs", "How often it ran."),
    real("milliseconds", "How long it ran in all."),
    whole("rows", "Records that it looked at in all."),
    comment="What each check costs.",
)

INCIDENT = Table(
    "incident",
    METADATA,
    text("id", "Name of the incident.", key=True),
    text("scope", "region, province or platform."),
    text("place", "Code of the region or province, or name of the platform."),
    text("dataset", "Record set."),
    text("check", "Rule or monitor; of several, the root cause."),
    text("state", "open, acknowledged or resolved."),
    text("severity", "critical, warning or info."),
    instant("opened", "When it was opened first."),
    instant("updated", "When it last changed."),
    instant("resolved", "When it was resolved; blank while it is not.", null=True),
    day("first_day", "First day concerned; blank where the check knows none.", null=True),
    day("last_day", "Last day concerned.", null=True),
    text("field", "Field; blank where it is about none in particular.", null=True),
    whole("n", "Records looked at."),
    whole("bad", "Records concerned."),
    real("value", "What was measured.", null=True),
    real("bound", "What passes.", null=True),
    text("detail", "What is wrong."),
    text("remedy", "What to do."),
    text("assignee", "Who looks after it; empty while nobody does."),
    text("parent", "Incident of a province or platform that it is part of.", null=True),
    document("causes", "Checks put together in it, the root cause first."),
    whole("reopened", "How often it was opened again."),
    flag("closed_by_hand", "Whether a person resolved it."),
    flag("simulated", "Whether the records are simulated."),
    Index(None, "state"),
    Index(None, "place"),
    comment="Trouble with the data: one for each check and region, or for all that share it.",
)

INCIDENT_ACT = Table(
    "incident_act",
    METADATA,
    number("id", "Number of the row."),
    text("incident", "Incident."),
    instant("at", "When it was done."),
    text("who", '"pantau" where nobody did it by hand.'),
    text("act", "What was done."),
    text("note", "What was said."),
    belongs_to("incident", "incident.id"),
    Index(None, "incident"),
    comment="Log of the incidents.",
)
