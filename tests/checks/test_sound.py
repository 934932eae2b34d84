from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mediacheck.checks.base import series
from mediacheck.checks.sound import numbers_of
from mediacheck.model import (
    Alignment,
    Finding,
    Measured,
    PictureSegment,
    PictureState,
    Series,
    SoundSegment,
    SoundState,
    Span,
    StreamInfo,
)

from .making import BOTH, PICTURE, heard, judged, media, numbers, record, shown, told

NUMBERS = numbers(
    "sound", ("original_loudness", -20.0), ("clip_loudness", -20.0), ("median_presence", 60.0)
)
TRACKS = numbers("container", ("clip_sound_tracks", 1.0), ("original_sound_tracks", 1.0))
SPEED = 1.1
COPY = [shown((0, 20), (30, 52), speed=SPEED)]


def foreign(clip: tuple[float, float]) -> PictureSegment:
    return PictureSegment(Span(*clip), None, PictureState.FOREIGN)


def sound(*parts: SoundSegment) -> list[Finding]:
    return judged("sound", record(COPY, parts, [NUMBERS]))


def test_the_originals_sound_is_not_reported() -> None:
    for state in (SoundState.SAME, SoundState.FOREIGN, SoundState.UNDETERMINED):
        assert sound(heard((0, 20), (30, 52), state)) == []


def test_replaced_names_the_place_that_the_picture_shows() -> None:
    (found,) = sound(heard((0, 5), (30, 35.5)), heard((5, 20), (2, 18.5), SoundState.REPLACED))
    assert told([found]) == [("replaced", "alteration")]
    assert found.original is not None
    assert tuple(found.original) == (35.5, 52.0)
    assert (found.value, found.unit) == (None, None)


def test_mixed_gives_the_level_of_the_original_under_it() -> None:
    (found,) = sound(heard((0, 20), (30, 52), SoundState.MIXED, residual_db=12.34))
    assert told([found]) == [("mixed", "alteration")]
    assert (found.value, found.unit) == (-12.3, "dB")


def test_speech_in_a_pause_has_no_original_under_it() -> None:
    pause = heard((0, 20), (30, 52), SoundState.MIXED, presence=None, residual_db=12.0)
    (found,) = sound(pause)
    assert (found.value, found.unit) == (None, None)


def test_music_is_presentation() -> None:
    music = heard((0, 20), (30, 52), SoundState.MUSIC_ADDED, residual_db=6.0)
    assert told(sound(music)) == [("music_added", "presentation")]


def track(
    check: str, name: str, value: float, line: Alignment, *, during: tuple[float, float] = (5, 9)
) -> Series:
    """A value within a part of the clip, and 0 elsewhere."""
    at = 0.1 * (np.arange(200) + 0.5)
    told = np.where((at >= during[0]) & (at < during[1]), value, 0.0)
    return series(check, 1, name, "unit", at, told, digits=2, alignment=line)


def test_a_stretch_quotes_the_numbers_of_its_own_line() -> None:
    here, elsewhere = Alignment(30.0), Alignment(2.0)
    along = [track("sound", "presence", 9.0, here), track("sound", "presence", 60.0, elsewhere)]
    part = heard((5, 9), (35, 39), SoundState.MIXED, residual_db=6.0)
    made = record([shown((0, 20), (30, 50))], [part], [Measured("sound", 2, (), tuple(along))])
    (found,) = judged("sound", made)
    assert [(m.name, m.value) for m in numbers_of(found, made)] == [("presence", 9.0)]


def test_what_one_channel_holds_quotes_the_numbers_of_the_channels() -> None:
    line, elsewhere = Alignment(30.0), Alignment(2.0)
    mono = Measured("sound", 2, (), (track("sound", "presence", 60.0, line),))
    values = {
        "left_residual": -20.0,
        "left_residual_speech": 0.1,
        "right_residual": 12.0,
        "right_residual_speech": 0.9,
        "right_residual_follows": 0.05,
    }
    both = [track("channels", name, value, line) for name, value in values.items()]
    both.append(track("channels", "right_residual", 3.0, elsewhere))
    part = replace(heard((5, 9), (35, 39), SoundState.MIXED, residual_db=12.0), channel="right")
    made = record(COPY, [part], [mono, Measured("channels", 1, (), tuple(both))])
    (found,) = judged("sound", made)
    assert (found.value, found.channel) == (-12.0, "right")
    assert {m.name: m.value for m in numbers_of(found, made)} == {
        name: value for name, value in values.items() if name != "left_residual_speech"
    }


def test_silence_in_part_is_an_alteration_and_throughout_presentation() -> None:
    part = heard((5, 9), (35.5, 39.9), SoundState.SILENT, presence=None)
    (found,) = sound(heard((0, 5), (30, 35.5)), part, heard((9, 20), (39.9, 52)))
    assert told([found]) == [("muted", "alteration")]
    assert found.because == ("sound.m2", "sound.m1")
    whole = heard((0, 20), (30, 52), SoundState.SILENT, presence=None)
    assert told(sound(whole)) == [("muted", "presentation")]


def test_a_silent_title_or_end_card_mutes_nothing() -> None:
    """The line of time runs on into the card, past what the picture shows."""
    for card, shows, plays in (((16, 20), (0, 16), (0, 16)), ((0, 4), (4, 20), (4, 20))):
        place = tuple(30 + SPEED * at for at in card)
        silent = heard(card, place, SoundState.SILENT, presence=None)
        played = heard(plays, tuple(30 + SPEED * at for at in plays))
        picture = [shown(shows, tuple(30 + SPEED * at for at in shows), speed=SPEED), foreign(card)]
        parts = sorted((silent, played), key=lambda part: part.clip)
        assert judged("sound", record(picture, parts, [NUMBERS])) == []


def test_silence_amid_foreign_footage_mutes_nothing() -> None:
    silent = heard((8, 12), (38.8, 43.2), SoundState.SILENT, presence=None)
    parts = [heard((0, 8), (30, 38.8)), silent, heard((12, 20), (43.2, 52))]
    picture = [shown((0, 8), (30, 38.8)), foreign((8, 12)), shown((12, 20), (43.2, 52))]
    assert judged("sound", record(picture, parts, [NUMBERS])) == []
    assert told(judged("sound", record([], parts, [NUMBERS]))) == [("muted", "alteration")]


def test_silence_where_nothing_is_missing_or_for_a_moment_is_not_reported() -> None:
    assert sound(heard((0, 20), None, SoundState.SILENT, presence=None)) == []
    moment = heard((5, 5.5), (35.5, 36.05), SoundState.SILENT, presence=None)
    assert sound(heard((0, 5), (30, 35.5)), moment, heard((5.5, 20), (36.05, 52))) == []


@pytest.mark.parametrize(("clip", "original"), [((PICTURE,), BOTH), (BOTH, (PICTURE,))])
def test_a_missing_sound_track_is_noted_although_the_sound_check_is_skipped(
    clip: tuple[StreamInfo, ...], original: tuple[StreamInfo, ...]
) -> None:
    files = {"clip": media("c", streams=clip), "original": media("0", streams=original)}
    (found,) = judged("container", record(COPY, (), [TRACKS], **files))
    assert told([found]) == [("no_sound", "note")]
    assert found.because == ("container.m1", "container.m2")


def test_two_files_without_sound_have_nothing_missing() -> None:
    silent = {"clip": media("c", streams=(PICTURE,)), "original": media("0", streams=(PICTURE,))}
    assert judged("container", record(COPY, (), [TRACKS], **silent)) == []


def test_the_same_bytes_twice_are_noted() -> None:
    same = {"clip": media("c"), "original": media("c")}
    assert told(judged("container", record(COPY, (), [TRACKS], **same))) == [("same_file", "note")]
