"""Indicators of complaints: how many, how long, how punctual."""

from __future__ import annotations

from metrics.definitions.indicator import (
    KAPLAN_MEIER_SOURCE,
    LOG_LOG,
    ORDER_STATISTICS,
    POISSON,
    QUANTILE_SOURCE,
    STUDENT,
    WILSON,
    Indicator,
)

COMPLAINTS = (
    Indicator(
        id="complaints_per_1000",
        name_id="Pengaduan per 1.000 permohonan",
        name_en="Complaints per 1,000 applications",
        definition_id=(
            "Pengaduan yang diterima per 1.000 permohonan pada bulan-bulan yang keduanya dilaporkan. "
            "Daerah tanpa laporan pengaduan tidak bernilai nol: nilainya tidak diketahui."
        ),
        definition_en=(
            "Complaints received per 1,000 applications over the months in which both are reported. A "
            "region that reports no complaints is not zero: its value is unknown."
        ),
        unit="per_1000",
        direction="down",
        dataset="complaints",
        denominator="applications of the same months",
        minimum_n=30,
        interval=POISSON,
        source="Breslow & Day 1987",
        decimals=2,
        needs=("complaints", "transactions"),
    ),
    Indicator(
        id="complaint_resolution_days_median",
        name_id="Median waktu penyelesaian pengaduan (hari)",
        name_en="Median time to resolve a complaint (days)",
        definition_id=(
            "Hari kalender dari diterima sampai tuntas yang dilampaui separuh pengaduan, dengan pengaduan "
            "yang masih terbuka ikut dihitung (Kaplan-Meier)."
        ),
        definition_en=(
            "Calendar days from receipt to resolution that half of the complaints exceed, with those "
            "still open counted (Kaplan-Meier)."
        ),
        unit="days",
        direction="down",
        dataset="complaints",
        denominator="complaints resolved or open",
        minimum_n=5,
        interval=LOG_LOG,
        source=KAPLAN_MEIER_SOURCE,
    ),
    Indicator(
        id="complaint_resolution_days_median_closed",
        name_id="Median waktu penyelesaian pengaduan, hanya yang tuntas (hari)",
        name_en="Median time to resolve a complaint, resolved only (days)",
        definition_id="Median hari kalender pengaduan yang sudah tuntas. Yang masih terbuka tidak dihitung.",
        definition_en="Median calendar days of the complaints that are resolved. Open ones are left out.",
        unit="days",
        direction="down",
        dataset="complaints",
        denominator="resolved complaints",
        minimum_n=5,
        interval=ORDER_STATISTICS,
        source=QUANTILE_SOURCE,
    ),
    Indicator(
        id="complaint_resolution_days_mean_closed",
        name_id="Rata-rata waktu penyelesaian pengaduan, hanya yang tuntas (hari)",
        name_en="Mean time to resolve a complaint, resolved only (days)",
        definition_id="Rata-rata hari kalender pengaduan yang sudah tuntas, dari jumlah yang tepat.",
        definition_en="Mean calendar days of the complaints that are resolved, from their exact sum.",
        unit="days",
        direction="down",
        dataset="complaints",
        denominator="resolved complaints",
        minimum_n=5,
        interval=STUDENT,
        source="arithmetic mean",
    ),
    Indicator(
        id="complaint_on_time_ratio",
        name_id="Pengaduan tuntas tepat waktu",
        name_en="Complaints resolved on time",
        definition_id=(
            "Bagian pengaduan bertenggat yang tuntas sampai tenggatnya. Yang terbuka dan lewat tenggat "
            "dihitung terlambat; yang terbuka dan belum jatuh tempo tidak dihitung."
        ),
        definition_en=(
            "Share of the complaints with a deadline that were resolved by it. Open and overdue counts as "
            "late; open and not yet due is left out."
        ),
        unit="ratio",
        direction="up",
        dataset="complaints",
        denominator="complaints with a deadline, resolved or overdue",
        minimum_n=5,
        interval=WILSON,
        source="deadline as given, else by class in working days (a setting); Wilson 1927",
        decimals=3,
    ),
)
