"""The report to print, file and hand over: PDF/A-3 with report.json inside, the same bytes each time.

typst sets it from templates/report.typ. All that comes from the case reaches typst as data, as strings
and bytes that it never reads as markup, from memory: the only files it can open are our templates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mediacheck.errors import WrongUsage
from mediacheck.model import Box, Comparison, Run
from mediacheck.report import json, shapes
from mediacheck.report.exhibits import Exhibit
from mediacheck.report.glyphs import Drawn, folders
from mediacheck.report.tables import Table
from mediacheck.report.view import View, build

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS = ("a-3a", "ua-1")  # to keep, with attachments; to be read aloud
PICTURES = {".jpg": "JPEG", ".png": "PNG"}
LINES_AT_MOST = 400  # of the original's speech that the clip does not show: some five pages
ROWS_AT_MOST = 2000  # of both transcripts side by side: some two hours of speech

_MOVES = re.compile(r"([MLHVhvZ])([^MLHVhvZ]*)")


def render(comparison: Comparison, run: Run, exhibits: Mapping[str, bytes]) -> bytes:
    """report.pdf. `exhibits`: content by file name; a picture that is none counts as not made.

    report.json is attached as `json.dumps` writes it, which is the file's own bytes. The PDF is dated
    by `run.finished`; raises WrongUsage where that is no time.
    """
    import typst

    finished = _finished(run)
    stills = {name: held for name, held in exhibits.items() if _is_picture(name, held)}
    sounds = [name for name in exhibits if name.endswith(".mp3")]
    pictures = list(dict.fromkeys(stills.values()))  # several findings may show the same moment
    record = json.dumps(comparison)
    view = build(comparison, run, [*stills, *sounds])
    drawn = Drawn()
    indices = {name: pictures.index(held) for name, held in stills.items()}
    page = drawn.everywhere(_page(view, comparison, indices, exhibits, record))
    page["missing"] = [f"⟨U+{ord(character):04X}⟩" for character in sorted(drawn.missing)]
    page["finished"] = list(finished.timetuple()[:6])
    files = {
        "main.typ": (TEMPLATES / "report.typ").read_bytes(),
        "page.json": dumps(page, ensure_ascii=False).encode("utf-8"),
        "report.json": record,
        # Numbers, because typst takes from memory only what is text.
        "stills.json": dumps([list(picture) for picture in pictures]).encode("ascii"),
    }
    return typst.compile(
        cast(Any, files),  # documented, and missing in the published types
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=cast(Any, list(STANDARDS)),
        timestamp=finished,
    )


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders())
    )


def _finished(run: Run) -> datetime:
    try:
        finished = datetime.fromisoformat(run.finished)
    except ValueError as error:
        raise WrongUsage(
            f"run.json: finished: {run.finished[:40]!r} is no time; was it changed by hand?"
        ) from error
    return finished.replace(microsecond=0, tzinfo=finished.tzinfo or UTC).astimezone(UTC)


def _is_picture(name: str, content: bytes) -> bool:
    from PIL import Image

    written = PICTURES.get(Path(name).suffix)
    if written is None:
        return False
    try:
        with Image.open(BytesIO(content), formats=(written,)) as picture:
            picture.load()
    except (OSError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def _page(
    view: View,
    comparison: Comparison,
    indices: Mapping[str, int],
    exhibits: Mapping[str, bytes],
    record: bytes,
) -> dict[str, Any]:
    """The view as JSON holds it, its figures, and what only a printed page has to say."""
    said = view.transcripts
    page = asdict(view)
    page |= {
        "hashes": {"clip": comparison.clip.sha256, "original": comparison.original.sha256},
        "record": hashlib.sha256(record).hexdigest(),
        "timelines": [_drawing(row) for row in view.timelines[:1]],
        "tracks": [_drawing(row) for row in view.tracks[:1]],
        "overview": [_exhibit(row, indices, view.outlines) for row in view.overview],
        "exhibits": asdict(_listed(view, exhibits)),
    }
    for row, finding in zip(page["findings"], view.findings, strict=True):
        for sort in ("stills", "strips", "spectrograms", "sounds"):
            row[sort] = [_exhibit(each, indices, view.outlines) for each in getattr(finding, sort)]
    if said:
        page["transcripts"] |= {
            "rows": page["transcripts"]["rows"][:ROWS_AT_MOST],
            "more_rows": max(0, len(said.rows) - ROWS_AT_MOST),
            "elsewhere": page["transcripts"]["elsewhere"][:LINES_AT_MOST],
            "more_elsewhere": max(0, len(said.elsewhere) - LINES_AT_MOST),
        }
    return page


def _exhibit(
    row: Exhibit, indices: Mapping[str, int], outlines: Mapping[str, Box]
) -> dict[str, Any]:
    box = outlines.get(row.name)
    return {
        "file": row.file,
        "name": f"exhibits/{row.name}",
        "caption": row.caption,
        "made": row.made,
        "still": row.is_still,
        "what": row.what,
        "box": list(box) if box else None,
        "picture": indices.get(row.name),
    }


def _listed(view: View, exhibits: Mapping[str, bytes]) -> Table:
    """Every exhibit that was made, with its hash: paper cannot play a sound, but it can name it."""
    every = list(view.overview)
    for finding in view.findings:
        every += [*finding.stills, *finding.strips, *finding.spectrograms, *finding.sounds]
    rows = {
        row.name: (
            f"exhibits/{row.name}",
            f"{row.what}: {row.caption}",
            hashlib.sha256(exhibits[row.name]).hexdigest(),
        )
        for row in every
        if row.made
    }
    return Table("The exhibits", ("File", "What it holds", "SHA-256"), tuple(rows.values()))


def _drawing(drawing: shapes.Drawing) -> dict[str, Any]:
    every = []
    for shape in drawing.shapes:
        plain = {"tag": shape.tag, **asdict(shape)}
        if isinstance(shape, shapes.Path):
            plain["lines"] = list(_lines(plain.pop("d")))
        every.append(plain)
    return {**asdict(drawing), "shapes": every}


def _lines(path: str) -> Iterator[dict[str, Any]]:
    """SVG path data, as far as our figures use it, to lines of points; raises ValueError beyond that."""
    points: list[tuple[float, float]] = []
    closed = False
    for move, numbers in _MOVES.findall(path):
        values = [float(number) for number in numbers.split()]
        x, y = points[-1] if points else (0.0, 0.0)
        match move, values:
            case "M", [x, y]:
                if points:
                    yield {"points": points, "closed": closed}
                points, closed = [], False
            case "L", [x, y]:
                pass
            case "H", [x]:
                pass
            case "V", [y]:
                pass
            case "h", [right]:
                x += right
            case "v", [down]:
                y += down
            case "Z", []:
                closed = True
                continue
            case _:
                raise ValueError(f"{move}{numbers} is no move that a figure makes")
        points.append((x, y))
    if points:
        yield {"points": points, "closed": closed}
