"""The score: a weighted mean of what is known, and of nothing else."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.quality import MINIMUM_PARTS, PARTS, scored

SHARES = st.dictionaries(st.sampled_from(sorted(PARTS)), st.floats(0, 1), min_size=MINIMUM_PARTS)


def frame(shares: dict[str, float], region: str = "A", n: float = 10.0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "region": [region] * len(shares),
            "part": list(shares),
            "good": [share * n for share in shares.values()],
            "n": [n] * len(shares),
        },
        schema={"region": pl.String, "part": pl.String, "good": pl.Float64, "n": pl.Float64},
    )


def score(shares: dict[str, float]) -> float | None:
    found = scored(frame(shares), ["region"])
    value: float | None = found["score"][0]
    return value


def test_weights_add_up_to_a_hundred_so_that_a_weight_is_what_a_part_can_cost() -> None:
    assert sum(PARTS.values()) == 100
    whole = dict.fromkeys(PARTS, 1.0)
    assert score(whole) == 100.0
    for part, weight in PARTS.items():
        assert score(whole | {part: 0.0}) == pytest.approx(100 - weight)


def test_score_agrees_with_a_mean_by_hand() -> None:
    shares = {"completeness": 0.8, "conformity": 0.9, "plausibility": 0.5}
    found = scored(frame(shares), ["region"]).row(0, named=True)
    assert found["score"] == pytest.approx(100 * (25 * 0.8 + 20 * 0.9 + 25 * 0.5) / 70)
    assert (found["known"], found["missing"]) == (3, ["consistency", "timeliness"])


def test_part_out_of_nothing_is_not_known_and_counts_neither_as_zero_nor_as_one() -> None:
    shares = {"completeness": 0.8, "conformity": 0.8, "plausibility": 0.8}
    empty = frame({"timeliness": 0.0}, n=0.0)
    found = scored(pl.concat([frame(shares), empty]), ["region"]).row(0, named=True)
    assert found["score"] == pytest.approx(80)
    assert found["missing"] == ["consistency", "timeliness"]


def test_two_parts_make_no_score() -> None:
    found = scored(frame({"completeness": 1.0, "conformity": 1.0}), ["region"]).row(0, named=True)
    assert (found["score"], found["known"]) == (None, 2)
    assert found["missing"] == ["consistency", "plausibility", "timeliness"]


def test_no_parts_make_no_rows() -> None:
    assert scored(frame({}), ["region"]).height == 0


def test_regions_are_scored_apart() -> None:
    good, bad = (dict.fromkeys(PARTS, share) for share in (1.0, 0.25))
    found = scored(pl.concat([frame(bad, "B"), frame(good, "A")]), ["region"])
    assert found.select("region", "score").rows() == [("A", 100.0), ("B", 25.0)]


@given(SHARES, st.data())
def test_mending_any_part_never_lowers_the_score(shares: dict[str, float], data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(sorted(shares)))
    better = data.draw(st.floats(shares[part], 1))
    before, after = score(shares), score(shares | {part: better})
    assert before is not None
    assert after is not None
    assert -1e-9 <= before <= after + 1e-9 <= 100 + 2e-9


@given(SHARES)
def test_score_lies_between_the_worst_and_the_best_part(shares: dict[str, float]) -> None:
    found = score(shares)
    assert found is not None
    assert 100 * min(shares.values()) - 1e-9 <= found <= 100 * max(shares.values()) + 1e-9
