"""Which alterations, and which innocent treatments, can be made on purpose?

A recipe designs a Plan from a source, a donor and a random generator; montage.py renders it.
Alterations are in alterations.py, innocent treatments in treatments.py, the list of all in
doctor.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

from mediacheck.errors import MediacheckError
from mediacheck.model import SoundState
from mediacheck.tuning import montage
from mediacheck.tuning.footage import Footage, sound
from mediacheck.tuning.montage import Plan, Shot
from mediacheck.tuning.soundtrack import Passage, speech_level, spoken_share
from mediacheck.tuning.truth import Truth

LONGEST_S = 20.0  # of an excerpt
LONGEST_SHARE = 0.7  # of the source that an excerpt takes, so that there is something it leaves out
DRAWS = 40  # places tried for speech that is not mostly a pause


class Unsuitable(MediacheckError):
    """The footage lacks what the recipe needs: sound, a donor, or length."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a recipe works with. donor: other footage with other speech, None when there is none."""

    source: Footage
    donor: Footage | None
    rng: Random

    @property
    def foreign(self) -> Footage:
        """The donor. Raises Unsuitable when there is none."""
        if self.donor is None:
            raise Unsuitable("this recipe takes something from a donor; name one with --donor")
        return self.donor


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make a clip. innocent: nothing is changed that the footage shows or says."""

    name: str
    innocent: bool
    design: Callable[[Scene], Plan]

    def write(self, source: Footage, donor: Footage | None, rng: Random, path: Path) -> Truth:
        """Make the clip at path (mp4) and return its truth. Raises Unsuitable, or RuntimeError when ffmpeg fails."""
        return montage.write(self.design(Scene(source, donor, rng)), rng, path)


def excerpt(
    scene: Scene,
    speed: float = 1.0,
    longest_s: float = LONGEST_S,
    before_s: float = 0.0,
    after_s: float = 0.0,
    fps: Fraction | None = None,
) -> Shot:
    """A part of the source at a random place, as one shot; before_s and after_s of the source are left around it.

    The length is longest_s of the source, or LONGEST_SHARE of it where that is less.
    """
    source = scene.source
    if not source.has_picture:
        raise Unsuitable(f"{source.path.name} has no picture")
    rate = fps or source.fps
    length_s = min(longest_s, LONGEST_SHARE * source.picture_s)
    frames = int(length_s / speed * rate)
    room_s = source.picture_s - length_s - before_s - after_s
    if frames < 1 or room_s < 0:
        raise Unsuitable(f"{source.path.name} is too short: {source.picture_s:.1f} s")
    start_s = source.times[0] + before_s + scene.rng.uniform(0, room_s)
    return Shot(source, source.times[source.nearest(start_s)], frames, speed)


def split(shot: Shot, fps: Fraction, *at: int) -> tuple[Shot, ...]:
    """The shot cut before the given frames of it (rising)."""
    borders = (0, *at, shot.frames)
    return tuple(
        Shot(
            shot.footage,
            shot.start_s + first * shot.speed / float(fps),
            end - first,
            shot.speed,
            shot.foreign,
        )
        for first, end in pairwise(borders)
    )


def following(shots: tuple[Shot, ...], fps: Fraction) -> tuple[Passage, ...]:
    """The source's own sound under the shots, foreign ones with theirs; empty when the source has none."""
    if not shots[0].footage.has_sound:
        return ()
    passages = []
    for shot in shots:
        length_s = shot.frames / float(fps)
        if not shot.foreign:
            passages.append(Passage(length_s, SoundState.SAME, shot.start_s, speed=shot.speed))
        elif shot.footage.has_sound:
            passages.append(Passage(length_s, SoundState.FOREIGN, donor_s=shot.start_s))
        else:
            passages.append(Passage(length_s, SoundState.SILENT))
    return tuple(passages)


def plain(scene: Scene, shots: tuple[Shot, ...]) -> Plan:
    """The shots with their own sound, and nothing else done to them."""
    fps = scene.source.fps
    return Plan(scene.source, scene.donor, fps, shots, following(shots, fps))


def with_sound(scene: Scene) -> None:
    """Raises Unsuitable when the source has no audio track."""
    if not scene.source.has_sound:
        raise Unsuitable(f"{scene.source.path.name} has no sound to alter")


def spoken(scene: Scene, footage: Footage, first_s: float, end_s: float, length_s: float) -> float:
    """A random start in [first_s, end_s - length_s] from which the footage is mostly speech, not pause."""
    if end_s - length_s < first_s:
        raise Unsuitable(f"{footage.path.name} has no room for {length_s:.1f} s of sound")
    level = speech_level(sound(footage, first_s, end_s - first_s))
    best, most = first_s, -1.0
    for _ in range(DRAWS):
        start_s = scene.rng.uniform(first_s, end_s - length_s)
        share = spoken_share(sound(footage, start_s, length_s), level)
        if share > most:
            best, most = start_s, share
        if most >= 0.75:
            break
    return best
