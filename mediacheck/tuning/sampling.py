"""Which pairs does a bench make, and how many of each kind?

A rate is worth what its pairs are: clips of other footage and whole replacements, which decide most, are wanted often;
what no check looks at yet, seldom. Every other recipe meets a few sources. A source that does not suit a recipe is
stood in for by another one, as long as there is one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

from mediacheck.tuning.material import Half, Source
from mediacheck.tuning.recipes import Recipe

SEED = 20
PAIRS = 5  # of a recipe in the reporting half, each with another source, unless it stands below
# Pairs in the reporting half. Rounds may meet a source again: with another donor, another voice or another place in it.
WANTED: Mapping[str, int] = {
    "unrelated": 132,
    "unrelated-degraded": 48,
    "same-set-other-time": 48,
    "same-set-other-time-degraded": 24,
    "dub-whole": 30,
    "dub-whole-degraded": 18,
    "machine-voice-whole": 15,
    "machine-voice-whole-degraded": 12,
    "own-voice-whole": 12,
    "own-voice-whole-degraded": 8,
    **dict.fromkeys(("dub-part-4s", "dub-part-2s", "dub-part-1s", "dub-part-0.5s"), 9),
    **dict.fromkeys(("own-voice-4s", "own-voice-2s", "own-voice-1s", "own-voice-0.5s"), 9),
    "machine-voice-1s": 9,
    **dict.fromkeys(("voice-over", "voice-over-6db", "voice-over-25db"), 9),
    **dict.fromkeys(("words-in-pause", "words-in-pause-1s", "words-in-pause-0.5s"), 9),
    **dict.fromkeys(("cut-0.2s", "cut-1s", "cut-3s", "insert-4s", "cutaway-4s"), 9),
    **dict.fromkeys(("reorder", "repeat-3s", "freeze-3s"), 9),
    **dict.fromkeys(("banner-part", "zoom-part"), 9),
    # Copies by which pauses and weak sound are most easily taken for something else.
    **dict.fromkeys(("short-8s", "excerpt-degraded", "noise", "telephone-8khz"), 15),
    **dict.fromkeys(("gain-automatic", "opus-16k", "reverberation", "music-bed"), 9),
}
TUNING_SHARE = 0.6  # of them, and of all others, in the half that rates are not reported of
UNSEEN, UNSEEN_PAIRS = ("region-", "face-", "mouth-"), 2  # recipes that no check looks for yet
# Whose words are read where words are to be checked, and so many of each half: reading costs more than all the rest.
SPOKEN: Mapping[str, int] = {
    **dict.fromkeys(("excerpt", "excerpt-degraded", "combined", "music-bed", "noise"), 6),
    **dict.fromkeys(("aac-32k", "opus-16k", "telephone-8khz", "reverberation"), 6),
    **dict.fromkeys(("machine-voice-whole", "dub-whole"), 15),
    **dict.fromkeys(("dub-whole-degraded", "dub-part-4s", "voice-over-6db", "words-in-pause"), 6),
    "cut-3s": 6,
}
SAME_AGAIN = 8  # rounds of a wanted recipe without a donor: so many places of one take


@dataclass(frozen=True, slots=True)
class Facts:
    """pair.json: what a record may tell of a pair. Sources and donors go by their hashes, never by their names."""

    recipe: str
    condition: str
    innocent: bool
    seed: int
    source: str
    donor: str | None
    half: Half


@dataclass(frozen=True, slots=True)
class Job:
    """One pair to be made and compared.

    footage: SHA-256 of the source and of the donor, or nothing for none. spoken: its words are worth reading.
    """

    recipe: str
    source: Path
    donor: Path | None
    seed: int
    facts: Facts
    footage: tuple[str, str] = ("", "")
    spoken: bool = False

    @property
    def name(self) -> Path:
        return Path(self.recipe, f"{self.facts.source}-{self.seed}")

    @property
    def folder(self) -> Path:
        return Path("pairs", self.facts.half, self.name)


@dataclass(frozen=True, slots=True)
class Course:
    """jobs: in the order in which they are worth doing. spares: what may stand in, by recipe and half, in order."""

    jobs: tuple[Job, ...]
    spares: Mapping[tuple[str, Half], tuple[Job, ...]]


def plan(recipes: Sequence[Recipe], sources: Sequence[Source]) -> Course:
    """Every recipe once; then, stopped anywhere, about the same share of what is wanted of each recipe is done, and
    every source has met about as many recipes.
    """
    halves: list[Half] = ["tuning", "reporting"]
    placed: list[tuple[float, int, Job]] = []
    spares = {}
    for number, recipe in enumerate(recipes):
        # Of its name: a recipe more, and every other one still meets the sources that it met.
        first = crc32(recipe.name.encode())
        for half in halves:
            here = [source for source in sources if source.half == half]
            met = [
                _job(recipe, here, (turn + first) % len(here), SEED + round_)
                for round_ in range(_rounds(recipe, here))
                for turn in range(len(here))
            ]
            every = _with_words(met, {s.path for s in here if s.has_sound})
            wanted = min(_wanted(recipe.name, half), len(every))
            placed += [(at / wanted, number, job) for at, job in enumerate(every[:wanted])]
            spares[recipe.name, half] = tuple(every[wanted:])
    ordered = sorted(placed, key=lambda each: each[:2])
    return Course(tuple(job for _, _, job in ordered), spares)


def _with_words(jobs: Sequence[Job], heard: Set[Path]) -> list[Job]:
    """The first of them that have sound are worth reading, as many as SPOKEN says."""
    left, marked = (SPOKEN.get(jobs[0].recipe, 0) if jobs else 0), []
    for job in jobs:
        spoken = left > 0 and job.source in heard
        left -= spoken
        marked.append(replace(job, spoken=spoken))
    return marked


def _wanted(name: str, half: Half) -> int:
    wanted = WANTED.get(name, UNSEEN_PAIRS if name.startswith(UNSEEN) else PAIRS)
    return wanted if half == "reporting" else math.ceil(TUNING_SHARE * wanted)


def _rounds(recipe: Recipe, here: Sequence[Source]) -> int:
    """How often a source may be met, never with the same donor twice."""
    if recipe.name not in WANTED:
        return 1
    if recipe.donor == "voice":
        return max((len(source.voices) for source in here), default=0)
    if recipe.donor == "other":
        return max(1, min((len(_donors(recipe, here, source)) for source in here), default=1))
    return SAME_AGAIN


def _donors(recipe: Recipe, here: Sequence[Source], source: Source) -> list[Source]:
    """Of the same half: the two share nothing. What is to be heard must be there to hear."""
    return [
        each
        for each in here
        if each is not source
        and each.has_picture
        and (each.has_sound or recipe.name.startswith("unrelated"))
    ]


def _job(recipe: Recipe, here: Sequence[Source], index: int, seed: int) -> Job:
    source = here[index]
    path, digest = None, ""
    if recipe.donor == "other" and (others := _donors(recipe, here, source)):
        donor = others[(index + seed) % len(others)]
        path, digest = donor.path, donor.sha256
    elif recipe.donor == "voice" and source.voices:
        voice = source.voices[seed % len(source.voices)]
        path, digest = voice.path, voice.sha256
    facts = Facts(
        recipe.name,
        recipe.condition,
        recipe.innocent,
        seed,
        source.name,
        digest[:8] or None,
        source.half,
    )
    return Job(recipe.name, source.path, path, seed, facts, (source.sha256, digest))
