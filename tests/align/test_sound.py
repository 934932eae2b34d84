from __future__ import annotations

import numpy as np
import pytest

from mediacheck.align.sound import SoundAlignment, align_sounds, preferring
from mediacheck.features.spectrum import RATE
from mediacheck.features.stretch import resampled, stretched
from mediacheck.model import Alignment

from .making import between, mixed, noise, voice

ORIGINAL = voice(40.0, seed=1)
OTHER = voice(40.0, seed=2)
START_S, SECONDS = 11.0, 10.0
CLIP = between(ORIGINAL, START_S, START_S + SECONDS)
EXACT_S = 0.003


def only(found: SoundAlignment) -> Alignment:
    (line,) = found.lines
    return line


def test_a_copy_is_placed_to_milliseconds() -> None:
    found = align_sounds(CLIP, ORIGINAL)
    assert only(found).offset_s == pytest.approx(START_S, abs=EXACT_S)
    assert only(found).speed == pytest.approx(1.0, abs=1e-4)
    assert (found.speed, found.pitch_kept, found.semitones) == (1.0, False, 0.0)
    assert found.proofs[0] > 30
    assert np.array_equal(found.samples, CLIP)


def test_noise_does_not_hide_the_place() -> None:
    disturbed = mixed(CLIP, noise(SECONDS, seed=3, level=2500))
    assert only(align_sounds(disturbed, ORIGINAL)).offset_s == pytest.approx(START_S, abs=EXACT_S)


def test_each_part_of_a_cut_clip_has_its_line() -> None:
    cut = np.concatenate([between(ORIGINAL, 5.0, 10.0), between(ORIGINAL, 14.0, 19.0)])
    found = align_sounds(cut, ORIGINAL)
    assert sorted(round(line.offset_s, 2) for line in found.lines) == [5.0, 9.0]


def test_of_sound_heard_twice_the_place_of_the_picture_is_taken() -> None:
    twice = np.concatenate([ORIGINAL, ORIGINAL])
    found = align_sounds(CLIP, twice)
    for place in (START_S, 40.0 + START_S):
        preferred = preferring(found, twice, (Alignment(place),))
        assert only(preferred).offset_s == pytest.approx(place, abs=EXACT_S)


def test_where_the_picture_leads_to_other_sound_the_sound_stays() -> None:
    found = align_sounds(CLIP, ORIGINAL)
    assert preferring(found, ORIGINAL, (Alignment(START_S + 9.0),)) == found


# A tenth of a second lies within the reach of one search: the harder case.
@pytest.mark.parametrize("step_s", [0.1, -0.1, 0.25, -0.25, 0.6])
def test_a_step_of_a_fraction_of_a_second_gives_a_line_to_each_side(step_s: float) -> None:
    stepped = np.concatenate(
        [between(ORIGINAL, 11.0, 16.0), between(ORIGINAL, 16.0 + step_s, 21.0 + step_s)]
    )
    found = align_sounds(stepped, ORIGINAL)
    assert sorted(line.offset_s for line in found.lines) == pytest.approx(
        sorted([11.0, 11.0 + step_s]), abs=EXACT_S
    )
    assert [line.speed for line in found.lines] == pytest.approx([1.0, 1.0], abs=1e-4)
    assert min(found.proofs) >= 15  # of 19 windows on either side


@pytest.mark.parametrize("other", [OTHER, noise(40.0, seed=4), np.zeros(40 * RATE, np.int16)])
def test_what_is_not_there_has_no_line(other: np.ndarray) -> None:
    assert align_sounds(between(other, 0.0, SECONDS), ORIGINAL).lines == ()


@pytest.mark.parametrize("speed", [0.9, 25 / 24, 1.1])
def test_speed_with_the_pitch_following(speed: float) -> None:
    clip = resampled(between(ORIGINAL, START_S, START_S + SECONDS * speed), 1 / speed)
    found = align_sounds(clip, ORIGINAL)
    assert only(found).speed == pytest.approx(speed, abs=3e-4)
    assert only(found).original_at(5.0) == pytest.approx(START_S + 5.0 * speed, abs=EXACT_S)
    assert not found.pitch_kept
    assert len(found.samples) == pytest.approx(len(clip) * speed, rel=0.002)
    assert found.on_clock(only(found)).speed == pytest.approx(1.0, abs=5e-4)


@pytest.mark.parametrize("speed", [0.9, 1.03, 1.1])
def test_speed_with_the_pitch_kept(speed: float) -> None:
    clip = stretched(between(ORIGINAL, START_S, START_S + SECONDS * speed), 1 / speed)
    found = align_sounds(clip, ORIGINAL)
    assert only(found).speed == pytest.approx(speed, abs=2e-3)  # copied pieces lie up to 12 ms off
    assert only(found).original_at(5.0) == pytest.approx(START_S + 5.0 * speed, abs=0.02)
    assert found.pitch_kept
    assert found.support > 30


@pytest.mark.parametrize("semitones", [-3.0, 2.0])
def test_a_moved_pitch_is_undone_and_its_sign_is_that_of_the_clip(semitones: float) -> None:
    factor = 2 ** (semitones / 12)
    clip = resampled(stretched(CLIP, factor), 1 / factor)
    found = align_sounds(clip, ORIGINAL)
    assert found.semitones == pytest.approx(semitones, abs=0.15)
    assert found.speed == 1.0
    assert only(found).offset_s == pytest.approx(START_S, abs=0.02)


def test_a_hint_places_what_mel_bands_cannot() -> None:
    # Two seconds with more noise than voice: too little for votes, enough for presence.
    clip = mixed(between(ORIGINAL, 20.0, 23.0), noise(3.0, seed=5, level=5000))
    hinted = align_sounds(clip, ORIGINAL, (Alignment(20.05),))
    assert only(hinted).offset_s == pytest.approx(20.0, abs=EXACT_S)


def test_a_false_hint_is_not_believed() -> None:
    assert align_sounds(between(OTHER, 0.0, 10.0), ORIGINAL, (Alignment(11.0),)).lines == ()


def test_hardly_any_sound_has_no_line() -> None:
    for seconds in (0.0, 0.05, 0.3):
        assert align_sounds(between(ORIGINAL, 5.0, 5.0 + seconds), ORIGINAL).lines == ()


# Television shows film at 25/24 of its speed; two seconds of it are two pieces at 1 just as well, but less clearly.
@pytest.mark.parametrize("speed", [24 / 25, 25 / 24, 0.9, 1.1])
@pytest.mark.parametrize("seconds", [1.6, 3.0])
def test_even_a_second_or_two_tell_their_speed(speed: float, seconds: float) -> None:
    clip = resampled(between(ORIGINAL, START_S, START_S + seconds * speed), 1 / speed)
    near = between(ORIGINAL, START_S - 0.5, START_S + seconds * speed + 0.5)
    found = align_sounds(clip, near)
    assert only(found).speed == pytest.approx(speed, abs=1e-3)
    assert only(found).original_at(seconds / 2) == pytest.approx(
        0.5 + seconds / 2 * speed, abs=EXACT_S
    )
    assert not found.pitch_kept
    assert found.is_clear


@pytest.mark.parametrize("seconds", [1.6, 3.0, 6.0])
def test_a_short_clip_at_its_own_speed_stays_there(seconds: float) -> None:
    clip = mixed(between(ORIGINAL, START_S, START_S + seconds), noise(seconds, seed=6, level=2000))
    found = align_sounds(clip, between(ORIGINAL, START_S - 0.5, START_S + seconds + 0.5))
    assert (found.speed, only(found).speed) == (1.0, 1.0)


@pytest.mark.parametrize("seconds", [1.6, 3.0, 6.0])
@pytest.mark.parametrize("start_s", [3.0, 21.0])
def test_of_many_tried_speeds_none_finds_another_voice(seconds: float, start_s: float) -> None:
    clip = between(OTHER, start_s, start_s + seconds)
    assert align_sounds(clip, between(ORIGINAL, 0.0, seconds + 1.0)).lines == ()


def test_a_step_in_a_short_clip_is_no_speed() -> None:
    clip = np.concatenate([between(ORIGINAL, 11.0, 12.6), between(ORIGINAL, 12.8, 14.4)])
    found = align_sounds(clip, between(ORIGINAL, 10.0, 15.0))
    assert found.speed == 1.0
    assert sorted(line.offset_s for line in found.lines) == pytest.approx([1.0, 1.2], abs=EXACT_S)
