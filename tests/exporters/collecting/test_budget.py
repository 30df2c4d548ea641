"""The budget of time series, of one region and of all."""

from __future__ import annotations

from exporters.collecting.exposure import OWN_FAMILIES, PROBE_FAMILIES
from exporters.collecting.regional import REGIONAL_FAMILIES
from exporters.exposition import checked
from metrics.regions import indonesia

OF_A_REGION = 1_200
OF_ALL = 620_000


def test_budget_of_all_regions_is_kept() -> None:
    checked([*PROBE_FAMILIES, *REGIONAL_FAMILIES], most_series=OF_A_REGION)
    assert len(indonesia().regions) * OF_A_REGION <= OF_ALL


def test_exporter_itself_is_small() -> None:
    checked(OWN_FAMILIES, most_series=300)
