from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from mediacheck.align.sound import SoundAlignment
from mediacheck.checks.pitch import measure
from mediacheck.errors import NotAvailable
from mediacheck.media.sound import RATE, Sound
from mediacheck.model import Finding, SoundState

from .making import heard, judged, numbers, record, shown, told


def pitch(
    undone: float = 0.0,
    sound_speed: float = 1.0,
    picture_speed: float = 1.0,
    pitch_kept: float = 0.0,
    state: SoundState = SoundState.SAME,
    seconds: float = 20.0,
    spectra: tuple[float, float, float] = (0.0, 0.9, 0.05),
) -> list[Finding]:
    """spectra: the shift that they agree on, how well, and how well on the next best."""
    named = zip(("shift", "agreement", "next_best"), spectra, strict=True)
    measured = [
        numbers("pitch", ("undone", undone), ("sound_speed", sound_speed), *named),
        numbers("sound", ("pitch_kept", pitch_kept)),
    ]
    picture = [shown((0, seconds), (30, 30 + seconds * picture_speed), speed=picture_speed)]
    sound = [heard((0, seconds), (30, 30 + seconds * sound_speed), state)]
    return judged("pitch", record(picture, sound, measured))


def test_an_untouched_voice_is_not_reported() -> None:
    assert pitch() == []
    assert pitch(undone=0.25) == []


@pytest.mark.parametrize("semitones", [3.0, -0.8])
def test_a_moved_pitch_is_an_alteration_positive_where_it_is_higher(semitones: float) -> None:
    (found,) = pitch(undone=semitones)
    assert told([found]) == [("pitch", "alteration")]
    assert (found.value, found.unit) == (semitones, "semitones")
    assert found.because == tuple(f"pitch.m{number}" for number in range(1, 6))


def test_speed_that_the_picture_shares_is_no_change_apart_from_it() -> None:
    assert pitch(sound_speed=1.0417, picture_speed=1.0428) == []
    assert pitch(sound_speed=1.1, picture_speed=1.1, pitch_kept=1.0) == []


def test_sound_faster_than_its_picture_is_higher() -> None:
    (found,) = pitch(sound_speed=1.0417)
    assert found.value == pytest.approx(0.71, abs=0.01)


def test_sound_stretched_at_its_pitch_is_not_called_higher() -> None:
    (found,) = pitch(sound_speed=1.1, pitch_kept=1.0)
    assert told([found]) == [("pitch", "alteration")]
    assert (found.value, found.unit) == (None, None)


def test_a_dub_has_no_pitch_to_compare() -> None:
    assert pitch(undone=3.0, state=SoundState.REPLACED) == []


def test_half_a_semitone_that_looks_like_a_speed_is_told_by_the_picture() -> None:
    (found,) = pitch(0.0, 1.032, 1.0, seconds=2.8, spectra=(0.5, 0.6, 0.06))
    assert told([found]) == [("pitch", "alteration")]
    assert (found.value, found.unit) == (0.5, "semitones")


@pytest.mark.parametrize("semitones", [0.0, 0.71, 0.6, 0.85])
def test_a_pitch_that_the_pictures_speed_accounts_for_is_none(semitones: float) -> None:
    assert pitch(0.0, 25 / 24, 25 / 24, seconds=2.8, spectra=(semitones, 0.6, 0.06)) == []


@pytest.mark.parametrize(("agreement", "next_best"), [(0.12, 0.02), (0.3, 0.15)])
def test_spectra_that_hardly_agree_on_a_shift_tell_none(agreement: float, next_best: float) -> None:
    assert pitch(spectra=(2.0, agreement, next_best)) == []
    assert pitch(state=SoundState.UNDETERMINED, spectra=(2.0, agreement, next_best)) == []


@pytest.mark.parametrize("state", [SoundState.SAME, SoundState.UNDETERMINED])
def test_a_hum_of_another_pitch_in_sound_that_was_not_moved_is_no_pitch(state: SoundState) -> None:
    """Mains hum of 50 Hz in the original, of 60 Hz where a phone filmed it."""
    assert pitch(state=state, spectra=(3.16, 0.574, 0.147)) == []


def test_film_speed_that_a_short_picture_cannot_tell_from_its_own_is_none() -> None:
    film = {"sound_speed": 25 / 24, "picture_speed": 1.0, "spectra": (0.71, 0.6, 0.06)}
    assert pitch(0.0, **film, seconds=3.0) == []
    assert told(pitch(0.0, **film, seconds=8.0)) == [("pitch", "alteration")]


def test_speeds_apart_by_less_than_the_seconds_can_tell_are_no_finding() -> None:
    assert pitch(sound_speed=1.0, picture_speed=0.99, seconds=4.5) == []
    assert pitch(sound_speed=1.011, seconds=4.5) == []
    assert told(pitch(sound_speed=1.011, seconds=30.0)) == [("pitch", "alteration")]
    assert told(pitch(sound_speed=1.1, seconds=4.5)) == [("pitch", "alteration")]


NOISE = np.random.default_rng(1).integers(-9000, 9000, 20 * RATE).astype(np.int16)


@pytest.mark.parametrize(
    ("clip", "original", "reason"),
    [
        (NOISE, NOISE, "the original's sound was not found in the clip"),
        (np.zeros_like(NOISE), NOISE, "the clip's sound is silent"),
        (NOISE, NOISE // 3000, "the original's sound is silent"),
        (NOISE[: RATE // 2], NOISE, "the clip's sound is 0.5 s long, too short"),
        (NOISE, NOISE[: RATE * 7 // 5], "the original's sound is 1.4 s long, too short"),
        (NOISE[:0], NOISE, "the clip's sound is silent"),
    ],
)
def test_sound_without_a_place_is_told_by_what_it_lacks(
    clip: np.ndarray, original: np.ndarray, reason: str
) -> None:
    sounds = [Sound(each, RATE, 0.0, len(each) / RATE, 1) for each in (clip, original)]
    nowhere = SoundAlignment(clip, 1.0, False, (), ())
    with pytest.raises(NotAvailable, match=reason):
        measure(SimpleNamespace(sounds=sounds, sound=nowhere))  # type: ignore[arg-type]
