"""From two sets of frames to a geometry and the lines of time worth scoring: guess, search, register, search.

Nothing here is an opinion: a wrong proposal scores like its null and is judged so later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align import looks, picture
from mediacheck.align.facing import Framing, Seen, around, faced
from mediacheck.align.geometry import active_box, alike, drifting
from mediacheck.align.lines import BESIDE_S, STANDARD_SPEEDS, apart_s, distinct, speeds_heard
from mediacheck.align.picture import Motion
from mediacheck.align.registration import (
    first_guesses,
    scene_geometries,
    seen_at,
    seen_closely,
    spread,
)
from mediacheck.align.steps import stepped
from mediacheck.align.upright import LEAST_TURN, View, quarters
from mediacheck.features.motion import STEP_S, cell_luma
from mediacheck.model import Alignment, Box, Geometry

ENOUGH = 0.45  # mean correlation along a line at which no further geometry is tried
CERTAIN = 0.6  # over CERTAIN_S a speed that is 3 % off cannot correlate like this; what is closer is climbed to
CERTAIN_S = 10.0
WORTH = 0.25  # correlation that a window must exceed to speak for one more line: twice the null's spread
LEAST_GAIN = 1.2  # what one more line must add, summed over windows of 0.2 s
MOST_LINES = 8
REPEATED = (
    0.7  # of the best line's gain: copies of one shot reach 0.86 to 0.98, other moments of it 0.1
)
ELSEWHERE_S = (
    5.0  # nearer than this the sound's line may be one that was shifted against the picture
)
ODD_SPEED_PRICE = 0.26  # of mean correlation over a second: elsewhere in a take it spreads by 0.14
ALIKE = 0.002  # difference of speeds that no picture tells
SAMPLED_FRAMES = 16
REGISTERED_PAIRS, MORE_PAIRS = 6, 10
STRAIGHT = 0.9  # of the difference that is left when it is turned back, for a turn to be believed
CLEARLY_LESS = 0.5  # of the difference of frames, that a place found by chance leaves


@dataclass(frozen=True, slots=True)
class Decoy:
    """A clip that the original cannot hold, and the lines that were found for it all the same."""

    clip: Motion
    lines: tuple[Alignment, ...]


@dataclass(frozen=True, slots=True)
class PictureAlignment:
    """What the pair's pictures have in common, as far as hypotheses go.

    A geometry with no evidence is a guess that only motion supports. centres: (n,) clip seconds at which
    series are taken.
    """

    geometry: Geometry
    active: Box
    lines: tuple[Alignment, ...]
    clip: Motion
    original: Motion
    centres: np.ndarray
    decoys: tuple[Decoy, ...]
    framing: Framing  # what the motions were taken of


@dataclass(frozen=True, slots=True)
class _Trial:
    geometry: Geometry
    clip: Motion
    original: Motion
    line: Alignment
    score: float
    seen: tuple[Seen, ...] = ()
    faced: Framing | None = None


def align_pictures(clip: View, original: View, hints: Sequence[Alignment]) -> PictureAlignment:
    """hints: lines that the sound suggests; they are scored by the picture alone."""
    centres = np.arange(picture.WINDOW_S / 2, float(clip.times[-1]), picture.SERIES_STEP_S)
    sampled = [clip.nearest(at)[1] for at in spread(clip.times, SAMPLED_FRAMES)]
    active = active_box([frame for frame in sampled if frame.shape == sampled[0].shape])
    known = first_guesses(clip, original, active)
    best = _best(clip, original, known, hints, centres, (1.0,))
    if best is None:
        best = _trial(clip, original, known[0], Alignment(0.0), centres)
    if best.score < ENOUGH:
        fast = _best(
            clip, original, known[:2] + _mirrored(known)[:1], hints, centres, picture.SPEEDS
        )
        if fast is not None and _convinces(fast, best, hints, centres):
            best = fast
    best = _registered(clip, original, best, hints, centres)
    if best.score < ENOUGH and not best.geometry.evidence:
        for geometry in scene_geometries(clip, original):
            best = _better(best, _best(clip, original, [geometry], hints, centres, (1.0,)))
        best = _registered(clip, original, best, hints, centres)
    best = _any_speed(best, hints, centres)
    if best.faced is None:  # along a wrong line nothing is more alike
        best = _faced(clip, original, best, centres)
    lines = _lines(best, hints, centres)
    decoys = tuple(_decoy(best, cells, centres) for cells in _decoy_cells(best.clip.cells))
    return PictureAlignment(
        best.geometry,
        active,
        lines,
        best.clip,
        best.original,
        centres,
        decoys,
        best.faced or Framing.of(clip, best.geometry),
    )


def _decoy_cells(cells: np.ndarray) -> tuple[np.ndarray, ...]:
    """The clip played backwards, and backwards and mirrored."""
    return cells[::-1], cells[::-1, :, ::-1]


def _decoy(best: _Trial, cells: np.ndarray, centres: np.ndarray) -> Decoy:
    """What the search for lines finds for a clip that must not be found: the same movement, never filmed."""
    times = best.clip.times[0] + best.clip.times[-1] - best.clip.times[::-1]
    clip = Motion.of(times, cells)
    proposed = _proposed(clip, best.original, (1.0,))
    trial = replace(best, clip=clip, line=proposed[0] if proposed else Alignment(0.0))
    trial = replace(trial, score=_score(clip, best.original, trial.line, centres))
    return Decoy(clip, _lines(_any_speed(trial, (), centres), (), centres))


def _mirrored(geometries: Sequence[Geometry]) -> list[Geometry]:
    return [geometry for geometry in geometries if geometry.mirrored]


def _motions(clip: View, original: View, geometry: Geometry) -> tuple[Motion, Motion]:
    return _framed(Framing.of(clip, geometry), original)


def _framed(framing: Framing, original: View) -> tuple[Motion, Motion]:
    shown, mirrored = framing.shown, framing.mirrored
    return (
        Motion.of(shown.times, cell_luma(shown.thumbs, framing.placed)),
        Motion.of(original.times, cell_luma(original.thumbs, framing.crop, mirrored)),
    )


def _score(clip: Motion, original: Motion, line: Alignment, centres: np.ndarray) -> float:
    """Mean correlation along the line; windows outside the original count as 0."""
    correlation, _ = picture.along(clip, original, line, centres)
    return float(np.nan_to_num(correlation).mean()) if len(correlation) else 0.0


def _trial(
    clip: View, original: View, geometry: Geometry, line: Alignment, centres: np.ndarray
) -> _Trial:
    motions = _motions(clip, original, geometry)
    return _Trial(geometry, *motions, line, _score(*motions, line, centres))


def _best(
    clip: View,
    original: View,
    geometries: Sequence[Geometry],
    hints: Sequence[Alignment],
    centres: np.ndarray,
    speeds: Sequence[float],
) -> _Trial | None:
    best: _Trial | None = None
    for geometry in geometries:
        motions = _motions(clip, original, geometry)
        for line in (*_proposed(*motions, speeds)[:3], *hints):
            fine = picture.refined(*motions, line)
            for each in (line, fine) if fine != line else (line,):
                trial = _Trial(geometry, *motions, each, _score(*motions, each, centres))
                best = trial if best is None else _better(best, trial)
        if best is not None and best.score >= ENOUGH:
            break
    return best


def _better(one: _Trial, other: _Trial | None) -> _Trial:
    return other if other is not None and other.score > one.score else one


def _any_speed(best: _Trial, hints: Sequence[Alignment], centres: np.ndarray) -> _Trial:
    """The trial at whichever speed explains the clip best, looked for around its own line."""
    end = float(centres[-1]) if len(centres) else 0.0
    best = _polished(best, hints, centres)
    if best.score >= CERTAIN and end >= CERTAIN_S:
        return best
    reach = max(4.0, end)
    near = _between(best.original, best.line.offset_s - reach, best.line.original_at(end) + reach)
    for line, _ in picture.search(best.clip, near, picture.SPEEDS)[:3]:
        score = _score(best.clip, best.original, line, centres)
        other = _polished(replace(best, line=line, score=score), hints, centres)
        if _convinces(other, best, hints, centres):
            best = other
    return best


def _convinces(
    other: _Trial, best: _Trial, hints: Sequence[Alignment], centres: np.ndarray
) -> bool:
    """Whether one trial explains more than another. A speed that neither the sound nor any conversion suggests is one
    of seventy: elsewhere than at the other's place it must explain clearly more.
    """
    end = float(centres[-1]) if len(centres) else 0.0
    if apart_s(other.line, best.line, end) <= picture.NEARBY_S:
        return other.score > best.score
    plain = np.array([*STANDARD_SPEEDS, *(hint.speed for hint in hints)])
    odd = [float(np.abs(plain - each.line.speed).min()) > ALIKE for each in (other, best)]
    price = (odd[0] - odd[1]) * ODD_SPEED_PRICE / max(1.0, end) ** 0.5
    return bool(other.score > best.score + price)


def _polished(best: _Trial, hints: Sequence[Alignment], centres: np.ndarray) -> _Trial:
    """The trial moved to where it fits best; at a simple speed where that fits about as well."""
    heard = speeds_heard(best.line, hints, centres)
    fine = picture.polished(best.clip, best.original, best.line, centres, heard=heard)
    return replace(best, line=fine, score=_score(best.clip, best.original, fine, centres))


def _between(motion: Motion, start_s: float, end_s: float) -> Motion:
    """The rows of a motion between two times; what it was made from is left whole."""
    first = max(0, int((start_s - motion.start_s) / STEP_S))
    last = max(first, int((end_s - motion.start_s) / STEP_S))
    rows = motion.rows[first:last]
    return Motion(
        motion.times,
        motion.cells,
        motion.start_s + first * STEP_S,
        rows,
        motion.movement[first:last],
    )


def _proposed(clip: Motion, original: Motion, speeds: Sequence[float]) -> list[Alignment]:
    found = picture.search(clip, original, speeds)
    if len(speeds) == 1 and len(clip.rows) * STEP_S > 1.5 * picture.SHORT_CHUNK_S:
        found += picture.search(clip, original, speeds, picture.SHORT_CHUNK_S)
    return [line for line, _ in sorted(found, key=lambda pair: -pair[1])]


def _registered(
    clip: View,
    original: View,
    best: _Trial,
    hints: Sequence[Alignment],
    centres: np.ndarray,
) -> _Trial:
    """The trial with its geometry measured on pairs of frames that its line puts beside each other.

    Where that fits motion worse, chance may have chosen geometry and line: the scene's own geometry is then searched
    for a line, and wins if frames are clearly more alike along it.
    """
    correlation, _ = picture.along(best.clip, best.original, best.line, centres)
    inside = np.flatnonzero(np.isfinite(correlation))
    if not len(inside):
        return best
    # The best moments of equal stretches of the clip: one bad stretch must not decide.
    parts = np.array_split(inside, min(REGISTERED_PAIRS, len(inside)))
    moments = [float(centres[part[np.argmax(correlation[part])]]) for part in parts]
    seen = seen_closely(clip, original, best.line, moments, best.geometry)
    geometry = drifting([each.geometry for each in seen])
    if geometry is None:
        return best
    geometry = _no_more_turned(clip, original, best, geometry)
    motions = _motions(clip, original, geometry)
    line = picture.refined(*motions, best.line)
    trial = _Trial(geometry, *motions, line, _score(*motions, line, centres), seen)
    trial = _faced(clip, original, trial, centres)
    if trial.score >= best.score - 0.03:
        return trial
    again = _best(clip, original, [geometry], hints, centres, (1.0,))
    if again is None or alike(geometry, best.geometry):
        return best
    differ = [_differing(clip, original, each) for each in (again, best)]
    return again if differ[0] < CLEARLY_LESS * differ[1] else best


def _no_more_turned(clip: View, original: View, best: _Trial, geometry: Geometry) -> Geometry:
    """The geometry turned by whole quarters only, where frames are as alike under it: few features tell no angle."""
    straight = replace(geometry, rotation=90.0 * (quarters(geometry.rotation + 90.0) - 1))
    if abs(geometry.rotation - straight.rotation) < LEAST_TURN:
        return geometry
    differ = [
        _differing(clip, original, replace(best, geometry=each, faced=None))
        for each in (geometry, straight)
    ]
    return geometry if differ[0] < STRAIGHT * differ[1] else straight


def _faced(clip: View, original: View, best: _Trial, centres: np.ndarray) -> _Trial:
    """The trial with the clip's frames laid onto the original's by their corners, if they are then more alike."""
    mirrored = best.geometry.mirrored
    seen = [each for each in best.seen if each.geometry.mirrored == mirrored]
    framing = faced(clip, original.aspect, seen)
    if framing.moving if framing is not None else any(each.at_an_angle for each in seen):
        # From the first frame to the last, and more of them: how it goes on beyond what was seen is a guess.
        ends = np.linspace(float(clip.times[0]), float(clip.times[-1]), MORE_PAIRS)
        inside = [at for at in ends if 0 <= best.line.original_at(at) <= original.times[-1]]
        near = around(best.geometry.placed)
        more = seen_at(clip, original, best.line, inside, mirrored, near)
        seen = [each for each in more if each.geometry.mirrored == mirrored]
        framing = faced(clip, original.aspect, seen)
    if framing is None:
        return best
    motions = _framed(framing, original)
    line = picture.refined(*motions, best.line)
    score = _score(*motions, line, centres)
    trial = replace(
        best, clip=motions[0], original=motions[1], line=line, score=score, faced=framing
    )
    differ = [_differing(clip, original, each) for each in (trial, best)]
    return trial if differ[0] < CLEARLY_LESS * differ[1] else best


def _differing(clip: View, original: View, trial: _Trial) -> float:
    """Middle difference of the frames that the trial puts beside each other, see looks.py."""
    pair = (trial.faced or Framing.of(clip, trial.geometry)).looks(original)
    differ = looks.differences(*pair, trial.line, looks.frame_grid(pair[0].times))
    return float(np.median(np.nan_to_num(differ, nan=looks.NOTHING_ALIKE)))


def _lines(best: _Trial, hints: Sequence[Alignment], centres: np.ndarray) -> tuple[Alignment, ...]:
    """The lines that each explain moments of the clip which no line before them explains."""
    chosen = list(_steps(best, hints, centres))
    if chosen:
        best = replace(best, line=chosen[0])
    speeds = tuple(dict.fromkeys((1.0, best.line.speed)))
    proposed: list[Alignment] = [best.line]
    for speed in speeds:
        proposed += _proposed(best.clip, best.original, (speed,))[:20]
    fine = [picture.refined(best.clip, best.original, line) for line in (*proposed, *hints)]
    tracks = [
        (line, _track(best, line, centres))
        for line in distinct(
            (*fine, *proposed, *hints), float(centres[-1]) if len(centres) else 0.0
        )
        if not chosen or abs(line.speed - best.line.speed) <= ALIKE
    ]
    explained = np.full(len(centres), WORTH)
    for line in chosen:
        explained = np.maximum(explained, _track(best, line, centres))
    while tracks and len(chosen) < MOST_LINES:
        gains = [float(np.maximum(track - explained, 0).sum()) for _, track in tracks]
        index = _first_choice([line for line, _ in tracks], gains, hints, centres)
        if chosen and gains[index] < LEAST_GAIN:
            break
        line, track = tracks.pop(index)
        # A piece of a few seconds has no speed of its own to tell; the clip's best line has.
        own = centres[track > WORTH]
        heard = speeds_heard(line, hints, centres)
        line = picture.polished(best.clip, best.original, line, own, 8.0 if chosen else 0.0, heard)
        chosen.append(line)
        explained = np.maximum(explained, track)
    return tuple(chosen)


def _steps(best: _Trial, hints: Sequence[Alignment], centres: np.ndarray) -> tuple[Alignment, ...]:
    """Lines at the sound's speed that explain the clip as well as the trial's own, at a speed of its own."""
    heard = speeds_heard(best.line, hints, centres)
    if not heard or min(abs(best.line.speed - speed) for speed in heard) <= ALIKE:
        return ()
    return stepped(best.clip, best.original, best.line, heard[0], centres)


def _first_choice(
    lines: Sequence[Alignment],
    gains: Sequence[float],
    hints: Sequence[Alignment],
    centres: np.ndarray,
) -> int:
    """The line with the largest gain; where the original shows the same thing several times, the one of them at
    which the sound was found.
    """
    best = int(np.argmax(gains))
    end = float(centres[-1]) if len(centres) else 0.0
    heard = [
        index
        for index, line in enumerate(lines)
        if gains[index] >= REPEATED * gains[best]
        and apart_s(line, lines[best], end) > ELSEWHERE_S
        and any(apart_s(line, hint, end) <= BESIDE_S for hint in hints)
    ]
    return max(heard, key=lambda index: gains[index]) if heard else best


def _track(best: _Trial, line: Alignment, centres: np.ndarray) -> np.ndarray:
    correlation, _ = picture.along(best.clip, best.original, line, centres)
    return np.asarray(np.nan_to_num(correlation))
