"""What is done to the clock of a whole clip: another speed, and sound shifted against the picture.

A little of it is innocent and a lot is not, so recipes of both kinds start here.
"""

from dataclasses import replace

from mediacheck.model import Answer, Kind
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.recipes import Scene, excerpt, plain, with_sound
from mediacheck.tuning.truth import FindingTruth


def sped(scene: Scene, speed: float, kept_pitch: bool, innocent: bool) -> Plan:
    """Played faster or slower as a whole, the sound with it; frames are dropped or doubled, not blended.

    kept_pitch: by ffmpeg's atempo, which moves syllables by up to 10 ms; otherwise the sound follows to the sample.
    """
    shot = excerpt(scene, speed)
    plan = plain(scene, (shot,))
    passages = tuple(replace(passage, kept_pitch=kept_pitch) for passage in plan.passages)
    told = FindingTruth(Kind.SPEED, (0.0, plan.duration_s), shot.original(plan.fps), value=speed)
    answer = Answer.NO_ALTERATION_FOUND if innocent else Answer.ALTERED
    return replace(plan, passages=passages, told=(told,), answer=answer)


def late(scene: Scene, late_s: float, innocent: bool) -> Plan:
    """The sound shifted against the picture by a constant; positive = sound late."""
    with_sound(scene)
    shot = excerpt(scene, before_s=max(0.0, late_s), after_s=max(0.0, -late_s))
    plan = plain(scene, (shot,))
    (passage,) = plan.passages
    moved = replace(passage, source_s=shot.start_s - late_s)
    told = FindingTruth(Kind.DESYNC, (0.0, plan.duration_s), moved.original, value=late_s)
    answer = Answer.NO_ALTERATION_FOUND if innocent else Answer.ALTERED
    return replace(plan, passages=(moved,), told=(told,), answer=answer)
