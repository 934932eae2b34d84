"""Innocent copies are like the clip, come from elsewhere in the original, and leave nothing behind."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from mediacheck.compare import examine
from mediacheck.errors import MediaUnreadable
from mediacheck.media.probe import open_source
from mediacheck.model import (
    Answer,
    Box,
    Comparison,
    Kind,
    Likeness,
    Options,
    PictureSegment,
    PictureState,
    Question,
    Span,
    Timeline,
)
from mediacheck.report.json import dumps, loads
from mediacheck.tuning import selfcheck, twins
from mediacheck.tuning.likeness import LONGEST_S, likeness
from mediacheck.tuning.selfcheck import BROKE, LEAST, MOST, checked, places, self_check

from .making import FFMPEG, FPS, SAME_FRAME, distance, grey_frames, samples

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
LIKE = Likeness(2.0, 96, 64, 12.5, "h264", 60.0, False, WHOLE, WHOLE, "aac", 32.0, 22_050, 2, -6.0)
NEARLY = 0.3  # a share of the bits: the encoder's steps are that coarse on a small picture
LEVEL_DB = 0.7  # what 32 kbit of AAC may move the level by
WORDLESS = Question(options=Options(transcript=False))

Taken = Callable[..., tuple[tuple[Span, ...], list[str]]]


@pytest.fixture
def taken(comparison: Callable[..., Comparison]) -> Taken:
    """The places for a clip and an original of these lengths, the clip's picture standing at `own`."""

    def find(
        clip_s: float, original_s: float, *own: Span, **asked: Span
    ) -> tuple[tuple[Span, ...], list[str]]:
        base = comparison(question=Question(**asked))
        shown = tuple(PictureSegment(each, each, PictureState.MATCHED) for each in own)
        made = replace(
            base,
            clip=replace(base.clip, duration_s=clip_s),
            original=replace(base.original, duration_s=original_s),
            timeline=Timeline(shown),
        )
        return places(made, replace(LIKE, duration_s=min(clip_s, LONGEST_S)))

    return find


def overlaps(spans: tuple[Span, ...]) -> list[float]:
    return [one.overlap(two) for n, one in enumerate(spans) for two in spans[:n]]


def test_copies_are_spread_over_a_long_original_away_from_the_clips_own_place(taken: Taken) -> None:
    own = Span(300.0, 320.0)
    spans, reasons = taken(20.0, 600.0, own)
    assert len(spans) == MOST
    assert reasons == []
    assert all(span.length == pytest.approx(20.0) for span in spans)
    assert max([*overlaps(spans), *(span.overlap(own) for span in spans)]) == 0
    assert spans[0].start < 60
    assert spans[-1].end > 540


def test_copies_stay_in_the_part_of_the_original_that_is_searched(taken: Taken) -> None:
    spans, _ = taken(5.0, 600.0, original_range=Span(100.0, 200.0))
    assert len(spans) == MOST
    assert spans[0].start >= 100
    assert spans[-1].end <= 200


def test_a_short_original_gives_fewer_copies_and_says_so(taken: Taken) -> None:
    spans, (reason,) = taken(20.0, 61.0, Span(20.0, 40.0))
    assert 1 <= len(spans) <= LEAST
    assert "too short" in reason
    assert all(span.overlap(Span(20.0, 40.0)) == 0 for span in spans)


def test_where_there_is_no_room_the_clips_own_place_is_used_and_that_is_said(taken: Taken) -> None:
    spans, reasons = taken(20.0, 30.0, Span(5.0, 25.0))
    assert spans
    assert selfcheck.NO_ROOM in reasons


def test_an_original_shorter_than_the_clip_is_copied_whole(taken: Taken) -> None:
    spans, reasons = taken(20.0, 12.0)
    assert spans == (Span(0.0, 12.0),)
    assert reasons == [selfcheck.ALL_OF_IT]


def test_copies_of_a_long_clip_are_cut_short_and_that_is_said(taken: Taken) -> None:
    spans, reasons = taken(LONGEST_S + 100, 20 * LONGEST_S)
    assert [span.length for span in spans] == pytest.approx([LONGEST_S] * MOST)
    assert reasons == [selfcheck.CUT_SHORT]


@pytest.fixture
def make(footage: SimpleNamespace, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the drifting plane from 4 s on, as LIKE says but for the changes."""

    def copy(name: str = "twin.mp4", **changes: object) -> Path:
        path = tmp_path / name
        with open_source(footage.source) as source:
            twins.make(source, Span(4.0, 6.0), replace(LIKE, **changes), path)
        return path

    return copy


def test_a_copy_has_the_clips_frame_rate_size_and_bits(make: Callable[..., Path]) -> None:
    with av.open(str(make())) as made:
        picture, sound = made.streams.video[0], made.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (picture.width, picture.height) == (LIKE.width, LIKE.height)
        assert (sound.rate, sound.layout.nb_channels) == (LIKE.rate, LIKE.channels)
        sizes = [packet.size for packet in made.demux(picture) if packet.size]
    assert len(sizes) == LIKE.duration_s * LIKE.fps
    kbit = sum(sizes) * 8 / 1000 / LIKE.duration_s
    assert kbit == pytest.approx(LIKE.picture_kbit, rel=NEARLY)


@pytest.mark.parametrize(
    ("told", "made"),
    [("hevc", "hevc"), ("libdav1d", "vp9"), ("libvpx-vp9", "vp9"), ("mjpeg", "h264")],
)
def test_a_copy_is_of_the_clips_codec_family(
    make: Callable[..., Path], told: str, made: str
) -> None:
    with av.open(str(make(picture_codec=told))) as copy:
        assert made in copy.streams.video[0].codec_context.name


def test_a_copy_shows_the_original_at_its_place(
    make: Callable[..., Path], footage: SimpleNamespace
) -> None:
    frames = grey_frames(make(width=192, height=108, fps=25.0, picture_kbit=900.0))
    for k in (0, 20, 49):
        assert distance(frames[k], footage.frames[4 * FPS + k]) < SAME_FRAME


def test_a_copy_is_mirrored_cropped_and_placed_like_the_clip(
    make: Callable[..., Path], footage: SimpleNamespace
) -> None:
    copy = make(
        mirrored=True,
        crop=Box(0.25, 0.0, 0.5, 1.0),
        placed=Box(0.0, 0.25, 1.0, 0.5),
        width=96,
        height=216,
        fps=25.0,
        picture_kbit=900.0,
    )
    frame = grey_frames(copy)[10]
    assert max(frame[:50].mean(), frame[-50:].mean()) < 20
    wanted = footage.frames[4 * FPS + 10][:, ::-1][:, 48:144]
    assert distance(frame[54:162], wanted) < SAME_FRAME


def test_a_copy_sounds_like_the_original_at_the_clips_level(
    make: Callable[..., Path], footage: SimpleNamespace
) -> None:
    heard = samples(make(channels=1))
    there = footage.sound[4 * 48_000 : 6 * 48_000]
    levels = [float(np.sqrt((each**2).mean())) for each in (heard, there)]
    assert 20 * np.log10(levels[0] / levels[1]) == pytest.approx(LIKE.gain_db, abs=LEVEL_DB)


def test_the_same_stretch_gives_the_same_bytes(make: Callable[..., Path]) -> None:
    assert make("one.mp4").read_bytes() == make("two.mp4").read_bytes()


def test_the_original_is_opened_by_its_child_alone(
    make: Callable[..., Path], footage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, started = [], []
    really_open, really_start = av.open, subprocess.Popen.__init__

    def recording(file: object, *arguments: object, **options: object) -> object:
        opened.append(str(file))
        return really_open(file, *arguments, **options)

    def starting(self: object, command: list[str], *arguments: object, **options: object) -> None:
        started.append([str(word) for word in command])
        really_start(self, command, *arguments, **options)

    monkeypatch.setattr(av, "open", recording)
    monkeypatch.setattr(subprocess.Popen, "__init__", starting)
    make()
    assert any("ffmpeg" in command[0] for command in started)
    assert opened
    named = [word for command in started for word in command]
    assert not [word for word in (*named, *opened) if str(footage.source) in word]


@pytest.fixture(scope="module")
def case(footage: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory):
    """An innocent clip of the drifting plane, cropped, small and quiet, as it was compared."""
    clip = tmp_path_factory.mktemp("case") / "clip.mp4"
    made = ["-vf", "crop=154:86:20:12,scale=160:90", "-crf", "30", "-threads", "1"]
    made += ["-b:a", "48k", "-af", "volume=-8dB"]
    command = [*FFMPEG, "-ss", "5", "-t", "5", "-i", str(footage.source), *made, str(clip)]
    subprocess.run(command, check=True)
    return examine(clip, footage.source, WORDLESS)


def test_what_a_clip_is_like_is_read_off_it(case) -> None:
    with open_source(case.clip_path) as clip, open_source(case.original_path) as original:
        like = likeness(case.comparison, clip, original)
    with av.open(str(case.clip_path)) as file:
        sizes = {stream.type: 0 for stream in file.streams}
        for packet in file.demux():
            sizes[packet.stream.type] += packet.size
    length = case.comparison.clip.duration_s
    assert like is not None
    assert (like.width, like.height, like.fps) == (160, 90, 25.0)
    assert like.picture_kbit == pytest.approx(sizes["video"] * 8 / 1000 / length, abs=0.1)
    assert like.sound_kbit == pytest.approx(sizes["audio"] * 8 / 1000 / length, abs=0.1)
    assert like.crop == case.comparison.geometry.crop
    assert like.gain_db == pytest.approx(-8.0, abs=LEVEL_DB)


def test_a_clip_from_elsewhere_lends_no_frame_to_its_copies(case) -> None:
    """Whatever geometry was found between frames that have nothing to do with each other."""
    foreign = tuple(
        replace(part, state=PictureState.FOREIGN, original=None)
        for part in case.comparison.timeline.picture
    )
    unrelated = replace(case.comparison, timeline=Timeline(foreign, ()))
    with open_source(case.clip_path) as clip, open_source(case.original_path) as original:
        like = likeness(unrelated, clip, original)
    assert like is not None
    assert (like.mirrored, like.crop, like.placed) == (False, WHOLE, WHOLE)


def test_the_self_check_says_what_each_copy_was_answered_and_changes_no_answer(
    case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selfcheck, "MOST", 2)
    monkeypatch.setattr(selfcheck, "LEAST", 2)
    after = checked(case)
    found = after.comparison.self_check
    assert found is not None
    assert len(found.twins) == 2
    assert {twin.answer for twin in found.twins} == {Answer.NO_ALTERATION_FOUND}
    assert found.calibration == after.comparison.calibration.digest
    assert replace(after.comparison, self_check=None) == case.comparison
    assert loads(dumps(after.comparison)) == after.comparison
    assert after.run.stages[selfcheck.STAGE] > 0
    again = checked(case)
    assert dumps(again.comparison) == dumps(after.comparison)


def test_an_alteration_reported_in_a_copy_is_told_with_its_place(
    case, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.report import sample

    monkeypatch.setattr(selfcheck, "compare", lambda *_, **__: sample.partial())
    monkeypatch.setattr(selfcheck, "MOST", 1)
    monkeypatch.setattr(selfcheck, "LEAST", 1)
    after = checked(case).comparison
    assert after.self_check is not None
    (twin,) = after.self_check.twins
    assert twin.answer is Answer.ALTERED
    assert [alarm.kind for alarm in twin.reported][:2] == [Kind.REPLACED, Kind.MIXED]
    assert "This method errs on material like this one" in after.verdict.headline
    assert after.verdict.answer is case.comparison.verdict.answer
    assert after.findings == case.comparison.findings


@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_behind_however_it_ends(
    case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: type[BaseException]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []

    def break_off(path: Path, *_: object, **__: object) -> Comparison:
        seen.append((path.is_file(), path.parent.stat().st_mode & 0o777))
        raise end

    monkeypatch.setattr(selfcheck, "compare", break_off)
    with pytest.raises(end):
        self_check(case.comparison, case.clip_path, case.original_path)
    assert seen == [(True, 0o700)]
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_cannot_be_made_ends_the_self_check_and_not_the_run(
    case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("ffmpeg ended with 1")

    monkeypatch.setattr(twins, "make", fail)
    found = self_check(case.comparison, case.clip_path, case.original_path)
    assert found.twins == ()
    assert BROKE in (found.reason or "")


def test_a_copy_that_breaks_because_the_run_is_ended_ends_the_run(
    case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        try:
            raise KeyboardInterrupt
        finally:
            raise MediaUnreadable("its child is gone")

    monkeypatch.setattr(twins, "make", interrupted)
    with pytest.raises(MediaUnreadable):
        checked(case)


def test_other_files_than_those_compared_are_refused(case, footage: SimpleNamespace) -> None:
    with pytest.raises(MediaUnreadable, match="it changed after it was compared"):
        self_check(case.comparison, footage.donor, case.original_path)


def test_a_clip_without_a_picture_is_not_imitated_and_that_is_said(
    footage: SimpleNamespace, tmp_path: Path
) -> None:
    clip = tmp_path / "clip.m4a"
    command = [*FFMPEG, "-t", "3", "-i", str(footage.source), "-vn", str(clip)]
    subprocess.run(command, check=True)
    found = self_check(examine(clip, footage.source, WORDLESS).comparison, clip, footage.source)
    assert (found.twins, found.made_like, found.reason) == ((), None, selfcheck.STILL)
