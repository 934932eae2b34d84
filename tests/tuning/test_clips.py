"""A kept clip is the one that would be made now, or it is not taken."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mediacheck.tuning
from mediacheck.tuning import clips
from mediacheck.tuning.clips import MAKING, Made, Shelf, keep, kept, key, laid_out

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
    for name in ("one-20", "two-20", ".half"):
        keep(shelf / "excerpt" / name, pair, "key")
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
