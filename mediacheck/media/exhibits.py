"""What can a reader see and hear for themselves? Stills and pieces of sound of both files, per finding.

Names are decided before anything is made, so that report.json can hold them: owner, file, moment or
stretch, as f1-clip-4.000.jpg and f1-original-16.000-24.000.mp3. The same files, findings and versions
give the same bytes. MP3 because every browser plays it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import ffmpeg
import numpy as np
from PIL import Image

from mediacheck.errors import MediacheckError
from mediacheck.media import frames, sound
from mediacheck.media.frames import Still
from mediacheck.model import (
    Comparison,
    FileRole,
    Finding,
    Kind,
    PictureState,
    Severity,
    Span,
    Stream,
    Timeline,
)
from mediacheck.progress import SILENT, Progress

logger = logging.getLogger(__name__)

OVERVIEW = "overview"
FINDINGS_AT_MOST = 8  # with exhibits; a page with all of them stays below 5 MB
LONG_SIDE = 640
JPEG_QUALITY = 85
SOUND_AT_MOST_S = 8.0
SOUND_AT_LEAST_S = 3.0  # one word alone cannot be judged by ear
LEAD_IN_S = 1.5  # before a term that is heard
RATE = 16000
BIT_RATE = "64k"

Stills = Callable[[Path, Sequence[float], int], Sequence[Still]]
Excerpt = Callable[[Path, Span], np.ndarray]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file of exhibits/: its content, or the problem that kept it from being made."""

    name: str
    content: bytes | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A still of a moment (a span without length), or the sound of a stretch."""

    owner: str
    file: FileRole
    span: Span
    still: bool

    @property
    def name(self) -> str:
        stretch = f"{self.span.start:.3f}" + ("" if self.still else f"-{self.span.end:.3f}")
        return f"{self.owner}-{self.file}-{stretch}.{'jpg' if self.still else 'mp3'}"


def planned(findings: Sequence[Finding], timeline: Timeline) -> tuple[Finding, ...]:
    """The findings with the names of their exhibits. Pure; needs `id` filled in each finding."""
    chosen = [finding for finding in findings if finding.severity is Severity.ALTERATION]
    ids = {finding.id for finding in chosen[:FINDINGS_AT_MOST]}
    return tuple(
        replace(
            finding,
            exhibits=tuple(wanted.name for wanted in _of_finding(finding, timeline))
            if finding.id in ids
            else (),
        )
        for finding in findings
    )


def place_of(name: str) -> str:
    """What an exhibit shows, whichever finding owns it: f1-clip-4.000.jpg -> clip-4.000.jpg."""
    return name.partition("-")[2]


def overview(timeline: Timeline) -> tuple[str, ...]:
    """Names of the pair of stills for the whole: the middle of the longest matched picture."""
    return tuple(wanted.name for wanted in _of_whole(timeline))


def make(
    comparison: Comparison,
    clip_path: Path,
    original_path: Path,
    *,
    stills: Stills = frames.stills,
    excerpt: Excerpt = sound.excerpt,
    progress: Progress = SILENT,
) -> tuple[Exhibit, ...]:
    """Everything that the findings name, and the overview. Nothing is raised for one that fails."""
    named = {name for finding in comparison.findings for name in finding.exhibits}
    wanted = list(_of_whole(comparison.timeline))
    for finding in comparison.findings:
        wanted += [row for row in _of_finding(finding, comparison.timeline) if row.name in named]
    paths: dict[FileRole, Path] = {"clip": clip_path, "original": original_path}
    taken = _stills(wanted, paths, stills)
    made = []
    for done, row in enumerate(wanted, 1):
        try:
            content = (
                _jpeg(taken[row.name]) if row.still else _mp3(excerpt(paths[row.file], row.span))
            )
            made.append(Exhibit(row.name, content))
        except (MediacheckError, OSError, RuntimeError, LookupError, ffmpeg.Error) as error:
            logger.warning("%s could not be made: %s", row.name, error)
            made.append(Exhibit(row.name, None, str(error) or type(error).__name__))
        progress.at("exhibits", done, len(wanted))
    return tuple(made)


def _of_whole(timeline: Timeline) -> tuple[_Wanted, ...]:
    matched = [
        part
        for part in timeline.picture
        if part.state is PictureState.MATCHED and part.original is not None
    ]
    if not matched:
        return ()
    longest = max(matched, key=lambda part: part.clip.length)
    assert longest.original is not None
    return (
        _still(OVERVIEW, "clip", _middle(longest.clip)),
        _still(OVERVIEW, "original", _middle(longest.original)),
    )


def _of_finding(finding: Finding, timeline: Timeline) -> tuple[_Wanted, ...]:
    if finding.clip is None:
        return ()
    wanted: list[_Wanted] = []
    heard = timeline.sound and finding.stream in (Stream.SOUND, Stream.WORDS)
    ours = _stretch(finding, timeline) if heard else finding.clip
    if timeline.picture:
        moment = _middle(ours)
        wanted.append(_still(finding.id, "clip", moment))
        there = _in_original(timeline, moment)
        if finding.original is not None and (there is None or finding.kind is Kind.CUT):
            there = _middle(finding.original)
        if there is not None:
            wanted.append(_still(finding.id, "original", there))
    if heard:
        wanted.append(_Wanted(finding.id, "clip", ours, still=False))
        start = _in_original(timeline, ours.start)
        if start is None and finding.original is not None:
            start = finding.original.start
        if start is not None:
            theirs = Span(round(start, 3), round(start + ours.length, 3))
            wanted.append(_Wanted(finding.id, "original", theirs, still=False))
    return tuple(wanted)


def _stretch(finding: Finding, timeline: Timeline) -> Span:
    """What to hear of a finding: its beginning, widened where it is too short to judge."""
    assert finding.clip is not None
    end = timeline.sound[-1].clip.end
    start, long = finding.clip.start, min(finding.clip.length, SOUND_AT_MOST_S)
    if finding.kind is Kind.TERM_ONLY_IN_CLIP:
        start, long = start - LEAD_IN_S, SOUND_AT_MOST_S
    elif long < SOUND_AT_LEAST_S:
        start, long = start - (SOUND_AT_LEAST_S - long) / 2, SOUND_AT_LEAST_S
    start = max(0.0, min(start, end - long))
    return Span(round(start, 3), round(min(end, start + long), 3))


def _in_original(timeline: Timeline, clip_s: float) -> float | None:
    """The moment of the original that this moment of the clip shows, or else plays."""
    pairs = [(part.clip, part.original) for part in timeline.picture]
    pairs += [(part.clip, part.original) for part in timeline.sound]
    for clip, original in pairs:
        if original is not None and clip.start <= clip_s < clip.end:
            return original.start + (clip_s - clip.start) * (original.length / clip.length)
    return None


def _middle(span: Span) -> float:
    return (span.start + span.end) / 2


def _still(owner: str, file: FileRole, moment: float) -> _Wanted:
    moment = round(max(0.0, moment), 3)
    return _Wanted(owner, file, Span(moment, moment), still=True)


def _stills(
    wanted: Iterable[_Wanted], paths: dict[FileRole, Path], stills: Stills
) -> dict[str, Still]:
    """Each file is opened once for all its stills, and once for each where some are missing."""
    taken: dict[str, Still] = {}
    for file, path in paths.items():
        rows = [row for row in wanted if row.still and row.file == file]
        if not rows:
            continue
        try:
            found = stills(path, [row.span.start for row in rows], LONG_SIDE)
            if len(found) == len(rows):
                taken |= {row.name: still for row, still in zip(rows, found, strict=True)}
                continue
            for row in rows:
                for still in stills(path, [row.span.start], LONG_SIDE):
                    taken[row.name] = still
        except (MediacheckError, OSError) as error:
            logger.warning("no stills of the %s: %s", file, error)
    return taken


def _jpeg(still: Still) -> bytes:
    image = Image.fromarray(still.pixels)
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _mp3(samples: np.ndarray) -> bytes:
    """Samples: int16 mono at RATE. Raises LookupError where there are none."""
    if not len(samples):
        raise LookupError("the file has no sound there")
    import imageio_ffmpeg

    source = ffmpeg.input("pipe:0", format="s16le", ar=RATE, ac=1)
    target = source.output(
        "pipe:1",
        format="mp3",
        acodec="libmp3lame",
        audio_bitrate=BIT_RATE,
        threads=1,
        map_metadata=-1,
        fflags="+bitexact",
        write_xing=0,  # its header names the encoder, and cannot be written into a pipe
        id3v2_version=0,
        **{"flags:a": "+bitexact"},
    )
    # -nostdin: ffmpeg otherwise takes keys from the terminal; the pipe still reads.
    content, _ = target.global_args("-nostdin", "-v", "error").run(
        cmd=imageio_ffmpeg.get_ffmpeg_exe(),
        input=samples.astype("<i2").tobytes(),
        capture_stdout=True,
        capture_stderr=True,
    )
    return bytes(content)
