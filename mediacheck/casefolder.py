"""A case folder: whole or absent. Written beside its place under a hidden name, then moved into it.

report.json, run.json, exhibits/, the formats asked for, and manifest.json with the SHA-256 of every
other file. On POSIX only its owner can read it.
"""

from __future__ import annotations

import hashlib
import json as standard
import os
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from mediacheck.errors import CannotJudge, FolderTaken, WrongUsage
from mediacheck.media import exhibits
from mediacheck.media.exhibits import Exhibit
from mediacheck.media.showing import overview, place_of
from mediacheck.model import Comparison, Media, Run
from mediacheck.progress import SILENT, Progress
from mediacheck.report import FORMATS, json

HOME = Path("reports")
STEM_LETTERS = 40  # at four bytes each, with the hashes, below the 255 bytes of a file name
MANIFEST = "mediacheck.manifest/1"
OWNER_ONLY = 0o700  # transcripts, paths and names are in it; only POSIX knows such modes
OURS = ("report.json", "manifest.json")  # one of them makes a folder a case folder

# Whatever a case folder can hold; --force deletes nothing else.
WRITTEN = {*OURS, "run.json", "exhibits", *(f"report.{name}" for name in FORMATS)}

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
        raise _unwritable(folder, error) from error
    progress.at("report", len(asked) + 1, len(asked) + 1)
    return folder


@dataclass(frozen=True, slots=True)
class Stored:
    """A case folder as it was read: whole, and each file as its manifest says."""

    comparison: Comparison
    run: Run
    exhibits: Mapping[str, bytes]

    def making(self, comparison: Comparison, *_: object, **__: object) -> tuple[Exhibit, ...]:
        """In place of `exhibits.make`, without media: what this folder holds and still applies."""
        held = {place_of(name): content for name, content in self.exhibits.items()}
        named = [name for finding in comparison.findings for name in finding.exhibits]
        wanted = [*overview(comparison.timeline), *named]
        return tuple(
            Exhibit(name, held.get(place_of(name)), "the earlier report has none of this place")
            for name in dict.fromkeys(wanted)
        )


def read(folder: Path) -> Stored:
    """Raises CannotJudge where a file is missing, is not the one that the manifest lists, or is

    written in a form that this version does not read.
    """
    try:
        listed = standard.loads((folder / "manifest.json").read_bytes())["files"].items()
        files = {name: digest for name, digest in listed if not name.startswith("report.")}
        files["report.json"] = dict(listed)["report.json"]
        held = {name: (folder / name).read_bytes() for name in files if _is_inside(name)}
        comparison, run = held.pop("report.json"), held.pop("run.json")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CannotJudge(
            f"{folder} is no whole case folder ({_short(error)}); name one that compare has written"
        ) from error
    for name, content in (*held.items(), ("report.json", comparison), ("run.json", run)):
        if hashlib.sha256(content).hexdigest() != files[name]:
            raise CannotJudge(
                f"{folder / name} is not the file that manifest.json lists: it was changed;"
                " compare the two files again"
            )
    shown = {name.removeprefix("exhibits/"): content for name, content in held.items()}
    try:
        return Stored(json.loads(comparison), json.loads_run(run), shown)
    except WrongUsage as error:
        raise CannotJudge(str(error)) from error


def judged_folder(case: Path, digest: str) -> Path:
    """Beside the case: its name, and 8 of the calibration's digest."""
    named = case if case.name not in ("", "..") else case.resolve()
    return named.with_name(f"{named.name}-judged-{digest[:8]}")


def _is_inside(name: str) -> bool:
    """A manifest of strangers names no file elsewhere."""
    return name in ("report.json", "run.json") or (
        name.startswith("exhibits/") and name.count("/") == 1 and "\\" not in name
    )


def _short(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{Path(error.filename or '').name}: {error.strerror}"
    return f"manifest.json: {error}"


def refuse_taken(folder: Path, force: bool = False) -> None:
    """Raises FolderTaken where `write` would; ask before the work, not after it."""
    try:
        _refuse_taken(folder, force)
    except OSError as error:  # such as a name too long for the system
        raise _unwritable(folder, error) from error


def _refuse_taken(folder: Path, force: bool) -> None:
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
    if others := sorted(names - WRITTEN):
        raise FolderTaken(
            f"{folder} also holds {others[0]}, which --force would delete; move it or choose another with --out"
        )


def _unwritable(folder: Path, error: OSError) -> FolderTaken:
    return FolderTaken(
        f"{folder}: cannot be written ({error.strerror or error}); choose another with --out"
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
        fresh.mkdir(OWNER_ONLY)
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
    path.parent.mkdir(OWNER_ONLY, exist_ok=True)
    with open(path, "xb", opener=_for_owner) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


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
