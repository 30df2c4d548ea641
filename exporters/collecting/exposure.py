"""What a probe and the exporter itself look like to Prometheus: the families, and how they are filled.

The labels that name a region come from service discovery (``/sd``), as labels of the target; here a
series says only what differs within a region: the target's name, the phase, the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from platform import python_version

from exporters.collecting.collectorexposure import COLLECTOR_FAMILIES
from exporters.collecting.prober import Prober
from exporters.collecting.sweep import Sweep
from exporters.exposition import Family, Kind, Scrape
from exporters.probing import Confirmed, Reason, Result
from exporters.push.exposure import PUSH_FAMILIES

TARGETS = 20
"""Targets of one region that one answer may show."""
PHASES = ("dns", "connect", "tls", "first_byte", "transfer")
_OF = ("target_name",)


def _gauge(name: str, text: str, labels: tuple[str, ...] = _OF, *, each: int = 1) -> Family:
    budget = TARGETS * each if labels else 1
    why = "twenty targets, and a bounded list of reasons" if budget > 100 else ""  # noqa: PLR2004 - the lint's own
    return Family(name, text, Kind.GAUGE, labels, max_series=budget, reason=why)


SUCCESS = _gauge("pantau_probe_success", "Whether the target was up, at the first attempt.")
CONFIRMED = _gauge(
    "pantau_probe_confirmed_success",
    "Whether the target was up at the first attempt or at the confirmation some seconds after a failure.",
)
FAILED = _gauge(
    "pantau_probe_failed",
    "Whether the first attempt failed for this reason; 0 for every other reason.",
    ("target_name", "reason"),
    each=len(Reason),
)
DURATION = _gauge(
    "pantau_probe_duration_seconds",
    "Time of the first attempt, all phases, without waiting in this exporter.",
)
PHASE = _gauge(
    "pantau_probe_phase_duration_seconds",
    "Time of each phase that the first attempt completed, from the events of the socket.",
    ("target_name", "phase"),
    each=len(PHASES),
)
QUEUE = _gauge("pantau_probe_queue_duration_seconds", "Time that the first attempt waited in this exporter.")
STATUS = _gauge("pantau_probe_http_status_code", "Status code of the last answer over HTTP.")
BODY = _gauge("pantau_probe_http_body_bytes", "Length of the body of the last answer over HTTP.")
REDIRECTS = _gauge("pantau_probe_http_redirects", "Redirects that were followed.")
CERTIFICATE = _gauge(
    "pantau_probe_certificate_expiry_timestamp_seconds",
    "When the certificate of the last connection with TLS expires, since 1970.",
)
PROBE_FAMILIES = (
    SUCCESS,
    CONFIRMED,
    FAILED,
    DURATION,
    PHASE,
    QUEUE,
    STATUS,
    BODY,
    REDIRECTS,
    CERTIFICATE,
)

BUILD = Family(
    "pantau_exporter_build_info",
    "Version of the exporter and of Python.",
    Kind.INFO,
    ("python_version", "version"),
    max_series=1,
)
CONFIG_OK = _gauge("pantau_exporter_config_last_reload_successful", "Whether the last reload succeeded.", ())
CONFIG_TIME = _gauge(
    "pantau_exporter_config_last_reload_success_timestamp_seconds", "When a configuration was last taken.", ()
)
CONFIGURED = _gauge("pantau_exporter_configured_targets", "Targets in the configuration.", ())
PROBES = Family("pantau_exporter_probes_total", "Probes of the sweep that ended.", Kind.COUNTER, max_series=1)
FAILURES = Family(
    "pantau_exporter_probe_failures_total",
    "Probes of the sweep that failed, by reason.",
    Kind.COUNTER,
    ("reason",),
    max_series=len(Reason),
)
WAITING = _gauge(
    "pantau_exporter_waiting_records", "Records that wait for their delivery to the archive.", ()
)
DELIVERED = Family(
    "pantau_exporter_delivered_records_total", "Records delivered to the archive.", Kind.COUNTER, max_series=1
)
DROPPED = Family(
    "pantau_exporter_dropped_records_total",
    "Records dropped because too many waited for a delivery that kept failing.",
    Kind.COUNTER,
    max_series=1,
)
DELIVERY_FAILURES = Family(
    "pantau_exporter_delivery_failures_total", "Deliveries that failed.", Kind.COUNTER, max_series=1
)
LAST_DELIVERY = _gauge(
    "pantau_exporter_last_delivery_timestamp_seconds", "When records were last delivered to the archive.", ()
)
SIMULATED = _gauge("pantau_exporter_simulated", "Whether what is collected is a simulation.", ())
OWN_FAMILIES = (
    BUILD,
    CONFIG_OK,
    CONFIG_TIME,
    CONFIGURED,
    PROBES,
    FAILURES,
    WAITING,
    DELIVERED,
    DROPPED,
    DELIVERY_FAILURES,
    LAST_DELIVERY,
    SIMULATED,
    *COLLECTOR_FAMILIES,
    *PUSH_FAMILIES,
)


def probe_scrape(found: Mapping[str, Confirmed]) -> Scrape:
    """Scrape of the findings on the targets of one region, by the target's name."""
    scrape = Scrape(PROBE_FAMILIES)
    for name, one in found.items():
        _show(scrape, name, one)
    return scrape


def _show(scrape: Scrape, name: str, one: Confirmed) -> None:
    first, labels = one.first, (name,)
    scrape.set(SUCCESS, labels, first.up)
    scrape.set(CONFIRMED, labels, first.up or (one.confirmation is not None and one.confirmation.up))
    for reason in Reason:
        if reason is not Reason.NONE:
            scrape.set(FAILED, (name, reason.value), first.reason is reason)
    scrape.set(DURATION, labels, first.total_seconds)
    scrape.set(QUEUE, labels, first.queue_seconds)
    for phase in PHASES:
        seconds = getattr(first.phases, phase)
        if seconds is not None:
            scrape.set(PHASE, (name, phase), seconds)
    _show_answer(scrape, labels, first)


def _show_answer(scrape: Scrape, labels: tuple[str], first: Result) -> None:
    if first.status_code is not None:
        scrape.set(STATUS, labels, first.status_code)
        scrape.set(REDIRECTS, labels, first.redirects)
    if first.body_bytes is not None:
        scrape.set(BODY, labels, first.body_bytes)
    if first.certificate_expires_at is not None:
        scrape.set(CERTIFICATE, labels, first.certificate_expires_at.timestamp())


def own_scrape(prober: Prober, sweep: Sweep, *, reloaded: bool, reloaded_at: float) -> Scrape:
    """Scrape of the exporter's own health."""
    tally, scrape = sweep.tally, Scrape(OWN_FAMILIES)
    scrape.set_info(BUILD, (python_version(), version("pantau-mpp")))
    for family, value in (
        (CONFIG_OK, reloaded),
        (CONFIG_TIME, reloaded_at),
        (CONFIGURED, len(prober.config.targets)),
        (PROBES, tally.probes.total()),
        (WAITING, sweep.waiting),
        (DELIVERED, tally.delivered),
        (DROPPED, tally.dropped),
        (DELIVERY_FAILURES, tally.failed_deliveries),
        (SIMULATED, prober.config.simulated),
    ):
        scrape.set(family, (), value)
    if tally.last_delivery is not None:
        scrape.set(LAST_DELIVERY, (), tally.last_delivery)
    for reason in Reason:
        if reason is not Reason.NONE:
            scrape.set(FAILURES, (reason.value,), tally.probes[reason.value])
    return scrape
