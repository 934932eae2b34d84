"""Compare a doubted clip with a trusted original: `compare(clip, original)` returns a `Comparison`.

Nothing heavy is loaded before the first call.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from mediacheck.errors import MediacheckError
from mediacheck.model import (
    Answer,
    Comparison,
    Context,
    Finding,
    Options,
    Question,
    Severity,
    Span,
    Statement,
    Term,
)

# onnxruntime 1.29 and later report to their maker over the network, and read this once, when they are loaded.
# https://github.com/microsoft/onnxruntime/pull/27379
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Comparison",
    "Context",
    "Finding",
    "MediacheckError",
    "Options",
    "Question",
    "Severity",
    "Span",
    "Statement",
    "Term",
    "__version__",
    "compare",
]


if TYPE_CHECKING:
    from mediacheck.compare import compare
else:  # hidden from type checkers: they would take every misspelt name for an object

    def __getattr__(name: str) -> object:
        if name == "compare":
            from mediacheck.compare import compare

            return compare
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Package(ModuleType):
    """Keeps `mediacheck.compare` the function: Python binds a submodule to its name once imported.

    The module of that name stays reachable by `from mediacheck.compare import ...`.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if name == "compare" and isinstance(value, ModuleType):
            value = value.compare
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
