"""`mediacheck selftest`: does this installation do its job? Each line was tried, none is assumed.

A tiny made pair goes the whole way: written, decoded, compared, reported. What only weakens a
report, such as missing weights, is `missing`; what keeps it from being made, or makes it wrong, is
`broken`.
"""

from __future__ import annotations

import json
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mediacheck.cli import console
from mediacheck.errors import CacheRefused, InstallationBroken, MediacheckError, NotAvailable
from mediacheck.model import Answer, Options, Question

if TYPE_CHECKING:
    from mediacheck.casefolder import Stored
    from mediacheck.compare import Case
    from mediacheck.tuning.trial import Sample, Trial

State = Literal["ok", "missing", "broken"]

VITAL = ("h264", "aac")  # what nearly every clip is encoded in, and every sample here
ROOM_BYTES = 1_000_000_000  # below it a long original may not find room for its frames
SET = {
    "Latin": "Žižek",
    "Greek": "Ελλάδα",
    "Cyrillic": "Україна",
    "Arabic": "العربية",
    "Urdu": "پاکستان",
    "Devanagari": "भारत",
}
NOT_SET = {  # no font of theirs comes with mediacheck
    "Chinese": "中国",
    "Japanese": "にほん",
    "Korean": "한국",
    "Hebrew": "ישראל",
    "Bengali": "বাংলা",
    "Thai": "ไทย",
}


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    state: State
    detail: str


class Bench:
    """One folder with the pair and what was made of it; each made once, when a trial asks for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def sample(self) -> Sample:
        from mediacheck.tuning.trial import pair

        return pair(self.folder)

    def compared(self, clip: Path) -> Case:
        from mediacheck.compare import examine

        question = Question(options=Options(transcript=False))
        return examine(clip, self.sample.original, question)

    @cached_property
    def dubbed(self) -> Case:
        return self.compared(self.sample.dubbed)

    @cached_property
    def stored(self) -> Stored:
        """The dubbed clip's case, written and read again."""
        from mediacheck import casefolder

        case = self.dubbed
        folder = casefolder.write(
            *(case.comparison, case.run, case.clip_path, case.original_path),
            self.folder / "case",
            formats=("json",),
        )
        return casefolder.read(folder)


@dataclass(frozen=True, slots=True)
class Testing:
    """The trial of the installation asked for on the command line."""

    as_json: bool

    def run(self) -> None:
        """Raises InstallationBroken at the end where something needed is broken."""
        lines: list[Line] = []
        with tempfile.TemporaryDirectory(prefix="mediacheck-selftest-") as folder:
            for line in _tried(Bench(Path(folder))):
                lines.append(line)
                if not self.as_json:
                    console.result(f"{line.name:<16}{line.state:<9}{line.detail}")
        if self.as_json:
            for text in json.dumps([asdict(line) for line in lines], indent=2).splitlines():
                console.result(text)
        broken = [line.name for line in lines if line.state == "broken"]
        if broken:
            raise InstallationBroken(
                f"selftest: broken: {', '.join(broken)}; install mediacheck again, and report it"
                " if that does not help"
            )


def command(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> Testing:
    """Try this installation on a tiny made pair, and say what works, is missing or is broken.

    Exit code: 0 clips can be compared and reported, 2 something needed for it is broken.
    """
    return Testing(as_json)


def _tried(bench: Bench) -> Iterator[Line]:
    for name, attempt in TRIALS.items():
        with console.at_work(quiet=True, verbose=False):
            line = _attempted(name, attempt, bench)
        yield line


def _attempted(name: str, attempt: Callable[[Bench], str], bench: Bench) -> Line:
    try:
        return Line(name, "ok", attempt(bench))
    except NotAvailable as reason:
        return Line(name, "missing", str(reason))
    # Whatever a broken installation raises is what this command is there to find.
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split()) or "no reason given"
        known = isinstance(error, MediacheckError)
        return Line(name, "broken", text if known else f"{type(error).__name__}: {text}")


def _python(bench: Bench) -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{platform.python_implementation()} {platform.python_version()} on {system}"


def _ffmpeg(bench: Bench) -> str:
    from mediacheck.tuning.trial import writer

    size = sum(path.stat().st_size for path in asdict(bench.sample).values())
    return f"{writer()}, wrote the test clips ({size / 1e6:.1f} MB)"


def _decoder(bench: Bench) -> str:
    from mediacheck.tuning.trial import TRIALS as CODECS

    told = f"PyAV {metadata.version('av')}"
    failed: dict[str, str] = {}
    for trial in CODECS:
        failed |= _undecoded(trial, bench.folder)
    able = [codec for trial in CODECS for codec in trial.codecs if codec not in failed]
    unable = ", ".join(f"{codec} ({reason})" for codec, reason in failed.items())
    if not set(VITAL) <= set(able):
        raise InstallationBroken(f"{told} cannot decode {unable}")
    if failed:
        raise NotAvailable(f"{told} decodes {', '.join(able)}, not {unable}")
    return f"{told} decodes {', '.join(able)}"


def _undecoded(trial: Trial, folder: Path) -> dict[str, str]:
    """The codecs of the trial that did not come through the decoding child, with the reason."""
    from mediacheck.media.decode import decode
    from mediacheck.media.probe import open_source
    from mediacheck.tuning.trial import NotWritten, written

    try:
        with open_source(written(trial, folder)) as source:
            decoded = decode(source)
    except NotWritten:
        return dict.fromkeys(trial.codecs, "not tried: this ffmpeg cannot write it")
    except MediacheckError:
        return dict.fromkeys(trial.codecs, "cannot be decoded")
    came = (decoded.frames, decoded.sounds)
    return {
        codec: "cannot be decoded"
        for codec, held in zip(trial.codecs, came, strict=False)
        if not held
    }


def _comparison(bench: Bench) -> str:
    began = time.monotonic()
    answers = {
        "a copy": (bench.compared(bench.sample.copy), Answer.NO_ALTERATION_FOUND),
        "a dubbed copy": (bench.dubbed, Answer.ALTERED),
    }
    told = []
    for clip, (case, expected) in answers.items():
        answer = case.comparison.verdict.answer
        if answer is not expected:
            raise InstallationBroken(
                f"{clip} of the test clip came out as {answer}, not {expected}"
            )
        told.append(f"{clip}: {answer}")
    return f"{', '.join(told)} ({time.monotonic() - began:.1f} s)"


def _exhibits(bench: Bench) -> str:
    names = list(bench.stored.exhibits)
    stills, sounds = (sum(name.endswith(kind) for name in names) for kind in (".jpg", ".mp3"))
    if not stills or not sounds:
        raise InstallationBroken(f"{stills} stills and {sounds} sounds were made")
    return f"whole case folder, {stills} stills, {sounds} sounds"


def _report(name: str, begins: bytes) -> Callable[[Bench], str]:
    def attempt(bench: Bench) -> str:
        from mediacheck.report import FORMATS

        stored = bench.stored
        path = bench.folder / f"report.{name}"
        path.write_bytes(FORMATS[name](stored.comparison, stored.run, stored.exhibits))
        content = path.read_bytes()
        if not content.startswith(begins):
            raise InstallationBroken(f"{path.name} does not begin as such a file does")
        return f"{len(content) / 1000:.0f} kB"

    return attempt


def _fonts(bench: Bench) -> str:
    from mediacheck.report.glyphs import Drawn

    lacking = []
    for script, word in (SET | NOT_SET).items():
        drawn = Drawn()
        drawn.text(word)
        if drawn.missing:
            lacking.append(script)
    told = f"as numbers: {', '.join(lacking)}"
    if gone := set(SET) & set(lacking):
        raise NotAvailable(f"no font for {', '.join(sorted(gone))}; the PDF shows {told}")
    able = [script for script in (SET | NOT_SET) if script not in lacking]
    return f"the PDF sets {', '.join(able)}; {told}"


def _weights(bench: Bench) -> str:
    from mediacheck.weights.loading import load, places
    from mediacheck.weights.registry import REGISTRY

    name = Options().model
    loaded = load(name)
    folder = places(REGISTRY[name])[0].parent
    return f"{name} verified, SHA-256 {loaded.sha256[:8]}, in {folder}"


def _activity(bench: Bench) -> str:
    import numpy as np

    from mediacheck.speech.activity import RATE, speech_probability

    hiss = np.random.default_rng(0).normal(0, 0.05, RATE).astype(np.float32)
    return f"runs, speech in a second of hiss: {float(speech_probability(hiss).mean()):.0%}"


def _engine(package: str, module: str) -> Callable[[Bench], str]:
    def attempt(bench: Bench) -> str:
        try:
            import_module(module)
        except ImportError as error:
            raise NotAvailable(
                f"{error}; without it this engine cannot read speech:"
                f" python -m pip install {package}"
            ) from error
        return f"{metadata.version(package)} can be imported"

    return attempt


def _confinement(bench: Bench) -> str:
    return bench.dubbed.run.confinement


def _cache(bench: Bench) -> str:
    from mediacheck.media import cachefolder

    folder = cachefolder.chosen(None)
    if folder is None:
        return f"turned off by {cachefolder.VARIABLE}"
    try:
        if folder.exists():
            cachefolder.prepared(folder)
            return str(folder)
        nearest = next(parent for parent in folder.absolute().parents if parent.exists())
        with tempfile.TemporaryDirectory(dir=nearest):
            return f"{folder}, made when it is first needed"
    except (CacheRefused, OSError) as error:
        raise NotAvailable(f"{error}; comparing goes on without a cache") from error


def _room(bench: Bench) -> str:
    free = shutil.disk_usage(bench.folder).free
    told = f"{free / 1e9:.1f} GB free in {bench.folder.parent}"
    if free < ROOM_BYTES:
        raise NotAvailable(f"{told}: too little for a long original; make room or set TMPDIR")
    return told


TRIALS: dict[str, Callable[[Bench], str]] = {
    "python": _python,
    "ffmpeg": _ffmpeg,
    "decoder": _decoder,
    "confinement": _confinement,
    "comparison": _comparison,
    "report.json": _exhibits,
    "report.html": _report("html", b"<!DOCTYPE html>"),
    "report.pdf": _report("pdf", b"%PDF-"),
    "fonts": _fonts,
    "weights": _weights,
    "speech activity": _activity,
    "faster-whisper": _engine("faster-whisper", "faster_whisper"),
    "openai-whisper": _engine("openai-whisper", "whisper"),
    "cache": _cache,
    "temporary room": _room,
}
