"""Which line does each single frame lie on? The path of the windows, made exact and complete by likeness.

Windows of motion are most of a second long and silent where nothing moves. Once they, or the sound, have established
where the clip comes from, its frames tell the rest one by one: joints to the frame, parts too short for a window, and
the exact borders of footage that is not there. Likeness establishes nothing by itself: frames of one set resemble
each other at other times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mediacheck.align.looks import NOTHING_ALIKE
from mediacheck.align.picture import WINDOW_S
from mediacheck.align.timeline import (
    NOWHERE,
    Limits,
    MotionTrack,
    Run,
    best_path,
    contradiction,
    runs,
)

LEAST_FLOOR = 0.5  # thousandths: under it two copies differ by their encoders' rounding
STEEPEST = 2.5  # what one frame may say at most, in logarithms
MOST_FRAMES = 0.9  # of a showing: some are blurred, flash, or stand where the encoder starts anew
AS_WELL = 0.9  # of the correlation
OPEN = 0.25  # against a line, of a still frame in silence: a second and a half of it is a pause


@dataclass(frozen=True, slots=True)
class Stretch:
    """Clip time on one line, or on none (NOWHERE)."""

    start: float
    end: float
    line: int


def stretches(
    centres: np.ndarray,
    path: np.ndarray,
    frame_times: np.ndarray,
    tracks: Sequence[MotionTrack],
    moving: np.ndarray,
    held: np.ndarray,
    heard: Sequence[tuple[float, float, int]],
    clip_end: float,
    limits: Limits,
    frame_s: float = 0.0,
) -> list[Stretch]:
    """The path as stretches that cover [0, clip_end), their borders exact to the frame where frames tell.

    moving: whether the clip moves enough for motion to tell; held: whether a frame is the one before it still.
    heard: (start, end, track) where the sound lies. frame_s: between two frames of the file, of which frame_times
    are some. Equal neighbours are one.
    """
    coarse = _on_frames(centres, path, frame_times)
    table = np.array([np.nan_to_num(track.differences, nan=NOTHING_ALIKE) for track in tracks])
    floor = _floor(coarse, table, frame_times, heard, limits)
    if floor is None:
        return _spans(coarse, frame_times, clip_end, frame_s)
    known = _established(coarse, table, frame_times, heard, floor, limits)
    lines = known + _missing(table, known, held, floor, limits)
    least = limits["copy_floors"] * floor
    said = np.clip(np.log((table[lines] + floor / 2) / least), -STEEPEST, STEEPEST)
    for row, line in enumerate(lines):
        if line in known and not (coarse == line).any():
            # A still picture lies at no time of its own: the sound places it only where it is heard.
            open_there = ~moving & ~_within(frame_times, heard, line)
            said[row, open_there] = np.maximum(said[row, open_there], OPEN)
    # Where frames cannot tell two lines apart, the windows of motion decide.
    leaning = np.array([(coarse == line) & moving for line in lines]) * limits["frame_leaning"]
    fine = best_path(leaning - said, limits["frame_jump_price"])
    fine = np.array([*lines, NOWHERE])[fine]
    fine = _through_standstills(fine, held)
    fine = _explained(fine, coarse, table, tracks, centres, frame_times, least, limits)
    fine = _as_heard(fine, table, tracks, centres, frame_times, heard, limits)
    fine = _as_one(fine, table, tracks, centres, frame_times, least, limits)
    return _spans(fine, frame_times, clip_end, frame_s)


def _on_frames(centres: np.ndarray, path: np.ndarray, frame_times: np.ndarray) -> np.ndarray:
    step = float(centres[1] - centres[0]) if len(centres) > 1 else 1.0
    index = np.round((frame_times - centres[0]) / step).astype(int)
    return np.asarray(path[np.clip(index, 0, len(path) - 1)])


def _floor(
    coarse: np.ndarray,
    table: np.ndarray,
    frame_times: np.ndarray,
    heard: Sequence[tuple[float, float, int]],
    limits: Limits,
) -> float | None:
    """What copies differ by in this pair: the middle along the path, or along the sound's where there is none.

    None where even that is no copy: then frames tell nothing.
    """
    on = coarse != NOWHERE
    if on.sum() >= 4:
        drawn = table[coarse[on], np.flatnonzero(on)]
    else:
        drawn = np.concatenate(
            [np.empty(0)]
            + [table[line][(frame_times >= a) & (frame_times < b)] for a, b, line in heard]
        )
    if len(drawn) < 4:
        return None
    floor = max(LEAST_FLOOR, float(np.median(drawn)))
    return floor if floor <= limits["copies_differ"] else None


def _established(
    coarse: np.ndarray,
    table: np.ndarray,
    frame_times: np.ndarray,
    heard: Sequence[tuple[float, float, int]],
    floor: float,
    limits: Limits,
) -> list[int]:
    """Lines that motion was found on, and lines of the sound on which frames are copies."""
    known = sorted(set(coarse[coarse != NOWHERE].tolist()))
    for start, end, line in heard:
        inside = (frame_times >= start) & (frame_times < end)
        alike = inside.any() and np.median(table[line][inside]) <= limits["copy_floors"] * floor
        if alike and line not in known:
            known.append(line)
    return known


def _within(
    frame_times: np.ndarray, heard: Sequence[tuple[float, float, int]], line: int
) -> np.ndarray:
    inside = np.zeros(len(frame_times), bool)
    for start, end, index in heard:
        if index == line:
            inside |= (frame_times >= start) & (frame_times < end)
    return inside


def _missing(
    table: np.ndarray, known: Sequence[int], held: np.ndarray, floor: float, limits: Limits
) -> list[int]:
    """Lines on which some stretch of frames are copies while on every line that is known they are not.

    A frame that is held says once what it shows, however long it is held.
    """
    found: list[int] = []
    for line in range(len(table)):
        if line in known:
            continue
        best = np.vstack([table[list(known)], np.full((1, table.shape[1]), NOTHING_ALIKE)]).min(0)
        copies = table[line] <= limits["new_line_floors"] * floor
        copies &= limits["new_line_times"] * (table[line] + floor / 2) <= best + floor / 2
        copies &= ~held
        counts = [run.count for run in runs(copies.astype(int)) if copies[run.first]]
        if counts and max(counts) >= limits["new_line_frames"]:
            found.append(line)
    return found


def same_place(
    track: MotionTrack, centres: np.ndarray, start: float, end: float, limits: Limits
) -> bool:
    """Whether hashes or motion hold a stretch to a line, however its frames differ: something lies over the picture.

    A banner, a title, a short zoom fill half of what the difference is measured on. Windows of motion that reach
    beyond the stretch do not count.
    """
    hashed = (track.hash_times >= start) & (track.hash_times < end) & np.isfinite(track.hash_bits)
    if hashed.any() and np.median(track.hash_bits[hashed]) <= limits["same_scene_bits"]:
        return True
    inside = (centres >= start + WINDOW_S / 2) & (centres <= end - WINDOW_S / 2)
    inside &= np.isfinite(track.motion)
    return bool(inside.any() and track.motion[inside].mean() >= limits["picture_sure_motion"])


def _explained(
    fine: np.ndarray,
    coarse: np.ndarray,
    table: np.ndarray,
    tracks: Sequence[MotionTrack],
    centres: np.ndarray,
    frame_times: np.ndarray,
    least: float,
    limits: Limits,
) -> np.ndarray:
    """The frames' path, with what it left open given back to motion unless it shows another scene.

    Blur, a flash, a frame between two sampled ones differ from everything; motion goes on through them.
    """
    out = fine.copy()
    found = list(runs(fine))
    for number, run in enumerate(found):
        if run.line != NOWHERE:
            continue
        beside = [found[n].line for n in (number - 1, number + 1) if 0 <= n < len(found)]
        for part in runs(coarse[run.windows]):
            windows = slice(run.first + part.first, run.first + part.last)
            line = part.line
            if line == NOWHERE and len(beside) == 2 and beside[0] == beside[1]:
                line = beside[0] if _brief(run, limits) else NOWHERE
            # Beyond the original's ends there is nothing to differ from.
            differ = np.where(table[line][windows] < NOTHING_ALIKE, table[line][windows], 0.0)
            start, end = frame_times[[windows.start, windows.stop - 1]].tolist()
            if line != NOWHERE and (
                np.median(differ) < _other(least, limits)
                or same_place(tracks[line], centres, start, end, limits)
            ):
                out[windows] = line
    return out


def _through_standstills(fine: np.ndarray, held: np.ndarray) -> np.ndarray:
    """The path with the line going on behind a frame that is held until the line is shown again: a freeze.

    What jumps to another still is none: it changes at its first frame.
    """
    out = fine.copy()
    found = list(runs(fine))
    for number, run in enumerate(found[1:-1], start=1):
        before, after = found[number - 1], found[number + 1]
        if (
            run.line == NOWHERE
            and before.line == after.line
            and held[run.windows].mean() >= 0.9
            and held[run.first]
        ):
            out[run.windows] = before.line
    return out


def _as_heard(
    fine: np.ndarray,
    table: np.ndarray,
    tracks: Sequence[MotionTrack],
    centres: np.ndarray,
    frame_times: np.ndarray,
    heard: Sequence[tuple[float, float, int]],
    limits: Limits,
) -> np.ndarray:
    """The path on the sound's line wherever motion fits that clearly better than the path's own, and frames as well.

    Of a speaker who hardly moves one frame is like the next, and motion is too weak to choose among all lines. Between
    the two that picture and sound name, over all of a stretch, it is not; sound out of step has it against itself.
    """
    out = fine.copy()
    for start, end, line in heard:
        inside = (frame_times >= start) & (frame_times < end)
        for run in runs(np.where(inside, fine, NOWHERE)):
            if run.line in (NOWHERE, line):
                continue
            low, high = frame_times[[run.first, run.last - 1]]
            within = np.flatnonzero((centres >= low) & (centres <= high))
            if not len(within):
                continue
            windows = Run(int(within[0]), int(within[-1]) + 1, line)
            own, other = np.median(table[[run.line, line]][:, run.windows], axis=1)
            if contradiction(tracks[line], tracks[run.line], windows, limits) >= limits[
                "picture_contradiction"
            ] and other <= limits["joint_as_well"] * max(own, LEAST_FLOOR):
                out[run.windows] = line
    return out


def _as_one(
    fine: np.ndarray,
    table: np.ndarray,
    tracks: Sequence[MotionTrack],
    centres: np.ndarray,
    frame_times: np.ndarray,
    least: float,
    limits: Limits,
) -> np.ndarray:
    """The path without jumps between two showings of one footage in the original, of which one explains both sides.

    A replay, a teaser, a loop: which of its showings a clip was taken from nobody can say, and that it jumped from one
    to the other only where it must.
    """
    out = fine.copy()
    while True:  # each time one run is a neighbour's, so there is one less
        found = list(runs(out))
        for run, beside in (*pairwise(found), *pairwise(reversed(found))):
            low, high = frame_times[[run.first, run.last - 1]]
            windows = np.flatnonzero((centres >= low) & (centres <= high))
            own, differ = table[[run.line, beside.line]][:, run.windows]
            if (
                NOWHERE not in (run.line, beside.line)
                and len(windows)
                and np.median(differ) <= least
                and np.median(differ) <= limits["joint_as_well"] * max(np.median(own), LEAST_FLOOR)
                and np.quantile(differ, MOST_FRAMES) <= limits["copies_differ"]
                and _correlates_as_well(
                    tracks[run.line].motion[windows], tracks[beside.line].motion[windows], limits
                )
            ):
                out[run.windows] = beside.line
                break
        else:
            return out


def _correlates_as_well(own: np.ndarray, other: np.ndarray, limits: Limits) -> bool:
    """Whether motion on another line is that of a copy too, and no worse than two copies of one footage differ by in
    how frames and windows fall.
    """
    known = np.isfinite(own) & np.isfinite(other)
    if not known.any():
        return False
    mean = float(other[known].mean())
    return mean >= max(limits["picture_sure_motion"], AS_WELL * float(own[known].mean()))


def _other(least: float, limits: Limits) -> float:
    return max(limits["other_scene_differ"], least)


def _brief(run: Run, limits: Limits) -> bool:
    return run.count < limits["new_line_frames"]


def _spans(
    path: np.ndarray, frame_times: np.ndarray, clip_end: float, frame_s: float
) -> list[Stretch]:
    """A joint lies at a frame of the file, at the first that is seen behind it or one that was passed over."""
    found = list(runs(path))
    step = float(frame_times[1] - frame_times[0]) if len(frame_times) > 1 else 0.0
    before, half = (step + min(frame_s, step)) / 2, (step - min(frame_s, step)) / 2
    return [
        Stretch(
            0.0 if number == 0 else round(float(frame_times[run.first]) - half, 3),
            clip_end
            if number == len(found) - 1
            else round(float(frame_times[run.last - 1]) + before, 3),
            run.line,
        )
        for number, run in enumerate(found)
    ]
