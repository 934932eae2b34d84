"""What can a reader see and hear for themselves? Makes what showing.py has planned for each finding.

The same files, findings and versions give the same bytes. MP3 because every browser plays it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import ffmpeg
import numpy as np
from PIL import Image

from mediacheck.errors import MediacheckError, MediaUnreadable
from mediacheck.media import footage, frames, jointframes, sound
from mediacheck.media.frames import Still
from mediacheck.media.pictures import clock
from mediacheck.media.probe import Source, open_source
from mediacheck.media.showing import Row, Wanted, of_finding, of_whole
from mediacheck.media.spectrogram import spectrogram
from mediacheck.media.strip import FRAME, Line, strip
from mediacheck.model import Comparison, FileRole, Kind, Span
from mediacheck.progress import SILENT, Progress

logger = logging.getLogger(__name__)

LONG_SIDE = 640
STRIP_SIDE = 2 * FRAME  # a narrow frame fills less of its place than a wide one
EARLY_SHARE = 0.5  # of the step between the frames of a row: so much earlier a frame will do
JPEG_QUALITY = 85
RATE = 16000
BIT_RATE = "64k"
FAILURES = (MediacheckError, OSError, RuntimeError, ValueError, LookupError, ffmpeg.Error)

Opening = Callable[[Path], AbstractContextManager[Source]]
Stills = Callable[[Source, Sequence[float], int, float], Sequence[Still]]
Shown = Callable[[Source, Span, int], Iterable[Still]]
Excerpt = Callable[[Source, Span], np.ndarray]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One file of exhibits/: its content, or the problem that kept it from being made."""

    name: str
    content: bytes | None
    problem: str | None = None


@dataclass(slots=True)
class _File:
    """One of the two files, opened once, with what was taken from it. `problem` where it cannot be opened."""

    source: Source | None
    excerpt: Excerpt
    shown: Shown
    problem: str = ""
    stills: dict[float, Still] = field(default_factory=dict)

    def sound(self, span: Span) -> np.ndarray:
        """int16 mono at RATE. Raises LookupError where there is none, MediaUnreadable where it cannot be read."""
        if self.source is None:
            raise MediaUnreadable(self.problem)
        samples = self.excerpt(self.source, span)
        if not len(samples):
            raise LookupError("the file has no sound there")
        return samples

    def joint(self, at_s: float) -> jointframes.Joint | None:
        """None where the file has no frames there. Raises MediaUnreadable where it cannot be read."""
        if self.source is None:
            raise MediaUnreadable(self.problem)
        return jointframes.found(
            list(self.shown(self.source, jointframes.around(at_s), STRIP_SIDE)), at_s
        )


def make(
    comparison: Comparison,
    clip_path: Path,
    original_path: Path,
    *,
    opening: Opening = open_source,
    stills: Stills = frames.stills_of,
    shown: Shown = footage.shown,
    excerpt: Excerpt = sound.stretch,
    progress: Progress = SILENT,
) -> tuple[Exhibit, ...]:
    """Everything that the findings name, and the overview. Nothing is raised for one that fails."""
    wanted = _wanted(comparison)
    made = []
    with ExitStack() as open_files:
        paths: dict[FileRole, Path] = {"clip": clip_path, "original": original_path}
        files = {
            role: _opened(open_files, opening, path, excerpt, shown) for role, path in paths.items()
        }
        for role, file in files.items():
            moments = {row.span.start for row in wanted if row.sort == "still" and row.file == role}
            file.stills = _taken(file, sorted(moments), LONG_SIDE, stills)
        for done, row in enumerate(wanted, 1):
            try:
                made.append(Exhibit(row.name, _content(row, files, stills)))
            except FAILURES as error:
                problem = _problem(error)
                logger.warning("%s could not be made: %s", row.name, problem)
                made.append(Exhibit(row.name, None, problem))
            progress.at("exhibits", done, len(wanted))
    return tuple(made)


def _problem(error: BaseException) -> str:
    """What a reader is told. The text of a ValueError or KeyError was not written for one."""
    told = str(error)
    if isinstance(error, ValueError | KeyError | IndexError):
        return f"it could not be drawn ({type(error).__name__}: {told})"
    return told or type(error).__name__


def _wanted(comparison: Comparison) -> list[Wanted]:
    named = {name for finding in comparison.findings for name in finding.exhibits}
    wanted = list(of_whole(comparison.timeline))
    for finding in comparison.findings:
        wanted += [row for row in of_finding(finding, comparison.timeline) if row.name in named]
    return wanted


def _opened(
    open_files: ExitStack, opening: Opening, path: Path, excerpt: Excerpt, shown: Shown
) -> _File:
    try:
        return _File(open_files.enter_context(opening(path)), excerpt, shown)
    except FAILURES as error:
        return _File(None, excerpt, shown, _problem(error))


def _content(row: Wanted, files: Mapping[FileRole, _File], stills: Stills) -> bytes:
    file = files[row.file]
    match row.sort:
        case "still":
            still = file.stills.get(row.span.start)
            if still is None:
                raise LookupError(file.problem or "the file has no frame there")
            return _jpeg(still.pixels)
        case "sound":
            return _mp3(file.sound(row.span))
        case "spectrogram":
            marked = next(iter(row.marked), None)
            return spectrogram(file.sound(row.span), RATE, row.file, row.span, marked)
    lines = [_line(part, row, files[part.file], stills) for part in row.rows]
    if all(pixels is None for line in lines for _, pixels in line.frames):
        raise LookupError("none of its frames could be taken")
    return strip(lines)


def _line(part: Row, row: Wanted, file: _File, stills: Stills) -> Line:
    if part.joint is None:
        still = "what stands still" if part.file == "clip" else "the same time, as it was filmed"
        said = "what the clip leaves out" if row.kind == Kind.CUT else still
        step = (part.moments[-1] - part.moments[0]) / max(1, len(part.moments) - 1)
        taken = _taken(file, part.moments, STRIP_SIDE, stills, EARLY_SHARE * step)
        each = [(at, taken.get(at)) for at in part.moments]
        return Line(
            part.file, said, tuple((s.time_s, s.pixels) if s else (at, None) for at, s in each)
        )
    found = file.joint(part.joint)
    measured = clock(part.joint, 2)
    if found is None:
        return Line(part.file, f"joint measured at {measured}", ())
    said = f"frames around the joint as measured, {measured}"
    if found.sharp:
        change = clock(found.at_s, 2)
        said = f"last frames before, first frames after the sharpest change, {change}; joint measured at {measured}"
    frames_there = tuple((still.time_s, still.pixels) for still in found.frames)
    return Line(part.file, said, frames_there, found.before)


def _taken(
    file: _File, moments: Sequence[float], long_side: int, stills: Stills, early_s: float = 0.0
) -> dict[float, Still]:
    """All moments asked for at once; each alone where some are missing."""
    if not moments or file.source is None:
        return {}
    taken: dict[float, Still] = {}
    try:
        found = stills(file.source, moments, long_side, early_s)
        if len(found) == len(moments):
            return dict(zip(moments, found, strict=True))
        for at in moments:
            for still in stills(file.source, [at], long_side, early_s):
                taken[at] = still
    except FAILURES as error:
        file.problem = _problem(error)
        logger.warning("stills are missing: %s", file.problem)
    return taken


def _jpeg(pixels: np.ndarray) -> bytes:
    image = Image.fromarray(pixels)
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _mp3(samples: np.ndarray) -> bytes:
    """Samples: int16 mono at RATE."""
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
