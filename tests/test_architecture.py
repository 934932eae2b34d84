"""The rules of the house: who may import whom, how long a module grows, what loads when.

The rooms and their order are those of the architecture notes; a new room needs a line here.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

import mediacheck

PACKAGE = Path(mediacheck.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 400
LONGER = {"model.py"}  # the report contract, in one file on purpose

# Import nothing of ours; everyone may use them.
LEAVES = {"model", "errors", "progress"}

# Room -> the rooms that it may use besides the leaves and itself. "" is mediacheck/__init__.py.
MAY_USE = {
    "": {"compare"},
    **{leaf: set() for leaf in LEAVES},
    "calibration": set(),
    "features": set(),
    "align": {"features"},  # the rates and bands that a feature was taken with
    "weights": set(),
    "wording": set(),
    "provenance": {""},
    "media": {"features"},
    "speech": {"weights"},
    "ranging": {"media"},
    "memory": {"media", "speech"},
    "evidence": {"media", "memory", "ranging", "features", "align", "speech", "weights"},
    "checks": {"evidence", "features", "align", "speech"},
    "timeline": {"checks", "align", "calibration", "ranging"},
    "verdict": {"checks", "timeline", "calibration", "wording"},
    "report": {"wording"},
    "judging": {"calibration", "checks", "media", "provenance", "verdict", "wording"},
    "compare": {
        *(
            "calibration",
            "checks",
            "evidence",
            "judging",
            "media",
            "memory",
            "provenance",
            "ranging",
        ),
        "report",  # judges what report.json will hold
    },
    "casefile": set(),
    "casefolder": {"report", "media", "evidence", "wording"},
}
EDGES = {"__main__", "ci", "cli", "tuning", "server", "archive"}  # use anything; nobody uses them

# Slow to import, so only inside the function that needs it.
LATE = {
    "faster_whisper",
    "faiss",
    "librosa",
    "onnxruntime",
    "torch",
    "typst",
    "weasyprint",
    "whisper",
}
MEDIA_READERS = {"av", "ffmpeg", "imageio_ffmpeg", "soundfile"}
HEAVY = LATE | MEDIA_READERS | {"cv2", "numpy", "scipy", "PIL", "pydantic", "jinja2"}


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), shown(path))


def imported(nodes: Iterator[ast.AST] | list[ast.stmt]) -> Iterator[str]:
    """Dotted names, `from a import b` as a.b; a relative import is named by its dots."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def used_rooms(path: Path) -> set[str]:
    """Our rooms that a module imports, inside its functions too."""
    rooms = {path.stem for path in PACKAGE.iterdir()}
    parts = [name.split(".") for name in imported(ast.walk(tree(path)))]
    return {
        names[1] if names[1:] and names[1] in rooms else ""
        for names in parts
        if names[0] == "mediacheck"
    }


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_module_imports_what_its_room_may(path: Path) -> None:
    home = room(path)
    if home in EDGES:
        return
    assert home in MAY_USE, f"{home} is a new room: give it a line in MAY_USE"
    assert used_rooms(path) - LEAVES - MAY_USE[home] - {home} == set()


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_module_names_what_it_imports_in_full(path: Path) -> None:
    assert [name for name in imported(ast.walk(tree(path))) if name.startswith(".")] == []


@pytest.mark.parametrize("path", [path for path in MODULES if shown(path) not in LONGER], ids=shown)
def test_module_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_slow_packages_are_imported_where_they_are_used(path: Path) -> None:
    at_once = {name.split(".")[0] for name in imported(tree(path).body)}
    assert at_once & LATE == set()


@pytest.mark.parametrize("path", MODULES, ids=shown)
def test_only_media_opens_media_files(path: Path) -> None:
    names = {name.split(".")[0] for name in imported(ast.walk(tree(path)))}
    assert names & MEDIA_READERS == set() or room(path) in {"media", "tuning"}


@pytest.mark.parametrize(
    "statement",
    [
        "import mediacheck",
        "import mediacheck.cli.main",
        "from mediacheck.__main__ import main; main(); main",
    ],
)
def test_start_loads_nothing_heavy(statement: str) -> None:
    script = f"import sys; sys.argv = ['mediacheck', '--help']; {statement}; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in ended.stdout.split()}
    assert "mediacheck" in loaded
    assert loaded & HEAVY == set()


def test_package_says_that_it_is_typed() -> None:
    assert resources.files("mediacheck").joinpath("py.typed").is_file()
