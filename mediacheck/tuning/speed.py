"""What does a comparison cost, as a ratio to decoding both files to nothing on the same machine in the same run?

Seconds alone tell about the machine. Each row is one comparison as a whole process: CPU of it and all its children,
wall clock, and the peak of its largest process. Peers run on the same files. What was measured before is kept, as long
as it was measured of the same footage by the same code on the same machine.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import util
from pathlib import Path

import ffmpeg
import imageio_ffmpeg
from pydantic import TypeAdapter

from mediacheck import __version__
from mediacheck.progress import SILENT, Progress
from mediacheck.provenance import code, processor
from mediacheck.tuning.material import Source

ANSWERED = (0, 1, 3)  # exit codes with which a comparison has written its report
CLIP_S = 30
PART_S = 60
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-threads", "1"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process with all its children. peak_mb: of the largest of them."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    ended: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One comparison to be timed."""

    height: int
    minutes: int
    cached: bool
    transcripts: bool

    @property
    def weight(self) -> float:
        """About as many seconds as it takes to measure on one core; what is cached comes with what is not."""
        return self.minutes * ((self.height / 360) ** 2 + 40 * self.transcripts)


@dataclass(frozen=True, slots=True)
class Row:
    """decoding: of both files, one thread each."""

    setting: Setting
    decoding: Cost
    cost: Cost


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool on the same pair."""

    name: str
    does: str
    cost: Cost | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was measured so far. by: the code, the machine and the footage of which it is true."""

    by: str
    rows: tuple[Row, ...] = ()
    peers: tuple[Peer, ...] = ()


SETTINGS = tuple(
    sorted(
        (
            Setting(height, minutes, cached, transcripts)
            for height in (360, 720, 1080)
            for minutes in (1, 15, 120)
            for cached in (False, True)
            for transcripts in (False, True)
            if minutes < 120 or not transcripts or cached
        ),
        key=lambda setting: (setting.weight, setting.height, setting.cached),
    )
)

# What a peer does to a pair, as a script of its own; argv: clip, original.
PEERS: Mapping[str, tuple[str, str, str]] = {
    "imagehash": (
        "imagehash",
        "phash of every frame of both files",
        "import sys, av, imagehash\n"
        "for name in sys.argv[1:]:\n"
        "    with av.open(name) as file:\n"
        "        for frame in file.decode(video=0): imagehash.phash(frame.to_image())\n",
    ),
    "faster-whisper": (
        "faster_whisper",
        "both files transcribed, base, int8, as it comes",
        "import sys; from faster_whisper import WhisperModel\n"
        "from mediacheck.weights.loading import load\n"
        "model = WhisperModel('base', device='cpu', compute_type='int8', files=dict(load('base').content))\n"
        "for name in sys.argv[1:]: list(model.transcribe(name)[0])\n",
    ),
    "audio-offset-finder": (
        "audio_offset_finder",
        "where the clip's sound lies in the original",
        "import sys; from audio_offset_finder.audio_offset_finder import find_offset_between_files\n"
        "find_offset_between_files(sys.argv[2], sys.argv[1])\n",
    ),
}


def maker(source: Source) -> str:
    """Of this code on this machine with that footage."""
    root = Path(__file__).parents[1]
    rooms = sorted(path.stem for path in root.iterdir() if path.stem != "tuning")
    return " ".join((code(*rooms), processor(), str(os.cpu_count()), source.sha256))


def measure(
    source: Source,
    budget_s: float,
    progress: Progress = SILENT,
    before: Measured | None = None,
    keep: Callable[[Measured], None] = lambda measured: None,
) -> Measured:
    """Every setting that the budget reaches, cheap ones first, besides what was measured before; and the peers.

    keep: given all there is after each step, so that nothing is lost when it is stopped.
    """
    until = time.monotonic() + budget_s
    by = maker(source)
    found = before if before is not None and before.by == by else Measured(by)
    with tempfile.TemporaryDirectory(prefix="mediacheck-speed-") as folder:
        media = Media(Path(folder), source)
        known = {peer.name: peer for peer in found.peers if peer.cost is not None}
        found = replace(found, peers=tuple(_peers(media, until, known)))
        keep(found)
        decoded = {(r.setting.height, r.setting.minutes): r.decoding for r in found.rows}
        for number, setting in enumerate(SETTINGS):
            progress.at("comparisons", number, len(SETTINGS))
            if any(row.setting == setting for row in found.rows):
                continue
            if time.monotonic() + setting.weight > until:
                continue
            clip, original = media.pair(setting.height, setting.minutes)
            key = setting.height, setting.minutes
            if key not in decoded:
                decoded[key] = _both(decoding(clip), decoding(original))
            row = Row(setting, decoded[key], _compared(media, setting, clip, original))
            found = replace(found, rows=(*found.rows, row))
            keep(found)
        progress.at("comparisons", len(SETTINGS), len(SETTINGS))
    return found


def stored(path: Path) -> Measured | None:
    """What an earlier run has kept there; None where there is nothing that can be read."""
    try:
        return TypeAdapter(Measured).validate_json(path.read_bytes())
    except (OSError, ValueError):
        return None


def store(measured: Measured, path: Path) -> None:
    """Write it beside its place, then into it. Raises OSError."""
    fresh = path.with_suffix(".part")
    fresh.write_bytes(TypeAdapter(Measured).dump_json(measured, indent=1) + b"\n")
    os.replace(fresh, path)


class Media:
    """Pairs of any size and length out of one take; each file is made once."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder = folder
        self._source = source
        self._clips = 0

    def pair(self, height: int, minutes: int) -> tuple[Path, Path]:
        """(clip of CLIP_S, original of as many minutes), both of that height."""
        return self._clip(height, 0), self._original(height, minutes)

    def another_clip(self, height: int) -> Path:
        """One that was never asked for before: nothing of it is in a cache."""
        self._clips += 1
        return self._clip(height, self._clips)

    def _clip(self, height: int, number: int) -> Path:
        path = self.folder / f"clip-{height}-{number}.mp4"
        if not path.exists():
            part = ffmpeg.input(str(self._part(height)), ss=5 + 0.2 * number, t=CLIP_S)
            _write(part, path, vcodec="libx264", crf=28, acodec="aac", audio_bitrate="64k")
        return path

    def _original(self, height: int, minutes: int) -> Path:
        path = self.folder / f"original-{height}-{minutes}.mp4"
        if not path.exists():
            listed = self.folder / f"{path.stem}.txt"
            line = f"file '{self._part(height).name}'\n"
            listed.write_text("ffconcat version 1.0\n" + line * minutes, encoding="utf-8")
            _write(ffmpeg.input(str(listed), f="concat"), path, c="copy")
        return path

    def _part(self, height: int) -> Path:
        path = self.folder / f"part-{height}.mp4"
        if not path.exists():
            whole = ffmpeg.input(str(self._source.path), stream_loop=-1, t=PART_S)
            scaled = whole.video.filter("scale", -2, height)
            _write(
                (scaled, whole.audio), path,
                vcodec="libx264", preset="veryfast", crf=21, pix_fmt="yuv420p", acodec="aac",
            )  # fmt: skip
        return path


def decoding(path: Path) -> Cost:
    """Every picture and every sound of the file, to nothing."""
    return run([*FFMPEG, "-i", str(path), "-f", "null", "-"])


def run(command: Sequence[str]) -> Cost:
    """One process to its end; what it prints is dropped."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    per_mb = 1024**2 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in
    return Cost(
        cpu_s=used.ru_utime + used.ru_stime,
        wall_s=time.monotonic() - began,
        peak_mb=used.ru_maxrss / per_mb,
        ended=process.returncode,
    )


def _compared(media: Media, setting: Setting, clip: Path, original: Path) -> Cost:
    """With a cache that is new for these files and this question, as a first comparison has it; or with one that
    another clip has filled.
    """
    key = f"{setting.height}-{setting.minutes}-{setting.transcripts}"
    cache = media.folder / f"cache-{key}"
    command = [
        *(sys.executable, "-m", "mediacheck", "compare"),
        *(str(clip), str(original), "--quiet", "--force", "--cache", str(cache)),
        *("--out", str(media.folder / "case")),
        *([] if setting.transcripts else ["--no-transcript"]),
    ]
    if setting.cached:
        if not cache.exists():
            run(command)
        command[4] = str(media.another_clip(setting.height))
    else:
        shutil.rmtree(cache, ignore_errors=True)
    return run(command)


def _peers(media: Media, until: float, known: Mapping[str, Peer]) -> Iterator[Peer]:
    for name, (module, does, script) in PEERS.items():
        if name in known:
            yield known[name]
        elif util.find_spec(module) is None:
            yield Peer(name, does, None, "not installed")
        elif time.monotonic() > until:
            yield Peer(name, does, None, "no time left")
        else:
            clip, original = media.pair(360, 1)
            cost = run([sys.executable, "-c", script, str(clip), str(original)])
            reason = "" if cost.ended == 0 else f"it ended with {cost.ended}"
            yield Peer(name, does, None if reason else cost, reason)


def _both(one: Cost, other: Cost) -> Cost:
    return Cost(
        one.cpu_s + other.cpu_s,
        one.wall_s + other.wall_s,
        max(one.peak_mb, other.peak_mb),
        max(one.ended, other.ended),
    )


def _write(streams: object, path: Path, **how: object) -> None:
    given = streams if isinstance(streams, tuple) else (streams,)
    ffmpeg.output(*given, str(path), **how).run(cmd=[*FFMPEG[:1], "-y", *FFMPEG[1:]])


def page(found: Measured) -> str:
    """The Markdown page; settings that were not reached are named."""
    measured = [row for row in found.rows if row.cost.ended in ANSWERED]
    broken = [row.setting for row in found.rows if row not in measured]
    reached = {row.setting for row in found.rows}
    left = [setting for setting in SETTINGS if setting not in reached]
    lines = [
        "# What a comparison costs",
        "",
        f"A clip of {CLIP_S} s against originals of 1, 15 and 120 minutes, whole process, HTML and PDF included."
        " Ratios are to decoding both files to nothing with ffmpeg on one thread, on the same machine."
        " *Cached*: the original was compared with another clip before; the clip was not.",
        "",
        f"mediacheck {__version__}, Python {platform.python_version()}, {os.cpu_count()} cores.",
        "",
        "| picture | original | cached | words | decoding CPU s | compare CPU s | ratio | wall s | peak MB |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_line(row) for row in sorted(measured, key=_order)),
        "",
        *([f"Not reached in the time given: {', '.join(map(_named, left))}.", ""] if left else []),
        *([f"Ended without a report: {', '.join(map(_named, broken))}.", ""] if broken else []),
        "Peers on the same clip against one minute, 360p:",
        "",
        "| tool | does | CPU s | wall s | peak MB |",
        "|---|---|---|---|---|",
        *(_peer_line(peer) for peer in found.peers),
    ]
    return "\n".join(lines) + "\n"


def _order(row: Row) -> tuple[int, int, bool, bool]:
    setting = row.setting
    return setting.height, setting.minutes, setting.transcripts, setting.cached


def _line(row: Row) -> str:
    setting, cost, base = row.setting, row.cost, row.decoding.cpu_s
    cells = [
        f"{setting.height}p",
        f"{setting.minutes} min",
        "yes" if setting.cached else "no",
        "yes" if setting.transcripts else "no",
        f"{base:.1f}",
        f"{cost.cpu_s:.1f}",
        f"{cost.cpu_s / base:.2f}",
        f"{cost.wall_s:.1f}",
        f"{cost.peak_mb:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def _peer_line(peer: Peer) -> str:
    if peer.cost is None:
        return f"| {peer.name} | {peer.does} | {peer.reason} | | |"
    cost = peer.cost
    return (
        f"| {peer.name} | {peer.does} | {cost.cpu_s:.1f} | {cost.wall_s:.1f} | {cost.peak_mb:.0f} |"
    )


def _named(setting: Setting) -> str:
    told = f"{setting.height}p {setting.minutes} min"
    told += " cached" if setting.cached else ""
    return told + (" with words" if setting.transcripts else "")
