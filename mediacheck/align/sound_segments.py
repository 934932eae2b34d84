"""Where does one kind of sound end and the next begin? States of windows -> segments with places and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mediacheck.align.sound_states import sound_states
from mediacheck.align.sound_tracks import (
    STATES,
    SoundTracks,
    predicted,
    track_near,
)
from mediacheck.align.timeline import NOWHERE, Limits, Run, parted, runs
from mediacheck.model import Alignment, PictureSegment, SoundSegment, SoundState, Span

_LAID_OVER = (SoundState.MIXED, SoundState.MUSIC_ADDED)
_PLACED = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED, SoundState.SILENT)


def sound_segments(
    tracks: SoundTracks,
    path: np.ndarray,
    picture: Sequence[PictureSegment],
    clip_end: float,
    original_end: float,
    limits: Limits,
) -> tuple[SoundSegment, ...]:
    """Segments that cover [0, clip_end) without gap; empty when there are no windows.

    path: from `timeline.sound_path`.
    """
    if not len(tracks.grid):
        return ()
    states, lines = sound_states(tracks, path, picture, limits)
    joint = states * (len(tracks.lines) + 2) + lines + 1
    found = list(runs(joint))
    out: list[SoundSegment] = []
    for number, run in enumerate(found):
        start = 0.0 if number == 0 else float(tracks.grid[run.first] - tracks.step / 2)
        end = (
            clip_end
            if number == len(found) - 1
            else float(tracks.grid[run.last - 1] + tracks.step / 2)
        )
        if end <= start:
            continue
        clip = Span(round(start, 3), round(end, 3))
        state, line = STATES[int(states[run.first])], int(lines[run.first])
        near = line
        if near == NOWHERE and state is not SoundState.SILENT:
            middle = (clip.start + clip.end) / 2
            near = track_near(tracks, middle, predicted(picture, middle), limits)
        stands = state in _PLACED or (state is SoundState.REPLACED and line != NOWHERE)
        part = _measured(tracks, run, SoundSegment(clip, None, state), near, line)
        out += (
            _placed(part, tracks.lines[near].line, original_end)
            if stands and near != NOWHERE
            else [part]
        )
    return tuple(out)


def _measured(
    tracks: SoundTracks, run: Run, part: SoundSegment, near: int, line: int
) -> SoundSegment:
    """The segment with its mean numbers along the line near it; those that mean nothing stay None."""
    if near == NOWHERE or part.state is SoundState.SILENT:
        return part
    track = tracks.lines[near]
    in_pause = part.state is SoundState.MIXED and line == NOWHERE
    residual = track.residual
    if part.state in _LAID_OVER and not in_pause and track.level_under is not None:
        residual = -track.level_under  # the prediction explains a twentieth of anything, 13 dB down
    return replace(
        part,
        presence=None if in_pause else _mean(track.presence, run, 2),
        cleanliness=_mean(track.cleanliness, run, 3),
        residual_db=_mean(residual, run, 1),
    )


def _placed(part: SoundSegment, line: Alignment, original_end: float) -> list[SoundSegment]:
    """The segment with its place; what the line puts outside the original is open, or silent all the same."""
    outside = SoundState.SILENT if part.state is SoundState.SILENT else SoundState.UNDETERMINED
    out = []
    for clip, inside in parted(line, part.clip, original_end):
        if not inside:
            out.append(SoundSegment(clip, None, outside))
            continue
        there = line.original_span(clip)
        start = min(max(0.0, there.start), original_end)
        original = Span(round(start, 3), round(max(start, min(original_end, there.end)), 3))
        out.append(replace(part, clip=clip, original=original))
    return out


def _mean(values: np.ndarray | None, run: Run, digits: int) -> float | None:
    if values is None:
        return None
    inside = values[run.windows]
    inside = inside[np.isfinite(inside)]
    return round(float(inside.mean()), digits) if len(inside) else None
