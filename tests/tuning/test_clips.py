"""A kept clip is the one that would be made now, or it is not taken."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mediacheck.tuning
from mediacheck.tuning import clips
from mediacheck.tuning.clips import HALF_MADE, MAKING, Made, Shelf, keep, kept, key, laid_out

ROOM = Path(mediacheck.tuning.__file__).parent
NAME = Path("excerpt", "abcdef01-20")


def imported(name: str) -> set[str]:
    """The modules of the tuning room that this one imports."""
    found = set()
    for node in ast.walk(ast.parse((ROOM / f"{name}.py").read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "mediacheck.tuning":
                found |= {alias.name for alias in node.names}
            elif node.module.startswith("mediacheck.tuning."):
                found.add(node.module.rpartition(".")[2])
    return found


def test_whatever_makes_a_clip_decides_its_key() -> None:
    reached, ahead = set(), {"doctor"}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= imported(name) - reached
    assert sorted(MAKING) == sorted(reached)


def made(folder: Path, original: bytes = b"source") -> tuple[Made, Path]:
    folder.mkdir()
    (folder / "clip.mp4").write_bytes(b"clip")
    (folder / "truth.json").write_bytes(b"{}")
    (folder / "original.mp4").write_bytes(original)
    source = folder.parent / "source.mp4"
    source.write_bytes(b"source")
    return laid_out(folder, source), source


def test_a_whole_source_is_not_kept_once_more(tmp_path: Path) -> None:
    pair, source = made(tmp_path / "made")
    assert pair.original == source
    keep(tmp_path / "there", pair, "key")
    assert {path.name for path in (tmp_path / "there").iterdir()} == {
        "clip.mp4", "truth.json", "made.txt",
    }  # fmt: skip
    again = kept(tmp_path / "there", source, "key")
    assert again is not None
    assert again.original == source


def test_a_part_of_the_source_is_kept_with_its_clip(tmp_path: Path) -> None:
    pair, source = made(tmp_path / "made", original=b"a part")
    keep(tmp_path / "there", pair, "key")
    again = kept(tmp_path / "there", source, "key")
    assert again is not None
    assert again.original.read_bytes() == b"a part"


def test_a_clip_with_another_key_is_not_taken(tmp_path: Path) -> None:
    pair, source = made(tmp_path / "made")
    keep(tmp_path / "there", pair, "key")
    assert kept(tmp_path / "there", source, "another key") is None
    assert kept(tmp_path / "nowhere", source, "key") is None


def test_other_footage_or_another_maker_gives_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {key(footage) for footage in (("a", ""), ("b", ""), ("a", "b"))}
    monkeypatch.setattr(clips, "maker", lambda: "another")
    assert len(keys | {key(("a", ""))}) == 4


def test_the_shelf_drops_what_is_stale_or_half_made_and_counts_the_rest(tmp_path: Path) -> None:
    pair, _ = made(tmp_path / "made")
    shelf = tmp_path / "clips"
    Shelf(shelf, 100, {})
    for name in ("one-20", "two-20", HALF_MADE + "x"):
        keep(shelf / "excerpt" / name, pair, "key")
    (shelf / "excerpt" / (HALF_MADE + "x") / "made.txt").unlink()
    there = {Path("excerpt", "one-20"): "key", Path("excerpt", "two-20"): "new key"}
    assert Shelf(shelf, 9, there).has_room is False  # clip 4 + truth 2 + key 3 bytes
    assert [path.name for path in (shelf / "excerpt").iterdir()] == ["one-20"]
    assert Shelf(shelf, 10, there).has_room is True


def test_without_room_nothing_stays(tmp_path: Path) -> None:
    pair, _ = made(tmp_path / "made")
    Shelf(tmp_path / "clips", 100, {})
    keep(tmp_path / "clips" / NAME, pair, "key")
    assert not Shelf(tmp_path / "clips", 0, {NAME: "key"}).has_room
    assert not (tmp_path / "clips" / NAME).exists()


def strangers(shelf: Path) -> list[Path]:
    """Files that no bench has written, as deep as clips lie and deeper."""
    files = [
        shelf / "2024" / "interview" / "raw.mov",
        shelf / "2024" / ".git" / "HEAD",
        shelf / "2024" / "interview" / "made.txt",  # a name that others may use too
        shelf / NAME.parent / "mine-20" / "made.txt",
        shelf / NAME.parent / "mine-20" / "notes.txt",
        shelf / NAME.parent / f"{HALF_MADE}mine" / "raw.mov",
        shelf / "2024" / "talk" / "clip.mp4",  # no key beside it
        shelf / "film.mp4",
    ]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a stranger's")
    return files


@pytest.mark.parametrize("limit", [0, 100])
def test_what_lies_beside_the_clips_is_neither_dropped_nor_counted(
    tmp_path: Path, limit: int
) -> None:
    shelf, (pair, _) = tmp_path / "clips", made(tmp_path / "made")
    keep(shelf / NAME, pair, "key")
    files = strangers(shelf)
    (shelf / NAME.parent / "link-20").symlink_to(shelf / NAME)
    opened = Shelf(shelf, limit, {NAME: "key", Path(NAME.parent, "mine-20"): "key"})
    assert [path for path in files if not path.is_file()] == []
    assert (shelf / NAME).is_dir() is (limit > 0)
    assert opened.has_room is (limit > 0)
    assert Shelf(shelf, 9, {}).has_room is (limit == 0)  # 9 bytes: the one clip alone


def test_a_clip_takes_no_strangers_place(tmp_path: Path) -> None:
    shelf, (pair, _) = tmp_path / "clips", made(tmp_path / "made")
    film = shelf / NAME / "raw.mov"
    film.parent.mkdir(parents=True)
    film.write_bytes(b"a stranger's")
    keep(shelf / NAME, pair, "key")
    assert [path.name for path in film.parent.iterdir()] == ["raw.mov"]
    assert [path.name for path in shelf.glob("*/*")] == [NAME.name]


def test_a_clip_is_counted_once_however_often_it_is_used(tmp_path: Path) -> None:
    pair, _ = made(tmp_path / "made")
    keep(tmp_path / "clips" / NAME, pair, "key")
    shelf = Shelf(tmp_path / "clips", 10, {NAME: "key"})
    shelf.filled(NAME)
    shelf.filled(NAME)
    assert shelf.has_room  # 9 bytes of 10
    keep(tmp_path / "clips" / "excerpt" / "another-20", pair, "key")
    shelf.filled(Path("excerpt", "another-20"))
    assert not shelf.has_room


def test_a_pair_whose_clip_was_not_kept_takes_no_room(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "clips", 1, {})
    shelf.filled(NAME)
    assert shelf.has_room


def test_a_disk_that_is_nearly_full_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf(tmp_path / "clips", 1, {})
    monkeypatch.setattr(clips, "SPARE_BYTES", 2**80)
    assert not shelf.has_room
