from __future__ import annotations

import hashlib
import json as standard
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mediacheck import casefolder
from mediacheck.casefolder import default_folder, refuse_taken, write
from mediacheck.errors import CannotJudge, FolderTaken, WrongUsage
from mediacheck.media.exhibits import Exhibit
from mediacheck.report import FORMATS, json

from .report import sample

CLIP, ORIGINAL = Path("clip.mp4"), Path("original.mp4")
MADE = (
    Exhibit("overview-clip-10.000.jpg", b"clip"),
    Exhibit("overview-original-22.000.jpg", None, "no frame"),
)


def making(*_: object, **__: object) -> tuple[Exhibit, ...]:
    return MADE


def written(folder: Path, **changes: Any) -> Path:
    asked: dict[str, Any] = {"making": making, **changes}
    return write(sample.press_qa(), sample.run(), CLIP, ORIGINAL, folder, **asked)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_case_folder_is_complete(tmp_path: Path) -> None:
    folder = written(tmp_path / "reports" / "case")
    assert set(content(folder)) == {
        "report.json",
        "run.json",
        "report.html",
        "report.pdf",
        "manifest.json",
        "exhibits/overview-clip-10.000.jpg",
    }
    assert list(folder.parent.iterdir()) == [folder]


def test_the_manifest_lists_every_other_file_with_its_hash(tmp_path: Path) -> None:
    files = content(written(tmp_path / "case"))
    listed = standard.loads(files.pop("manifest.json"))["files"]
    assert listed == {name: hashlib.sha256(held).hexdigest() for name, held in files.items()}


def test_the_record_is_in_every_folder_and_a_page_only_when_asked(tmp_path: Path) -> None:
    files = content(written(tmp_path / "case", formats=("json",)))
    assert not {"report.html", "report.pdf"} & set(files)
    assert json.loads(files["report.json"]).verdict == sample.press_qa().verdict
    assert json.loads_run(files["run.json"]) == sample.run()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("force", [False, True])
def test_a_case_folder_is_its_owners_alone(tmp_path: Path, force: bool) -> None:
    if force:
        written(tmp_path / "case")
    folder = written(tmp_path / "case", force=force)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert folder / "exhibits" in modes
    assert not [path for path, mode in modes.items() if mode & 0o077]


@pytest.mark.parametrize("force", [False, True])
def test_a_name_too_long_for_the_system_is_refused_before_the_work(
    tmp_path: Path, force: bool
) -> None:
    with pytest.raises(FolderTaken, match="choose another with --out"):
        refuse_taken(tmp_path / ("a" * 300), force)


@pytest.mark.parametrize("hostile", ["manifest.json", "report.json"])
def test_a_record_nested_without_end_is_no_case_folder(tmp_path: Path, hostile: str) -> None:
    folder = written(tmp_path / "case", formats=("json",))
    deep = b"[" * 200_000
    (folder / hostile).write_bytes(deep)
    if hostile == "report.json":
        manifest = standard.loads((folder / "manifest.json").read_bytes())
        manifest["files"][hostile] = hashlib.sha256(deep).hexdigest()
        (folder / "manifest.json").write_text(standard.dumps(manifest))
    with pytest.raises(CannotJudge):
        casefolder.read(folder)


def test_the_same_case_gives_the_same_folder(tmp_path: Path) -> None:
    assert content(written(tmp_path / "one")) == content(written(tmp_path / "two"))


def test_an_unknown_format_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="known formats: json, html, pdf"):
        written(tmp_path / "case", formats=("docx",))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("inside", [[], ["notes.txt"], ["report.json"]], ids=str)
def test_a_folder_that_is_there_is_left_alone(tmp_path: Path, inside: list[str]) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("theirs")
    with pytest.raises(FolderTaken, match="exists already"):
        written(folder)
    assert [path.name for path in folder.iterdir()] == inside


@pytest.mark.parametrize("inside", [[], ["report.json", "run.json"], ["manifest.json"]], ids=str)
def test_force_replaces_a_case_folder_whole(tmp_path: Path, inside: list[str]) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in inside:
        (folder / name).write_text("old")
    written(folder, force=True)
    assert "report.html" in content(folder)
    assert (folder / "run.json").read_text() != "old"
    assert list(tmp_path.iterdir()) == [folder]


def test_force_deletes_nothing_that_the_user_put_there(tmp_path: Path) -> None:
    folder = written(tmp_path / "case")
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(FolderTaken, match=r"notes\.txt, which --force would delete"):
        written(folder, force=True)
    assert (folder / "notes.txt").read_text() == "mine"


def test_force_spares_what_is_no_case_folder(tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    (folder / "beach.jpg").write_bytes(b"sun")
    file = tmp_path / "file"
    file.write_bytes(b"text")
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    for place in (folder, file, link):
        with pytest.raises(FolderTaken):
            written(place, force=True)
    assert content(tmp_path) == {"file": b"text", "holiday/beach.jpg": b"sun"} | {
        name: held for name, held in content(tmp_path).items() if name.startswith("link")
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("step", ["_write", "_move", "_sync"])
@pytest.mark.parametrize("force", [False, True])
def test_an_interrupt_or_a_full_disk_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, step: str, force: bool
) -> None:
    folder = tmp_path / "deep" / "reports" / "case"
    if force:
        folder.mkdir(parents=True)
        (folder / "report.json").write_text("old")
    before = content(tmp_path)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(casefolder, step, fail)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else FolderTaken):
        written(folder, force=force)
    assert content(tmp_path) == before
    assert force or not list(tmp_path.iterdir())
    assert not list(tmp_path.rglob(".mediacheck-*"))


def test_a_failed_rename_puts_the_former_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = written(tmp_path / "case")
    before = content(folder)
    rename = Path.rename

    def fail_into_place(self: Path, target: Path) -> Path:
        if target == folder and not self.name.endswith("-former"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_into_place)
    with pytest.raises(KeyboardInterrupt):
        written(folder, force=True, formats=("json",))
    assert content(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_a_failed_exhibit_leaves_no_folder_when_it_is_a_defect(tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> tuple[Exhibit, ...]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        written(tmp_path / "reports" / "case", making=broken)
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(FolderTaken, match=r"cannot be written \(.*\); choose another with --out"):
        written(tmp_path / "reports" / "case")


def test_asking_beforehand_says_what_writing_would(tmp_path: Path) -> None:
    refuse_taken(tmp_path / "new")
    with pytest.raises(FolderTaken):
        refuse_taken(tmp_path)
    refuse_taken(tmp_path, force=True)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("viral clip.mp4", "viral clip"),
        ("Клип №1.mp4", "Клип №1".replace("№", "-")),
        ("../../etc/passwd", "passwd"),
        ("a\x1b[31m\u202eb.mp4", "a--31m-b"),
        ("...", "clip"),
        ("", "clip"),
        ("\udcff\udcfe.mp4", "clip"),
        ("-rf.mp4", "rf"),
    ],
)
def test_folders_are_named_after_the_clip_and_both_hashes(name: str, stem: str) -> None:
    clip, original = sample.press_qa().clip, sample.press_qa().original
    assert default_folder(clip, original, name) == Path(f"reports/{stem}-a1b2c3d4-9f8e7d6c")


def test_a_long_name_still_fits_a_file_system() -> None:
    clip, original = sample.press_qa().clip, sample.press_qa().original
    name = default_folder(clip, original, "\U00020000" * 500 + ".mp4").name
    assert len(name.encode()) <= 255


def test_progress_ends_full(tmp_path: Path) -> None:
    seen: list[tuple[str, float, float]] = []

    class Watch:
        def at(self, stage: str, done: float, total: float) -> None:
            seen.append((stage, done, total))

    written(tmp_path / "case", progress=Watch())
    assert seen[-1][1] == seen[-1][2]


def test_a_page_can_be_made_again_from_the_folder(tmp_path: Path) -> None:
    files = content(written(tmp_path / "case"))
    held = {
        name.removeprefix("exhibits/"): data
        for name, data in files.items()
        if name.startswith("exhibits/")
    }
    comparison, run = json.loads(files["report.json"]), json.loads_run(files["run.json"])
    for name, again in FORMATS.items():
        assert again(comparison, run, held) == files[f"report.{name}"]


def test_names_that_are_not_utf8_are_kept_visibly(tmp_path: Path) -> None:
    run = replace(sample.run(), clip_path="/home/desk/\udcffclip.mp4")
    folder = write(sample.press_qa(), run, CLIP, ORIGINAL, tmp_path / "case", making=making)
    assert "⟨U+DCFF⟩clip.mp4" in (folder / "run.json").read_text(encoding="utf-8")
