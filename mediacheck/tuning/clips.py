"""Made clips, kept for the next bench: after a change of the measuring code, measuring again costs comparing only.

Each lies in OUT/clips/<recipe>/<source>-<seed>: `clip.mp4`, `truth.json`, `original.mp4` where the clip is not to be
compared with the whole source, and `made.txt`, the key. A clip of other footage, made by other code, packages or
ffmpeg, has another key and is never taken. They are pictures of the user's: only the owner may enter.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import imageio_ffmpeg

CLIP, TRUTH, ORIGINAL, KEY = "clip.mp4", "truth.json", "original.mp4", "made.txt"
SPARE_BYTES = 2 * 1000**3  # left free on the disk
# Every module that decides a byte of a clip or of its truth.
MAKING = (
    "acoustics", "alterations", "copies", "doctor", "drawing", "dubs", "encoding", "faces", "footage", "forgeries",
    "lettering", "montage", "negatives", "plan", "recipes", "retouching", "screens", "shots", "soundtrack", "stereo",
    "timing", "treatments", "truth",
)  # fmt: skip
HALF_MADE = ".mediacheck-"  # how the name of a folder begins that is not whole yet
PACKAGES = ("av", "numpy", "opencv-python-headless", "pillow", "scipy")


@dataclass(frozen=True, slots=True)
class Made:
    """One pair on the disk, ready to be compared."""

    clip: Path
    original: Path
    truth: Path


@cache
def maker() -> str:
    """What makes clips: our own code, the packages and the ffmpeg that render them, the interpreter that draws lots."""
    versions = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    versions += [imageio_ffmpeg.get_ffmpeg_version(), platform.python_version()]
    digest = hashlib.sha256("\n".join(versions).encode())
    for name in MAKING:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


def key(footage: tuple[str, str]) -> str:
    """Of a clip that is made now. footage: SHA-256 of the source and of the donor."""
    return hashlib.sha256(" ".join((maker(), *footage)).encode()).hexdigest()


def laid_out(made: Path, source: Path) -> Made:
    """What the doctor wrote into `made`; a mere copy of the source goes, and the source is taken instead."""
    (original,) = made.glob("original.*")
    if filecmp.cmp(original, source, shallow=False):
        original.unlink()
        original = source
    return Made(made / CLIP, original, made / TRUTH)


def kept(folder: Path, source: Path, wanted: str) -> Made | None:
    """The clip in that folder, if it is one with that key."""
    try:
        if (folder / KEY).read_text("utf-8") != wanted:
            return None
    except (OSError, ValueError):
        return None
    original = folder / ORIGINAL
    return Made(folder / CLIP, original if original.is_file() else source, folder / TRUTH)


def keep(folder: Path, made: Made, wanted: str) -> None:
    """Copy the pair, but not a whole source, into the folder. All of it or nothing: it appears when it is whole.

    A folder of that name that is not the bench's own stays, and the pair is not kept.
    """
    if folder.exists() and not _ours(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=HALF_MADE, dir=folder.parent))
    try:
        for path in (made.clip, made.truth, made.original):
            if path.parent == made.clip.parent:
                shutil.copyfile(path, fresh / path.name)
        (fresh / KEY).write_text(wanted, encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


class Shelf:
    """The folder of all clips of one bench, and how full it is. One process counts; workers only fill.

    Opening it drops what a killed bench left half-made, and clips that differ in their code from what is made now, as
    far as `wanted` (folder below OUT/clips -> key) tells; without a limit to fill, all clips. What others have put
    there is neither dropped nor counted.
    """

    def __init__(self, folder: Path, limit_bytes: int, wanted: dict[Path, str]) -> None:
        self.folder, self._limit = folder, limit_bytes
        folder.mkdir(mode=0o700, exist_ok=True)
        self._bytes: dict[Path, int] = {}
        for there in [path for path in folder.glob("*/*") if _ours(path)]:
            name = there.relative_to(folder)
            stale = name in wanted and kept(there, there, wanted[name]) is None
            if there.name.startswith(HALF_MADE) or stale or not limit_bytes:
                shutil.rmtree(there, ignore_errors=True)
            else:
                self.filled(name)

    @property
    def has_room(self) -> bool:
        """Whether one more may be kept."""
        return (
            sum(self._bytes.values()) < self._limit
            and shutil.disk_usage(self.folder).free > SPARE_BYTES
        )

    def filled(self, name: Path) -> None:
        """A worker is done with that pair; its clip is counted once, and not where it was not kept."""
        there = self.folder / name
        if _ours(there):
            self._bytes[name] = sum(path.stat().st_size for path in there.iterdir())


def _ours(folder: Path) -> bool:
    """Whether a bench has made it: it has a key and nothing besides what `keep` puts there, or is half-made.

    A link to such a folder is none; nor is what cannot be looked into.
    """
    try:
        if folder.is_symlink() or not folder.is_dir():
            return False
        names = {path.name for path in folder.iterdir()}
    except OSError:
        return False
    whole = KEY in names or folder.name.startswith(HALF_MADE)
    return whole and names <= {CLIP, TRUTH, ORIGINAL, KEY}
