"""Indicators of applications: time to completion, promises kept, throughput and backlog."""

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

TRANSACTIONS = (
    Indicator(
        id="completion_days_median",
        name_id="Median waktu penyelesaian (hari)",
        name_en="Median time to completion (days)",
        definition_id=(
            "Hari kalender dari pengajuan sampai selesai yang dilampaui separuh permohonan, dengan "
            "permohonan yang masih terbuka ikut dihitung sampai pengamatan terakhir daerahnya (Kaplan-Meier)."
        ),
        definition_en=(
            "Calendar days from submission to completion that half of the applications exceed, with those "
            "still open counted up to the region's last observation (Kaplan-Meier)."
        ),
        unit="days",
        direction="down",
        dataset="transactions",
        denominator="applications finished or open",
        minimum_n=5,
        interval=LOG_LOG,
        source=KAPLAN_MEIER_SOURCE,
    ),
    Indicator(
        id="completion_days_p90",
        name_id="Persentil ke-90 waktu penyelesaian (hari)",
        name_en="90th percentile of time to completion (days)",
        definition_id=(
            "Hari kalender yang hanya dilampaui sepersepuluh permohonan, dengan permohonan yang masih "
            "terbuka ikut dihitung (Kaplan-Meier)."
        ),
        definition_en=(
            "Calendar days that only a tenth of the applications exceed, with those still open counted "
            "(Kaplan-Meier)."
        ),
        unit="days",
        direction="down",
        dataset="transactions",
        denominator="applications finished or open",
        minimum_n=29,
        interval=LOG_LOG,
        source=KAPLAN_MEIER_SOURCE,
    ),
    Indicator(
        id="completion_working_hours_median",
        name_id="Median waktu penyelesaian (jam kerja)",
        name_en="Median time to completion (working hours)",
        definition_id=(
            "Jam kerja menurut kalender layanan daerah, dari pengajuan sampai selesai, yang dilampaui "
            "separuh permohonan; permohonan yang masih terbuka ikut dihitung (Kaplan-Meier)."
        ),
        definition_en=(
            "Working hours by the region's opening calendar from submission to completion that half of "
            "the applications exceed, with those still open counted (Kaplan-Meier)."
        ),
        unit="hours",
        direction="down",
        dataset="transactions",
        denominator="applications finished or open",
        minimum_n=5,
        interval=LOG_LOG,
        source=f"{KAPLAN_MEIER_SOURCE}; hours: Perpres 21/2023 unless the region has its own calendar",
    ),
    Indicator(
        id="completion_days_median_closed",
        name_id="Median waktu penyelesaian, hanya yang selesai (hari)",
        name_en="Median time to completion, finished only (days)",
        definition_id=(
            "Median hari kalender permohonan yang sudah selesai. Yang masih terbuka tidak dihitung, "
            "sehingga daerah yang lambat tampak lebih baik daripada kenyataannya."
        ),
        definition_en=(
            "Median calendar days of the applications that are finished. Open ones are left out, which "
            "flatters a slow region."
        ),
        unit="days",
        direction="down",
        dataset="transactions",
        denominator="finished applications",
        minimum_n=5,
        interval=ORDER_STATISTICS,
        source=QUANTILE_SOURCE,
    ),
    Indicator(
        id="completion_days_mean_closed",
        name_id="Rata-rata waktu penyelesaian, hanya yang selesai (hari)",
        name_en="Mean time to completion, finished only (days)",
        definition_id="Rata-rata hari kalender permohonan yang sudah selesai, dari jumlah yang tepat.",
        definition_en="Mean calendar days of the applications that are finished, from their exact sum.",
        unit="days",
        direction="down",
        dataset="transactions",
        denominator="finished applications",
        minimum_n=5,
        interval=STUDENT,
        source="arithmetic mean",
    ),
    Indicator(
        id="completion_days_p90_closed",
        name_id="Persentil ke-90 waktu penyelesaian, hanya yang selesai (hari)",
        name_en="90th percentile of time to completion, finished only (days)",
        definition_id="Hari kalender yang hanya dilampaui sepersepuluh permohonan yang sudah selesai.",
        definition_en="Calendar days that only a tenth of the finished applications exceed.",
        unit="days",
        direction="down",
        dataset="transactions",
        denominator="finished applications",
        minimum_n=29,
        interval=ORDER_STATISTICS,
        source=QUANTILE_SOURCE,
    ),
    Indicator(
        id="on_time_ratio",
        name_id="Selesai dalam waktu yang dijanjikan",
        name_en="Finished within the promised time",
        definition_id=(
            "Bagian permohonan berjanji waktu yang selesai tepat waktu. Yang terbuka dan lewat waktu "
            "dihitung terlambat; yang terbuka dan belum jatuh tempo tidak dihitung."
        ),
        definition_en=(
            "Share of the applications with a promised time that were finished by it. Open and overdue "
            "counts as late; open and not yet due is left out."
        ),
        unit="ratio",
        direction="up",
        dataset="transactions",
        denominator="applications with a promise, finished or overdue",
        minimum_n=5,
        interval=WILSON,
        source="UU 25/2009 (service standard); Wilson 1927",
        decimals=3,
    ),
    Indicator(
        id="received_per_working_day",
        name_id="Permohonan masuk per hari kerja",
        name_en="Applications received per working day",
        definition_id=(
            "Permohonan yang masuk dibagi hari kerja kalender daerah, dari hari kejadian pertama sampai "
            "terakhir. Untuk provinsi dan nasional: per daerah yang melapor dan hari kerja."
        ),
        definition_en=(
            "Applications received divided by the working days of the region's calendar, from its first to "
            "its last day with an event. For a province and the nation: per reporting region and working day."
        ),
        unit="cases_per_working_day",
        direction="neutral",
        dataset="transactions",
        denominator="working days of the reporting regions",
        minimum_n=1,
        interval=POISSON,
        source="Breslow & Day 1987; working days: the region's calendar",
    ),
    Indicator(
        id="finished_per_working_day",
        name_id="Permohonan selesai per hari kerja",
        name_en="Applications finished per working day",
        definition_id=(
            "Permohonan yang selesai pada periode itu, kapan pun masuknya, dibagi hari kerja kalender "
            "daerah. Untuk provinsi dan nasional: per daerah yang melapor dan hari kerja."
        ),
        definition_en=(
            "Applications finished in the period, whenever received, divided by the working days of the "
            "region's calendar. For a province and the nation: per reporting region and working day."
        ),
        unit="cases_per_working_day",
        direction="neutral",
        dataset="transactions",
        denominator="working days of the reporting regions",
        minimum_n=1,
        interval=POISSON,
        source="Breslow & Day 1987; working days: the region's calendar",
    ),
    Indicator(
        id="backlog_days",
        name_id="Tunggakan dalam hari kerja",
        name_en="Backlog in working days",
        definition_id=(
            "Permohonan terbuka pada akhir periode dibagi permohonan yang selesai per hari kerja selama "
            "90 hari sebelumnya: berapa hari kerja untuk menghabiskannya."
        ),
        definition_en=(
            "Applications open at the end of the period divided by those finished per working day in the "
            "90 days before: the working days that it takes to clear them."
        ),
        unit="working_days",
        direction="down",
        dataset="transactions",
        denominator="applications finished in the 90 days",
        minimum_n=5,
        interval=f"{POISSON}, of the finished cases; the open ones are a count",
        source="Little 1961",
    ),
    Indicator(
        id="digital_share",
        name_id="Bagian melalui kanal digital",
        name_en="Share through the digital channel",
        definition_id="Bagian permohonan yang masuk secara digital di antara yang kanalnya diketahui.",
        definition_en="Share of the applications received digitally among those whose channel is known.",
        unit="ratio",
        direction="up",
        dataset="transactions",
        denominator="applications with a known channel",
        minimum_n=5,
        interval=WILSON,
        source="Wilson 1927",
        decimals=3,
    ),
)
