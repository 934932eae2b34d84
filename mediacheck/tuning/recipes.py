"""Which alterations, and which innocent treatments, can be made on purpose?

A recipe designs a Plan from a source, a donor and a random generator; montage.py renders it. Innocent
recipes are in treatments.py and copies.py, alterations in alterations.py, dubs.py and forgeries.py, both in
stereo.py, clips of other footage in negatives.py, the list of all in doctor.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Literal

from mediacheck.errors import MediacheckError
from mediacheck.model import SoundState
from mediacheck.tuning import montage
from mediacheck.tuning.footage import RATE, Footage, audible, sound
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.soundtrack import Passage, speech_level, spoken_share
from mediacheck.tuning.truth import Truth

LONGEST_S = 20.0  # of an excerpt
LONGEST_SHARE = 0.7  # of the source that an excerpt takes, so that there is something it leaves out
DRAWS = 40  # places tried for speech that is not mostly a pause
AROUND_S = 30.0  # on either side of a place: what its speech is as loud as
MOSTLY, LEAST_SPOKEN = (
    0.75,
    0.4,
)  # share of a place in which somebody speaks: looked for, and put up with
CLEAN, NOTHING = "clean", "nothing"


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


# What a recipe takes besides the source: other footage with other speech, or the very same pictures with another voice.
Donor = Literal["none", "other", "voice"]
Design = Callable[[Scene], Plan]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make a clip. innocent: nothing is changed that the footage shows or says.

    condition: the state that the copy is in, alike for innocent and altered clips ("clean", "phone filming a
    screen"). family: what was done to it, "nothing" for an innocent copy. twin: the alteration that an innocent
    recipe could be taken for.
    """

    name: str
    innocent: bool
    design: Design
    condition: str = CLEAN
    family: str = NOTHING
    donor: Donor = "none"
    twin: str | None = None

    def write(self, source: Footage, donor: Footage | None, rng: Random, folder: Path) -> Truth:
        """Make folder/clip.mp4 and folder/original.*, and return the clip's truth.

        Raises Unsuitable, or RuntimeError when ffmpeg fails.
        """
        plan = self.design(Scene(source, donor, rng))
        truth = montage.write(plan, rng, folder / "clip.mp4")
        montage.write_original(plan, folder)
        return truth


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


def entire(scene: Scene) -> Shot:
    """All of the source's picture from its first frame to its last, as one shot."""
    return replace(excerpt(scene), start_s=scene.source.times[0], frames=len(scene.source.times))


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
    """Raises Unsuitable when nothing can be heard of the source."""
    if not scene.source.has_sound or not audible(scene.source):
        raise Unsuitable(f"{scene.source.path.name} has no sound to alter")


def spoken(scene: Scene, footage: Footage, first_s: float, end_s: float, length_s: float) -> float:
    """A random start in [first_s, end_s - length_s] from which the footage is mostly speech, not pause.

    Speech is what comes near the level of the speech within AROUND_S. Raises Unsuitable without room, and where no
    place was found that is LEAST_SPOKEN of it: what is put in place of a pause, or a pause put in, is no dub.
    """
    if end_s - length_s < first_s - 1e-6:
        raise Unsuitable(f"{footage.path.name} has no room for {length_s:.1f} s of sound")
    from_s = max(0.0, first_s - AROUND_S)
    heard = sound(footage, from_s, end_s + AROUND_S - from_s)
    level = speech_level(heard)
    best, most = first_s, -1.0
    for _ in range(DRAWS):
        start_s = scene.rng.uniform(first_s, end_s - length_s)
        at = round((start_s - from_s) * RATE)
        share = spoken_share(heard[at : at + round(length_s * RATE)], level)
        if share > most:
            best, most = start_s, share
        if most >= MOSTLY:
            break
    if most < LEAST_SPOKEN:
        raise Unsuitable(
            f"{footage.path.name}: nobody speaks for {length_s:.1f} s where it was tried"
        )
    return best


def frames_of(scene: Scene, shot: Shot, length_s: float) -> int:
    """The length in clip frames. Raises Unsuitable unless the shot is twice as long."""
    frames = round(length_s * scene.source.fps)
    if shot.frames < 2 * frames:
        raise Unsuitable(f"{scene.source.path.name} is too short for {length_s} s in its middle")
    return frames


def middle(scene: Scene, shot: Shot, frames: int) -> int:
    """A first frame for a part of so many frames, with at least a fifth of what is left on either side."""
    left = shot.frames - frames
    return scene.rng.randint(-(-left // 5), left - -(-left // 5))
