"""Clips that are not in the original they are compared with: other footage, and other parts of the same."""

from dataclasses import replace

from mediacheck.model import Answer, SoundState
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.recipes import LONGEST_S, Recipe, Scene, Unsuitable, excerpt
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.soundtrack import Passage

APART_S = 0.5  # left out of both files, so that no frame and no syllable is in both
LEAST_S = 4.0


def unrelated(scene: Scene) -> Plan:
    """An excerpt of the donor, with the donor's sound, encoded like the source."""
    foreign = scene.foreign
    if not foreign.has_picture:
        raise Unsuitable(f"{foreign.path.name} has no picture")
    shot = replace(excerpt(Scene(foreign, None, scene.rng), fps=scene.source.fps), foreign=True)
    length_s = shot.frames / float(scene.source.fps)
    passages = (
        (Passage(length_s, SoundState.FOREIGN, donor_s=shot.start_s),) if foreign.has_sound else ()
    )
    return Plan(
        scene.source, foreign, scene.source.fps, (shot,), passages, answer=Answer.NOT_IN_ORIGINAL
    )


def elsewhere(scene: Scene) -> Plan:
    """A part of the source as the clip, all that comes after it (or before it) as the original: same set and speaker,
    another time. Both last LEAST_S at least.
    """
    source = scene.source
    if not source.has_picture or source.picture_s < 2 * LEAST_S + APART_S:
        raise Unsuitable(f"{source.path.name} is too short to be divided")
    longest_s = min(LONGEST_S, max(LEAST_S, 0.4 * source.picture_s))
    length_s = scene.rng.uniform(max(LEAST_S, 0.5 * longest_s), longest_s)
    first_s, end_s = source.times[0], source.times[0] + source.picture_s
    least_s = max(LEAST_S, 0.5 * (source.picture_s - length_s - APART_S))
    moved_s = scene.rng.uniform(0.0, source.picture_s - length_s - APART_S - least_s)
    if scene.rng.random() < 0.5:
        start_s = first_s + moved_s
        kept = (start_s + length_s + APART_S, end_s)
    else:
        start_s = end_s - moved_s - length_s
        kept = (first_s, start_s - APART_S)
    shot = Shot(source, start_s, int(length_s * source.fps), foreign=True)
    lasting_s = shot.frames / float(source.fps)
    heard = (Passage(lasting_s, SoundState.FOREIGN, donor_s=start_s),) if source.has_sound else ()
    return Plan(
        source, source, source.fps, (shot,), heard, answer=Answer.NOT_IN_ORIGINAL, kept=kept
    )


NEGATIVES = (
    Recipe("unrelated", True, unrelated, family="not in the original", donor="other"),
    Recipe("same-set-other-time", True, elsewhere, family="not in the original"),
)
