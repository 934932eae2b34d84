"""A cache may be lost, damaged, foreign or full: a run goes on without it, says so once, and finds the same."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mediacheck.errors import CacheRefused
from mediacheck.media import cachefolder, entry
from mediacheck.media.cache import LEFT_BEHIND_S, Cache, Key
from mediacheck.media.entry import Entry

KEY = Key("decoded", "c" * 64, {"part": None})
MADE = Entry(
    {"said": "Привет", "share": 0.1},
    {
        "picture": np.arange(12_000, dtype=np.uint8).reshape(20, 30, 20),
        "sound": np.arange(-500, 500, dtype=np.int16),
        "times": np.linspace(0, 1, 7),
        "none": np.zeros((0, 4), np.float32),
    },
)
posix = pytest.mark.skipif(os.name != "posix", reason="owners and modes are those of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


@pytest.fixture
def stored(folder: Path) -> Path:
    """The file of one entry."""
    Cache(folder, {}).store(KEY, MADE)
    (path,) = folder.glob("*.entry")
    return path


def same(found: Entry | None, made: Entry) -> bool:
    return (
        found is not None
        and {name: value for name, value in found.facts.items() if name != "key"} == made.facts
        and found.arrays.keys() == made.arrays.keys()
        and all(
            array.dtype == made.arrays[name].dtype
            and array.shape == made.arrays[name].shape
            and np.array_equal(array, made.arrays[name])
            for name, array in found.arrays.items()
        )
    )


def of_bytes(size: int) -> Entry:
    return Entry({}, {"bytes": np.zeros(size, np.uint8)})


def about(number: int) -> Key:
    return Key("decoded", f"{number:064x}")


def test_what_was_kept_comes_back_bit_by_bit(folder: Path) -> None:
    Cache(folder, {}).store(KEY, MADE)
    later = Cache(folder, {})
    assert same(later.load(KEY), MADE)
    assert later.warnings == ()


def test_what_comes_back_cannot_be_changed(folder: Path, stored: Path) -> None:
    found = Cache(folder, {}).load(KEY)
    assert found is not None
    with pytest.raises(ValueError, match="read-only"):
        found.arrays["picture"][0] = 1


@pytest.mark.parametrize(
    "other",
    [
        Key("decoded", "d" * 64, {"part": None}),
        Key("decoded", "c" * 64, {"part": "1.0-2.0"}),
        Key("speech", "c" * 64, {"part": None}),
    ],
)
def test_another_file_part_or_kind_is_another_entry(folder: Path, stored: Path, other: Key) -> None:
    cache = Cache(folder, {})
    assert cache.load(other) is None
    assert cache.warnings == ()


def test_what_other_code_made_is_not_asked_for(folder: Path) -> None:
    Cache(folder, {"av": "18.1.0"}).store(KEY, MADE)
    assert Cache(folder, {"av": "18.1.1"}).load(KEY) is None
    assert same(Cache(folder, {"av": "18.1.0"}).load(KEY), MADE)


@posix
def test_nobody_else_can_read_it(folder: Path, stored: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_it_is_marked_for_backup_programs(folder: Path, stored: Path) -> None:
    tag = (folder / "CACHEDIR.TAG").read_bytes()
    assert tag.startswith(b"Signature: 8a477f597d28d172789f06886806bc55\n")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-5000] ^= 1
    path.write_bytes(content)


def shortened(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def of_another_kind(path: Path) -> None:
    path.write_bytes(b"mediacheck.cache/0\n" + path.read_bytes()[19:])


def without_sense(path: Path) -> None:
    _with_header(path, b'{"facts": {}, "arrays": [{"name": ')


def with_objects(path: Path) -> None:
    _with_header(path, b'{"facts": {}, "arrays": [{"name": "a", "dtype": "|O", "shape": [1]}]}')


def with_too_much(path: Path) -> None:
    _with_header(path, b'{"facts": {}, "arrays": [{"name": "a", "dtype": "|u1", "shape": [9999]}]}')


def about_something_else(path: Path) -> None:
    Cache(path.parent, {}).store(about(1), MADE)
    (other,) = set(path.parent.glob("*.entry")) - {path}
    other.replace(path)


def _with_header(path: Path, header: bytes) -> None:
    """A file whose digest fits, whatever stands in it."""
    real, entry._header = entry._header, lambda made: header
    try:
        with path.open("w+b") as file:
            entry.write(file, Entry({}, {}))
    finally:
        entry._header = real


@pytest.mark.parametrize(
    "harm",
    [
        *(flipped, shortened, emptied, of_another_kind, without_sense, with_objects),
        *(with_too_much, about_something_else),
    ],
)
def test_a_damaged_entry_is_told_once_and_made_again(
    folder: Path, stored: Path, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    harm(stored)
    cache = Cache(folder, {})
    with caplog.at_level(logging.WARNING):
        assert cache.load(KEY) is None
        assert cache.load(KEY) is None
    assert cache.warnings == tuple(record.getMessage() for record in caplog.records)
    (warning,) = cache.warnings
    assert stored.name in warning

    cache.store(KEY, MADE)
    assert same(Cache(folder, {}).load(KEY), MADE)


@posix
def test_a_link_in_the_place_of_an_entry_is_not_followed(
    folder: Path, stored: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    stored.rename(elsewhere)
    stored.symlink_to(elsewhere)
    cache = Cache(folder, {})
    assert cache.load(KEY) is None
    assert len(cache.warnings) == 1


@posix
def test_an_entry_that_others_may_have_written_is_not_believed(folder: Path, stored: Path) -> None:
    stored.chmod(0o606)
    cache = Cache(folder, {})
    assert cache.load(KEY) is None
    assert "others" in cache.warnings[0]


def linked(folder: Path) -> None:
    real = folder.parent / "real"
    real.mkdir()
    folder.symlink_to(real)


def open_to_others(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)


def full_of_others(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "photo.jpg").touch()


def a_file(folder: Path) -> None:
    folder.touch()


@posix
@pytest.mark.parametrize("spoil", [linked, open_to_others, full_of_others, a_file])
def test_a_folder_that_cannot_be_trusted_is_not_used(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = tmp_path / "cache"
    spoil(folder)
    before = sorted(tmp_path.rglob("*"))

    cache = Cache(folder, {})
    cache.store(KEY, MADE)

    assert cache.load(KEY) is None
    assert len(cache.warnings) == 1
    assert str(folder) in cache.warnings[0]
    assert sorted(tmp_path.rglob("*")) == before


@posix
def test_a_folder_of_another_user_is_not_used(
    folder: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    cache = Cache(folder, {})
    assert cache.load(KEY) is None
    assert "belongs to another user" in cache.warnings[0]


def test_a_folder_that_another_run_is_about_to_mark_is_used(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True)
    (folder / f"partial-{'a' * 32}").touch()
    cache = Cache(folder, {})
    cache.store(KEY, MADE)
    assert same(cache.load(KEY), MADE)
    assert cache.warnings == ()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache", {})
    cache.store(KEY, MADE)
    assert len(cache.warnings) == 1


def test_a_folder_that_may_only_be_read_still_serves(
    folder: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str | Path, flags: int, *mode: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return real(path, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    cache = Cache(folder, {})
    assert same(cache.load(KEY), MADE)
    cache.store(about(1), MADE)
    assert cache.warnings == (f"nothing was kept in the cache: {os.strerror(errno.EROFS)}",)


def test_what_was_used_last_stays_longest(folder: Path) -> None:
    cache = Cache(folder, {}, limit_bytes=250_000)
    for number, used in ((1, 100), (2, 200)):
        known = set(folder.glob("*.entry"))
        cache.store(about(number), of_bytes(100_000))
        (path,) = set(folder.glob("*.entry")) - known
        os.utime(path, (used, used))
    assert cache.load(about(1)) is not None  # used anew

    cache.store(about(3), of_bytes(100_000))

    assert [cache.load(about(number)) is not None for number in (1, 2, 3)] == [True, False, True]
    assert sum(path.stat().st_size for path in folder.glob("*.entry")) <= 250_000


def test_what_is_larger_than_the_limit_drives_nothing_out(folder: Path, stored: Path) -> None:
    cache = Cache(folder, {}, limit_bytes=250_000)
    cache.store(about(1), of_bytes(300_000))
    assert cache.load(about(1)) is None
    assert same(cache.load(KEY), MADE)
    assert cache.warnings == ()


def test_the_last_of_the_disk_is_left_to_others(
    folder: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12 - 10**9, 10**9))
    cache = Cache(folder, {})
    cache.store(about(1), MADE)
    cache.store(about(2), MADE)
    assert list(folder.glob("*.entry")) == [stored]
    assert cache.warnings == ("nothing was kept in the cache: the disk is nearly full",)


@pytest.mark.parametrize("end", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_half_an_entry_is_none(
    folder: Path, stored: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    def write(file, made) -> None:
        file.write(b"half")
        raise end

    monkeypatch.setattr(entry, "write", write)
    cache = Cache(folder, {})
    try:
        cache.store(about(1), MADE)
    except KeyboardInterrupt:
        assert isinstance(end, KeyboardInterrupt)
    else:
        assert "No space left" in cache.warnings[0]
    assert {path.name for path in folder.iterdir()} == {stored.name, "CACHEDIR.TAG"}


def test_what_a_killed_run_left_is_removed_in_time(folder: Path, stored: Path) -> None:
    old, fresh = (folder / f"partial-{digit * 32}" for digit in "ab")
    for path in (old, fresh):
        path.write_bytes(b"half")
    long_ago = old.stat().st_mtime - 2 * LEFT_BEHIND_S
    os.utime(old, (long_ago, long_ago))

    Cache(folder, {}).store(about(1), MADE)

    assert not old.exists()
    assert fresh.exists()  # another run may be writing it


WRITER = """
import sys
import numpy as np
from pathlib import Path
from mediacheck.media.cache import Cache, Key
from mediacheck.media.entry import Entry

cache = Cache(Path(sys.argv[1]), {}, limit_bytes=3_000_000)
for turn in range(60):
    key = Key("decoded", f"{turn % 4:064x}")
    found = cache.load(key)
    if found is not None:
        assert (np.asarray(found.arrays["bytes"]) == turn % 4).all()
    cache.store(key, Entry({}, {"bytes": np.full(1_000_000, turn % 4, np.uint8)}))
assert cache.warnings == (), cache.warnings
"""


def test_two_runs_at_once_do_not_disturb_each_other(folder: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    errors = [run.communicate(timeout=120)[1].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], errors
    assert not list(folder.glob("partial-*"))
    for number in range(4):
        cache = Cache(folder, {})
        cache.load(about(number))
        assert cache.warnings == ()


def test_clearing_takes_what_is_ours_and_leaves_the_rest(folder: Path, stored: Path) -> None:
    size = stored.stat().st_size
    kept = folder / "notes.txt"
    kept.touch()
    beyond = folder / "folder"
    beyond.mkdir()
    (beyond / stored.name).touch()

    cleared = cachefolder.clear(folder)
    assert [kept.bytes for kept in cleared.removed] == [size]
    assert cleared.left == ()

    assert {path.name for path in folder.iterdir()} == {"CACHEDIR.TAG", "notes.txt", "folder"}
    assert (beyond / stored.name).exists()


@posix
def test_clearing_follows_no_link(folder: Path, stored: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"mine")
    link = folder / f"decoded-{'0' * 32}.entry"
    link.symlink_to(precious)
    linked_folder = tmp_path / "link"
    linked_folder.symlink_to(folder)

    with pytest.raises(CacheRefused, match="link"):
        cachefolder.clear(linked_folder)
    assert stored.exists()
    cachefolder.clear(folder)

    assert precious.read_bytes() == b"mine"
    assert link.is_symlink()


def test_clearing_what_is_no_cache_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / f"decoded-{'0' * 32}.entry"
    photo.touch()
    with pytest.raises(CacheRefused, match="no cache of mediacheck"):
        cachefolder.clear(tmp_path)
    assert photo.exists()


def test_clearing_nothing_is_done_at_once(tmp_path: Path) -> None:
    assert cachefolder.clear(tmp_path / "missing") == cachefolder.Cleared((), ())


@pytest.mark.parametrize(
    ("asked", "environment", "expected"),
    [
        ("off", {"MEDIACHECK_CACHE": "/elsewhere"}, None),
        ("/asked", {"MEDIACHECK_CACHE": "off"}, Path("/asked")),
        (None, {"MEDIACHECK_CACHE": "off"}, None),
        (None, {"MEDIACHECK_CACHE": "/elsewhere"}, Path("/elsewhere")),
    ],
)
def test_what_is_asked_for_goes_before_the_environment(asked, environment, expected) -> None:
    assert cachefolder.chosen(asked, environment) == expected


@pytest.mark.parametrize(
    ("system", "environment", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/xdg"}, Path("/xdg/mediacheck")),
        ("linux", {"XDG_CACHE_HOME": "not/absolute"}, Path("/home/me/.cache/mediacheck")),
        ("linux", {}, Path("/home/me/.cache/mediacheck")),
        ("darwin", {"XDG_CACHE_HOME": "/xdg"}, Path("/home/me/Library/Caches/mediacheck")),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/mediacheck")),
    ],
)
def test_without_a_word_it_is_the_users_own_cache(
    system, environment, expected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/me"))
    assert cachefolder.chosen(None, environment) == expected


def test_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    assert cachefolder.chosen(None, {}) is None
