"""`from mediacheck import compare` is the function, although a module has that name too."""

from __future__ import annotations

import subprocess
import sys

import pytest

import mediacheck

# The library's own compare is slow to load: the import system finds this one first.
FINDER = """
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec

class Compare(MetaPathFinder, Loader):
    def find_spec(self, name, path, target=None):
        return ModuleSpec(name, self) if name == "mediacheck.compare" else None
    def exec_module(self, module):
        exec("def compare(): return 'compared'\\ndef examine(): return 'examined'", vars(module))

sys.meta_path.insert(0, Compare())
"""
ASSERTIONS = """
from mediacheck import compare
assert compare() == mediacheck.compare() == "compared"
from mediacheck.compare import compare as same, examine
assert same is compare and examine() == "examined"
"""


@pytest.mark.parametrize(
    "before",
    [
        "import mediacheck",
        "import mediacheck; mediacheck.compare",
        "import mediacheck; import mediacheck.compare",
        "import mediacheck; from mediacheck.compare import examine",
        "import importlib, mediacheck; importlib.import_module('mediacheck.compare')",
        "import mediacheck; from mediacheck import *; compare()",
    ],
)
def test_compare_is_the_function_whatever_was_imported_before(before: str) -> None:
    script = FINDER + before + ASSERTIONS
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_every_public_name_but_the_late_one_is_there_at_once() -> None:
    assert {name for name in mediacheck.__all__ if name not in vars(mediacheck)} <= {"compare"}


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compera'"):
        mediacheck.compera  # noqa: B018
