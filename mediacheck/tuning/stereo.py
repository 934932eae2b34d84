"""Recipes that differ in what each of the two channels holds; the picture is left as it is.

A source is heard in mono here, as all recipes hear it. Where both channels are to differ, the original is made as two
microphones 0.3 m apart would have taken it: one hears the same later and more quietly.
"""

from dataclasses import replace

from mediacheck.model import Answer, Kind, SoundState
from mediacheck.tuning.dubs import donor_speech
from mediacheck.tuning.plan import KEPT, Plan
from mediacheck.tuning.recipes import Recipe, Scene, entire, excerpt, plain, with_sound
from mediacheck.tuning.soundtrack import Passage
from mediacheck.tuning.truth import FindingTruth

FURTHER_S, FURTHER_DB = 0.0009, -2.0  # of sound at the further microphone


def other_voice_in_one(scene: Scene) -> Plan:
    """The original's sound in one channel and the donor's speech, as loud, in the other, throughout.

    Its truth is `mixed`: whoever listens hears both at once, and a player with one loudspeaker adds them up.
    """
    plan = _plain(scene)
    (passage,) = plan.passages
    under = replace(passage, state=SoundState.MIXED)
    donor_s = donor_speech(scene, plan.duration_s)
    voice = Passage(plan.duration_s, SoundState.MIXED, donor_s=donor_s)
    told = FindingTruth(Kind.MIXED, (0.0, plan.duration_s), passage.original, value=0.0)
    beside_left = scene.rng.random() < 0.5
    return replace(plan, passages=(under,), beside=(voice,), beside_left=beside_left, told=(told,))


def in_one_only(scene: Scene) -> Plan:
    """The original's sound in one channel, silence in the other."""
    plan = _innocent(scene)
    nothing = Passage(plan.duration_s, SoundState.SILENT)
    return replace(plan, beside=(nothing,), beside_left=scene.rng.random() < 0.5)


def inverted(scene: Scene) -> Plan:
    """One channel of opposite sign, as by a cable soldered the wrong way: both add up to silence."""
    plan = _innocent(scene)
    (passage,) = plan.passages
    return replace(plan, beside=(replace(passage, inverted=True),))


def kept(scene: Scene) -> Plan:
    """Two channels that differ, as the original has them."""
    plan = _innocent(scene)
    whole = plain(scene, (entire(scene),))
    original = replace(whole, beside=_further(whole), encodings=(KEPT,))
    return replace(plan, beside=_further(plan), original=original)


def swapped(scene: Scene) -> Plan:
    """Left and right exchanged."""
    return replace(kept(scene), beside_left=True)


def _plain(scene: Scene) -> Plan:
    with_sound(scene)
    return plain(scene, (excerpt(scene),))


def _innocent(scene: Scene) -> Plan:
    return replace(_plain(scene), answer=Answer.NO_ALTERATION_FOUND)


def _further(plan: Plan) -> tuple[Passage, ...]:
    """The passages as the microphone hears them that stands further away."""
    further = []
    for passage in plan.passages:
        assert passage.source_s is not None
        later_s = passage.source_s - FURTHER_S
        further.append(replace(passage, source_s=later_s, source_db=FURTHER_DB))
    return tuple(further)


_CONDITION = "channels"
STEREO_INNOCENT = (
    Recipe("channels-kept", True, kept, _CONDITION),
    Recipe("channels-swapped", True, swapped, _CONDITION),
    Recipe("channel-only", True, in_one_only, _CONDITION, twin="channel-replaced"),
    Recipe("channel-inverted", True, inverted, _CONDITION, twin="channel-replaced"),
)
STEREO_ALTERED = (
    Recipe(
        "channel-replaced", False, other_voice_in_one, family="voice in one channel", donor="other"
    ),
)
