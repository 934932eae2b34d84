"""Evidence reports: every format is made from report.json and run.json, plus the exhibits beside them.

`json` is the record itself; what stands in FORMATS shows it. A new format is one `render` and one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mediacheck.model import Comparison, Run
from mediacheck.report import html, pdf

Render = Callable[[Comparison, Run, Mapping[str, bytes]], bytes]

FORMATS: Mapping[str, Render] = {"html": html.render, "pdf": pdf.render}
"""Name (and file suffix) of a format to its maker; exhibits are passed as content by file name."""
