"""Costs are those of whole process trees, and what was not measured is not shown as if it were."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mediacheck.tuning import speed
from mediacheck.tuning.material import Source
from mediacheck.tuning.speed import SETTINGS, Cost, Peer, Row, Setting, page

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
SPIN = "import time\nwhile time.process_time() < 0.5: pass\n"


def test_cost_counts_the_children_too() -> None:
    inside = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SPIN!r}])"
    alone, nested = (speed.run([sys.executable, "-c", script]) for script in (SPIN, inside))
    assert alone.cpu_s >= 0.5
    assert nested.cpu_s >= 0.5
    assert nested.peak_mb > 1
    assert nested.ended == 0


def test_how_it_ended_is_told() -> None:
    assert speed.run([sys.executable, "-c", "raise SystemExit(3)"]).ended == 3


def test_cheap_settings_come_first_and_every_kind_is_there() -> None:
    assert SETTINGS[0].height == 360
    assert SETTINGS[0].minutes == 1
    weights = [setting.weight for setting in SETTINGS]
    assert weights == sorted(weights)
    assert {s.minutes for s in SETTINGS} == {1, 15, 120}
    assert {s.height for s in SETTINGS} == {360, 720, 1080}
    assert len(set(SETTINGS)) == len(SETTINGS)


def test_page_shows_ratios_and_names_what_was_not_reached() -> None:
    done = Row(Setting(360, 1, False, False), Cost(2.0, 2.0, 60, 0), Cost(6.0, 5.0, 400, 0))
    left = Row(Setting(1080, 120, True, True), None, None)
    text = page([done, left], [Peer("imagehash", "hashes", None, "not installed")])
    assert "| 360p | 1 min | no | no | 2.0 | 6.0 | 3.00 | 5.0 | 400 |" in text
    assert "Not reached in the time given: 1080p 120 min cached with words." in text
    assert "| imagehash | hashes | not installed | | |" in text
    assert "1080p |" not in text


def test_a_comparison_that_broke_has_no_cost() -> None:
    broken = Row(Setting(360, 1, False, False), Cost(2.0, 2.0, 60, 0), Cost(1.0, 1.0, 9, 2))
    text = page([broken], [])
    assert "Ended without a report: 360p 1 min." in text
    assert "| 360p |" not in text


@pytest.mark.slow
def test_a_pair_is_made_measured_and_other_clips_are_other_bytes(tmp_path: Path) -> None:
    source = Source(MEDIA / "press-qa" / "original.mp4", "0" * 64, 47.0, True, True)
    media = speed.Media(tmp_path, source)
    clip, original = media.pair(180, 2)
    assert speed.decoding(original).ended == 0
    assert original.stat().st_size > clip.stat().st_size
    assert media.another_clip(180).read_bytes() != clip.read_bytes()
    cost = speed._compared(media, Setting(180, 2, True, False), clip, original)
    assert cost.ended == 0
    assert cost.cpu_s > 0.5
