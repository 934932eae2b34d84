"""What is said in the original's pauses, and where the clip is silent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.sound_tracks import NUMBER, SoundTracks, predicted, track_near
from mediacheck.align.timeline import NOWHERE, Limits, Run, SoundTrack, runs
from mediacheck.model import PictureSegment, SoundState

_HELD = (NUMBER[SoundState.SAME], NUMBER[SoundState.MUSIC_ADDED])


def mark_pause_speech(
    tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> None:
    """Speech of the clip in pauses of the original, on a line that otherwise holds: mixed.

    The clip's level there must stand above what the line's gain makes of the original's pause, and above any echo
    that a room could give back of what was heard before; and what the original does not explain must be speech, and
    as loud as what it does. A leveller that raises somebody far from the microphone adds nothing.
    """
    least_s = limits["least_pause_speech_s"] - 1e-6
    for index, track in enumerate(tracks.lines):
        on_line = (lines == index) & np.isin(states, _HELD)
        there = np.nan_to_num(track.original_level, nan=-120.0)
        loud = on_line & (there > tracks.loud[1] - limits["pause_loud_db"])
        if float(loud.sum()) * tracks.step < limits["least_pause_loud_s"] - 1e-6:
            continue
        expected = there + float(np.median((tracks.level - there)[loud]))
        raised = on_line & (there < tracks.loud[1] - limits["pause_depth_db"])
        raised &= tracks.level - expected > limits["pause_raised_db"]
        heard = raised & (tracks.level > _echo(expected, tracks.step, limits))
        heard &= tracks.level > tracks.loud[0] - limits["pause_speech_depth_db"]
        spoken = heard & _is_another(track, tracks, limits)
        speech = np.zeros(len(states), bool)
        for run in runs(heard.astype(int)):
            told = spoken[run.windows]
            if not run.line or float(told.sum()) * tracks.step < least_s:
                continue
            # As a mean: the residual is averaged over a second, and the words beside a short one stand in it.
            left = None if track.residual is None else track.residual[run.windows][told].mean()
            speech[run.windows] = left is None or left >= limits["pause_residual_db"]
        # Once it is known for speech, what leads into it without a break is its beginning, not an echo.
        for run in runs(raised.astype(int)):
            inside = np.flatnonzero(speech[run.windows])
            if run.line and len(inside):
                speech[run.first : run.first + inside[0]] = True
        states[speech] = NUMBER[SoundState.MIXED]
        lines[speech] = NOWHERE


def _is_another(track: SoundTrack, tracks: SoundTracks, limits: Limits) -> np.ndarray:
    """Windows in which a voice is heard that is not the original's.

    Where nothing was split off, or the split means nothing, that is known only where the original does not speak.
    """
    least = limits["speech_probability"]
    if track.residual_speech is None or track.residual_follows is None:
        return np.asarray((tracks.speech >= least) & (track.original_speech < least))
    another = (track.residual_speech >= least) & (
        track.residual_follows <= limits["residual_follows"]
    )
    if not tracks.clean_split:
        another &= track.original_speech < least
    return np.asarray(another)


def _echo(expected: np.ndarray, step: float, limits: Limits) -> np.ndarray:
    """The level that the echo of what was heard within pause_echo_s before may have at most, in dB; per window."""
    level = np.full(len(expected), -np.inf)
    for back in range(1, round(limits["pause_echo_s"] / step) + 1):
        fallen = limits["pause_echo_fall_db"] * step * back - limits["pause_echo_db"]
        level[back:] = np.maximum(level[back:], expected[:-back] - fallen)
    return level


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
