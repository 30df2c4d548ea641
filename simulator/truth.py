"""Truth of a simulated year: the parameters it was drawn from, and what a perfect reader would count."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from simulator.complaints import CLASSES
from simulator.country import ADOPTION_EFFECT, Country
from simulator.manifest import NOTICE
from simulator.services import SERVICES
from simulator.surveys import ELEMENTS

DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3_600.0
Expected = dict[str, dict[str, dict[str, object]]]
"""Record set, region, what is to be counted there."""


def write_truth(folder: Path, name: str, country: Country, records: dict[str, pl.DataFrame]) -> None:
    """Write the file. ``records``: the frames of each record set, without planted defects."""
    expected = expected_counts(country, records)
    regions = {
        trait["region"]: {
            "parameters": trait,
            **{
                dataset: rows[trait["region"]]
                for dataset, rows in expected.items()
                if trait["region"] in rows
            },
        }
        for trait in country.traits.drop("place", "as_of").iter_rows(named=True)
    }
    content = {
        "simulated": True,
        "notice": NOTICE,
        "seed": country.seed,
        "year": country.year,
        "scale": country.scale,
        "adoption_effect": ADOPTION_EFFECT,
        "services": [asdict(service) for service in SERVICES],
        "complaint_classes": {
            kind: {"share": share, "median_working_days": days} for kind, (share, days) in CLASSES.items()
        },
        "regions": regions,
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, default=str)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def expected_counts(country: Country, records: dict[str, pl.DataFrame]) -> Expected:
    """Count by record set and region; a region without records is not in it."""
    frames = {
        "transactions": _cases(records["transactions"], country),
        "complaints": _complaints(records["complaints"]),
        "surveys": _surveys(records["surveys"]),
        "probes": _probes(records["probes"]),
        "traffic": _traffic(records["traffic"]),
        "rollout_events": records["rollout_events"].group_by("region").agg(events=pl.len()),
    }
    return {
        dataset: {
            row.pop("region"): {
                name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()
            }
            for row in frame.sort("region").iter_rows(named=True)
        }
        for dataset, frame in frames.items()
    }


def _count(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False).sum().cast(pl.Int64)


def _cases(frame: pl.DataFrame, country: Country) -> pl.DataFrame:
    """``*_closed``: of cases with an end; ``*_all``: of all, followed to their end beyond the year."""
    ended = pl.col("completed").is_not_null()
    elapsed, worked = pl.col("elapsed_seconds") / DAY_SECONDS, pl.col("worked_seconds") / HOUR_SECONDS
    ends = country.traits.select("region", as_of_local=pl.from_epoch("as_of", time_unit="s"))
    return (
        frame.join(ends, on="region", how="left")
        .group_by("region")
        .agg(
            received=pl.len(),
            finished=_count(ended),
            completed=_count(pl.col("status") == "completed"),
            rejected=_count(pl.col("status") == "rejected"),
            withdrawn=_count(pl.col("status") == "withdrawn"),
            open=_count(pl.col("status") == "open"),
            digital=_count(pl.col("channel") == "digital"),
            with_due=_count(pl.col("due").is_not_null()),
            on_time=_count(pl.col("completed") <= pl.col("due")),
            late=_count(pl.col("completed") > pl.col("due")),
            as_of=pl.col("as_of_local").first().dt.to_string("%Y-%m-%dT%H:%M:%S"),
            median_days_closed=elapsed.filter(ended).median(),
            mean_days_closed=elapsed.filter(ended).mean(),
            median_days_all=elapsed.median(),
            median_working_hours_closed=worked.filter(ended).median(),
            median_working_hours_all=worked.median(),
        )
    )


def _complaints(frame: pl.DataFrame) -> pl.DataFrame:
    ended = pl.col("resolved").is_not_null()
    elapsed = pl.col("elapsed_seconds") / DAY_SECONDS
    return frame.group_by("region").agg(
        received=pl.len(),
        finished=_count(ended),
        resolved=_count(pl.col("status") == "resolved"),
        open=_count(~ended),
        reopened=_count(pl.col("reopened")),
        with_due=_count(pl.col("due").is_not_null()),
        on_time=_count(pl.col("resolved") <= pl.col("due")),
        late=_count(pl.col("resolved") > pl.col("due")),
        median_days_closed=elapsed.filter(ended).median(),
        mean_days_closed=elapsed.filter(ended).mean(),
        median_days_all=elapsed.median(),
    )


def _surveys(frame: pl.DataFrame) -> pl.DataFrame:
    """``ikm``: mean of the nine elements' means, times 25."""
    means = [pl.col(name).mean() for name in ELEMENTS]
    return frame.group_by("region").agg(
        pl.len().alias("respondents"),
        *(mean.alias(name) for mean, name in zip(means, ELEMENTS, strict=True)),
        (pl.mean_horizontal(means) * 25.0).alias("ikm"),
    )


def _probes(frame: pl.DataFrame) -> pl.DataFrame:
    """``availability_ratio``: seconds up of the seconds from the first probe to the last."""
    stands = (pl.col("checked").shift(-1) - pl.col("checked")).dt.total_microseconds().over("region") / 1e6
    return (
        frame.with_columns(stands=stands)
        .group_by("region")
        .agg(
            probes=pl.len(),
            failures=_count(~pl.col("up")),
            up_seconds=pl.col("stands").filter(pl.col("up")).sum(),
            down_seconds=pl.col("stands").filter(~pl.col("up")).sum(),
        )
        .with_columns(
            availability_ratio=pl.col("up_seconds") / (pl.col("up_seconds") + pl.col("down_seconds"))
        )
    )


def _traffic(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("region").agg(
        rows=pl.len(), requests=pl.col("requests").sum(), errors=pl.col("errors").sum()
    )
