"""Is what lies over the original's sound music?

By the tones that it holds (tones.py): however quiet the music, and however loud a noise, which has none. What is
louder than the original and is neither speech nor music leaves the sound the original's.
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
    """The original's sound with held tones over it is music_added, and what was taken for it without them is not.

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
        states[told] = np.where(music, _MUSIC, _SAME)[told]


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
