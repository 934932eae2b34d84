from __future__ import annotations

import json as standard
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import rfc8785

from mediacheck.errors import WrongUsage
from mediacheck.model import SCHEMA, Alignment, Comparison
from mediacheck.report import json

from . import sample

BUILDS = pytest.mark.parametrize("build", sample.ALL, ids=lambda build: build.__name__)


def raw(comparison: Comparison) -> dict[str, object]:
    read: dict[str, object] = standard.loads(json.dumps(comparison))
    return read


@BUILDS
def test_a_report_survives_being_written_and_read(build: Callable[[], Comparison]) -> None:
    written = json.dumps(build())
    read = json.loads(written)
    assert json.dumps(read) == written
    assert json.loads(json.dumps(read)) == read


def test_rounded_values_come_back_equal() -> None:
    comparison = sample.not_in_original()
    assert json.loads(json.dumps(comparison)) == comparison


def test_a_run_survives_being_written_and_read() -> None:
    assert json.loads_run(json.dumps_run(sample.run())) == sample.run()


def test_bytes_are_canonical() -> None:
    written = json.dumps(sample.press_qa())
    assert rfc8785.dumps(standard.loads(written)) == written


def test_shapes_are_those_of_the_contract() -> None:
    read = raw(sample.partial())
    finding = read["findings"][4]  # type: ignore[index]
    assert finding["clip"] == [3.2, 6.8]
    assert finding["box"] == [0.62, 0.08, 0.22, 0.34]
    assert finding["error_rate"] is None
    assert finding["error_rate_reason"] == "Too few pairs."
    assert read["findings"][0]["error_rate"]["miss"] == [0.031, 0.011, 0.077]  # type: ignore[index]
    measurement = read["measurements"][0]  # type: ignore[index]
    assert measurement["null"] == {"mean": 6, "spread": 1.3, "max": 11.2, "n": 400}
    assert read["schema"] == SCHEMA


def test_nothing_is_left_out() -> None:
    read = raw(sample.not_in_original())
    assert read["geometry"] is None
    assert read["transcripts"] == {"clip": None, "original": None}
    assert read["timeline"]["picture"][0]["crop"] is None  # type: ignore[index]


def test_times_keep_milliseconds_and_other_numbers_six_digits() -> None:
    comparison = sample.partial()
    series = replace(comparison.series[0], step_s=0.02321995464852608, start_s=7321.123456)
    second = replace(comparison.measurements[3], value=5234.123456)
    read = raw(replace(comparison, series=(series,), measurements=(second,)))
    assert read["series"][0]["step_s"] == 0.02322  # type: ignore[index]
    assert read["series"][0]["start_s"] == 7321.123  # type: ignore[index]
    assert read["measurements"][0]["value"] == 5234.123  # type: ignore[index]
    assert raw(comparison)["measurements"][6]["value"] == 0.712346  # type: ignore[index]


def test_a_line_comes_back_exactly_however_late_it_lies() -> None:
    comparison = sample.partial()
    line = Alignment(-12345.6789, 1.041667)
    late = replace(comparison, series=(replace(comparison.series[0], alignment=line),))
    assert json.loads(json.dumps(late)).series[0].alignment == line


@BUILDS
def test_a_record_as_stored_is_the_one_that_is_read_back(build: Callable[[], Comparison]) -> None:
    stored = json.as_stored(build())
    assert stored == json.loads(json.dumps(build()))
    assert json.as_stored(stored) == stored


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_is_refused_with_its_place(value: float) -> None:
    comparison = sample.partial()
    broken = replace(comparison.measurements[2], value=value)
    with pytest.raises(ValueError, match=r"report\.measurements\.0\.value"):
        json.dumps(replace(comparison, measurements=(broken,)))


def test_text_that_utf8_cannot_hold_is_written_out() -> None:
    run = json.loads_run(json.dumps_run(sample.run("bad\udcff name.mp4")))
    assert run.clip_name == "bad⟨U+DCFF⟩ name.mp4"


@pytest.mark.parametrize(
    ("find", "put", "said"),
    [
        (b'"mediacheck.report/1"', b'"mediacheck.report/2"', "this version reads mediacheck.re"),
        (b'"answer":"altered"', b'"answer":"authentic"', r"verdict\.answer"),
        (b"[0,20]", b"[20,0]", "cannot end"),
        (b"[0,20]", b"[0,20,30]", "at most 2"),
        (b'"headline"', b'"headlines"', r"verdict\.headline"),
        (b'"container"', b'"extra":1,"container"', r"clip\.extra|calibration|original\.extra"),
        (b"{", b"", "no JSON"),
    ],
)
def test_a_report_that_is_not_as_we_write_it_is_refused_in_one_line(
    find: bytes, put: bytes, said: str
) -> None:
    written = json.dumps(sample.press_qa())
    with pytest.raises(WrongUsage, match=said) as caught:
        json.loads(written.replace(find, put, 1))
    assert str(caught.value).isprintable()


def test_other_json_is_no_report() -> None:
    with pytest.raises(WrongUsage, match="holds no record"):
        json.loads(b"[]")


def test_the_schema_describes_what_is_written() -> None:
    schema = json.schema()
    definitions = schema["$defs"]
    assert schema["properties"]["schema"]["const"] == SCHEMA
    assert set(schema["required"]) == set(raw(sample.press_qa()))
    assert definitions["Span"]["maxItems"] == 2
    assert definitions["Span"]["type"] == "array"
    finding = raw(sample.press_qa())["findings"][0]  # type: ignore[index]
    assert set(definitions["Finding"]["required"]) == set(finding)
    assert schema["additionalProperties"] is False


def test_a_record_from_before_self_checks_and_conditions_is_read() -> None:
    content = raw(sample.partial())
    del content["self_check"]
    calibration = content["calibration"]
    assert isinstance(calibration, dict)
    del calibration["condition"]
    read = json.loads(standard.dumps(content).encode())
    assert json.dumps(read) == json.dumps(sample.partial())
