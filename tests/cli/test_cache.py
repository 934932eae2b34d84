"""`mediacheck cache`, and how `compare` is told where the cache is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from mediacheck.cli.main import main
from mediacheck.media.cache import Cache, Key
from mediacheck.media.entry import Entry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache with two entries of 1 MB."""
    cache = Cache(tmp_path / "cache", {})
    for digit in "ab":
        cache.store(Key("decoded", digit * 64), Entry({}, {"a": np.zeros(1_000_000, np.uint8)}))
    return tmp_path / "cache"


@pytest.mark.parametrize(
    ("option", "variable", "expected"),
    [
        ([], "off", None),
        ([], "from-variable", Path("from-variable")),
        (["--cache", "here"], "off", Path("here")),
        (["--cache", "off"], "from-variable", None),
    ],
)
def test_compare_keeps_where_it_is_told(
    option, variable, expected, stand_in, compare, monkeypatch
) -> None:
    monkeypatch.setenv("MEDIACHECK_CACHE", variable)
    assert compare(*option) == 0
    assert stand_in.caches == [expected]


def test_compare_keeps_in_the_users_cache_if_not_told(
    stand_in, compare, monkeypatch, tmp_path
) -> None:
    monkeypatch.delenv("MEDIACHECK_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert compare() == 0
    assert stand_in.caches == [tmp_path / "xdg" / "mediacheck"]


def test_info_tells_place_number_size_and_limit(folder: Path, capfd) -> None:
    assert main(["cache", "info", "--cache", str(folder)]) == 0
    assert capfd.readouterr().out.splitlines() == [
        f"place: {folder}",
        "entries: 2",
        "size: 2.0 MB",
        "limit: 10000.0 MB, then what was not used for longest goes",
    ]


def test_info_makes_nothing(tmp_path: Path, capfd) -> None:
    assert main(["cache", "info", "--cache", str(tmp_path / "missing")]) == 0
    assert "entries: 0" in capfd.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_info_says_that_the_cache_is_off(capfd) -> None:
    assert main(["cache", "info"]) == 0
    assert capfd.readouterr().out == "place: none, the cache is off\n"


def test_clear_removes_all_entries(folder: Path, capfd, monkeypatch) -> None:
    monkeypatch.setenv("MEDIACHECK_CACHE", str(folder))
    assert main(["cache", "clear"]) == 0
    assert capfd.readouterr().out == f"removed 2 entries, 2.0 MB, from {folder}\n"
    assert [path.name for path in folder.iterdir()] == ["CACHEDIR.TAG"]


@pytest.mark.parametrize("command", ["info", "clear"])
def test_a_folder_that_is_no_cache_is_one_line_and_2(command, tmp_path: Path, capfd) -> None:
    (tmp_path / "photo.jpg").touch()
    assert main(["cache", command, "--cache", str(tmp_path)]) == 2
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err == (f"mediacheck: {tmp_path} is no cache of mediacheck; it is left alone\n")
    assert (tmp_path / "photo.jpg").exists()


def test_clear_needs_a_place(capfd) -> None:
    assert main(["cache", "clear"]) == 2
    assert "the cache is off" in capfd.readouterr().err


def test_clear_says_what_it_could_not_remove(folder: Path, capfd, monkeypatch) -> None:
    stuck = sorted(folder.glob("*.entry"))[0]
    really = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        if path == stuck:
            raise PermissionError(13, "Permission denied", str(path))
        really(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    assert main(["cache", "clear", "--cache", str(folder)]) == 2
    printed = capfd.readouterr()
    assert printed.out == f"removed 1 entries, 1.0 MB, from {folder}\n"
    (line,) = printed.err.splitlines()
    assert f"1 entries, 1.0 MB, stayed in {folder}" in line
    assert stuck.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are for POSIX")
@pytest.mark.parametrize("mode", [0o755, 0o700, 0o750])
def test_a_folder_of_the_users_own_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    own = tmp_path / "own"
    own.mkdir()
    own.chmod(mode)
    cache = Cache(own, {})
    cache.store(Key("decoded", "a" * 64), Entry({}, {"a": np.zeros(10, np.uint8)}))
    assert cache.warnings == ()
    assert stat.S_IMODE(own.stat().st_mode) == mode
    assert {stat.S_IMODE(path.stat().st_mode) for path in own.iterdir()} == {0o600}
