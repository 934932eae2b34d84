"""Where is the original's sound gone for a word or less, and exactly from when to when?

Presence needs windows of 0.4 s, so half a second of something else is too short for it. Agreement tells single
moments: see agreement.py. It is judged against what it is along the same line of the same clip.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.sound_tracks import NUMBER, SoundTracks, predicted, track_near
from mediacheck.align.timeline import NOWHERE, Limits, Run, SoundTrack, log_null, runs
from mediacheck.model import PictureSegment, SoundState

_PARTS = 2  # moments to a window of the grid
_SPEECH_REACH_S = 0.3  # a syllable after a pause is only known for speech once it is over


def mark_kept(
    tracks: SoundTracks,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    lines: np.ndarray,
    limits: Limits,
) -> None:
    """What presence could not tell, and agreement does: the original's sound after all, under noise or faint."""
    for index, track in enumerate(tracks.lines):
        same = (lines == index) & (states == NUMBER[SoundState.SAME])
        split = split_of(track, same, tracks, limits, limits["agreement_kept"])
        if split is None:
            continue
        assert track.agreement is not None
        both = np.nan_to_num(track.agreement, nan=-1.0).reshape(-1, _PARTS).min(axis=1)
        for i in np.flatnonzero((lines == NOWHERE) & (both >= split)):
            at = float(tracks.grid[i])
            if track_near(tracks, at, predicted(picture, at), limits) == index:
                states[i], lines[i] = NUMBER[SoundState.SAME], index


def unproven(
    tracks: SoundTracks,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    lines: np.ndarray,
    limits: Limits,
) -> list[Run]:
    """Short stretches called replaced in which too few moments disagree: noise or a pause hides the original there.

    Only where agreement is known along the line that the picture shows. In long ones it is fitted to other sound.
    """
    known = {}
    for index, track in enumerate(tracks.lines):
        same = (lines == index) & (states == NUMBER[SoundState.SAME])
        known[index] = split_of(track, same, tracks, limits, limits["agreement_gone"])
    found = []
    for run in runs(np.where(lines == NOWHERE, states, NOWHERE)):
        brief = run.count * tracks.step <= limits["replaced_in_added_s"]
        if run.line != NUMBER[SoundState.REPLACED] or not brief:
            continue
        middle = float(tracks.grid[(run.first + run.last) // 2])
        near = track_near(tracks, middle, predicted(picture, middle), limits)
        split = known.get(near)
        if split is None:
            continue
        told = tracks.lines[near].agreement
        assert told is not None
        low = np.nan_to_num(told[_PARTS * run.first : _PARTS * run.last], nan=1.0) < split
        few = float(low.sum()) * tracks.step / _PARTS < limits["least_gone_s"] - 1e-6
        above = float(np.median(_above_null(tracks.lines[near], run.windows, limits)))
        if few and above > limits["unproven_spreads"]:
            found.append(run)
    return found


def mark_gone(
    tracks: SoundTracks,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    lines: np.ndarray,
    limits: Limits,
) -> None:
    """Stretches within the original's sound in which moment after moment disagrees with it: replaced.

    A sound that merely lies over it, and is no speech, must hide it for longer: drum hits and door slams do. Where
    the picture goes elsewhere too, the sound that went with it is the original's, and any other is not judged by
    this line.
    """
    beside = round(_SPEECH_REACH_S / tracks.step)
    for index, track in enumerate(tracks.lines):
        same = (lines == index) & (states == NUMBER[SoundState.SAME])
        split = split_of(track, same, tracks, limits, limits["agreement_gone"])
        if split is None:
            continue
        assert track.agreement is not None
        brief = same.copy()
        for run in runs(np.where(lines == index, states, NOWHERE)):
            laid_over = run.line in (NUMBER[SoundState.MIXED], NUMBER[SoundState.MUSIC_ADDED])
            if laid_over and run.count * tracks.step <= limits["replaced_in_added_s"]:
                brief[run.windows] = True
        told = np.isfinite(track.agreement)
        low = ~told | (np.nan_to_num(track.agreement) < split)
        low &= np.repeat(brief, _PARTS)
        for run in runs(low.astype(int)):
            heard = np.flatnonzero(told[run.windows]) + run.first
            if not low[run.first] or not len(heard):
                continue
            # What lies beyond the first and last moment that was heard to disagree is not known to be gone.
            first, last = heard[0] // _PARTS, heard[-1] // _PARTS + 1
            around = tracks.speech[max(0, first - beside) : last + beside]
            spoken = around.max() >= limits["speech_probability"]
            least_s = limits["least_gone_s"] if spoken else limits["least_absent_s"]
            lowest = float(_above_null(track, slice(first, last), limits).min())
            if lowest > limits["gone_spreads"]:
                continue  # a bang hides the prediction, and a fit to mostly other sound misses it
            if len(heard) * tracks.step / _PARTS >= least_s - 1e-6:
                instead = _line_instead(tracks, slice(first, last), index, limits)
                middle = float(tracks.grid[(first + last) // 2])
                shown = predicted(picture, middle)
                state = SoundState.REPLACED
                if shown is not None and instead != NOWHERE:
                    if _runs_by(tracks.lines[instead], middle, shown, limits):
                        state = SoundState.SAME
                elif shown is not None and not _runs_by(track, middle, shown, limits):
                    state = SoundState.UNDETERMINED
                states[first:last] = NUMBER[state]
                lines[first:last] = instead


def _runs_by(track: SoundTrack, at: float, shown: float, limits: Limits) -> bool:
    return abs(track.line.original_at(at) - shown) <= limits["picture_joint_s"]


def _line_instead(tracks: SoundTracks, windows: slice, gone: int, limits: Limits) -> int:
    """The other line that a short stretch clearly lies on, NOWHERE without one."""
    best, height = NOWHERE, limits["replaced_separation"]
    for index, track in enumerate(tracks.lines):
        above = float(_above_null(track, windows, limits).max())
        if index != gone and track.agreement is not None and above >= height:
            best, height = index, above
    return best


def split_of(
    track: SoundTrack, same: np.ndarray, tracks: SoundTracks, limits: Limits, share: float
) -> float | None:
    """Agreement of that share of what it is in this clip, over chance; None where too little tells what it is.

    same: (n,) windows of the original's sound on this line.
    """
    if track.agreement is None or track.chance is None:
        return None
    own = track.agreement[np.repeat(same, _PARTS)]
    own = own[np.isfinite(own)]
    if len(own) * tracks.step / _PARTS < limits["least_agreeing_s"]:
        return None
    above = float(np.median(own)) - track.chance.mean
    if above < limits["agreement_separation"] * track.chance.spread:
        return None
    return track.chance.mean + share * above


def _above_null(track: SoundTrack, windows: slice, limits: Limits) -> np.ndarray:
    """How far presence stands above its null, in spreads of single windows' logarithms."""
    mean, spread = log_null(track.null, limits)
    logs = np.log(np.maximum(np.nan_to_num(track.presence[windows]), 1.0))
    return np.asarray((logs - mean) / spread)
