"""What is said in the original's pauses, and where the clip is silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.sound_tracks import NUMBER, SoundTracks, predicted, sustained, track_near
from mediacheck.align.timeline import NOWHERE, Limits, Run, runs
from mediacheck.model import PictureSegment, SoundState


def mark_pause_speech(
    tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> None:
    """Speech of the clip in pauses of the original, on a line that otherwise holds: mixed.

    The clip's level there must stand above what the line's gain makes of the original's pause, and the
    original must have been silent for long enough that no echo of its own words is meant.
    """
    for index, track in enumerate(tracks.lines):
        on_line = (lines == index) & (states == NUMBER[SoundState.SAME])
        there = np.nan_to_num(track.original_level, nan=-120.0)
        loud = on_line & (there > tracks.loud[1] - 15)
        if loud.sum() < 10:
            continue
        gain = float(np.median((tracks.level - there)[loud]))
        pause = (track.original_speech < limits["pause_probability"]) & (
            there < tracks.loud[1] - limits["pause_depth_db"]
        )
        since = _pause_so_far_s(pause, tracks.step)
        raised = tracks.level - (there + gain) > limits["pause_raised_db"]
        spoken = tracks.speech >= limits["pause_speech_probability"]
        found = on_line & pause & raised & spoken & (since > limits["pause_echo_s"])
        speech = sustained(found, tracks, limits["least_pause_speech_s"])
        # Once it is known for speech, what leads into it without a break is its beginning, not an echo.
        for run in runs((on_line & pause & raised).astype(int)):
            inside = np.flatnonzero(speech[run.windows])
            if run.line and len(inside):
                speech[run.first : run.first + inside[0]] = True
        states[speech] = NUMBER[SoundState.MIXED]
        lines[speech] = NOWHERE


def _pause_so_far_s(pause: np.ndarray, step: float) -> np.ndarray:
    """How long the pause has lasted at the end of each window; 0 outside pauses."""
    since = np.zeros(len(pause))
    for i in range(len(pause)):
        since[i] = (since[i - 1] + step if i else step) if pause[i] else 0.0
    return since


def mark_silence(
    tracks: SoundTracks,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    lines: np.ndarray,
    limits: Limits,
) -> None:
    """Digital silence that lasts: silent, on the line of the place where the original has sound, or on none.

    Where the original is silent as well, at a place that the sound itself tells, silence is the same sound.
    """
    quiet = tracks.level < limits["silence_db"]
    for run in list(runs(quiet.astype(int))):
        if not quiet[run.first] or run.count * tracks.step < limits["least_silent_s"]:
            continue
        line = told = _line_around(lines, run)
        if line == NOWHERE:
            middle = float(tracks.grid[(run.first + run.last) // 2])
            line = track_near(tracks, middle, predicted(picture, middle), limits)
        if line != NOWHERE and not _original_is_heard(tracks, run, line, limits):
            if told != NOWHERE:
                continue
            line = NOWHERE
        states[run.windows] = NUMBER[SoundState.SILENT]
        lines[run.windows] = line


def _original_is_heard(tracks: SoundTracks, run: Run, line: int, limits: Limits) -> bool:
    there = np.nan_to_num(tracks.lines[line].original_level[run.windows], nan=-120.0)
    heard = there > max(tracks.loud[1] - limits["sound_depth_db"], limits["silence_db"])
    return float(heard.sum()) * tracks.step >= limits["least_replaced_s"]


def _line_around(lines: np.ndarray, run: Run) -> int:
    inside = lines[run.windows]
    known = inside[inside != NOWHERE]
    if len(known):
        return int(np.bincount(known).argmax())
    sides = [int(lines[i]) for i in (run.first - 1, run.last) if 0 <= i < len(lines)]
    return next((line for line in sides if line != NOWHERE), NOWHERE)
