"""Do the clip's sound channels hold the same, and what the original's hold?

The other checks of sound listen to both channels at once. Where the two differ, each is compared on its own with
the original: at each moment with its mono sound, either of its channels or both of them, whichever leaves least. A
voice laid over one channel alone is as loud there as it will ever be; one that the original holds in its other channel
is no other voice. What else is told of channels and further tracks are notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mediacheck.align.following import following
from mediacheck.align.lines import reached
from mediacheck.align.presence import SEARCH_S, presence
from mediacheck.align.sound_channels import SIDES
from mediacheck.align.versions import explained
from mediacheck.checks.base import Check, Limits, Record, null_of, rounded, series
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.features.spectrum import RATE, level_db, windows
from mediacheck.model import (
    Alignment,
    Channel,
    Finding,
    Kind,
    Measured,
    Measurement,
    Media,
    Series,
    Severity,
    Stream,
)
from mediacheck.speech.activity import STEP_S, speech_probability

NAME = "channels"
COPIED = "channel of the original"
GRID_S = 0.1
MOST_LINES = 3  # that channels are compared along, the best first
TRACK_EVERY_S = 0.5
TRACK_PERCENTILE = 90  # a track that is the original's sound for a tenth of its time holds it
SAME_LAG_S = 0.012  # between the same sound in both files: what a line may be off
WHERE_ALIKE_S = 0.4


def measure(evidence: Evidence) -> Measured:
    clip, original = evidence.sounds
    taken: list[tuple[str, float | None, str]] = [
        ("clip_channels", _count(evidence.clip.media, clip.stream_index), "channels"),
        ("original_channels", _count(evidence.original.media, original.stream_index), "channels"),
    ]
    for file, sound in (("clip", clip), ("original", original)):
        if sound.side is not None:
            loud = _loudness(sound.minutes())
            taken += [
                (f"{file}_{side}_loudness", level, "dB")
                for side, level in zip(SIDES, loud, strict=True)
            ]
    if original.channel is not None:
        number = float(1 + SIDES.index(original.channel))
        taken.append(("original_channel_copied", number, COPIED))
    aligned, tracks = evidence.sound, []
    unchanged = aligned.speed == 1.0 and not aligned.semitones
    if aligned.lines and unchanged:
        if clip.side is not None and original.side is not None:
            sides = (clip.samples, clip.side), (original.samples, original.side)
            likeness = _alike(*sides, aligned.lines[0])
            taken += [] if likeness is None else [("sides_alike", likeness, "correlation")]
        if clip.side is not None:
            tracks = _compared(evidence, aligned.lines[:MOST_LINES])
    measurements = [
        Measurement(f"{NAME}.m{number}", NAME, *each) for number, each in enumerate(taken, 1)
    ]
    measurements += _other_tracks(evidence, len(taken) + 1)
    return Measured(NAME, CHECK.version, tuple(measurements), tuple(tracks))


def _count(media: Media, stream_index: int) -> float | None:
    """Channels of a stream; None where the file does not say."""
    count = next((s.channels for s in media.streams if s.index == stream_index), None)
    return float(count) if count else None


def _loudness(minutes: Iterable[tuple[np.ndarray, np.ndarray]]) -> tuple[float, ...]:
    """Of both channels, which come minute by minute."""
    levels: tuple[list[float], list[float]] = [], []
    for channels in minutes:
        for known, channel in zip(levels, channels, strict=True):
            known.extend(level_db(channel, GRID_S))
    return tuple(round(float(np.percentile(known, 95)), 1) if known else -120.0 for known in levels)


def _compared(evidence: Evidence, lines: Sequence[Alignment]) -> list[Series]:
    """Of each channel its level, and along each line what of it the original leaves unexplained."""
    found: list[Series] = []
    clip, original = evidence.sounds
    grid = GRID_S * (np.arange(len(clip.samples) // round(GRID_S * RATE)) + 0.5)
    if not len(grid):
        return found
    versions: tuple[np.ndarray, ...] = ()
    if original.side is not None:
        versions = original.channels(reached(lines, clip.duration_s))

    def add(name: str, unit: str, values: np.ndarray, digits: int, line: Alignment | None) -> None:
        number = len(found) + 1
        found.append(series(NAME, number, name, unit, grid, values, digits=digits, alignment=line))

    for side, samples in zip(SIDES, clip.channels(), strict=True):
        evidence.progress.at("compare the channels", SIDES.index(side), len(SIDES))
        add(f"{side}_level", "dB", level_db(samples, GRID_S), 1, None)
        for line in map(rounded, lines):
            left = _left(samples, original.samples, versions, line, grid)
            add(f"{side}_residual", "dB over the original", left[0], 1, line)
            add(f"{side}_residual_speech", "probability", left[1], 2, line)
            add(f"{side}_residual_follows", "correlation", left[2], 2, line)
    evidence.progress.at("compare the channels", 1, 1)
    return found


def _left(
    samples: np.ndarray,
    mono: np.ndarray,
    channels: Sequence[np.ndarray],
    line: Alignment,
    grid: np.ndarray,
) -> np.ndarray:
    """Of what is left by the version of the original that leaves least: level, speech, how it follows; (3, windows)."""
    tried = explained(samples, mono, channels, line, grid)
    best = np.argmin([each.residual_db for each in tried], axis=0)
    left = np.zeros((3, len(grid)))
    for number, each in enumerate(tried):
        own = best == number
        if not own.any():
            continue
        clock = (np.arange(len(each.residual) // round(STEP_S * RATE) + 1) + 0.5) * STEP_S
        spoken = speech_probability(each.residual)
        left[0, own] = each.residual_db[own]
        left[1, own] = np.interp(grid[own], clock[: len(spoken)], spoken) if len(spoken) else 0.0
        left[2, own] = following(each.residual, each.version, line, grid[own])
    return left


def _alike(
    clip: tuple[np.ndarray, np.ndarray], original: tuple[np.ndarray, np.ndarray], line: Alignment
) -> float | None:
    """Correlation of what the channels differ in, -1 where left and right are exchanged; None where no window tells.

    clip, original: mono and half of the difference. Taken at the lag at which both files' mono sound agrees best:
    middle value over windows in which the channels of both differ.
    """
    seconds = len(clip[1]) / RATE
    centres = np.arange(WHERE_ALIKE_S / 2, seconds, TRACK_EVERY_S)
    if not len(centres):
        return None
    reach = round(SAME_LAG_S * RATE)
    wide_s = WHERE_ALIKE_S + 2 * SAME_LAG_S
    there = line.offset_s + line.speed * centres
    own = [windows(each, centres, WHERE_ALIKE_S) for each in clip]
    other = [windows(each, there, wide_s) for each in original]
    found = []
    for at in range(len(centres)):
        mono, side = own[0][at], own[1][at]
        if not side.any() or not other[1][at].any():
            continue
        lag = int(np.argmax(np.correlate(other[0][at], mono, "valid")[: 2 * reach + 1]))
        same = other[1][at][lag : lag + len(side)]
        size = float(np.linalg.norm(side) * np.linalg.norm(same))
        found.append(float(side @ same) / size if size else 0.0)
    return round(float(np.median(found)), 3) if found else None


def _other_tracks(evidence: Evidence, first: int) -> list[Measurement]:
    """How strongly the original's sound stands in each track of the clip that players do not choose, where it does.

    Along the lines of the track that they choose: another one may be cut, sped up or delayed in ways of its own, so
    what is not found there may stand elsewhere. The name counts as the file does, from 0.
    """
    if len(evidence.clip.sounds) < 2:
        return []
    original, aligned = evidence.sounds[1], evidence.sound
    if aligned.speed != 1.0 or aligned.semitones:
        return []
    lines = aligned.lines[:MOST_LINES]
    if not lines:
        try:
            lines = evidence.picture_lines[:MOST_LINES]
        except NotAvailable:
            return []
    taken: list[Measurement] = []
    for track in evidence.clip.sounds[1:]:
        centres = np.arange(0.5, len(track.samples) / RATE - 0.5, TRACK_EVERY_S)
        if not lines or not len(centres):
            continue
        ratio, back = (
            np.max(
                [
                    presence(
                        track.samples,
                        original.samples,
                        line,
                        centres,
                        SEARCH_S,
                        backwards=backwards,
                    ).ratio
                    for line in lines
                ],
                axis=0,
            )
            for backwards in (False, True)
        )
        heard = ratio[ratio > 0]
        strong = round(float(np.percentile(heard, TRACK_PERCENTILE)), 2) if len(heard) else None
        taken.append(
            Measurement(
                id=f"{NAME}.m{first + len(taken)}",
                check=NAME,
                name=f"track_{track.stream_index}_presence",
                value=strong,
                unit="peak over median",
                null=null_of(back[back > 0], 2),
            )
        )
    return taken


def judge(record: Record, limits: Limits) -> list[Finding]:
    return [
        *_copied(record),
        *_one_only(record, limits),
        *_swapped(record, limits),
        *_tracks(record, limits),
    ]


def _copied(record: Record) -> list[Finding]:
    """That the clip's sound was made from one of the original's channels alone."""
    taken = record.measurements(NAME, "original_channel_copied")
    if not taken or not taken[0].value:
        return []
    number = taken[0].value
    return [_note((taken[0].id,), number, COPIED, SIDES[int(number) - 1])]


def _one_only(record: Record, limits: Limits) -> list[Finding]:
    """One channel of the clip silent, where the original's are not so."""
    levels = {
        file: [record.value(NAME, f"{file}_{side}_loudness") for side in SIDES]
        for file in ("clip", "original")
    }
    apart = {
        file: None if pair[0] is None or pair[1] is None else pair[1] - pair[0]
        for file, pair in levels.items()
    }
    clip, original = apart["clip"], apart["original"] or 0.0
    if clip is None or abs(clip) < limits["silent_below_db"]:
        return []
    if abs(original) >= limits["silent_below_db"]:
        return []
    because = tuple(
        m.id for side in SIDES for m in record.measurements(NAME, f"clip_{side}_loudness")
    )
    return [_note(because, -abs(clip), "dB", SIDES[clip < 0])]


def _swapped(record: Record, limits: Limits) -> list[Finding]:
    alike = record.value(NAME, "sides_alike")
    if alike is None or alike > -limits["swapped_correlation"]:
        return []
    because = tuple(m.id for m in record.measurements(NAME, "sides_alike"))
    return [_note(because, alike, "correlation", None)]


def _tracks(record: Record, limits: Limits) -> list[Finding]:
    """Whether a further track of the clip holds the original's sound; that one does not is never known."""
    found = []
    for stream in record.clip.streams:
        for taken in record.measurements(NAME, f"track_{stream.index}_presence"):
            null = taken.null
            if null is None or taken.value is None:
                continue
            holds = taken.value >= limits["track_presence"] * null.mean
            unit = "track with the original's sound" if holds else "track not compared throughout"
            found.append(_note((taken.id,), float(stream.index), unit, None))
    return found


def _note(because: tuple[str, ...], value: float, unit: str, channel: Channel | None) -> Finding:
    return Finding(
        kind=Kind.METADATA_TRACKS,
        stream=Stream.CONTAINER,
        severity=Severity.NOTE,
        clip=None,
        original=None,
        because=because,
        value=round(value, 3),
        unit=unit,
        channel=channel,
    )


CHECK = Check(
    name=NAME,
    version=1,
    asks="Do the clip's sound channels hold the same, and what the original's hold?",
    kinds=(Kind.METADATA_TRACKS,),
    measure=measure,
    judge=judge,
    thresholds=("silent_below_db", "swapped_correlation", "track_presence"),
)
