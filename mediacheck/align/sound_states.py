"""What each stretch of the clip's sound is, once it is known what the picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.align.timeline import NOWHERE, Limits, Run, SoundTrack, audible, log_null, runs
from mediacheck.model import PictureSegment, PictureState, SoundSegment, SoundState, Span

# States per window while they are found; the order has no meaning.
_STATES = tuple(SoundState)
_NUMBER = {state: number for number, state in enumerate(_STATES)}


@dataclass(frozen=True, slots=True)
class SoundTracks:
    """The sound check's series as arrays. grid: (n,) clip seconds, equally spaced.

    clean_split: whether cleanliness and residual mean anything; a stretch or a shift of pitch that had to be
    undone leaves its own residue.
    """

    grid: np.ndarray
    level: np.ndarray
    speech: np.ndarray
    lines: tuple[SoundTrack, ...]
    loud: tuple[float, float]
    clean_split: bool

    @property
    def step(self) -> float:
        return float(self.grid[1] - self.grid[0]) if len(self.grid) > 1 else 0.1


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
    states = np.full(len(path), _NUMBER[SoundState.UNDETERMINED])
    lines = path.copy()
    for run in list(runs(path)):
        if run.line == NOWHERE:
            _judge_unmatched(tracks, run, picture, states, lines, limits)
        else:
            _judge_matched(tracks, run, picture, states, limits)
    _mark_pause_speech(tracks, states, lines, limits)
    _mark_silence(tracks, states, lines, limits)
    _smooth(states, lines, round(limits["least_state_s"] / tracks.step))
    return _segments(tracks, states, lines, picture, clip_end, original_end)


def _predicted(picture: Sequence[PictureSegment], at: float) -> float | None:
    """The time of the original that the picture shows at a time of the clip; None where it shows none."""
    for part in picture:
        if part.clip.start <= at < part.clip.end and part.original is not None:
            return part.original.start + (part.speed or 1.0) * (at - part.clip.start)
    return None


def _predictions(picture: Sequence[PictureSegment], at: float, limits: Limits) -> list[float]:
    """All times of the original that the picture shows at or near a time: its joints are not exact."""
    reach = limits["picture_joint_s"]
    return [
        part.original.start + (part.speed or 1.0) * (at - part.clip.start)
        for part in picture
        if part.original is not None and part.clip.start - reach <= at < part.clip.end + reach
    ]


def _judge_matched(
    tracks: SoundTracks,
    run: Run,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    limits: Limits,
) -> None:
    track = tracks.lines[run.line]
    for i in range(run.first, run.last):
        at = float(tracks.grid[i])
        away = [
            abs(track.line.original_at(at) - shown) for shown in _predictions(picture, at, limits)
        ]
        near = not away or min(away) <= limits["same_place_s"]
        states[i] = _NUMBER[SoundState.SAME if near else SoundState.REPLACED]
    if track.residual is None or not tracks.clean_split:
        return
    assert track.residual_speech is not None
    assert track.residual_follows is not None
    same = states[run.windows] == _NUMBER[SoundState.SAME]
    residual = track.residual[run.windows]
    other_voice = (track.residual_speech[run.windows] >= limits["speech_probability"]) & (
        track.residual_follows[run.windows] <= limits["residual_follows"]
    )
    mixed = _sustained(
        same & other_voice & (residual >= limits["mixed_residual_db"]),
        tracks,
        limits["least_mixed_s"],
    )
    music = _sustained(
        same & ~mixed & (residual >= limits["music_residual_db"]), tracks, limits["least_music_s"]
    )
    states[run.windows][mixed] = _NUMBER[SoundState.MIXED]
    states[run.windows][music] = _NUMBER[SoundState.MUSIC_ADDED]


def _sustained(flags: np.ndarray, tracks: SoundTracks, least_s: float) -> np.ndarray:
    """Flags that hold for at least least_s, with gaps of half of that closed first."""
    closed = flags.copy()
    for run in list(runs(flags.astype(int))):
        inner = run.first > 0 and run.last < len(flags)
        if not flags[run.first] and inner and run.count * tracks.step <= 0.5 * least_s:
            closed[run.windows] = True
    for run in list(runs(closed.astype(int))):
        if closed[run.first] and run.count * tracks.step < least_s:
            closed[run.windows] = False
    return closed


def _judge_unmatched(
    tracks: SoundTracks,
    run: Run,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    lines: np.ndarray,
    limits: Limits,
) -> None:
    """A stretch on no line: split where the picture's state changes, then judged part by part."""
    shown = [_predicted(picture, float(tracks.grid[i])) for i in range(run.first, run.last)]
    track_of = np.array(
        [_track_near(tracks, float(tracks.grid[run.first + n]), at) for n, at in enumerate(shown)]
    )
    kinds = np.array(
        [NOWHERE - 1 if at is None else track for at, track in zip(shown, track_of, strict=True)]
    )
    for part in list(runs(kinds)):
        windows = Run(run.first + part.first, run.first + part.last, int(part.line))
        if windows.line == NOWHERE - 1:
            states[windows.windows] = _NUMBER[_without_place(tracks, windows, picture, limits)]
        elif windows.line != NOWHERE:
            states[windows.windows] = _NUMBER[_absent_or_under(tracks, windows, limits)]
            if states[windows.first] == _NUMBER[SoundState.MIXED]:
                lines[windows.windows] = windows.line
            elif states[windows.first] == _NUMBER[SoundState.UNDETERMINED]:
                _lean_on_neighbours(windows, states, lines)


def _track_near(tracks: SoundTracks, at: float, shown: float | None) -> int:
    """The track that runs closest to where the picture is, NOWHERE when none is within 5 s."""
    if shown is None or not tracks.lines:
        return NOWHERE
    away = [abs(track.line.original_at(at) - shown) for track in tracks.lines]
    best = int(np.argmin(away))
    return best if away[best] <= 5.0 else NOWHERE


def _without_place(
    tracks: SoundTracks, run: Run, picture: Sequence[PictureSegment], limits: Limits
) -> SoundState:
    """No picture tells where to listen: foreign when there was enough to be found, else open."""
    heard = tracks.level[run.windows] > tracks.loud[0] - limits["sound_depth_db"]
    heard &= tracks.level[run.windows] > limits["silence_db"]
    if float(heard.sum()) * tracks.step < limits["sound_foreign_s"]:
        return SoundState.UNDETERMINED
    return SoundState.FOREIGN


def _absent_or_under(tracks: SoundTracks, run: Run, limits: Limits) -> SoundState:
    """The picture shows a place and the sound is on no line: absent, or buried under something louder?"""
    track = tracks.lines[run.line]
    weight = audible(tracks.level, track, tracks.loud, limits)[run.windows]
    seconds = float(np.where(weight > 0.5, weight, 0.0).sum()) * tracks.step
    if seconds < limits["least_replaced_s"]:
        return SoundState.UNDETERMINED
    mean, spread = log_null(track.null_long, limits)
    inner = _inner(track.presence_long[run.windows], tracks, run)
    under = np.log(np.maximum(inner, 1.0)) > mean + limits["under_spreads"] * spread
    speech = float((tracks.speech[run.windows] >= limits["speech_probability"]).mean())
    if float(under.mean()) >= limits["under_share"]:
        return SoundState.MIXED if speech >= 0.3 else SoundState.MUSIC_ADDED
    return SoundState.REPLACED


def _inner(values: np.ndarray, tracks: SoundTracks, run: Run) -> np.ndarray:
    """Values of long windows that lie inside the run as far as it is long enough, else its middle."""
    margin = min(round(1.0 / tracks.step), (run.count - 1) // 2)
    return values[margin : len(values) - margin]


def _lean_on_neighbours(run: Run, states: np.ndarray, lines: np.ndarray) -> None:
    """A stretch without anything to hear belongs to what surrounds it, when that is one and the same."""
    before = states[run.first - 1] if run.first > 0 else None
    if before is not None and before in (_NUMBER[SoundState.SAME], _NUMBER[SoundState.REPLACED]):
        states[run.windows] = before
        lines[run.windows] = lines[run.first - 1]


def _mark_pause_speech(
    tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> None:
    """Speech of the clip in pauses of the original, on a line that otherwise holds: mixed.

    The clip's level there must stand above what the line's gain makes of the original's pause, and the
    original must have been silent for long enough that no echo of its own words is meant.
    """
    for index, track in enumerate(tracks.lines):
        on_line = (lines == index) & (states == _NUMBER[SoundState.SAME])
        there = np.nan_to_num(track.original_level, nan=-120.0)
        loud = on_line & (there > tracks.loud[1] - 15)
        if loud.sum() < 10:
            continue
        gain = float(np.median((tracks.level - there)[loud]))
        pause = (track.original_speech < limits["pause_probability"]) & (
            there < tracks.loud[1] - limits["pause_depth_db"]
        )
        since = _seconds_since_end(pause, tracks.step)
        raised = tracks.level - (there + gain) > limits["pause_raised_db"]
        spoken = tracks.speech >= limits["pause_speech_probability"]
        found = on_line & pause & raised & spoken & (since > limits["pause_echo_s"])
        states[_sustained(found, tracks, limits["least_pause_speech_s"])] = _NUMBER[
            SoundState.MIXED
        ]
        lines[_sustained(found, tracks, limits["least_pause_speech_s"])] = NOWHERE


def _seconds_since_end(pause: np.ndarray, step: float) -> np.ndarray:
    """How long each window's pause has lasted; 0 outside pauses."""
    since = np.zeros(len(pause))
    for i in range(len(pause)):
        since[i] = (since[i - 1] + step if i else step) if pause[i] else 0.0
    return since


def _mark_silence(
    tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> None:
    """Digital silence that lasts, unless the original is silent at that place as well."""
    quiet = tracks.level < limits["silence_db"]
    for run in list(runs(quiet.astype(int))):
        if not quiet[run.first] or run.count * tracks.step < limits["least_silent_s"]:
            continue
        line = _line_around(lines, run)
        if line != NOWHERE:
            there = np.nan_to_num(tracks.lines[line].original_level[run.windows], nan=-120.0)
            heard = there > tracks.loud[1] - limits["sound_depth_db"]
            if float(heard.sum()) * tracks.step < limits["least_replaced_s"]:
                continue
        states[run.windows] = _NUMBER[SoundState.SILENT]
        lines[run.windows] = line


def _line_around(lines: np.ndarray, run: Run) -> int:
    inside = lines[run.windows]
    known = inside[inside != NOWHERE]
    if len(known):
        return int(np.bincount(known).argmax())
    sides = [int(lines[i]) for i in (run.first - 1, run.last) if 0 <= i < len(lines)]
    return next((line for line in sides if line != NOWHERE), NOWHERE)


def _smooth(states: np.ndarray, lines: np.ndarray, least: int) -> None:
    """Runs shorter than `least` windows take the state before them (the first takes the one after)."""
    for _ in range(2):
        for run in list(runs(states)):
            if run.count >= least or run.count == len(states):
                continue
            source = run.first - 1 if run.first > 0 else run.last
            states[run.windows] = states[source]
            lines[run.windows] = lines[source]


def _segments(
    tracks: SoundTracks,
    states: np.ndarray,
    lines: np.ndarray,
    picture: Sequence[PictureSegment],
    clip_end: float,
    original_end: float,
) -> tuple[SoundSegment, ...]:
    joint = states * (len(tracks.lines) + 2) + lines + 1
    found = list(runs(joint))
    out = []
    for number, run in enumerate(found):
        start = 0.0 if number == 0 else float(tracks.grid[run.first] - tracks.step / 2)
        end = (
            clip_end
            if number == len(found) - 1
            else float(tracks.grid[run.last - 1] + tracks.step / 2)
        )
        if end <= start:
            continue
        state = _STATES[int(states[run.first])]
        line = int(lines[run.first])
        out.append(
            _segment(
                tracks,
                run,
                state,
                line,
                Span(round(start, 3), round(end, 3)),
                picture,
                original_end,
            )
        )
    return tuple(out)


def _segment(
    tracks: SoundTracks,
    run: Run,
    state: SoundState,
    line: int,
    clip: Span,
    picture: Sequence[PictureSegment],
    original_end: float,
) -> SoundSegment:
    near = line
    if near == NOWHERE:
        middle = (clip.start + clip.end) / 2
        near = _track_near(tracks, middle, _predicted(picture, middle))
    if near == NOWHERE:
        return SoundSegment(clip, None, state)
    track = tracks.lines[near]
    placed = state in (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED, SoundState.SILENT)
    elsewhere = state is SoundState.REPLACED and line != NOWHERE
    original = None
    if placed or elsewhere:
        there = track.line.original_span(clip)
        start = min(max(0.0, there.start), original_end)
        original = Span(round(start, 3), round(max(start, min(original_end, there.end)), 3))
    in_pause = state is SoundState.MIXED and line == NOWHERE
    return SoundSegment(
        clip=clip,
        original=original,
        state=state,
        presence=None if in_pause or state is SoundState.SILENT else _mean(track.presence, run, 2),
        cleanliness=_mean(track.cleanliness, run, 3),
        residual_db=_mean(track.residual, run, 1),
    )


def _mean(values: np.ndarray | None, run: Run, digits: int) -> float | None:
    if values is None:
        return None
    inside = values[run.windows]
    inside = inside[np.isfinite(inside)]
    return round(float(inside.mean()), digits) if len(inside) else None
