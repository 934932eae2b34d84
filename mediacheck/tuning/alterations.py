"""Recipes that change when footage is shown: cut, inserted, moved, repeated, held, faster, slower."""

from dataclasses import replace
from functools import partial

from mediacheck.model import Kind
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.recipes import Recipe, Scene, Unsuitable, excerpt, frames_of, middle, plain
from mediacheck.tuning.shots import Shot, split
from mediacheck.tuning.timing import sped
from mediacheck.tuning.treatments import closing_in
from mediacheck.tuning.truth import FindingTruth


def cut(scene: Scene, length_s: float) -> Plan:
    """Picture and sound removed from the middle."""
    shot = excerpt(scene)
    removed = frames_of(scene, shot, length_s)
    first = middle(scene, shot, removed)
    head, gone, tail = split(shot, scene.source.fps, first, first + removed)
    joint_s = head.frames / float(scene.source.fps)
    told = FindingTruth(Kind.CUT, (joint_s, joint_s), gone.original(scene.source.fps))
    return replace(plain(scene, (head, tail)), told=(told,))


def insert(scene: Scene, length_s: float, cutaway: bool) -> Plan:
    """The donor's picture between two parts; with the donor's sound, or as a cutaway over the sound running on.

    The insert pushes the rest back; a cutaway hides what it lies over.
    """
    if not scene.foreign.has_picture:
        raise Unsuitable(f"{scene.foreign.path.name} has no picture to insert")
    if scene.foreign.picture_s < length_s:
        raise Unsuitable(f"{scene.foreign.path.name} is shorter than {length_s} s")
    shot, fps = excerpt(scene), scene.source.fps
    frames = frames_of(scene, shot, length_s)
    first = middle(scene, shot, frames)
    from_s = scene.rng.uniform(0, scene.foreign.picture_s - length_s)
    foreign = Shot(scene.foreign, scene.foreign.times[0] + from_s, frames, foreign=True)
    head, _, tail = split(shot, fps, first, first + frames)
    span = (first / float(fps), (first + frames) / float(fps))
    told = FindingTruth(Kind.INSERT, span)
    if cutaway:
        running_on = plain(scene, (shot,)).passages
        return replace(plain(scene, (head, foreign, tail)), passages=running_on, told=(told,))
    _, rest = split(shot, fps, first)
    return replace(plain(scene, (head, foreign, rest)), told=(told,))


def reorder(scene: Scene) -> Plan:
    """Of four parts the second and third change places; the third is the shorter, so it stands out of order."""
    shot, fps = excerpt(scene), scene.source.fps
    at = [round(shot.frames * share) for share in (0.25, 0.55, 0.75)]
    head, longer, shorter, tail = split(shot, fps, *at)
    start_s = head.frames / float(fps)
    span = (start_s, start_s + shorter.frames / float(fps))
    told = FindingTruth(Kind.REORDER, span, shorter.original(fps))
    return replace(plain(scene, (head, shorter, longer, tail)), told=(told,))


def repeat(scene: Scene, length_s: float) -> Plan:
    """A part shown twice in a row."""
    shot, fps = excerpt(scene), scene.source.fps
    frames = frames_of(scene, shot, length_s)
    first = middle(scene, shot, frames)
    start_s = (first + frames) / float(fps)
    until, _ = split(shot, fps, first + frames)
    _, again = split(shot, fps, first)
    span = (start_s, start_s + frames / float(fps))
    told = FindingTruth(Kind.REPEAT, span, replace(again, frames=frames).original(fps))
    return replace(plain(scene, (until, again)), told=(told,))


def freeze(scene: Scene, length_s: float) -> Plan:
    """One frame held while the sound runs on; afterwards the picture goes on as if it had been running."""
    shot, fps = excerpt(scene), scene.source.fps
    frames = frames_of(scene, shot, length_s)
    first = middle(scene, shot, frames)
    head, hidden, tail = split(shot, fps, first, first + frames)
    span = (first / float(fps), (first + frames) / float(fps))
    told = FindingTruth(Kind.FREEZE, span, hidden.original(fps))
    plan = plain(scene, (head, replace(hidden, speed=0.0), tail))
    return replace(plan, passages=plain(scene, (shot,)).passages, told=(told,))


def slowed(scene: Scene, speed: float, length_s: float) -> Plan:
    """A part in the middle played slower, its sound with it at the pitch that it had, as if the speaker were drunk.

    length_s: of the slow part in the clip.
    """
    shot, fps = excerpt(scene), scene.source.fps
    frames = frames_of(scene, shot, length_s)
    taken = round(frames * speed)
    first = middle(scene, shot, taken)
    head, part, tail = split(shot, fps, first, first + taken)
    slow = replace(part, frames=frames, speed=taken / frames)
    span = (first / float(fps), (first + frames) / float(fps))
    told = FindingTruth(Kind.SPEED, span, slow.original(fps), value=slow.speed)
    return replace(plain(scene, (head, slow, tail)), told=(told,))


_cut = partial(Recipe, innocent=False, family="cut")


def closing_in_faster(scene: Scene) -> Plan:
    """A slow zoom into a clip that plays a tenth faster: neither may hide the other."""
    return closing_in(scene, sped(scene, speed=1.1, kept_pitch=True, innocent=False))


_speed = partial(Recipe, innocent=False, family="speed")

ALTERATIONS = (
    _cut("cut-0.2s", design=partial(cut, length_s=0.2)),
    _cut("cut-1s", design=partial(cut, length_s=1.0)),
    _cut("cut-3s", design=partial(cut, length_s=3.0)),
    _cut("cut-5s", design=partial(cut, length_s=5.0)),
    Recipe(
        "insert-4s",
        False,
        partial(insert, length_s=4.0, cutaway=False),
        family="insert",
        donor="other",
    ),
    Recipe(
        "cutaway-4s",
        False,
        partial(insert, length_s=4.0, cutaway=True),
        family="cutaway",
        donor="other",
    ),
    Recipe("reorder", False, reorder, family="reorder"),
    Recipe("repeat-3s", False, partial(repeat, length_s=3.0), family="repeat"),
    Recipe("freeze-3s", False, partial(freeze, length_s=3.0), family="freeze"),
    Recipe("slow-part-4s", False, partial(slowed, speed=0.8, length_s=4.0), family="slow-down"),
    _speed("speed-1.1", design=partial(sped, speed=1.1, kept_pitch=True, innocent=False)),
    _speed("punch-in-speed", design=closing_in_faster),
    _speed("speed-0.9", design=partial(sped, speed=0.9, kept_pitch=True, innocent=False)),
    _speed("speed-1.1-pitch", design=partial(sped, speed=1.1, kept_pitch=False, innocent=False)),
    _speed("speed-0.9-pitch", design=partial(sped, speed=0.9, kept_pitch=False, innocent=False)),
)
