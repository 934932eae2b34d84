"""Recipes that change what footage shows or says, one change each; and the footage that is not in the original."""

from dataclasses import replace
from functools import partial

from mediacheck.model import Answer, Kind, SoundState
from mediacheck.tuning.montage import Plan, Shot
from mediacheck.tuning.recipes import (
    Recipe,
    Scene,
    Unsuitable,
    excerpt,
    plain,
    split,
    spoken,
    with_sound,
)
from mediacheck.tuning.soundtrack import Passage
from mediacheck.tuning.treatments import late, sped
from mediacheck.tuning.truth import FindingTruth

UNDER_DB = -15.0  # the original's level under a voice-over


def dub_whole(scene: Scene) -> Plan:
    """All of the sound replaced by the donor's speech."""
    with_sound(scene)
    shot = excerpt(scene)
    plan = plain(scene, (shot,))
    dub = Passage(
        plan.duration_s, SoundState.REPLACED, donor_s=_donor_speech(scene, plan.duration_s)
    )
    told = FindingTruth(Kind.REPLACED, (0.0, plan.duration_s), shot.original(plan.fps))
    return replace(plan, passages=(dub,), told=(told,))


def dub_part(scene: Scene, length_s: float) -> Plan:
    """The donor's speech in place of some of the original's, where both are speaking."""
    plan, start_s, first_s = _spoken_part(scene, length_s)
    dub = Passage(length_s, SoundState.REPLACED, donor_s=_donor_speech(scene, length_s))
    told = FindingTruth(Kind.REPLACED, (start_s, start_s + length_s), (first_s, first_s + length_s))
    return _laid_in(plan, dub, start_s, told)


def muted(scene: Scene, length_s: float) -> Plan:
    """Digital silence where the original speaks."""
    plan, start_s, first_s = _spoken_part(scene, length_s)
    told = FindingTruth(Kind.MUTED, (start_s, start_s + length_s), (first_s, first_s + length_s))
    return _laid_in(plan, Passage(length_s, SoundState.SILENT), start_s, told)


def voice_over(scene: Scene) -> Plan:
    """The donor's speech throughout, the original UNDER_DB below it."""
    with_sound(scene)
    shot = excerpt(scene)
    plan = plain(scene, (shot,))
    mixed = Passage(
        plan.duration_s,
        SoundState.MIXED,
        source_s=shot.start_s,
        source_db=UNDER_DB,
        donor_s=_donor_speech(scene, plan.duration_s),
    )
    told = FindingTruth(Kind.MIXED, (0.0, plan.duration_s), mixed.original, value=UNDER_DB)
    return replace(plan, passages=(mixed,), told=(told,))


def pitched(scene: Scene, semitones: float) -> Plan:
    """The sound higher by so many semitones, its tempo kept."""
    with_sound(scene)
    plan = plain(scene, (excerpt(scene),))
    (passage,) = plan.passages
    told = FindingTruth(Kind.PITCH, (0.0, plan.duration_s), passage.original, value=semitones)
    return replace(plan, passages=(replace(passage, semitones=semitones),), told=(told,))


def cut(scene: Scene, length_s: float) -> Plan:
    """Picture and sound removed from the middle."""
    shot = excerpt(scene)
    removed = _frames(scene, shot, length_s)
    first = _middle(scene, shot, removed)
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
    frames = _frames(scene, shot, length_s)
    first = _middle(scene, shot, frames)
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
    frames = _frames(scene, shot, length_s)
    first = _middle(scene, shot, frames)
    start_s = (first + frames) / float(fps)
    until, _ = split(shot, fps, first + frames)
    _, again = split(shot, fps, first)
    span = (start_s, start_s + frames / float(fps))
    told = FindingTruth(Kind.REPEAT, span, replace(again, frames=frames).original(fps))
    return replace(plain(scene, (until, again)), told=(told,))


def freeze(scene: Scene, length_s: float) -> Plan:
    """One frame held while the sound runs on; afterwards the picture goes on as if it had been running."""
    shot, fps = excerpt(scene), scene.source.fps
    frames = _frames(scene, shot, length_s)
    first = _middle(scene, shot, frames)
    head, hidden, tail = split(shot, fps, first, first + frames)
    span = (first / float(fps), (first + frames) / float(fps))
    told = FindingTruth(Kind.FREEZE, span, hidden.original(fps))
    plan = plain(scene, (head, replace(hidden, speed=0.0), tail))
    return replace(plan, passages=plain(scene, (shot,)).passages, told=(told,))


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


def _donor_speech(scene: Scene, length_s: float) -> float:
    """A place in the donor where speech starts; a donor that is too short is repeated from there."""
    donor = scene.foreign
    if not donor.has_sound:
        raise Unsuitable(f"{donor.path.name} has no sound to take")
    return spoken(scene, donor, 0.0, donor.sound_s, min(length_s, 0.9 * donor.sound_s))


def _spoken_part(scene: Scene, length_s: float) -> tuple[Plan, float, float]:
    """A plain excerpt, and a spoken part in its middle: where it starts in the clip, and in the source."""
    with_sound(scene)
    shot = excerpt(scene)
    plan = plain(scene, (shot,))
    margin_s = 0.15 * plan.duration_s
    first_s, end_s = shot.start_s + margin_s, shot.start_s + plan.duration_s - margin_s
    start_s = spoken(scene, scene.source, first_s, end_s, length_s)
    # On the millisecond, so that truth.json loses nothing by rounding.
    clip_s = round(start_s - shot.start_s, 3)
    return plan, clip_s, shot.start_s + clip_s


def _laid_in(plan: Plan, passage: Passage, start_s: float, told: FindingTruth) -> Plan:
    (whole,) = plan.passages
    assert whole.source_s is not None
    end_s = start_s + passage.length_s
    before = replace(whole, length_s=start_s)
    after = replace(whole, length_s=whole.length_s - end_s, source_s=whole.source_s + end_s)
    return replace(plan, passages=(before, passage, after), told=(told,))


def _frames(scene: Scene, shot: Shot, length_s: float) -> int:
    """The length in clip frames. Raises Unsuitable unless the shot is twice as long."""
    frames = round(length_s * scene.source.fps)
    if shot.frames < 2 * frames:
        raise Unsuitable(f"{scene.source.path.name} is too short for {length_s} s in its middle")
    return frames


def _middle(scene: Scene, shot: Shot, frames: int) -> int:
    """A first frame for a part of so many frames, with at least a fifth of what is left on either side."""
    left = shot.frames - frames
    return scene.rng.randint(-(-left // 5), left - -(-left // 5))


ALTERATIONS = (
    Recipe("dub-whole", False, dub_whole),
    Recipe("dub-part-4s", False, partial(dub_part, length_s=4.0)),
    Recipe("dub-part-2s", False, partial(dub_part, length_s=2.0)),
    Recipe("dub-part-1s", False, partial(dub_part, length_s=1.0)),
    Recipe("dub-part-0.5s", False, partial(dub_part, length_s=0.5)),
    Recipe("voice-over", False, voice_over),
    Recipe("muted-3s", False, partial(muted, length_s=3.0)),
    Recipe("cut-3s", False, partial(cut, length_s=3.0)),
    Recipe("insert-4s", False, partial(insert, length_s=4.0, cutaway=False)),
    Recipe("cutaway-4s", False, partial(insert, length_s=4.0, cutaway=True)),
    Recipe("reorder", False, reorder),
    Recipe("repeat-3s", False, partial(repeat, length_s=3.0)),
    Recipe("freeze-3s", False, partial(freeze, length_s=3.0)),
    Recipe("desync-1s", False, partial(late, late_s=1.0, innocent=False)),
    Recipe("desync-1s-early", False, partial(late, late_s=-1.0, innocent=False)),
    Recipe("pitch-3", False, partial(pitched, semitones=3.0)),
    Recipe("speed-1.1", False, partial(sped, speed=1.1, kept_pitch=True, innocent=False)),
    Recipe("speed-0.9", False, partial(sped, speed=0.9, kept_pitch=True, innocent=False)),
    Recipe("speed-1.1-pitch", False, partial(sped, speed=1.1, kept_pitch=False, innocent=False)),
    Recipe("speed-0.9-pitch", False, partial(sped, speed=0.9, kept_pitch=False, innocent=False)),
)
NEGATIVES = (Recipe("unrelated", True, unrelated),)
