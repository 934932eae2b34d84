"""What the clip's sound is from window to window, once it is known what the picture shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.sound_absence import (
    follows,
    hidden,
    is_explained,
    tells_apart,
    would_be_heard,
)
from mediacheck.align.sound_gaps import mark_gone, mark_kept, unproven
from mediacheck.align.sound_music import name_music
from mediacheck.align.sound_pauses import mark_pause_speech, mark_silence
from mediacheck.align.sound_tracks import NUMBER, SoundTracks, predicted, sustained, track_near
from mediacheck.align.timeline import (
    NOWHERE,
    Limits,
    Run,
    SoundTrack,
    audible,
    log_null,
    runs,
)
from mediacheck.model import Null, PictureSegment, SoundState

# Half the windows of presence, presence_long and presence_summed.
_WINDOW_REACH_S, _LONG_REACH_S, _SUMMED_REACH_S = 0.2, 1.0, 3.0
_PAUSED = {NUMBER[SoundState.SAME], NUMBER[SoundState.UNDETERMINED]}
_WITH_ORIGINAL = {NUMBER[s] for s in (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)}


def sound_states(
    tracks: SoundTracks, path: np.ndarray, picture: Sequence[PictureSegment], limits: Limits
) -> tuple[np.ndarray, np.ndarray]:
    """(index into STATES, index of the line or NOWHERE) of each window; both (n,) int.

    path: from `timeline.sound_path`.
    """
    states = np.full(len(path), NUMBER[SoundState.UNDETERMINED])
    lines = path.copy()
    found = list(runs(path))
    for run in found:
        if run.line != NOWHERE:
            _judge_matched(tracks, run, picture, states, lines, limits)
    unheard: list[Run] = []
    for run in found:
        if run.line == NOWHERE:
            unheard += _judge_unmatched(tracks, run, picture, states, lines, limits)
    for run in unheard:
        _lean_on_neighbours(run, states, lines)
    mark_kept(tracks, picture, states, lines, limits)
    for run in unproven(tracks, picture, states, lines, limits):
        states[run.windows] = NUMBER[SoundState.UNDETERMINED]
        _lean_on_neighbours(run, states, lines)
    mark_gone(tracks, picture, states, lines, limits)
    _join_mixed(tracks, states, lines, limits)
    name_music(tracks, states, lines, limits)
    _join_mixed(tracks, states, lines, limits)
    mark_pause_speech(tracks, states, lines, limits)
    _join_phrases(tracks, states, lines, limits)
    mark_silence(tracks, picture, states, lines, limits)
    _smooth(states, lines, round(limits["least_state_s"] / tracks.step))
    return states, lines


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
    lines: np.ndarray,
    limits: Limits,
) -> None:
    track = tracks.lines[run.line]
    if track.residual is None and _strength(track, run, limits) < limits["replaced_separation"]:
        return  # only the picture suggests this line, and the sound hardly bears it out
    for i in range(run.first, run.last):
        at = float(tracks.grid[i])
        away = [
            abs(track.line.original_at(at) - shown) for shown in _predictions(picture, at, limits)
        ]
        near = not away or min(away) <= limits["same_place_s"]
        states[i] = NUMBER[SoundState.SAME if near else SoundState.REPLACED]
    _heard_twice(tracks, run, picture, states, lines, limits)
    if track.residual is None or not tracks.clean_split:
        return
    assert track.residual_speech is not None
    assert track.residual_follows is not None
    same = states[run.windows] == NUMBER[SoundState.SAME]
    residual = track.residual[run.windows]
    other_voice = (track.residual_speech[run.windows] >= limits["speech_probability"]) & (
        track.residual_follows[run.windows] <= limits["residual_follows"]
    )
    mixed = sustained(
        same & other_voice & (residual >= limits["mixed_residual_db"]),
        tracks,
        limits["least_mixed_s"],
    )
    music = sustained(
        same & ~mixed & (residual >= limits["music_residual_db"]), tracks, limits["least_music_s"]
    )
    states[run.windows][mixed] = NUMBER[SoundState.MIXED]
    states[run.windows][music] = NUMBER[SoundState.MUSIC_ADDED]
    absent = _absent_within(tracks, run, mixed, limits["least_state_s"], limits)
    # What neither speaks nor holds tones, and is louder than the original there, may only hide it.
    bare = hidden(tracks, run.line, states, lines, limits)[run.windows]
    if track.tones is not None:
        bare &= track.tones[run.windows] < limits["music_tones"]
    absent |= _absent_within(tracks, run, music & ~bare, limits["least_absent_s"], limits)
    states[run.windows][absent] = NUMBER[SoundState.REPLACED]
    lines[run.windows][absent] = NOWHERE


def _heard_twice(
    tracks: SoundTracks,
    run: Run,
    picture: Sequence[PictureSegment],
    states: np.ndarray,
    lines: np.ndarray,
    limits: Limits,
) -> None:
    """Sound that was found elsewhere and stands at the picture's place as well is not replaced: the original
    repeats itself.
    """
    elsewhere = states[run.windows] == NUMBER[SoundState.REPLACED]
    if not elsewhere.any():
        return
    shown = np.array(
        [
            track_near(tracks, at, predicted(picture, at), limits) if moved else NOWHERE
            for at, moved in zip(map(float, tracks.grid[run.windows]), elsewhere, strict=True)
        ]
    )
    for part in list(runs(shown)):
        if part.line == NOWHERE or part.line == run.line:
            continue
        there = Run(run.first + part.first, run.first + part.last, int(part.line))
        if _strength(tracks.lines[there.line], there, limits) >= limits["replaced_separation"]:
            states[there.windows] = NUMBER[SoundState.SAME]
            lines[there.windows] = there.line


def _strength(track: SoundTrack, run: Run, limits: Limits) -> float:
    """How far the run's presence stands above its null, in spreads of single windows' logarithms."""
    mean, spread = log_null(track.null, limits)
    logs = np.log(np.maximum(np.nan_to_num(track.presence[run.windows]), 1.0))
    return (float(np.median(logs)) - mean) / spread


def _absent_within(
    tracks: SoundTracks, run: Run, added: np.ndarray, least_s: float, limits: Limits
) -> np.ndarray:
    """Where, within a stretch that something was laid over, the original itself is gone.

    A short replacement looks like something added, because the residual is averaged over a second. The windows
    of presence are shorter: where they stay in their null for least_s, nothing of the original is left.
    """
    track = tracks.lines[run.line]
    mean, spread = log_null(track.null, limits)
    low = (
        np.log(np.maximum(track.presence[run.windows], 1.0))
        <= mean + limits["absent_spreads"] * spread
    )
    heard = audible(tracks.level, track, tracks.loud, limits)[run.windows] > 0.5
    brief = added.copy()
    for part in list(runs(added.astype(int))):
        if added[part.first] and part.count * tracks.step > limits["replaced_in_added_s"]:
            brief[part.windows] = False
    gone = sustained(brief & low & heard, tracks, least_s)
    # A window at the border still holds half of what lies beyond it.
    reach = round(_WINDOW_REACH_S / 2 / tracks.step)
    wider = gone.copy()
    for step in range(1, reach + 1):
        wider[step:] |= gone[:-step]
        wider[:-step] |= gone[step:]
    return np.asarray(wider & added)


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
            states[windows.windows] = NUMBER[_without_place(tracks, windows, limits)]
            continue
        for piece in _split_by_silence(tracks, windows, limits):
            if piece.line == NOWHERE:
                continue
            states[piece.windows] = NUMBER[_absent_or_under(tracks, piece, states, lines, limits)]
            if states[piece.first] in _WITH_ORIGINAL:
                lines[piece.windows] = piece.line
            elif _seconds_heard(tracks, piece, limits) < limits["least_replaced_s"]:
                unheard.append(piece)
    return unheard


def _split_by_silence(tracks: SoundTracks, run: Run, limits: Limits) -> list[Run]:
    """The run cut where the original falls silent for long: nothing can be missing there."""
    if run.line == NOWHERE:
        return [run]
    there = np.nan_to_num(tracks.lines[run.line].original_level[run.windows], nan=-120.0)
    quiet = there <= max(tracks.loud[1] - limits["sound_depth_db"], limits["silence_db"])
    lasting = sustained(quiet, tracks, limits["least_silent_s"])
    return [
        Run(run.first + part.first, run.first + part.last, run.line)
        for part in runs(lasting.astype(int))
    ]


def _without_place(tracks: SoundTracks, run: Run, limits: Limits) -> SoundState:
    """No picture tells where to listen: foreign when there was enough to be found, else open."""
    heard = tracks.level[run.windows] > tracks.loud[0] - limits["sound_depth_db"]
    heard &= tracks.level[run.windows] > limits["silence_db"]
    if float(heard.sum()) * tracks.step < limits["sound_foreign_s"]:
        return SoundState.UNDETERMINED
    return SoundState.FOREIGN


def _absent_or_under(
    tracks: SoundTracks, run: Run, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> SoundState:
    """The picture shows a place and the sound is on no line: absent, or buried under something louder?"""
    if _seconds_heard(tracks, run, limits) < limits["least_replaced_s"]:
        return SoundState.UNDETERMINED
    speech = float((tracks.speech[run.windows] >= limits["speech_probability"]).mean())
    if _is_under(tracks, run, states, limits):
        if is_explained(tracks, run, limits):
            return SoundState.SAME
        return (
            SoundState.MIXED if speech >= limits["under_speech_share"] else SoundState.MUSIC_ADDED
        )
    if (
        (_is_under(tracks, run, states, limits, doubtful=True) and follows(tracks, run, limits))
        or not tells_apart(tracks, states, lines, limits)
        or not would_be_heard(tracks, run, states, lines, limits)
    ):
        return SoundState.UNDETERMINED
    return SoundState.REPLACED


def _seconds_heard(tracks: SoundTracks, run: Run, limits: Limits) -> float:
    """Seconds in which both the clip and the place that its picture shows are clearly audible."""
    weight = audible(tracks.level, tracks.lines[run.line], tracks.loud, limits)[run.windows]
    return float(np.where(weight > 0.5, weight, 0.0).sum()) * tracks.step


def _is_under(
    tracks: SoundTracks, run: Run, states: np.ndarray, limits: Limits, doubtful: bool = False
) -> bool:
    """Whether the original still stands out in most of the windows that lie inside the run.

    The longer the windows, the deeper under something louder they find it. Beside the original's own sound they
    would find that, and only windows that fit into the run tell. doubtful: or may do so, by the longest.
    """
    track = tracks.lines[run.line]
    beside = {int(states[i]) for i in (run.first - 1, run.last) if 0 <= i < len(states)}
    length_s = run.count * tracks.step
    told = [(track.presence, track.null, _WINDOW_REACH_S)]
    if length_s > 2 * _LONG_REACH_S or NUMBER[SoundState.SAME] not in beside:
        told = [(track.presence_long, track.null_long, _LONG_REACH_S)]
    fits = length_s > 2 * _SUMMED_REACH_S or not beside & _WITH_ORIGINAL
    if fits and track.presence_summed is not None:
        told.append((track.presence_summed, track.null_summed, _SUMMED_REACH_S))
    spreads = limits["absent_summed_spreads" if doubtful else "under_spreads"]
    told = [each for each in told if not doubtful or each[2] == _SUMMED_REACH_S]
    return any(_stands_out(*each, tracks, run, spreads, limits) for each in told)


def _stands_out(
    values: np.ndarray,
    null: Null | None,
    reach_s: float,
    tracks: SoundTracks,
    run: Run,
    spreads: float,
    limits: Limits,
) -> bool:
    """Whether most windows of the run stand so many spreads above their null, those over its borders left out."""
    margin = min(round(reach_s / tracks.step), (run.count - 1) // 2)
    mean, spread = log_null(null, limits)
    if reach_s == _SUMMED_REACH_S and (null is None or null.n < limits["least_null_moments"]):
        mean, spread = np.log(limits["summed_usual_null"]), limits["summed_usual_spread"]
    inner = values[run.first + margin : run.last - margin]
    under = np.log(np.maximum(inner, 1.0)) > mean + spreads * spread
    return float(under.mean()) >= limits["under_share"]


def _lean_on_neighbours(run: Run, states: np.ndarray, lines: np.ndarray) -> None:
    """A stretch in which there is nothing to hear belongs to what surrounds it, when that is one and the same.

    At an end of the clip one neighbour is enough to call it the original's, not to call it replaced.
    """
    sides = [i for i in (run.first - 1, run.last) if 0 <= i < len(states)]
    around = {int(states[i]) for i in sides}
    if around == {NUMBER[SoundState.SAME]} or (
        around == {NUMBER[SoundState.REPLACED]} and len(sides) == 2
    ):
        states[run.windows] = states[sides[0]]
        lines[run.windows] = lines[sides[0]]


def _join_mixed(tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits) -> None:
    """Short stretches amid a long voice-over, which hides the original altogether for a phrase, and those beside
    one in which too little of a word is left to be told for speech.
    """
    for run in list(runs(states)):
        beside = [states[i] for i in (run.first - 1, run.last) if 0 <= i < len(states)]
        is_music = states[run.first] == NUMBER[SoundState.MUSIC_ADDED]
        short = run.count * tracks.step <= limits["mixed_gap_s"]
        if is_music and short and NUMBER[SoundState.MIXED] in beside:
            states[run.windows] = NUMBER[SoundState.MIXED]
    if (
        float((states == NUMBER[SoundState.MIXED]).sum()) * tracks.step
        <= limits["replaced_in_added_s"]
    ):
        return
    found = list(runs(states))
    most = limits["mixed_gap_s"] / tracks.step
    for number, run in enumerate(found):
        if run.line != NUMBER[SoundState.REPLACED] or run.count > most:
            continue
        before, after = _beyond(found[:number][::-1], most), _beyond(found[number + 1 :], most)
        sides = [side for side in (before, after) if side is not None]
        if sides and all(side.line == NUMBER[SoundState.MIXED] for side in sides):
            states[run.windows] = NUMBER[SoundState.MIXED]
            lines[run.windows] = lines[sides[0].first]


def _join_phrases(
    tracks: SoundTracks, states: np.ndarray, lines: np.ndarray, limits: Limits
) -> None:
    """A voice over the original's sound that takes breath goes on; words in two of its pauses remain two."""
    mixed = NUMBER[SoundState.MIXED]
    found = list(runs(np.where(lines == NOWHERE, NOWHERE, states)))
    for before, run, after in zip(found, found[1:], found[2:], strict=False):
        paused = np.isin(states[run.windows], list(_PAUSED)).all()
        short = run.count * tracks.step <= limits["mixed_breath_s"] + 1e-6
        if before.line == after.line == mixed and paused and short:
            states[run.windows] = mixed
            lines[run.windows] = lines[before.first]


def _beyond(beside: Sequence[Run], most: float) -> Run | None:
    """The first of the runs, or the one beyond it where the voice only pauses for a moment; None at an end."""
    if len(beside) > 1 and beside[0].line in _PAUSED and beside[0].count <= most:
        return beside[1]
    at_an_end = len(beside) == 1 and beside[0].line in _PAUSED and beside[0].count <= most
    return None if not beside or at_an_end else beside[0]


def _smooth(states: np.ndarray, lines: np.ndarray, least: int) -> None:
    """Runs shorter than `least` windows take the state before them (the first takes the one after)."""
    for _ in range(2):
        for run in list(runs(states)):
            if run.count >= least or run.count == len(states):
                continue
            source = run.first - 1 if run.first > 0 else run.last
            states[run.windows] = states[source]
            lines[run.windows] = lines[source]
