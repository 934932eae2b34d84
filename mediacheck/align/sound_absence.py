"""Is the original's sound gone from a stretch, or could it only not be recognised there?

That presence finds nothing says little where there was nothing to find: noise is drawn anew by codecs and drowned by
rooms, and something louder than a word hides it.
"""

from __future__ import annotations

import numpy as np

from mediacheck.align.sound_tracks import NUMBER, SoundTracks
from mediacheck.align.timeline import Limits, Run, audible, log_null
from mediacheck.model import SoundState

_SILENT_DB, _STEADY_DB = -70.0, 0.5  # as in following.py


def tells_apart(tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits) -> bool:
    """Whether presence, where this clip's sound is the original's, stands clear of its null.

    In a clip that noise has all but buried, its absence for a second means nothing. Without any stretch of the
    original's sound to compare with, nothing is known against it.
    """
    same = states == NUMBER[SoundState.SAME]
    if float(same.sum()) * tracks.step < limits["least_own_s"]:
        return True
    clear = np.full(len(states), -np.inf)
    for number, track in enumerate(tracks.lines):
        mean, spread = log_null(track.null, limits)
        on = same & (lines == number)
        clear[on] = (np.log(np.maximum(track.presence[on], 1.0)) - mean) / spread
    return float(np.median(clear[same])) >= limits["replaced_separation"]


def is_explained(tracks: SoundTracks, run: Run, limits: Limits) -> bool:
    """Whether the original, as this clip's room and processing change it, explains most of a run in which presence
    could not follow it: then nothing lies over it.
    """
    residual = tracks.lines[run.line].residual
    if residual is None or not tracks.clean_split:
        return False
    return float(np.median(residual[run.windows])) < limits["mixed_residual_db"]


def follows(tracks: SoundTracks, run: Run, limits: Limits) -> bool:
    """Whether the clip's sound rises and falls with the original's, as a copy does that is past recognition, and also
    one whose speaker moves the same lips.
    """
    own = np.maximum(tracks.level[run.windows], _SILENT_DB)
    there = np.nan_to_num(tracks.lines[run.line].original_level[run.windows], nan=_SILENT_DB)
    there = np.maximum(there, _SILENT_DB)
    if min(own.std(), there.std()) < _STEADY_DB:
        return False
    return float(np.corrcoef(own, there)[0, 1]) > limits["residual_follows"]


def would_be_heard(
    tracks: SoundTracks, run: Run, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> bool:
    """Whether there is something in the run that can be told from a copy in noise: somebody speaks in the clip or holds
    tones, or somebody speaks in the original and what the clip has instead is too quiet to hide it. Over many seconds
    the longest windows would find what nothing louder hides for most of them.
    """
    track = tracks.lines[run.line]
    heard = (audible(tracks.level, track, tracks.loud, limits) > 0.5)[run.windows]
    bare = ~hidden(tracks, run.line, states, lines, limits)[run.windows]
    long = float(heard.sum()) * tracks.step >= limits["least_replaced_noise_s"] - 1e-6
    if long and (heard & bare).sum() >= 0.5 * heard.sum():
        return True
    least = limits["speech_probability"]
    there = (np.nan_to_num(track.original_speech)[run.windows] >= least) & bare
    spoken = (tracks.speech[run.windows] >= least) | there
    if float((heard & spoken).sum()) * tracks.step >= limits["least_replaced_speech_s"] - 1e-6:
        return True
    if track.tones is None or not tracks.clean_split:
        return False
    return float(np.median(track.tones[run.windows])) >= limits["music_tones"]


def hidden(
    tracks: SoundTracks, line: int, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> np.ndarray:
    """Windows in which the clip is louder than the original would be by so much that it would drown; (n,) bool.

    The gain of the copy is what the original explains of it where it is the same on this line, or the loud moments'
    difference.
    """
    track = tracks.lines[line]
    there = np.nan_to_num(track.original_level, nan=-120.0)
    gain = tracks.loud[0] - tracks.loud[1]
    loud = there > tracks.loud[1] - limits["pause_loud_db"]
    loud &= (states == NUMBER[SoundState.SAME]) & (lines == line)
    if float(loud.sum()) * tracks.step >= limits["least_pause_loud_s"] - 1e-6:
        over = -60.0 if track.residual is None else track.residual
        explained = tracks.level - 10 * np.log10(1 + 10 ** (np.asarray(over) / 10))
        gain = float(np.median((explained - there)[loud]))
    return np.asarray(tracks.level > there + gain + limits["hidden_db"])
