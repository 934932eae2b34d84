"""What is true of a made pair, in the contract's own words.

Times are seconds from the first presentation time of the file they belong to, intervals exclude
their end, boxes are [x, y, width, height] as fractions of the frame. Truth is written by whoever
made the pair, never measured from it.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediacheck.model import Answer, Kind, PictureState, SoundState

Interval = tuple[float, float]
Box = tuple[float, float, float, float]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
HEARD_IN_ORIGINAL = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)


@dataclass(frozen=True, slots=True)
class PictureTruth:
    """One unbroken part of the clip's picture. rotation: degrees, clockwise; the boxes are of the picture turned back.

    A still that stands in for footage is matched, has speed 0, and its original is the one frame
    that is shown.
    """

    clip: Interval
    original: Interval | None
    state: PictureState
    speed: float = 1.0
    mirrored: bool = False
    crop: Box | None = WHOLE
    placed: Box | None = WHOLE
    rotation: float = 0.0

    def __post_init__(self) -> None:
        if (self.state is PictureState.MATCHED) != (self.original is not None):
            raise ValueError(f"a {self.state} part cannot have original {self.original}")


@dataclass(frozen=True, slots=True)
class SoundTruth:
    """One part of the clip's sound; original is where the sound heard in it (or under it) comes from."""

    clip: Interval
    original: Interval | None
    state: SoundState

    def __post_init__(self) -> None:
        if self.state in HEARD_IN_ORIGINAL and self.original is None:
            raise ValueError(f"{self.state} sound over {self.clip} needs its place in the original")


@dataclass(frozen=True, slots=True)
class FindingTruth:
    """A finding that a perfect comparison makes.

    original is the part of the original that is concerned: what a dub or a silence stands in for,
    what a cut removed, what a still hides.
    """

    kind: Kind
    clip: Interval | None = None
    original: Interval | None = None
    box: Box | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """All of truth.json. An empty sound timeline means that the clip has no audio track.

    Findings about words are there only when the maker knows what is said.
    """

    answer: Answer
    picture: tuple[PictureTruth, ...]
    sound: tuple[SoundTruth, ...]
    findings: tuple[FindingTruth, ...]

    @property
    def duration_s(self) -> float:
        """Where the last picture part ends, in clip seconds."""
        return self.picture[-1].clip[1]

    def as_json(self, made: dict[str, Any] | None = None) -> str:
        """The text of truth.json, times to the millisecond, boxes and values to the sixth place.

        made: how the pair was made (recipe, seed), kept under the key "made" beside the contract's
        three keys.
        """
        document: dict[str, Any] = {
            "answer": self.answer,
            "timeline": {
                "picture": [
                    {
                        "clip": _times(part.clip),
                        "original": _times(part.original),
                        "state": part.state,
                        "speed": round(part.speed, 6),
                        "mirrored": part.mirrored,
                        "crop": _fractions(part.crop),
                        "placed": _fractions(part.placed),
                        **({"rotation": round(part.rotation, 6)} if part.rotation else {}),
                    }
                    for part in self.picture
                ],
                "sound": [
                    {
                        "clip": _times(part.clip),
                        "original": _times(part.original),
                        "state": part.state,
                    }
                    for part in self.sound
                ],
            },
            "findings": [
                {
                    "kind": finding.kind,
                    "clip": _times(finding.clip),
                    "original": _times(finding.original),
                    "box": _fractions(finding.box),
                    "value": None if finding.value is None else round(finding.value, 6),
                }
                for finding in self.findings
            ],
        }
        if made is not None:
            document["made"] = made
        spread = json.dumps(document, ensure_ascii=False, indent=1)
        # Intervals and boxes on one line each, so that a person can read the file.
        return re.sub(r"\[\s+([^][{}]*?)\s+\]", _on_one_line, spread) + "\n"

    def write(self, path: Path, made: dict[str, Any] | None = None) -> None:
        """Write truth.json; an existing file is replaced."""
        path.write_text(self.as_json(made), encoding="utf-8")


def _times(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [round(seconds, 3) for seconds in interval]


def _fractions(box: Box | None) -> list[float] | None:
    return None if box is None else [round(part, 6) for part in box]


def _on_one_line(numbers: re.Match[str]) -> str:
    return "[" + ", ".join(numbers[1].replace(",", " ").split()) + "]"
