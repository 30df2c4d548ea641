"""What a publication freezes comes back whole from its JSON."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import polars as pl
from polars.testing import assert_frame_equal

from metrics.calendar import CALENDARS, Calendar
from metrics.indicators import IndicatorSettings
from metrics.observation import Hold
from metrics.publishing.canonical import canonical
from metrics.publishing.inputs import JUDGED, Inputs, Pinned, document_of, inputs_from
from metrics.publishing.program import Program, running
from metrics.quality import Verdicts
from metrics.ranking import METHODS, Method
from metrics.regions import indonesia

NOW = dt.datetime(2025, 8, 1, 2, 3, 4, 567, tzinfo=dt.UTC)
DAYS = (dt.date(2025, 3, 1), dt.date(2025, 3, 9))


def frozen() -> Inputs:
    """Inputs with something in every entry."""
    rejections = pl.DataFrame([("surveys", None, "a-rule", 3)], JUDGED["rejections"], orient="row")
    of_days = ("surveys", "11.01", "silence", "critical", "fail", *DAYS)
    of_all = ("surveys", "11.01", "copied", "critical", "pass", None, None)
    findings = pl.DataFrame([of_all, of_days], JUDGED["findings"], orient="row")
    return Inputs(
        level="region",
        as_of=NOW,
        method=Method.load("default"),
        archive={"surveys": Pinned(3, {"month=2025-03/a.parquet": "ab"})},
        registry=indonesia(),
        calendars={name: Calendar.load(name) for name in CALENDARS},
        settings=IndicatorSettings(hold_days_share=0.07),
        complaint_days={"information": 5},
        holds=(
            Hold("surveys", "11.01", DAYS, "silence", "nothing came", "ask"),
            Hold("surveys", "11.02", None, "totals", "too few", "fetch again"),
        ),
        verdicts=Verdicts(rejections, findings),
        simulated=True,
        program=running(),
    )


def test_inputs_come_back_whole_from_their_bytes() -> None:
    inputs = frozen()
    bytes_ = canonical(document_of(inputs))
    again = inputs_from(json.loads(bytes_))
    assert canonical(document_of(again)) == bytes_
    assert again.registry == inputs.registry
    assert again.registry.regions == inputs.registry.regions
    assert {name: one.digest for name, one in again.calendars.items()} == {
        name: one.digest for name, one in inputs.calendars.items()
    }
    for name in ("level", "as_of", "method", "archive", "settings", "complaint_days", "holds", "simulated"):
        assert getattr(again, name) == getattr(inputs, name), name
    for name in JUDGED:
        expected: pl.DataFrame = getattr(inputs.verdicts, name)
        assert_frame_equal(getattr(again.verdicts, name), expected, check_row_order=False)


def test_verdicts_that_are_not_known_stay_unknown() -> None:
    inputs = replace(frozen(), verdicts=Verdicts())
    assert inputs_from(json.loads(canonical(document_of(inputs)))).verdicts == Verdicts()


def test_order_in_which_findings_were_read_does_not_matter() -> None:
    inputs = frozen()
    findings = inputs.verdicts.findings
    assert findings is not None
    turned = replace(inputs, verdicts=Verdicts(inputs.verdicts.rejections, findings.reverse()))
    assert canonical(document_of(turned)) == canonical(document_of(inputs))


def test_every_method_that_comes_along_survives_its_json() -> None:
    for name in METHODS:
        method = Method.load(name)
        assert Method.model_validate(json.loads(json.dumps(method.model_dump(mode="json")))) == method
        assert Method.parse(method.model_dump_json()) == method


def test_program_tells_what_is_not_as_it_was() -> None:
    now = running()
    assert now.differences(now) == []
    before = Program("0.0.9", "0" * 64, now.libraries | {"numpy": "1.0"})
    assert before.differences(now) == [
        f"program 0.0.9+000000000000, now {now.name}",
        f"numpy 1.0, now {now.libraries['numpy']}",
    ]
