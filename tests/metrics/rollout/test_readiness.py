"""The 11 criteria of KemenPANRB as a checklist, and which of them hold up most regions."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.errors import RegistryError
from metrics.regions import indonesia
from metrics.rollout.readiness import (
    CRITERIA,
    Assessment,
    Criterion,
    Hindrance,
    Status,
    assessments,
    criteria,
    hindrances,
)

UNHURRIED = settings(deadline=None)
"""Correctness, not speed: a busy machine must not fail a law."""
DAY = date(2025, 3, 1)
VERSION = "2023-01-25"
HEADER = "region,version,criterion,status,date,authority,source,verified,note\n"
GOOD = f"11.01,{VERSION},queue,unmet,2025-03-01,KemenPANRB,letter 12,true,no numbers yet\n"
CODES = sorted(indonesia().regions)[:4]
IDS = [one.id for one in criteria()]


def found(region: str, criterion: str, status: Status, **more: object) -> Assessment:
    facts: dict[str, object] = {"date": DAY, "authority": "A", "source": "s", "verified": True}
    return Assessment(region, VERSION, criterion, status, **(facts | more))  # type: ignore[arg-type]  # one table of facts


def ready(region: str, *but: str) -> list[Assessment]:
    """A region that meets all criteria but some."""
    return [found(region, one, Status.UNMET if one in but else Status.MET) for one in IDS]


def of(
    criterion: str, listed: list[Assessment], as_of: date = DAY, *, verified_only: bool = False
) -> Hindrance:
    rows = hindrances(listed, criteria(), CODES, as_of, verified_only=verified_only)
    return next(row for row in rows if row.criterion.id == criterion)


def test_there_are_eleven_criteria_in_the_order_of_the_source() -> None:
    listed = criteria()
    assert [one.order for one in listed] == list(range(1, 12))
    assert [one.name_id for one in listed] == [
        "Informasi umum",
        "Antrian",
        "Konsultasi dan pengaduan",
        "Survei Kepuasan Masyarakat (SKM)",
        "Pelaporan kinerja",
        "Pemrosesan dan penelusuran dokumen",
        "Komitmen",
        "Platform",
        "Berkelanjutan",
        "Keamanan",
        "Uji coba pengguna",
    ]
    assert all(one.name_en and one.authority == "KemenPANRB" and one.source for one in listed)


def test_the_texts_are_blank_because_the_source_gives_names_alone() -> None:
    assert {(one.text_id, one.text_en) for one in criteria()} == {("", "")}
    assert CRITERIA.read_text(encoding="utf-8").count("The source gives the name alone") == 11


def test_a_file_of_assessments_is_read_with_its_evidence(tmp_path: Path) -> None:
    path = tmp_path / "readiness.csv"
    path.write_text(HEADER + GOOD, encoding="utf-8")
    assert assessments(path, indonesia()) == (
        Assessment(
            "11.01",
            VERSION,
            "queue",
            Status.UNMET,
            DAY,
            "KemenPANRB",
            "letter 12",
            verified=True,
            note="no numbers yet",
        ),
    )


@pytest.mark.parametrize(
    ("field", "old", "new", "part"),
    [
        ("region", "11.01", "11.1", "Write a code such as 11.01"),
        ("version", VERSION, "2024", f"Write one of {VERSION}"),
        ("criterion", "queue", "queues", "general_information, queue"),
        ("status", "unmet", "partly", "Write met or unmet"),
        ("date", "2025-03-01", "1 March 2025", "Write it as 2023-06-20"),
        ("authority", "KemenPANRB", "", "Fill in 'authority'"),
        ("source", "letter 12", "", "Fill in 'source'"),
        ("verified", "true", "yes", "Write true or false"),
    ],
)
def test_a_bad_row_names_file_row_field_and_remedy(
    tmp_path: Path, field: str, old: str, new: str, part: str
) -> None:
    path = tmp_path / "readiness.csv"
    path.write_text(HEADER + GOOD + GOOD.replace("queue", "platform").replace(old, new, 1), encoding="utf-8")
    if field == "criterion":
        path.write_text(HEADER + GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError, match=rf"readiness\.csv, row \d, field '{field}'") as caught:
        assessments(path, indonesia())
    assert part in str(caught.value)


def test_one_authority_cannot_say_two_things_on_one_day(tmp_path: Path) -> None:
    path = tmp_path / "readiness.csv"
    path.write_text(HEADER + GOOD + GOOD.replace("unmet", "met"), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"row 2, field 'criterion'.*twice"):
        assessments(path, indonesia())


def test_a_criterion_listed_twice_is_refused(tmp_path: Path) -> None:
    text = CRITERIA.read_text(encoding="utf-8")
    path = tmp_path / "criteria.csv"
    path.write_text(text.replace(",queue,2", ",security,2"), encoding="utf-8")
    with pytest.raises(RegistryError, match=r"criteria\.csv, row 10, field 'id'.*twice"):
        criteria(path)


def test_a_criterion_without_a_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "criteria.csv"
    path.write_text(CRITERIA.read_text(encoding="utf-8").replace("queue,2,", "queue,0,"), encoding="utf-8")
    with pytest.raises(RegistryError, match="row 2, field 'order'"):
        criteria(path)


states = st.lists(
    st.builds(
        lambda region, criterion, status, days, authority: found(
            region, criterion, status, date=DAY + timedelta(days=days), authority=authority
        ),
        st.sampled_from(CODES),
        st.sampled_from(IDS),
        st.sampled_from(Status),
        st.integers(0, 5),
        st.sampled_from("AB"),
    ),
    max_size=25,
)


@UNHURRIED
@given(states, st.integers(-1, 6))
def test_every_region_is_in_one_column_of_every_criterion(listed: list[Assessment], days: int) -> None:
    rows = hindrances(listed, criteria(), CODES, DAY + timedelta(days=days))
    assert len(rows) == 11
    for row in rows:
        assert row.met + row.unmet + row.disputed + row.unassessed == len(CODES)
        assert row.alone <= row.unmet
    unmet = [row.unmet for row in rows]
    assert unmet == sorted(unmet, reverse=True)


def test_what_nobody_assessed_is_neither_met_nor_unmet() -> None:
    row = of("queue", [])
    assert (row.met, row.unmet, row.disputed, row.unassessed) == (0, 0, 0, 4)


def test_the_criterion_that_holds_up_most_regions_comes_first() -> None:
    listed = ready(CODES[0], "security") + ready(CODES[1], "security", "queue") + ready(CODES[2])
    rows = hindrances(listed, criteria(), CODES, DAY)
    assert [(row.criterion.id, row.unmet, row.alone) for row in rows[:3]] == [
        ("security", 2, 1),
        ("queue", 1, 0),
        ("general_information", 0, 0),
    ]


def test_one_criterion_alone_holds_nobody_up_while_others_are_unassessed() -> None:
    assert of("queue", [found(CODES[0], "queue", Status.UNMET)]).alone == 0


def test_the_newest_assessment_of_an_authority_counts() -> None:
    listed = [
        found(CODES[0], "queue", Status.MET, date=DAY),
        found(CODES[0], "queue", Status.UNMET, date=DAY - timedelta(days=30)),
    ]
    assert of("queue", listed).met == 1
    assert of("queue", listed, DAY - timedelta(days=1)).unmet == 1


def test_authorities_that_disagree_make_it_disputed() -> None:
    listed = [
        found(CODES[0], "queue", Status.MET),
        found(CODES[0], "queue", Status.UNMET, authority="B", date=DAY - timedelta(days=90)),
    ]
    row = of("queue", listed)
    assert (row.met, row.unmet, row.disputed) == (0, 0, 1)


def test_verified_only_leaves_the_others_unassessed() -> None:
    listed = [found(CODES[0], "queue", Status.UNMET, verified=False)]
    assert of("queue", listed).unmet == 1
    assert of("queue", listed, verified_only=True).unassessed == 4


def test_criteria_of_another_version_are_not_mixed_in() -> None:
    other = Criterion("2030", "queue", 1, "a", "b", "", "", "A", "s", DAY, verified=True)
    [row] = hindrances([found(CODES[0], "queue", Status.UNMET)], [other], CODES, DAY)
    assert row.unassessed == 4
