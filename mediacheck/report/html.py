"""One page that needs nothing else: no network, no script, exhibits inside. Opens in a year as today."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from mediacheck.model import Comparison, Run
from mediacheck.report.view import build

TEMPLATES = Path(__file__).parent / "templates"
MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".mp3": "audio/mpeg"}


def render(comparison: Comparison, run: Run, exhibits: Mapping[str, bytes]) -> bytes:
    """report.html. `exhibits`: content by file name; one that a finding names and that is not given
    is said to be missing."""
    kinds = {name: MEDIA_TYPES.get(Path(name).suffix) for name in exhibits}
    inside = {
        name: f"data:{kinds[name]};base64,{b64encode(content).decode('ascii')}"
        for name, content in exhibits.items()
        if kinds[name]
    }
    page = _template().render(view=build(comparison, run, inside), data=inside)
    return page.encode("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")
