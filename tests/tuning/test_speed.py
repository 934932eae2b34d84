"""Costs are those of whole process trees, and what was not measured is not shown as if it were."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mediacheck.tuning import speed
from mediacheck.tuning.material import Source
from mediacheck.tuning.speed import SETTINGS, Cost, Measured, Peer, Row, Setting, page

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
SOURCE = Source(MEDIA / "press-qa" / "original.mp4", "0" * 64, 47.0, True, True)
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


def test_the_long_originals_come_before_words_and_before_the_largest_pictures() -> None:
    order = [(s.height, s.minutes, s.transcripts) for s in SETTINGS]
    assert order.index((360, 120, False)) < order.index((720, 120, False))
    assert order.index((720, 120, False)) < order.index((360, 15, True))
    assert order.index((720, 120, False)) < order.index((1080, 120, False))


def test_page_shows_ratios_and_names_what_was_not_reached() -> None:
    done = Row(Setting(360, 1, False, False), Cost(2.0, 2.0, 60, 0), Cost(6.0, 5.0, 400, 0))
    peer = Peer("imagehash", "hashes", None, "not installed")
    text = page(Measured("here", (done,), (peer,)))
    assert "| 360p | 1 min | no | no | 2.0 | 6.0 | 3.00 | 5.0 | 400 |" in text
    assert "Not reached in the time given: 360p 1 min cached, " in text
    assert "1080p 120 min cached with words." in text
    assert "| imagehash | hashes | not installed | | |" in text
    assert "1080p |" not in text


def test_a_comparison_that_broke_has_no_cost() -> None:
    broken = Row(Setting(360, 1, False, False), Cost(2.0, 2.0, 60, 0), Cost(1.0, 1.0, 9, 2))
    text = page(Measured("here", (broken,)))
    assert "Ended without a report: 360p 1 min." in text
    assert "| 360p |" not in text


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would have been run, in order; nothing is."""
    asked: list[str] = []

    def peers(media: object, until: float, known: object) -> list[Peer]:
        asked.append("peers")
        return [Peer("imagehash", "hashes", Cost(1.0, 1.0, 9, 0))]

    def compared(media: object, setting: Setting, clip: Path, original: Path) -> Cost:
        asked.append(speed._named(setting))
        return Cost(6.0, 5.0, 400, 0)

    monkeypatch.setattr(speed, "_peers", peers)
    monkeypatch.setattr(speed, "_compared", compared)
    monkeypatch.setattr(speed, "decoding", lambda path: Cost(2.0, 2.0, 60, 0))
    monkeypatch.setattr(speed.Media, "pair", lambda media, height, minutes: (Path(), Path()))
    return asked


def test_it_goes_on_where_it_stopped(tmp_path: Path, counted: list[str]) -> None:
    book = tmp_path / "speed.json"
    first = speed.measure(SOURCE, 20.0, keep=lambda found: speed.store(found, book))
    assert counted[:3] == ["peers", "360p 1 min", "360p 1 min cached"]
    assert speed.stored(book) == first
    before = set(counted)
    del counted[:]
    second = speed.measure(SOURCE, 1e6, before=speed.stored(book))
    assert second.rows[: len(first.rows)] == first.rows
    assert not before & set(counted) - {"peers"}
    assert {row.setting for row in second.rows} == set(SETTINGS)


def test_what_would_outlast_the_time_given_is_not_begun(counted: list[str]) -> None:
    speed.measure(SOURCE, 100.0)
    assert "360p 15 min" in counted
    assert "360p 120 min" not in counted


def test_what_other_code_or_another_machine_has_measured_is_dropped(counted: list[str]) -> None:
    row = Row(SETTINGS[0], Cost(9.0, 9.0, 9, 0), Cost(9.0, 9.0, 9, 0))
    found = speed.measure(SOURCE, 20.0, before=Measured("elsewhere", (row,)))
    assert row not in found.rows
    assert found.rows


def test_what_cannot_be_read_is_measured_again(tmp_path: Path) -> None:
    (tmp_path / "speed.json").write_text("{}")
    assert speed.stored(tmp_path / "speed.json") is None
    assert speed.stored(tmp_path / "nothing.json") is None


@pytest.mark.slow
def test_a_pair_is_made_measured_and_other_clips_are_other_bytes(tmp_path: Path) -> None:
    media = speed.Media(tmp_path, SOURCE)
    clip, original = media.pair(180, 2)
    assert speed.decoding(original).ended == 0
    assert original.stat().st_size > clip.stat().st_size
    assert media.another_clip(180).read_bytes() != clip.read_bytes()
    cost = speed._compared(media, Setting(180, 2, True, False), clip, original)
    assert cost.ended == 0
    assert cost.cpu_s > 0.5
