"""Indicators of the data themselves: whether a region reports, how lately, and how sound it is.

They are never withheld by a hold: they are what a hold is about.
"""

from __future__ import annotations

from metrics.definitions.indicator import Indicator

COUNTED = "none: all that there is was counted, nothing was sampled"

REPORTING = (
    Indicator(
        id="reporting_completeness",
        name_id="Kelengkapan pelaporan",
        name_en="Completeness of reporting",
        definition_id=(
            "Bagian hari kerja daerah (menurut kalendernya), sejak permohonan pertamanya sampai hari "
            "terakhir yang diketahui dari seluruh daerah, yang memuat sedikitnya satu permohonan. Hari "
            "tanpa pemohon tidak dapat dibedakan dari hari yang tidak dilaporkan."
        ),
        definition_en=(
            "Share of the region's working days (by its calendar), from its first application to the last "
            "day that is known of any region, that have at least one application. A day on which nobody "
            "applied cannot be told from a day that was not reported."
        ),
        unit="ratio",
        direction="up",
        dataset="transactions",
        denominator="working days of regions since their first application",
        minimum_n=5,
        interval=COUNTED,
        source="our own",
        decimals=3,
        needs=(),
    ),
    Indicator(
        id="reporting_lag_days",
        name_id="Jarak sejak laporan terakhir (hari kerja)",
        name_en="Time since the last report (working days)",
        definition_id=(
            "Hari kerja setelah hari terakhir yang memuat permohonan, sampai akhir periode atau hari "
            "terakhir yang diketahui dari seluruh daerah. Untuk provinsi dan nasional: jumlahnya dibagi "
            "banyaknya daerah. Yang tidak terlihat: seberapa lambat tiap catatan tiba, dan catatan lama "
            "yang menyusul."
        ),
        definition_en=(
            "Working days after the last day with an application, up to the end of the period or the last "
            "day that is known of any region. Of provinces and the nation: their sum over the number of "
            "regions. It cannot see how late each record came, nor old records that came in later."
        ),
        unit="working_days",
        direction="down",
        dataset="transactions",
        denominator="regions that have reported",
        minimum_n=1,
        interval=COUNTED,
        source="our own",
        needs=(),
    ),
    Indicator(
        id="data_conformity",
        name_id="Catatan yang diterima",
        name_en="Records that were accepted",
        definition_id=(
            "Catatan permohonan, pengaduan, dan survei yang diterima, dibagi yang diterima dan yang ditolak "
            "aturan kontrak. Catatan yang ditolak lalu dikirim lagi dalam keadaan salah dihitung tiap kali."
        ),
        definition_en=(
            "Applications, complaints and surveys that were accepted, divided by those accepted and those "
            "that a rule of the contract rejected. A record that is sent again as wrong as before counts "
            "each time."
        ),
        unit="ratio",
        direction="up",
        dataset="transactions",
        denominator="records accepted and rejected",
        minimum_n=5,
        interval=COUNTED,
        source="our own",
        decimals=3,
        needs=(),
    ),
    Indicator(
        id="data_consistency",
        name_id="Catatan tanpa peringatan",
        name_en="Records without a warning",
        definition_id=(
            "Bagian permohonan dan pengaduan yang diterima yang tidak satu pun aturan kontrak memberinya "
            "peringatan."
        ),
        definition_en=(
            "Share of the accepted applications and complaints that no rule of the contract warns of."
        ),
        unit="ratio",
        direction="up",
        dataset="transactions",
        denominator="applications and complaints",
        minimum_n=5,
        interval=COUNTED,
        source="our own",
        decimals=3,
        needs=(),
    ),
    Indicator(
        id="data_plausibility",
        name_id="Hari tanpa temuan pemeriksaan",
        name_en="Days without a finding",
        definition_id=(
            "Bagian hari yang dinilai, dari setiap jenis data, yang tanpa temuan. Hari dengan temuan kritis "
            "hilang seluruhnya, dengan peringatan separuh, dengan keterangan seperempat."
        ),
        definition_en=(
            "Share of the days that were judged, of each record set, that have no finding. A day with a "
            "critical finding is lost whole, with a warning by half, with a remark by a quarter."
        ),
        unit="ratio",
        direction="up",
        dataset="transactions",
        denominator="days judged, of each record set",
        minimum_n=5,
        interval=COUNTED,
        source="our own",
        decimals=3,
        needs=(),
    ),
    Indicator(
        id="data_quality_score",
        name_id="Skor mutu data Pantau (bukan indeks resmi)",
        name_en="Pantau data-quality score (not an official index)",
        definition_id=(
            "Rata-rata berbobot dari bagian yang diketahui, 0 sampai 100: kelengkapan 25, kesesuaian 20, "
            "konsistensi 15, kewajaran 25, ketepatan waktu 15 (penuh sampai 2 hari kerja sejak laporan "
            "terakhir, nol mulai 10). Rata-rata hitung, agar terlihat berapa poin hilang pada tiap bagian. "
            "Bagian yang belum diketahui tidak dihitung; kurang dari tiga bagian: tanpa skor."
        ),
        definition_en=(
            "Weighted mean of the parts that are known, 0 to 100: completeness 25, conformity 20, "
            "consistency 15, plausibility 25, timeliness 15 (whole up to 2 working days since the last "
            "report, none from 10 on). An arithmetic mean, so that it shows how many points each part "
            "costs. A part that is not known is left out; with fewer than three there is no score."
        ),
        unit="index",
        direction="up",
        dataset="transactions",
        denominator="parts that are known; with fewer than three there is no score",
        minimum_n=1,
        interval=COUNTED,
        source="our own; weights and limits are ours and stated",
        needs=(),
    ),
)
