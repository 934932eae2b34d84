"""What every check owes: a question, limits of its own, and an outcome on any pair whatever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest

from mediacheck.calibration import Calibration
from mediacheck.checks import CHECK_OF, CHECKS, Check
from mediacheck.compare import run
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import RATE
from mediacheck.media.decode import Decoded
from mediacheck.media.frames import Album, Frames
from mediacheck.media.sound import Sound
from mediacheck.model import (
    Failed,
    Measured,
    Media,
    Options,
    Question,
    Severity,
    StreamInfo,
    Term,
)
from mediacheck.timeline import LIMITS
from mediacheck.verdict import VERDICT_LIMITS, judge
from mediacheck.wording import labels, methods

from ..align.making import Film, Scene, between, filmed, voice

NAMES = [check.name for check in CHECKS]
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)


@each_check
def test_it_asks_a_question(check: Check) -> None:
    assert check.asks.endswith("?")
    assert check.asks[0].isupper()
    assert check.version >= 1


@each_check
def test_it_is_calibrated_completely_and_nothing_else_is(check: Check) -> None:
    limits = Calibration.load().limits(check.name, check.thresholds)
    assert set(limits) == set(check.thresholds)
    assert len(set(check.thresholds)) == len(check.thresholds)


def test_every_table_of_the_calibration_is_asked_for() -> None:
    tables = Calibration.load().tables
    assert set(tables) == {*NAMES, "timeline", "verdict"}
    assert set(tables["timeline"]) == set(LIMITS)
    assert set(tables["verdict"]) == set(VERDICT_LIMITS)


def test_no_two_checks_share_a_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_each_kind_of_finding_belongs_to_one_check() -> None:
    kinds = [kind for check in CHECKS for kind in check.kinds]
    assert len(set(kinds)) == len(kinds)
    assert {kind: check.name for check in CHECKS for kind in check.kinds} == CHECK_OF


@each_check
def test_its_method_and_its_weaknesses_are_told(check: Check) -> None:
    assert methods.METHODS[check.name]
    assert methods.WEAKNESSES[check.name]


@each_check
def test_readers_have_a_name_for_it(check: Check) -> None:
    assert labels.CHECKS[check.name]


def decoded(sha256: str, film: Film | None, samples: np.ndarray | None) -> Decoded:
    """A file as it would have been decoded, from arrays."""
    streams, frames, sounds, ends = [], None, (), [0.0]
    if film is not None:
        encoded = tuple(cv2.imencode(".jpg", frame)[1].tobytes() for frame in film.frames)
        frames = Frames(film.times, film.thumbs, Album(film.times, encoded))
        streams.append(StreamInfo(0, "picture", "h264", 0.0, None))
        ends.append(float(film.times[-1]) + 0.08)
    if samples is not None:
        ends.append(len(samples) / RATE)
        sounds = (Sound(samples, RATE, 0.0, ends[-1], 1),)
        streams.append(StreamInfo(1, "sound", "aac", 0.0, None))
    made = Media(sha256 * 64, 1, round(max(ends), 3), "mp4", tuple(streams), {})
    return Decoded(made, frames, sounds)


ORIGINAL_FILM, ORIGINAL_SOUND = filmed(Scene(), 0.0, 12.0), voice(12.0, seed=1)
CLIP_FILM, CLIP_SOUND = filmed(Scene(), 4.0, 5.0), between(ORIGINAL_SOUND, 4.0, 9.0)
TWICE = Film(np.arange(2 * len(ORIGINAL_FILM.times)) / 12.5, ORIGINAL_FILM.frames * 2)
GREY = tuple(np.full((180, 320), 90, np.uint8) for _ in range(25))
STILL = Film(CLIP_FILM.times[:1], CLIP_FILM.frames[:1])
BLINK = Film(CLIP_FILM.times[:4], CLIP_FILM.frames[:4])
SILENCE = np.zeros(2 * RATE, np.int16)

Track = tuple[Film | None, np.ndarray | None]
PAIRS: dict[str, tuple[Track, Track]] = {
    "copy": ((CLIP_FILM, CLIP_SOUND), (ORIGINAL_FILM, ORIGINAL_SOUND)),
    "excerpt of a loop": ((CLIP_FILM, CLIP_SOUND), (TWICE, np.tile(ORIGINAL_SOUND, 2))),
    "picture alone": ((CLIP_FILM, None), (ORIGINAL_FILM, None)),
    "sound alone": ((None, CLIP_SOUND), (None, ORIGINAL_SOUND)),
    "sound against picture": ((None, CLIP_SOUND), (ORIGINAL_FILM, None)),
    "still picture": ((STILL, None), (ORIGINAL_FILM, ORIGINAL_SOUND)),
    "a blink": ((BLINK, CLIP_SOUND[:1000]), (ORIGINAL_FILM, ORIGINAL_SOUND)),
    "grey and silent": (
        (Film(CLIP_FILM.times[:25], GREY), SILENCE),
        (Film(CLIP_FILM.times[:25], GREY), SILENCE),
    ),
    "clip longer than its original": (
        (ORIGINAL_FILM, ORIGINAL_SOUND),
        (CLIP_FILM, CLIP_SOUND),
    ),
}


class Arrays(Evidence):
    """Evidence of files that were never files."""

    _decoded: Any = None
    _part: Any = None


@cache
def evidence(pair: str) -> Evidence:
    question = Question(terms=(Term("war"),), options=Options(transcript=False))
    nothing: Any = None
    made = Arrays(nothing, nothing, question)
    (clip, sound), (original, original_sound) = PAIRS[pair]
    made._decoded = (
        decoded("c", clip, sound),
        decoded("0", original, original_sound),
    )
    return made


@pytest.mark.parametrize("pair", PAIRS)
@each_check
def test_it_measures_or_says_why_not(check: Check, pair: str) -> None:
    outcome = run(check, evidence(pair))
    assert not isinstance(outcome, Failed), outcome
    assert (outcome.check, outcome.version) == (check.name, check.version)
    if isinstance(outcome, Measured):
        ids = [m.id for m in (*outcome.measurements, *outcome.series)]
        assert len(set(ids)) == len(ids)
        assert all(each.startswith(f"{check.name}.") for each in ids)
        assert all(m.check == check.name for m in (*outcome.measurements, *outcome.series))
    else:
        assert outcome.reason


@pytest.mark.parametrize("pair", PAIRS)
def test_any_pair_can_be_judged(pair: str) -> None:
    made = evidence(pair)
    outcomes = [run(check, made) for check in CHECKS]
    judged = judge(
        made.clip.media, made.original.media, made.question, outcomes, Calibration.load()
    )
    assert [row.check for row in judged.outcomes] == NAMES
    ids = {m.id for o in outcomes if isinstance(o, Measured) for m in o.measurements}
    assert all(set(finding.because) <= ids for finding in judged.findings)
    assert not [f for f in judged.findings if f.severity is Severity.ALTERATION]
    if pair in ("copy", "excerpt of a loop"):
        assert judged.verdict.answer == "no-alteration-found"


def test_a_check_that_breaks_hides_no_other() -> None:
    def broken(evidence: Evidence) -> Measured:
        raise ZeroDivisionError("by nought")

    outcome = run(replace(CHECKS[0], measure=broken), evidence("copy"))
    assert outcome == Failed(NAMES[0], CHECKS[0].version, "ZeroDivisionError: by nought")


def test_made_pairs_are_what_they_seem() -> None:
    measure: Callable[[Evidence], Measured] = CHECKS[NAMES.index("container")].measure
    assert [m.value for m in measure(evidence("copy")).measurements] == [1, 1, 1, 1]
    assert [m.value for m in measure(evidence("still picture")).measurements] == [1, 0, 1, 1]


def test_the_method_of_the_edits_tells_the_limits_that_are_shipped() -> None:
    (edits,) = (check for check in CHECKS if check.name == "edits")
    limit = Calibration.load().limits("edits", edits.thresholds)
    assert limit["least_insert_s"] == limit["least_repeat_s"]
    told = methods.METHODS["edits"]
    assert f"Inserts and repeats of less than {limit['least_insert_s']} s" in told
    assert f"freezes of less than {limit['least_freeze_s']} s" in told
    assert f"cuts of less than {limit['least_cut_s']} s" in told
