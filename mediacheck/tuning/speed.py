"""What does a comparison cost, as a ratio to decoding both files to nothing on the same machine in the same run?

Seconds alone tell about the machine. Each row is one comparison as a whole process: CPU of it and all its children,
wall clock, and the peak of its largest process. Peers run on the same files.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import util
from pathlib import Path

import ffmpeg
import imageio_ffmpeg

from mediacheck import __version__
from mediacheck.progress import SILENT, Progress
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
        """Cheap ones first: an order, not a forecast."""
        return self.minutes * self.height**2 * (0.2 if self.cached else 1) + 1e6 * self.transcripts


@dataclass(frozen=True, slots=True)
class Row:
    """decoding: of both files, one thread each. cost: None where the budget ended before."""

    setting: Setting
    decoding: Cost | None
    cost: Cost | None


@dataclass(frozen=True, slots=True)
class Peer:
    """Another tool on the same pair."""

    name: str
    does: str
    cost: Cost | None
    reason: str = ""


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
        key=lambda setting: (setting.weight, setting.cached),
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


def measure(
    source: Source, budget_s: float, progress: Progress = SILENT
) -> tuple[tuple[Row, ...], tuple[Peer, ...]]:
    """The rows in the order of SETTINGS, those that the budget did not reach without cost; and the peers."""
    until = time.monotonic() + budget_s
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="mediacheck-speed-") as folder:
        media = Media(Path(folder), source)
        peers = tuple(_peers(media, until))
        decoded: dict[tuple[int, int], Cost] = {}
        for number, setting in enumerate(SETTINGS):
            progress.at("comparisons", number, len(SETTINGS))
            if time.monotonic() > until:
                rows.append(Row(setting, None, None))
                continue
            clip, original = media.pair(setting.height, setting.minutes)
            key = setting.height, setting.minutes
            if key not in decoded:
                decoded[key] = _both(decoding(clip), decoding(original))
            rows.append(Row(setting, decoded[key], _compared(media, setting, clip, original)))
        progress.at("comparisons", len(SETTINGS), len(SETTINGS))
    return tuple(rows), peers


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
    cache = media.folder / "cache" if setting.cached else "off"
    command = [
        *(sys.executable, "-m", "mediacheck", "compare"),
        *(str(clip), str(original), "--quiet", "--force", "--cache", str(cache)),
        *("--out", str(media.folder / "case")),
        *([] if setting.transcripts else ["--no-transcript"]),
    ]
    if setting.cached:
        run(command)  # with one clip, so that the next one finds the original
        command[4] = str(media.another_clip(setting.height))
    return run(command)


def _peers(media: Media, until: float) -> Iterator[Peer]:
    clip, original = media.pair(360, 1)
    for name, (module, does, script) in PEERS.items():
        if util.find_spec(module) is None:
            yield Peer(name, does, None, "not installed")
        elif time.monotonic() > until:
            yield Peer(name, does, None, "no time left")
        else:
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


def page(rows: Sequence[Row], peers: Sequence[Peer]) -> str:
    """The Markdown page; settings that were not reached are named."""
    reached = [row for row in rows if row.cost is not None and row.decoding is not None]
    measured = [row for row in reached if row.cost is not None and row.cost.ended in ANSWERED]
    broken = [row.setting for row in reached if row not in measured]
    left = [row.setting for row in rows if row.cost is None]
    lines = [
        "# What a comparison costs",
        "",
        f"A clip of {CLIP_S} s against originals of 1, 15 and 120 minutes, whole process, HTML and PDF included."
        " Ratios are to decoding both files to nothing with ffmpeg on one thread, in the same run."
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
        *(_peer_line(peer) for peer in peers),
    ]
    return "\n".join(lines) + "\n"


def _order(row: Row) -> tuple[int, int, bool, bool]:
    setting = row.setting
    return setting.height, setting.minutes, setting.transcripts, setting.cached


def _line(row: Row) -> str:
    assert row.cost is not None
    assert row.decoding is not None
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
