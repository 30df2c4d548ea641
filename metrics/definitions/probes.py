"""Indicators of the digital service as the probes see it."""

from __future__ import annotations

from metrics.definitions.indicator import Indicator

PROBES = (
    Indicator(
        id="availability_ratio",
        name_id="Ketersediaan layanan digital",
        name_en="Availability of the digital service",
        definition_id=(
            "Lama layanan dapat dipakai dibagi lama layanan diketahui dapat atau tidak dapat dipakai. "
            "Waktu tanpa pemeriksaan tidak diketahui: tidak dihitung sebagai gangguan."
        ),
        definition_en=(
            "Time the service was up divided by the time it is known to have been up or down. Time without "
            "a probe is unknown and does not count as down."
        ),
        unit="ratio",
        direction="up",
        dataset="probes",
        denominator="probes",
        minimum_n=5,
        interval="Wilson score with the effective number of days (days as clusters)",
        source="duration-weighted ratio; Kish 1965 (design effect)",
        decimals=4,
    ),
)
