"""Is the sound the one that belongs to the picture?

Presence and cleanliness along the lines on which the clip's sound was found and those that its picture shows, with
the same statistics at other moments as null (sound_series.py). What the original does not explain is looked at for
speech and for held tones. The states are found from these series in align/sound_states.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mediacheck.align.elsewhere import missing, taken_from
from mediacheck.align.following import SILENT_DB
from mediacheck.align.lines import apart_s
from mediacheck.align.presence import EXACT_S, SEARCH_S, WINDOW_S
from mediacheck.align.sound import SoundAlignment
from mediacheck.align.sound_channels import SIDES
from mediacheck.checks import channels
from mediacheck.checks.base import Check, Limits, Record, array, rounded, series
from mediacheck.checks.sound_series import GRID_S, NAME, along, probability_at
from mediacheck.checks.stretch import numbers_in
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import level_db
from mediacheck.model import (
    Alignment,
    Finding,
    Kind,
    Measured,
    Measurement,
    PictureState,
    Series,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    Stream,
)

_IN_STRETCH = ("presence", "agreement", "cleanliness", "residual")
_IN_CHANNEL = ("residual", "residual_speech", "residual_follows")
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
        series(
            NAME,
            2,
            "speech",
            "probability",
            grid,
            probability_at(evidence.clip_speech, grid),
            digits=2,
        ),
    ]
    original_level = level_db(original.samples, GRID_S)
    lines = [(rounded(line), EXACT_S) for line in aligned.lines]
    lines += [(rounded(line), SEARCH_S) for line in _predicted(evidence, aligned)]
    for done, (line, reach_s) in enumerate(lines):
        evidence.progress.at("compare the sound", done, len(lines))
        tracks += along(evidence, aligned, line, reach_s, grid, original_level, len(tracks) + 1)
    for line in _laid_in(aligned, original.samples, tracks):
        tracks += along(evidence, aligned, line, EXACT_S, grid, original_level, len(tracks) + 1)
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
        channel=part.channel,
    )


def numbers_of(finding: Finding, record: Record) -> tuple[Measurement, ...]:
    """What the stretch's own sound measured, at its place in the original; of a single channel with the other one for
    comparison. Empty for findings of other kinds and without a place.
    """
    if finding.kind not in {kind for kind, _ in _KINDS.values()}:
        return ()
    if finding.clip is None or finding.original is None:
        return ()
    names, tracks = _numbers_wanted(finding, record)
    along = [track for track in tracks if track.alignment]
    return numbers_in(finding.clip, finding.original, along, names, WINDOW_S / 2)


def _numbers_wanted(finding: Finding, record: Record) -> tuple[Sequence[str], Sequence[Series]]:
    """The names of the series that made the finding, and the series among which they stand."""
    if finding.channel is None:
        return _IN_STRETCH, record.measured[NAME].series
    other = SIDES[finding.channel == SIDES[0]]
    own = (f"{finding.channel}_{name}" for name in _IN_CHANNEL)
    return (*own, f"{other}_residual"), record.measured[channels.NAME].series


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
    version=3,
    asks="Is the sound the one that belongs to the picture?",
    kinds=(Kind.REPLACED, Kind.MIXED, Kind.MUSIC_ADDED, Kind.MUTED),
    measure=measure,
    judge=judge,
    thresholds=("least_muted_s",),
    numbers=numbers_of,
)
