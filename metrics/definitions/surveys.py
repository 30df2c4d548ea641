"""Indicators of satisfaction, as the respondents see it."""

from __future__ import annotations

from metrics.definitions.indicator import Indicator

SURVEYS = (
    Indicator(
        id="ikm",
        name_id="Indeks Kepuasan Masyarakat (IKM)",
        name_en="Public satisfaction index (IKM)",
        definition_id=(
            "Jumlah nilai rata-rata sembilan unsur survei kepuasan masyarakat, masing-masing berbobot "
            "tepat 1/9, dikali 25: dari 25 sampai 100."
        ),
        definition_en=(
            "Sum of the mean scores of the nine elements of the satisfaction survey, each weighing exactly "
            "1/9, times 25: from 25 to 100."
        ),
        unit="index",
        direction="up",
        dataset="surveys",
        denominator="respondents",
        minimum_n=5,
        interval="Student t over the respondents' scores",
        source="PermenPANRB 14/2017",
        decimals=2,
    ),
)
