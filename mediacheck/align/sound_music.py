"""Is there music, or another sound that nobody speaks, over the original's?

Music is told by the tones that it holds (tones.py), however quiet it is. Applause, drums or noise hold none, and every
recording has some noise: it is told by drowning the original, whose loudest moments it outdoes.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from mediacheck.align.sound_tracks import NUMBER, SoundTracks, sustained
from mediacheck.align.timeline import Limits, SoundTrack, runs
from mediacheck.align.tones import COUNTED_S
from mediacheck.model import SoundState

_SAME, _MUSIC = NUMBER[SoundState.SAME], NUMBER[SoundState.MUSIC_ADDED]


def name_music(tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits) -> None:
    """The original's sound with held tones or something loud over it is music_added, all else of it is the same.

    Not where a stretch or a shift of pitch had to be undone: that makes tones. There, and on lines whose tones were
    not measured, everything stays as it was.
    """
    if not tracks.clean_split:
        return
    for index, track in enumerate(tracks.lines):
        if track.tones is None:
            continue
        told = (lines == index) & ((states == _SAME) | (states == _MUSIC))
        held = told & (track.tones >= limits["music_tones"]) & ~_is_voice(track, tracks, limits)
        music = sustained(held, tracks, limits["least_tones_s"])
        for run in list(runs(music.astype(int))):
            inner = run.first > 0 and run.last < len(music)
            if inner and not music[run.first] and run.count * tracks.step <= limits["tones_gap_s"]:
                music[run.windows] = True
        loud = told & _is_loud(track, tracks, told, limits)
        if track.residual is None:
            # How deep the original lies is only known where it was found under something.
            loud &= states == _MUSIC
        music |= sustained(loud, tracks, limits["least_music_s"])
        states[told] = np.where(music, _MUSIC, _SAME)[told]


def over_loudest(level: np.ndarray, over: np.ndarray, step: float, where: np.ndarray) -> np.ndarray:
    """How loud what the original does not explain is, over the loudest moments of what it does; dB, per window.

    level: of both together, dB; over: of the one over the other, dB, as means over a second, NaN where unknown; where:
    the windows whose loudest count, any.
    """
    power = 10 ** (np.nan_to_num(level, nan=-120.0) / 10)
    around = uniform_filter1d(power, min(len(power), max(1, round(1.0 / step))), mode="nearest")
    over = np.nan_to_num(over, nan=-60.0)
    both, ratio = 10 * np.log10(np.maximum(around, 1e-12)), 10 ** (over / 10)
    explained = both - 10 * np.log10(1 + ratio)
    return np.asarray(explained + over - np.percentile(explained[where], 95))


def _is_loud(
    track: SoundTrack, tracks: SoundTracks, told: np.ndarray, limits: Limits
) -> np.ndarray:
    """Windows in which something drowns the original, by what it leaves unexplained or else by how it is found."""
    over = track.residual
    if over is None:
        over = None if track.level_under is None else -track.level_under
    if over is None or not told.any():
        return np.zeros(len(told), bool)
    loudness = over_loudest(tracks.level, over, tracks.step, told)
    return np.asarray(loudness >= limits["added_loud_db"])


def _is_voice(track: SoundTrack, tracks: SoundTracks, limits: Limits) -> np.ndarray:
    """Windows around which another voice is left often enough that its vowels may be the tones."""
    if track.residual_speech is None or track.residual_follows is None:
        spoken = tracks.speech >= limits["speech_probability"]
    else:
        spoken = (track.residual_speech >= limits["speech_probability"]) & (
            track.residual_follows <= limits["residual_follows"]
        )
    width = min(len(spoken), round(COUNTED_S / tracks.step))
    share = uniform_filter1d(spoken.astype(float), width, mode="nearest")
    return np.asarray(share >= limits["tones_speech_share"])
