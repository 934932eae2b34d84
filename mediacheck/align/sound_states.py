"""What the clip's sound is from window to window, once it is known what the picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.align.timeline import (
    NOWHERE,
    Limits,
    Run,
    SoundTrack,
    audible,
    log_null,
    runs,
)
from mediacheck.model import PictureSegment, SoundState

# States per window while they are found; the order has no meaning.
STATES = tuple(SoundState)
_NUMBER = {state: number for number, state in enumerate(STATES)}
_WINDOW_REACH_S, _LONG_REACH_S = 0.2, 1.0  # half the windows of presence and presence_long


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


def sound_states(
    tracks: SoundTracks, path: np.ndarray, picture: Sequence[PictureSegment], limits: Limits
) -> tuple[np.ndarray, np.ndarray]:
    """(index into STATES, index of the line or NOWHERE) of each window; both (n,) int.

    path: from `timeline.sound_path`.
    """
    states = np.full(len(path), _NUMBER[SoundState.UNDETERMINED])
    lines = path.copy()
    found = list(runs(path))
    for run in found:
        if run.line != NOWHERE:
            _judge_matched(tracks, run, picture, states, limits)
    unheard: list[Run] = []
    for run in found:
        if run.line == NOWHERE:
            unheard += _judge_unmatched(tracks, run, picture, states, lines, limits)
    for run in unheard:
        _lean_on_neighbours(run, states, lines)
    _join_mixed(tracks, states, lines, limits)
    _mark_pause_speech(tracks, states, lines, limits)
    _mark_silence(tracks, picture, states, lines, limits)
    _smooth(states, lines, round(limits["least_state_s"] / tracks.step))
    return states, lines


def predicted(picture: Sequence[PictureSegment], at: float) -> float | None:
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
) -> list[Run]:
    """A stretch on no line: split where the picture's place changes, then judged part by part.

    Returns the parts in which the picture shows a place where the original has nothing to hear.
    """
    shown = [predicted(picture, float(tracks.grid[i])) for i in range(run.first, run.last)]
    track_of = np.array(
        [
            track_near(tracks, float(tracks.grid[run.first + n]), at, limits)
            for n, at in enumerate(shown)
        ]
    )
    kinds = np.array(
        [NOWHERE - 1 if at is None else track for at, track in zip(shown, track_of, strict=True)]
    )
    unheard = []
    for part in list(runs(kinds)):
        windows = Run(run.first + part.first, run.first + part.last, int(part.line))
        if windows.line == NOWHERE - 1:
            states[windows.windows] = _NUMBER[_without_place(tracks, windows, limits)]
            continue
        for piece in _split_by_silence(tracks, windows, limits):
            if piece.line == NOWHERE:
                continue
            states[piece.windows] = _NUMBER[_absent_or_under(tracks, piece, states, limits)]
            if states[piece.first] == _NUMBER[SoundState.MIXED]:
                lines[piece.windows] = piece.line
            elif states[piece.first] == _NUMBER[SoundState.UNDETERMINED]:
                unheard.append(piece)
    return unheard


def _split_by_silence(tracks: SoundTracks, run: Run, limits: Limits) -> list[Run]:
    """The run cut where the original falls silent for long: nothing can be missing there."""
    if run.line == NOWHERE:
        return [run]
    there = np.nan_to_num(tracks.lines[run.line].original_level[run.windows], nan=-120.0)
    quiet = there <= max(tracks.loud[1] - limits["sound_depth_db"], limits["silence_db"])
    lasting = _sustained(quiet, tracks, limits["least_silent_s"])
    return [
        Run(run.first + part.first, run.first + part.last, run.line)
        for part in runs(lasting.astype(int))
    ]


def track_near(tracks: SoundTracks, at: float, shown: float | None, limits: Limits) -> int:
    """The track that runs closest to where the picture is, NOWHERE when none runs near enough."""
    if shown is None or not tracks.lines:
        return NOWHERE
    away = [abs(track.line.original_at(at) - shown) for track in tracks.lines]
    best = int(np.argmin(away))
    return best if away[best] <= limits["same_place_s"] else NOWHERE


def _without_place(tracks: SoundTracks, run: Run, limits: Limits) -> SoundState:
    """No picture tells where to listen: foreign when there was enough to be found, else open."""
    heard = tracks.level[run.windows] > tracks.loud[0] - limits["sound_depth_db"]
    heard &= tracks.level[run.windows] > limits["silence_db"]
    if float(heard.sum()) * tracks.step < limits["sound_foreign_s"]:
        return SoundState.UNDETERMINED
    return SoundState.FOREIGN


def _absent_or_under(
    tracks: SoundTracks, run: Run, states: np.ndarray, limits: Limits
) -> SoundState:
    """The picture shows a place and the sound is on no line: absent, or buried under something louder?"""
    track = tracks.lines[run.line]
    weight = audible(tracks.level, track, tracks.loud, limits)[run.windows]
    seconds = float(np.where(weight > 0.5, weight, 0.0).sum()) * tracks.step
    if seconds < limits["least_replaced_s"]:
        return SoundState.UNDETERMINED
    speech = float((tracks.speech[run.windows] >= limits["speech_probability"]).mean())
    if _is_under(tracks, run, states, limits):
        return SoundState.MIXED if speech >= 0.3 else SoundState.MUSIC_ADDED
    return SoundState.REPLACED


def _is_under(tracks: SoundTracks, run: Run, states: np.ndarray, limits: Limits) -> bool:
    """Whether the original still stands out in most of the windows that lie inside the run.

    Long windows find it deeper under something louder. In a short run between clean sound they would find that,
    and short windows tell.
    """
    track = tracks.lines[run.line]
    values, null, reach_s = track.presence_long[run.windows], track.null_long, _LONG_REACH_S
    beside = [states[i] for i in (run.first - 1, run.last) if 0 <= i < len(states)]
    if run.count * tracks.step <= 2 * reach_s and _NUMBER[SoundState.SAME] in beside:
        values, null, reach_s = track.presence[run.windows], track.null, _WINDOW_REACH_S
    margin = min(round(reach_s / tracks.step), (run.count - 1) // 2)
    mean, spread = log_null(null, limits)
    inner = values[margin : len(values) - margin]
    under = np.log(np.maximum(inner, 1.0)) > mean + limits["under_spreads"] * spread
    return float(under.mean()) >= limits["under_share"]


def _lean_on_neighbours(run: Run, states: np.ndarray, lines: np.ndarray) -> None:
    """A stretch in which there is nothing to hear belongs to what surrounds it, when that is one and the same.

    At an end of the clip one neighbour is enough to call it the original's, not to call it replaced.
    """
    sides = [i for i in (run.first - 1, run.last) if 0 <= i < len(states)]
    around = {int(states[i]) for i in sides}
    if around == {_NUMBER[SoundState.SAME]} or (
        around == {_NUMBER[SoundState.REPLACED]} and len(sides) == 2
    ):
        states[run.windows] = states[sides[0]]
        lines[run.windows] = lines[sides[0]]


def _join_mixed(tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits) -> None:
    """Short stretches between mixed ones in which the louder voice hides the original altogether."""
    found = list(runs(states))
    for number in range(1, len(found) - 1):
        run, before, after = found[number], found[number - 1], found[number + 1]
        around = {int(states[before.first]), int(states[after.first])}
        if (
            around != {_NUMBER[SoundState.MIXED]}
            or states[run.first] != _NUMBER[SoundState.REPLACED]
        ):
            continue
        if run.count * tracks.step <= limits["mixed_gap_s"]:
            states[run.windows] = _NUMBER[SoundState.MIXED]
            lines[run.windows] = lines[before.first]


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
        since = _pause_so_far_s(pause, tracks.step)
        raised = tracks.level - (there + gain) > limits["pause_raised_db"]
        spoken = tracks.speech >= limits["pause_speech_probability"]
        found = on_line & pause & raised & spoken & (since > limits["pause_echo_s"])
        sustained = _sustained(found, tracks, limits["least_pause_speech_s"])
        states[sustained] = _NUMBER[SoundState.MIXED]
        lines[sustained] = NOWHERE


def _pause_so_far_s(pause: np.ndarray, step: float) -> np.ndarray:
    """How long the pause has lasted at the end of each window; 0 outside pauses."""
    since = np.zeros(len(pause))
    for i in range(len(pause)):
        since[i] = (since[i - 1] + step if i else step) if pause[i] else 0.0
    return since


def _mark_silence(
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
        states[run.windows] = _NUMBER[SoundState.SILENT]
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


def _smooth(states: np.ndarray, lines: np.ndarray, least: int) -> None:
    """Runs shorter than `least` windows take the state before them (the first takes the one after)."""
    for _ in range(2):
        for run in list(runs(states)):
            if run.count >= least or run.count == len(states):
                continue
            source = run.first - 1 if run.first > 0 else run.last
            states[run.windows] = states[source]
            lines[run.windows] = lines[source]
