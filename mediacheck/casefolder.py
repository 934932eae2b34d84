"""A case folder: whole or absent. Written beside its place under a hidden name, then moved into it.

report.json, run.json, exhibits/, the formats asked for, and manifest.json with the SHA-256 of every
other file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import rfc8785

from mediacheck.errors import FolderTaken, WrongUsage
from mediacheck.media import exhibits
from mediacheck.media.exhibits import Exhibit
from mediacheck.model import Comparison, Media, Run
from mediacheck.progress import SILENT, Progress
from mediacheck.report import FORMATS, json

HOME = Path("reports")
STEM_LETTERS = 40  # at four bytes each, with the hashes, below the 255 bytes of a file name
MANIFEST = "mediacheck.manifest/1"
OURS = ("report.json", "manifest.json")  # one of them makes a folder a case folder

Making = Callable[..., Sequence[Exhibit]]


def default_folder(clip: Media, original: Media, clip_name: str) -> Path:
    """reports/<clip stem>-<8 of the clip's hash>-<8 of the original's>."""
    stem = unicodedata.normalize("NFC", Path(clip_name).stem)
    kept = "".join(letter if _is_plain(letter) else "-" for letter in stem)[:STEM_LETTERS]
    return HOME / f"{kept.strip('-._ ') or 'clip'}-{clip.sha256[:8]}-{original.sha256[:8]}"


def write(
    comparison: Comparison,
    run: Run,
    clip_path: Path,
    original_path: Path,
    folder: Path,
    formats: Sequence[str] = ("html", "pdf", "json"),
    force: bool = False,
    progress: Progress = SILENT,
    making: Making = exhibits.make,
) -> Path:
    """The folder, complete. Raises FolderTaken where it exists (unless `force`) or cannot be written.

    With `force` a former case folder is replaced once the new one is complete; any other folder is
    refused. report.json and run.json are written whatever the formats.
    """
    asked = [name for name in dict.fromkeys(formats) if name != "json"]
    for name in asked:
        if name not in FORMATS:
            known = ", ".join(["json", *FORMATS])
            raise WrongUsage(f"there is no report format {name!r}; known formats: {known}")
    refuse_taken(folder, force)
    # The record is settled before a minute is spent on stills.
    files = {"report.json": json.dumps(comparison), "run.json": json.dumps_run(run)}
    made = making(comparison, clip_path, original_path, progress=progress)
    inside = {row.name: row.content for row in made if row.content is not None}
    files |= {f"exhibits/{name}": content for name, content in inside.items()}
    for done, name in enumerate(asked):
        progress.at("report", done, len(asked) + 1)
        # From the stored bytes, so that the same page can be made again from the folder.
        files[f"report.{name}"] = FORMATS[name](
            json.loads(files["report.json"]), json.loads_run(files["run.json"]), inside
        )
    files["manifest.json"] = _manifest(files)
    try:
        _place(files, folder, force)
    except OSError as error:
        raise FolderTaken(
            f"{folder}: cannot be written ({error.strerror or error}); choose another with --out"
        ) from error
    progress.at("report", len(asked) + 1, len(asked) + 1)
    return folder


def refuse_taken(folder: Path, force: bool = False) -> None:
    """Raises FolderTaken where `write` would; ask before the work, not after it."""
    if folder.is_symlink():
        raise FolderTaken(f"{folder} is a link; name the folder itself with --out")
    if not folder.exists():
        return
    if not force:
        raise FolderTaken(
            f"{folder} exists already; choose another with --out or replace it (--force)"
        )
    names = {entry.name for entry in folder.iterdir()} if folder.is_dir() else {""}
    if names and not names.intersection(OURS):
        raise FolderTaken(
            f"{folder} is no case folder and is left alone; choose another with --out"
        )


def _is_plain(letter: str) -> bool:
    return letter in "-._ " or unicodedata.category(letter)[0] in "LMN"


def _manifest(files: Mapping[str, bytes]) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return rfc8785.dumps({"schema": MANIFEST, "files": hashes})


def _place(files: Mapping[str, bytes], folder: Path, force: bool) -> None:
    """All files under a hidden name beside the place, then one rename. On any failure, also an
    interrupt, what was made is taken away again."""
    refuse_taken(folder, force)
    missing = [parent for parent in folder.parents if not parent.exists()]
    fresh = folder.parent / f".mediacheck-{secrets.token_hex(6)}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh.mkdir()
        for name, content in files.items():
            _write(fresh / name, content)
        for filled in {fresh, *((fresh / name).parent for name in files)}:
            _sync(filled)
        _move(fresh, folder, force)
        _sync(folder.parent)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        for parent in missing:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _move(fresh: Path, folder: Path, force: bool) -> None:
    """Into place; a former folder leaves only when the new one has come."""
    former = fresh.with_name(f"{fresh.name}-former")
    try:
        if force and folder.exists():
            folder.rename(former)
        fresh.rename(folder)
    except BaseException:
        if former.exists() and not folder.exists():
            former.rename(folder)
        raise
    shutil.rmtree(former, ignore_errors=True)


def _sync(folder: Path) -> None:
    """The names in a folder reach the disk; only POSIX lets a folder be opened for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
