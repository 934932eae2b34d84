"""What the checks share: one answer for all who ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from mediacheck import evidence as module
from mediacheck.align.facing import Framing
from mediacheck.align.missing import with_missing
from mediacheck.align.presence import SEARCH_S
from mediacheck.checks import CHECKS
from mediacheck.evidence import Evidence
from mediacheck.model import Alignment, Box, Geometry, Measured, Options, Question, Span

from .align.making import Scene, filmed
from .contracts.test_checks import PAIRS, Arrays, decoded

STEP_S = 0.2  # more than the sound is searched for around a line


def fresh(pair: str = "copy") -> Arrays:
    nothing: Any = None
    made = Arrays(nothing, nothing, Question(options=Options(transcript=False)))
    (clip, sound), (original, original_sound) = PAIRS[pair]
    made._decoded = (decoded("c", clip, sound), decoded("0", original, original_sound))
    return made


def measured(name: str, made: Evidence) -> Measured:
    (measure,) = (check.measure for check in CHECKS if check.name == name)
    return measure(made)


def values(found: Measured, name: str) -> list[float | None]:
    return [m.value for m in found.measurements if m.name == name]


def along(found: Measured, name: str) -> list[Alignment]:
    return [s.alignment for s in found.series if s.name == name and s.alignment is not None]


def test_all_checks_take_the_lines_that_the_picture_is_judged_along() -> None:
    made = fresh()
    (heard,) = made.sound.lines
    lines = (heard, Alignment(heard.offset_s + STEP_S, 1.1))
    made.picture_stretches = dict.fromkeys(lines)
    assert [line.speed for line in along(measured("picture", made), "motion")] == [1.0, 1.1]
    assert values(measured("edits", made), "picture_speed") == [1.0, 1.1]
    late = values(measured("sync", made), "sound_late")
    assert late == [0.0, pytest.approx((STEP_S + 0.1 * 2.5) / 1.1, abs=0.002)]


@pytest.mark.parametrize(("away_s", "searched"), [(SEARCH_S - 0.02, False), (STEP_S, True)])
def test_the_sound_is_looked_for_where_the_picture_is_unless_it_is_heard_there(
    away_s: float, searched: bool
) -> None:
    made = fresh()
    (heard,) = made.sound.lines
    made.picture_lines = (Alignment(heard.offset_s + away_s, 1.0),)
    assert len(along(measured("sound", made), "presence")) == 1 + searched


def test_the_lines_are_searched_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(*given: Any) -> dict[Alignment, Span | None]:
        asked.append(1)
        return with_missing(*given)

    monkeypatch.setattr(module, "with_missing", counted)
    made = fresh()
    for name in ("picture", "sound", "sync", "edits"):
        measured(name, made)
    assert len(asked) == 1


def test_a_line_hides_no_zoom_outside_its_own_stretch() -> None:
    """The original shows the very same zoom again later; that the clip slows down at its start leads elsewhere."""

    def nearer(frame: np.ndarray) -> np.ndarray:
        return cv2.resize(frame[18:162, 32:288], (320, 180), interpolation=cv2.INTER_CUBIC)

    scene, zoomed = Scene(), range(25, 45)
    film = filmed(scene, 4.0, 6.0)
    frames = [nearer(f) if n in zoomed else f for n, f in enumerate(film.frames)]
    clip = replace(film, frames=tuple(frames))
    original = filmed(scene, 0.0, 20.0)
    again = (*original.frames[:150], *clip.frames, *original.frames[225:])
    nothing: Any = None
    made = Arrays(nothing, nothing, Question(options=Options(transcript=False)))
    made._decoded = (decoded("c", clip, None), decoded("0", replace(original, frames=again), None))
    whole = Box(0.0, 0.0, 1.0, 1.0)
    geometry = Geometry(False, whole, whole, 0.0, 300)
    framing = Framing.of(made.frames[0], geometry)
    made.picture = replace(made.picture, geometry=geometry, framing=framing)
    first, second = Alignment(4.0), Alignment(12.0)
    made.picture_stretches = {first: None, second: Span(0.0, 1.5)}
    (part,) = made.picture_parts
    assert part.line == first
    assert (part.first, len(part.differences)) == (zoomed.start, len(zoomed))


def test_a_frame_of_the_clip_is_hashed_once_however_many_lines_ask() -> None:
    made = fresh()
    shown: list[float] = []
    nearest: Callable[[float], tuple[float, np.ndarray]] = made.frames[0].nearest

    class Counted:
        times, thumbs, aspect = made.frames[0].times, made.frames[0].thumbs, made.frames[0].aspect

        def nearest(self, at: float) -> tuple[float, np.ndarray]:
            shown.append(at)
            return nearest(at)

    at = np.array([0.5, 1.5, 2.5])
    lines = [Alignment(4.0), Alignment(4.5), Alignment(-100.0)]
    plain = [fresh().hash_bits(line, at) for line in lines]
    watched = replace(made.picture.framing, shown=Counted())
    made.picture = replace(made.picture, framing=watched)
    for line, expected in zip(lines, plain, strict=True):
        assert np.array_equal(made.hash_bits(line, at), expected, equal_nan=True)
    assert shown == [0.5, 1.5, 2.5]
