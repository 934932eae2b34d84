"""Is the sound the one that belongs to the picture?

Presence and cleanliness along the lines on which the clip's sound was found and those that its picture shows, with
the same statistics at other moments as null. What the original does not explain is looked at for speech. The
states are found from these series in align/sound_states.py.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mediacheck.align.elsewhere import missing, taken_from
from mediacheck.align.lines import apart_s
from mediacheck.align.mixture import mixture
from mediacheck.align.presence import EXACT_S, SEARCH_S, WINDOW_S, presence
from mediacheck.align.sound import SoundAlignment
from mediacheck.checks.base import Check, Limits, Record, array, null_of, rounded, series
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import RATE, level_db
from mediacheck.model import (
    Alignment,
    Finding,
    Kind,
    Measured,
    Measurement,
    Null,
    PictureState,
    Series,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    Stream,
)
from mediacheck.speech.activity import STEP_S, speech_probability

NAME = "sound"
GRID_S = 0.1
LONG_WINDOW_S = 2.0
BACKWARDS_EVERY = 2
NULL_EVERY = 5  # windows of 0.4 s a tenth apart overlap; every fifth is new
NULL_SHIFTS_S = (-31.0, -23.0, -17.0, -11.0, -7.0, -4.0, 4.0, 7.0, 11.0, 17.0, 23.0, 31.0)
FOLLOWS_S = 2.0
SILENT_DB = -120.0
IN_STRETCH = "verdict"  # these numbers are taken when judging, from what was measured
_IN_STRETCH = ("presence", "agreement", "cleanliness", "residual")
_TYPICAL = ("presence", "presence_long", "cleanliness", "residual")


def measure(evidence: Evidence) -> Measured:
    clip, original = evidence.sounds
    aligned = evidence.sound
    heard = level_db(clip.samples, GRID_S)
    if not len(heard):
        raise NotAvailable("the clip's sound is too short to compare")
    # A track that ends before its picture is silent from there on, and no less so than one that is muted.
    steps = max(len(heard), int(evidence.clip.media.duration_s / GRID_S))
    grid = GRID_S * (np.arange(steps) + 0.5)
    level = np.pad(heard, (0, steps - len(heard)), constant_values=SILENT_DB)
    tracks: list[Series] = [
        series(NAME, 1, "level", "dB", grid, level, digits=1),
        series(NAME, 2, "speech", "probability", grid, _at(evidence.clip_speech, grid), digits=2),
    ]
    original_level = level_db(original.samples, GRID_S)
    lines = [(rounded(line), EXACT_S) for line in aligned.lines]
    lines += [(rounded(line), SEARCH_S) for line in _predicted(evidence, aligned)]
    for done, (line, reach_s) in enumerate(lines):
        evidence.progress.at("compare the sound", done, len(lines))
        tracks += _tracks(evidence, aligned, line, reach_s, grid, original_level, len(tracks) + 1)
    for line in _laid_in(aligned, original.samples, tracks):
        tracks += _tracks(evidence, aligned, line, EXACT_S, grid, original_level, len(tracks) + 1)
    evidence.progress.at("compare the sound", 1, 1)
    taken_along = [m for track in tracks if track.alignment for m in _typical(track)]
    loud = float(np.percentile(original_level, 95)) if len(original_level) else SILENT_DB
    taken = (
        _measurement(1, "original_loudness", round(loud, 1), "dB"),
        _measurement(2, "clip_loudness", round(float(np.percentile(heard, 95)), 1), "dB"),
        _measurement(3, "speed_undone", round(aligned.speed, 6), "factor"),
        _measurement(4, "pitch_undone", round(aligned.semitones, 2), "semitones"),
        _measurement(5, "pitch_kept", float(aligned.pitch_kept), "yes or no"),
        *(replace(m, id=f"{NAME}.m{number}") for number, m in enumerate(taken_along, 6)),
    )
    return Measured(NAME, CHECK.version, taken, tuple(tracks))


def _laid_in(
    aligned: SoundAlignment, original: np.ndarray, tracks: list[Series]
) -> list[Alignment]:
    """The lines of pieces that are too short for the alignment, and stand where the original's sound is missing."""
    agreements = [array(track.values) for track in tracks if track.name == "agreement"]
    pieces = [
        Span(piece.start * aligned.speed, piece.end * aligned.speed)
        for piece in missing(agreements)
    ]
    known = [aligned.on_clock(line) for line in aligned.lines]
    found = taken_from(aligned.samples, original, pieces, known)
    return [rounded(Alignment(line.offset_s, aligned.speed)) for line in found]


def _typical(track: Series) -> list[Measurement]:
    """The middle value along one line: what a reader compares with the null."""
    values = [value for value in track.values if value is not None]
    if track.name not in _TYPICAL or not values or track.alignment is None:
        return []
    clip = Span(track.start_s, round(track.start_s + track.step_s * len(track.values), 3))
    return [
        Measurement(
            id="",
            check=NAME,
            name=f"median_{track.name}",
            value=round(float(np.median(values)), 3),
            unit=track.unit,
            clip=clip,
            original=_rounded_span(track.alignment.original_span(clip)),
            null=track.null,
        )
    ]


def _rounded_span(span: Span) -> Span:
    return Span(round(span.start, 3), round(span.end, 3))


def _measurement(number: int, name: str, value: float | None, unit: str) -> Measurement:
    return Measurement(f"{NAME}.m{number}", NAME, name, value, unit)


def _predicted(evidence: Evidence, aligned: SoundAlignment) -> list[Alignment]:
    """The picture's lines that no line of the sound runs along, so close that one search would hear both."""
    try:
        lines = evidence.picture_lines
    except NotAvailable:
        return []
    end = evidence.sounds[0].duration_s
    return [
        line for line in lines if all(apart_s(line, own, end) > SEARCH_S for own in aligned.lines)
    ]


def _tracks(
    evidence: Evidence,
    aligned: SoundAlignment,
    line: Alignment,
    reach_s: float,
    grid: np.ndarray,
    original_level: np.ndarray,
    number: int,
) -> list[Series]:
    original = evidence.sounds[1].samples
    clock = aligned.on_clock(line)
    centres = grid * aligned.speed
    short = presence(aligned.samples, original, clock, centres, reach_s).ratio
    every_other = centres[::2]
    long = presence(aligned.samples, original, clock, every_other, reach_s, LONG_WINDOW_S).ratio
    there = line.offset_s + line.speed * grid
    named = [
        ("presence", "peak over median", short, 1, _null(aligned, original, clock, centres, reach_s, 0.4)),
        (
            "presence_long", "peak over median", np.interp(centres, every_other, long), 1,
            _null(aligned, original, clock, centres[:: 4], reach_s, LONG_WINDOW_S),
        ),
        ("original_level", "dB", _steps_at(original_level, there), 1, None),
        ("original_speech", "probability", _at(evidence.original_speech, there), 2, None),
    ]  # fmt: skip
    if reach_s == EXACT_S:
        moments = GRID_S / 2 * (np.arange(2 * len(grid)) + 0.5)
        mixed = mixture(aligned.samples, original, clock, centres, moments * aligned.speed)
        residual_speech = speech_probability(mixed.residual)
        follows = _follows(mixed.residual, original, clock, centres)
        named += [
            ("cleanliness", "coherence", mixed.cleanliness, 3, None),
            ("residual", "dB over the original", mixed.residual_db, 1, None),
            ("residual_speech", "probability", _at(residual_speech, centres), 2, None),
            ("residual_follows", "correlation", follows, 2, None),
        ]
    taken = [
        series(NAME, number + i, name, unit, grid, values, digits=digits, null=null, alignment=line)
        for i, (name, unit, values, digits, null) in enumerate(named)
    ]
    if reach_s == EXACT_S:
        last = series(
            NAME, number + len(taken), "agreement", "correlation", moments, mixed.agreement
        )
        taken.append(replace(last, null=null_of(mixed.chance), alignment=line))
    return taken


def _null(
    aligned: SoundAlignment,
    original: np.ndarray,
    clock: Alignment,
    centres: np.ndarray,
    reach_s: float,
    window_s: float,
) -> Null | None:
    some = centres[::NULL_EVERY]
    end = len(original) / RATE
    drawn = []
    for shift in NULL_SHIFTS_S:
        moved = Alignment(clock.offset_s + shift, clock.speed)
        inside = some[(moved.offset_s + some > 1.0) & (moved.offset_s + some < end - 1.0)]
        if len(inside):
            drawn.append(
                presence(aligned.samples, original, moved, inside, reach_s, window_s).ratio
            )
    # A short original has few other moments; the clip run backwards is a decoy at any length.
    back = presence(
        aligned.samples,
        original,
        clock,
        centres[::BACKWARDS_EVERY],
        reach_s,
        window_s,
        backwards=True,
    )
    ratios = np.concatenate([*drawn, back.ratio])
    return null_of(ratios[ratios > 0], 2)


def _at(probability: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Speech probability on another grid; 0 outside the file."""
    clock = (np.arange(len(probability)) + 0.5) * STEP_S
    if not len(clock):
        return np.zeros(len(times_s))
    return np.asarray(np.interp(times_s, clock, probability, left=0.0, right=0.0))


def _steps_at(level: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Level in dB at times; NaN outside the file."""
    index = np.floor(times_s / GRID_S).astype(int)
    inside = (index >= 0) & (index < len(level))
    return np.where(inside, level[np.clip(index, 0, max(0, len(level) - 1))], np.nan)


def _follows(
    residual: np.ndarray, original: np.ndarray, clock: Alignment, centres: np.ndarray
) -> np.ndarray:
    """How much the loudness of what is left follows the original's, over FOLLOWS_S; -1 to 1.

    Codec noise, echo and failed prediction rise and fall with the original's sound; another voice does not.
    """
    step = 0.05
    own = level_db(residual, step)
    there = level_db(original, step)
    at = (np.arange(len(own)) + 0.5) * step
    index = np.floor((clock.offset_s + clock.speed * at) / step).astype(int)
    inside = (index >= 0) & (index < len(there))
    other = np.where(inside, there[np.clip(index, 0, max(0, len(there) - 1))], SILENT_DB)
    own, other = np.maximum(own, -70.0), np.maximum(other, -70.0)
    half = round(FOLLOWS_S / step / 2)
    follows = np.zeros(len(centres))
    for i, centre in enumerate(centres):
        middle = round(centre / step)
        part = slice(max(0, middle - half), middle + half)
        x, y = own[part], other[part]
        if len(x) > half and x.std() > 0.5 and y.std() > 0.5:
            follows[i] = float(np.corrcoef(x, y)[0, 1])
    return follows


def judge(record: Record, limits: Limits) -> list[Finding]:
    found: list[Finding] = []
    for part in record.timeline.sound:
        if part.state in _KINDS:
            found.append(_finding(part, record))
    found += _muted(record, limits)
    return found


_KINDS = {
    SoundState.REPLACED: (Kind.REPLACED, Severity.ALTERATION),
    SoundState.MIXED: (Kind.MIXED, Severity.ALTERATION),
    SoundState.MUSIC_ADDED: (Kind.MUSIC_ADDED, Severity.PRESENTATION),
}


def _finding(part: SoundSegment, record: Record) -> Finding:
    kind, severity = _KINDS[part.state]
    # Without presence it is speech in the original's pause: there is nothing of the original to be under it.
    under = kind is not Kind.REPLACED and part.presence is not None
    level = round(-part.residual_db, 1) if under and part.residual_db is not None else None
    return Finding(
        kind=kind,
        stream=Stream.SOUND,
        severity=severity,
        clip=part.clip,
        original=part.original if kind is not Kind.REPLACED else record.shown(part.clip),
        because=(),  # the stretch's own numbers, by `numbers_of`
        value=level,
        unit=None if level is None else "dB",
    )


def numbers_of(finding: Finding, record: Record) -> tuple[Measurement, ...]:
    """Middle values of the stretch that a finding speaks of, out of the stored series, each with its null.

    Along the line that runs closest to the finding's place in the original. Windows that reach over its
    borders are left out where it is long enough. Empty for findings of other kinds and without a place.
    """
    if finding.kind not in {kind for kind, _ in _KINDS.values()}:
        return ()
    clip, there = finding.clip, finding.original
    if clip is None or there is None:
        return ()
    along = [s for s in record.measured[NAME].series if s.name == "presence" and s.alignment]
    if not along:
        return ()
    middle, wanted = (clip.start + clip.end) / 2, (there.start + there.end) / 2
    line = min(
        (s.alignment for s in along if s.alignment),
        key=lambda each: abs(each.original_at(middle) - wanted),
    )
    margin = min(WINDOW_S / 2, clip.length / 3)
    taken: list[Measurement] = []
    for track in record.measured[NAME].series:
        if track.alignment != line or track.name not in _IN_STRETCH:
            continue
        times = track.start_s + track.step_s * np.arange(len(track.values))
        inside = (times >= clip.start + margin) & (times <= clip.end - margin)
        values = [v for v, here in zip(track.values, inside, strict=True) if here and v is not None]
        if values:
            taken.append(
                Measurement(
                    id=f"{finding.id}.m{len(taken) + 1}",
                    check=IN_STRETCH,
                    name=track.name,
                    value=round(float(np.median(values)), 3),
                    unit=track.unit,
                    clip=clip,
                    original=_rounded_span(line.original_span(clip)),
                    null=track.null,
                )
            )
    return tuple(taken)


def _muted(record: Record, limits: Limits) -> list[Finding]:
    """Silence in the clip where the original has sound; elsewhere the timeline gives silence no place."""
    parts = record.timeline.sound
    whole = all(part.state is SoundState.SILENT for part in parts)
    because = tuple(
        m.id
        for name in ("clip_loudness", "original_loudness")
        for m in record.measurements(NAME, name)
    )
    severity = Severity.PRESENTATION if whole else Severity.ALTERATION
    return [
        Finding(Kind.MUTED, Stream.SOUND, severity, clip, original, because)
        for number, part in enumerate(parts)
        if part.state is SoundState.SILENT and part.original is not None
        for clip, original in _silenced(record, number)
        if clip.length >= limits["least_muted_s"]
    ]


def _silenced(record: Record, number: int) -> list[tuple[Span, Span]]:
    """What of a silent stretch the original can be heard to speak in: (of the clip, of the original).

    A title or an end card is silent too, and no line of time leads into it: only where the picture shows the
    original there, or where the original's sound runs on at both sides and no other footage stands between.
    """
    parts, picture = record.timeline.sound, record.timeline.picture
    part = parts[number]
    assert part.original is not None
    beside = [parts[n].state for n in (number - 1, number + 1) if 0 <= n < len(parts)]
    foreign = any(
        p.state is PictureState.FOREIGN and p.clip.overlap(part.clip) > 0 for p in picture
    )
    if beside.count(SoundState.SAME) == 2 and not foreign:
        return [(part.clip, part.original)]
    shown = []
    for each in picture:
        if each.original is not None and each.clip.overlap(part.clip) > 0:
            clip = Span(max(each.clip.start, part.clip.start), min(each.clip.end, part.clip.end))
            first = each.original.start + (each.speed or 1.0) * (clip.start - each.clip.start)
            last = first + (each.speed or 1.0) * clip.length
            shown.append((clip, Span(round(first, 3), round(last, 3))))
    return shown


CHECK = Check(
    name=NAME,
    version=1,
    asks="Is the sound the one that belongs to the picture?",
    kinds=(Kind.REPLACED, Kind.MIXED, Kind.MUSIC_ADDED, Kind.MUTED),
    measure=measure,
    judge=judge,
    thresholds=("least_muted_s",),
)
