"""How many words does each engine get wrong, and is one better than the other?

    python -m mediacheck.tuning.transcription FOLDER [--engine NAME ...] [--model NAME|PATH]

FOLDER, or the folder above it, holds media.json: a list of {file, lang, transcript, transcript_from}. Words
count only where transcript_from begins with "source": what a recogniser wrote down is no truth. Both
sides go through Whisper's normaliser and spelling.units, so a word of a script without spaces is one letter.

Intervals are 95 % bootstraps of two kinds: over files, which is what another collection would
give, and over blocks of words, which is narrower because it takes these recordings as given.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from mediacheck.errors import WrongUsage
from mediacheck.media.sound import excerpt
from mediacheck.model import ENGINES, Span, Transcript
from mediacheck.speech.activity import RATE, speech_probability, voiced
from mediacheck.speech.diff import SAME_LANGUAGE
from mediacheck.speech.engines import Engine, engine
from mediacheck.speech.normalisation import normalised
from mediacheck.speech.spelling import units
from mediacheck.weights.loading import load

DRAWS = 2000
BLOCK = 20  # words: errors come in runs, of a name or of a noisy second
LONG_ENOUGH_S = 5.0  # shorter speech holds too little to tell a language
WHOLE = Span(0.0, 36_000.0)


@dataclass(frozen=True, slots=True)
class Recording:
    """`said` and `language` are None where nobody knows."""

    path: Path
    language: str | None
    said: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """`wrong`: for each word that was said, the errors at it; None where nobody knows what was said."""

    recording: Recording
    transcript: Transcript
    wrong: tuple[int, ...] | None
    length_s: float
    cpu_s: float

    @property
    def language_is_right(self) -> bool | None:
        """None where it is not known or the recording is too short."""
        codes = {self.recording.language, self.transcript.language}
        if self.recording.language is None or self.length_s < LONG_ENOUGH_S:
            return None
        return len(codes) == 1 or any(codes <= group for group in SAME_LANGUAGE)


def recordings(folder: Path) -> tuple[Recording, ...]:
    """Those of media.json that lie below the folder. Raises WrongUsage without a list."""
    homes = [home for home in (folder, folder.parent) if (home / "media.json").is_file()]
    if not homes:
        raise WrongUsage(f"{folder}: there is no media.json in it, nor in the folder above it")
    listed = json.loads((homes[0] / "media.json").read_text(encoding="utf-8"))
    return tuple(
        Recording(path, row["lang"], _words(row))
        for row in listed
        if (path := homes[0] / row["file"]).is_relative_to(folder) and path.is_file()
    )


def read(recording: Recording, by: Engine) -> Reading:
    """The cost is that of the engine alone, without decoding and voice activity."""
    sound = excerpt(recording.path, WHOLE)
    spoken = voiced(speech_probability(sound))
    begun = _cpu_s()
    heard = by.transcribe(sound, 0.0, spoken, None)
    cost = _cpu_s() - begun
    text = " ".join(segment.text for segment in heard.segments)
    said = recording.said
    wrong = None if said is None else errors(said, text, recording.language or heard.language)
    return Reading(recording, heard, wrong, len(sound) / RATE, cost)


def errors(said: str, heard: str, language: str) -> tuple[int, ...]:
    """Levenshtein's errors at each word that was said; what was put in counts at the word before it."""
    truth, found = (units(normalised(text, language)) for text in (said, heard))
    rows = [list(range(len(found) + 1))]
    for number, word in enumerate(truth, 1):
        row = [number]
        for place, other in enumerate(found):
            swap = rows[-1][place] + (word != other)
            row.append(min(swap, rows[-1][place + 1] + 1, row[place] + 1))
        rows.append(row)
    wrong = [0] * len(truth)
    i, j = len(truth), len(found)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (truth[i - 1] != found[j - 1]):
            wrong[i - 1] += truth[i - 1] != found[j - 1]
            i, j = i - 1, j - 1
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            wrong[i - 1] += 1
            i -= 1
        else:
            if wrong:
                wrong[max(i - 1, 0)] += 1
            j -= 1
    return tuple(wrong)


def rate(groups: Sequence[Sequence[int]]) -> float:
    words = sum(map(len, groups))
    return sum(map(sum, groups)) / words if words else 0.0


def interval(groups: Sequence[Sequence[int]], draws: int = DRAWS) -> tuple[float, float]:
    """Middle 95 % of the rate over groups drawn with replacement; always the same draws."""
    draw = random.Random(0)
    rates = sorted(rate(draw.choices(groups, k=len(groups))) for _ in range(draws))
    return rates[int(0.025 * draws)], rates[min(draws - 1, int(0.975 * draws))]


def blocks(groups: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    words = list(chain.from_iterable(groups))
    return [words[first : first + BLOCK] for first in range(0, len(words), BLOCK)]


def table(readings: dict[str, Sequence[Reading]]) -> str:
    """A line for each recording, then one for each engine, then how the engines compare."""
    lines = [f"{'recording':<24}{'s':>6}  " + "".join(f"{name:>18}" for name in readings)]
    for first, *others in zip(*readings.values(), strict=True):
        lines.append(
            f"{first.recording.path.name:<24}{first.length_s:>6.1f}  "
            + "".join(f"{_short(row):>18}" for row in (first, *others))
        )
    lines.append("")
    told = {name: _groups(rows) for name, rows in readings.items()}
    for name, rows in readings.items():
        asked = [row.language_is_right for row in rows if row.language_is_right is not None]
        pace = sum(row.cpu_s for row in rows) / sum(row.length_s for row in rows)
        lines.append(
            f"{name}: word error rate {rate(told[name]):.4f}, 95 % {_shown(interval(told[name]))} over"
            f" {len(told[name])} files, {_shown(interval(blocks(told[name])))} over blocks of {BLOCK} words,"
            f" {sum(map(len, told[name]))} words; languages right {sum(asked)} of {len(asked)};"
            f" {pace:.3f} CPU s a second"
        )
    for name in readings:
        for other in readings:
            if name != other:
                low, high = interval(told[other])
                inside = "inside" if low <= rate(told[name]) <= high else "outside"
                lines.append(f"{name} lies {inside} the interval over files of {other}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mediacheck.tuning.transcription")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", action="append", choices=ENGINES[1:])
    parser.add_argument("--model", default="base")
    asked = parser.parse_args(arguments)
    listed = recordings(asked.folder)
    readings: dict[str, Sequence[Reading]] = {}
    for name in asked.engine or ENGINES[1:]:
        by = engine(name, load(asked.model))
        read(listed[0], by)  # builds the model, which is no cost of a second of sound
        readings[name] = [read(recording, by) for recording in listed]
    print(table(readings))


def _words(row: dict[str, str | None]) -> str | None:
    known = (row.get("transcript_from") or "").startswith("source")
    return row["transcript"] if known else None


def _groups(rows: Sequence[Reading]) -> list[tuple[int, ...]]:
    return [row.wrong for row in rows if row.wrong]


def _short(row: Reading) -> str:
    wrong = "-" if row.wrong is None else f"{sum(row.wrong)}/{len(row.wrong)}"
    sign = {True: "", False: "!", None: "?"}[row.language_is_right]
    return f"{row.transcript.language}{sign} {wrong}"


def _shown(span: tuple[float, float]) -> str:
    return f"{span[0]:.4f} to {span[1]:.4f}"


def _cpu_s() -> float:
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    main()
