"""A range is understood as people write times, and what is none is refused in one line before any work."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from mediacheck.cli.main import main
from mediacheck.cli.ranges import chosen_range
from mediacheck.model import TO_THE_END_S, Span

MEDIA = Path(__file__).parents[2] / "fixtures" / "media" / "partial"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("8-12", 8.0, 12.0),
        ("75.5-120.25", 75.5, 120.25),
        ("1:15-2:00.5", 75.0, 120.5),
        ("90:00-95:00", 5400.0, 5700.0),
        ("1:10:00-1:12:30.125", 4200.0, 4350.125),
        ("12.34567-20", 12.346, 20.0),
        ("10:00-", 600.0, TO_THE_END_S),
        ("0-", 0.0, TO_THE_END_S),
        (" 8 - 12 ", 8.0, 12.0),
    ],
)
def test_times_are_seconds_or_a_clock(text: str, start: float, end: float) -> None:
    assert chosen_range(text) == Span(start, end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12-8", "ends before it starts"),
        ("8-8", "ends before it starts"),
        ("-8-12", "is not START-END"),
        ("-12", "is not START-END"),
        ("8", "is not START-END"),
        ("", "is not START-END"),
        ("8-12-16", "is not START-END"),
        ("soon-later", "'soon' is no time such as 75, 1:15.5 or 1:10:00"),
        ("1:5-2:00", "'1:5' is no time"),
        ("1:00:00:00-2", "is no time"),
        ("1e3-2e3", "'1e3' is no time"),
        ("nan-inf", "'nan' is no time"),
        ("1:75-3:00", "a minute and a second are below 60"),
        ("1:60:00-3:00:00", "a minute and a second are below 60"),
        ("0-200:00:00", "'200:00:00' is beyond 100 hours"),
        ("٨-١٢", "is no time"),
        (f"{'9' * 5000}:00-", "is beyond 100 hours"),
        (f"{'9' * 5000}:00:00-", "is beyond 100 hours"),
        (f"{'9' * 5000}-", "is beyond 100 hours"),
    ],
)
def test_what_is_no_range_is_refused(text: str, reason: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        chosen_range(text)
    assert reason in refused.value.message
    assert refused.value.param_hint == "--original-range"


def test_a_range_reaches_the_question(stand_in, compare) -> None:
    assert compare("--original-range", "1:10:00-") == 0
    assert stand_in.questions[0].original_range == Span(4200.0, TO_THE_END_S)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("60-70", "original.mp4: it is 47.3 s long, and the range starts at 60 s"),
        ("8-8.5", "a range of 0.5 s is too short to be searched: give at least 3 s"),
        ("46.9-", "give at least 3 s; original.mp4 is 47.3 s long"),
    ],
)
def test_a_range_that_the_file_does_not_hold_is_refused_in_one_line(
    asked: str, reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    files = (str(MEDIA / "clip.mp4"), str(MEDIA / "original.mp4"))
    out = tmp_path / "case"
    arguments = ["--no-transcript", "--cache", "off", "--quiet", "--out", str(out)]

    assert main(["compare", *files, "--original-range", asked, *arguments]) == 2

    shown = capfd.readouterr()
    assert reason in shown.err
    assert len(shown.err.splitlines()) == 1
    assert shown.out == ""
    assert not out.exists()
