"""A voice that is higher or lower than any of the original is a note, and nothing else of a voice is told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from mediacheck.align.sound import SoundAlignment
from mediacheck.calibration import Calibration
from mediacheck.checks.voice import CHECK, measure, numbers_of
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import RATE
from mediacheck.media.sound import Sound
from mediacheck.model import Alignment, Finding, Measured, SoundState
from mediacheck.progress import SILENT
from mediacheck.speech.activity import STEP_S
from mediacheck.wording import summary

from ..features.making import talk
from .making import heard, judged, record, shown, told

LOW, HIGH = 115.0, 205.0  # ten semitones apart
SECONDS = 20.0
ORIGINAL = talk(LOW, SECONDS, seed=1)
STRANGER = talk(HIGH, SECONDS, seed=2)


def measured(clip: np.ndarray, original: np.ndarray, *lines: Alignment) -> Measured:
    """Of sounds in which somebody speaks throughout, placed on these lines."""
    sounds = [Sound(each, RATE, 0.0, len(each) / RATE, 1) for each in (clip, original)]
    speech = [np.ones(int(len(each) / RATE / STEP_S), np.float32) for each in (clip, original)]
    evidence: Any = SimpleNamespace(
        sounds=tuple(sounds),
        clip_speech=speech[0],
        original_speech=speech[1],
        sound=SoundAlignment(clip, 1.0, False, lines, (10,) * len(lines)),
        progress=SILENT,
    )
    return measure(cast(Evidence, evidence))


def found(
    taken: Measured,
    state: SoundState = SoundState.REPLACED,
    clip: tuple[float, float] = (0.0, SECONDS),
    original: tuple[float, float] | None = None,
    **changed: float,
) -> list[Finding]:
    made = record([shown(clip, clip)], [heard(clip, original, state)], [taken])
    return judged("voice", made, **changed)


def test_a_voice_higher_than_any_of_the_original_is_a_note() -> None:
    taken = measured(STRANGER, ORIGINAL)
    (note,) = found(taken)
    assert told([note]) == [("voice_differs", "note")]
    assert note.stream == "words"
    assert note.value is not None
    assert 5.0 < note.value < 10.5  # of the nearest piece, and both have a melody
    made = record(measured=[taken])
    said = summary(note, made.words, made.transcripts, made.timeline)
    assert (
        f"{note.value:.1f} semitones higher than the nearest of the voices in the original" in said
    )
    assert "weak evidence" in said


def test_its_number_stands_with_what_the_original_differs_by_from_itself() -> None:
    taken = measured(STRANGER, ORIGINAL)
    (note,) = found(taken)
    (number,) = numbers_of(note, record(measured=[taken]))
    assert number.value == note.value
    assert number.null is not None
    assert number.null.n >= 10
    assert number.null.max < 2.0


def test_a_voice_that_is_lower_has_a_value_below_zero() -> None:
    (note,) = found(measured(ORIGINAL, STRANGER))
    assert note.value is not None
    assert note.value < -5.0


def test_the_same_voice_at_another_time_and_one_as_high_are_not_told() -> None:
    assert found(measured(talk(LOW, SECONDS, seed=3), ORIGINAL)) == []
    assert found(measured(talk(LOW * 2 ** (3 / 12), SECONDS, seed=4), ORIGINAL)) == []


def test_a_second_speaker_of_the_original_is_none_of_the_strangers() -> None:
    both = np.concatenate([ORIGINAL, talk(HIGH, SECONDS, seed=5)])
    assert found(measured(STRANGER, both)) == []


def test_what_a_lively_speaker_reaches_is_no_other_voice() -> None:
    lively = talk(LOW, SECONDS, seed=6, lively=5.0)
    least = Calibration.load().limits("voice", CHECK.thresholds)["least_semitones"]
    high = talk(LOW * 2 ** ((least + 4.0) / 12), SECONDS, seed=7)
    assert found(measured(high, ORIGINAL)) != []
    assert found(measured(high, lively)) == []


@pytest.mark.parametrize("state", [each for each in SoundState if each != SoundState.REPLACED])
def test_only_of_replaced_sound_a_voice_is_told(state: SoundState) -> None:
    assert found(measured(STRANGER, ORIGINAL), state, original=None) == []


def test_sound_that_stands_elsewhere_in_the_original_is_one_of_its_voices() -> None:
    assert found(measured(STRANGER, ORIGINAL), original=(30.0, 30.0 + SECONDS)) == []


def test_of_a_moment_and_of_a_short_original_nothing_is_told() -> None:
    assert found(measured(STRANGER, ORIGINAL), clip=(2.0, 3.5)) == []
    assert found(measured(STRANGER, ORIGINAL[: round(3.2 * RATE)])) == []


def test_the_stretch_counts_and_not_the_rest_of_the_clip() -> None:
    half = len(ORIGINAL) // 2
    clip = np.concatenate([ORIGINAL[:half], STRANGER[half:]])
    taken = measured(clip, ORIGINAL, Alignment(0.0, 1.0))
    assert found(taken, clip=(0.0, SECONDS / 2)) == []
    assert told(found(taken, clip=(SECONDS / 2, SECONDS))) == [("voice_differs", "note")]


def test_nothing_is_kept_where_the_original_is_heard_throughout() -> None:
    shifted = ORIGINAL[2 * RATE :]
    assert measured(shifted, ORIGINAL, Alignment(2.0, 1.0)).series == ()
    assert len(measured(shifted, ORIGINAL).series) == 2


def test_where_nobody_speaks_no_voice_is_kept() -> None:
    noise = np.random.default_rng(8).integers(-3000, 3000, len(ORIGINAL)).astype(np.int16)
    assert found(measured(noise, ORIGINAL)) == []
    assert found(measured(STRANGER, noise)) == []
