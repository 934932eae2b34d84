"""Recipes that differ in what each of the two channels holds, or whose original holds two voices.

The picture is left as it is. A source is heard in mono here, as all recipes hear it. Where both channels are to
differ, the original is made as two microphones 0.3 m apart would have taken it: one hears the same later and more
quietly. Where a second person is to speak in the original, that is the donor, from its start to its end.
"""

from dataclasses import replace

from mediacheck.model import Answer, Kind, SoundState
from mediacheck.tuning import acoustics
from mediacheck.tuning.dubs import donor_speech, spoken_part
from mediacheck.tuning.footage import sound
from mediacheck.tuning.plan import KEPT, Encoding, Plan
from mediacheck.tuning.recipes import LONGEST_S, Recipe, Scene, entire, excerpt, plain, with_sound
from mediacheck.tuning.soundtrack import Passage, repeated, speech_level
from mediacheck.tuning.truth import FindingTruth

FURTHER_S, FURTHER_DB = 0.0009, -2.0  # of sound at the further microphone
ACROSS_S, ACROSS_DB = (
    0.003,
    -12.0,
)  # of one speaker's voice at the microphone of the other, a metre away
OFF_MIC_DB = (-26.0, -16.0)  # of whoever is heard from beside the microphone
NARROWED = (0.3, 0.7)


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


def other_voice_in_part_of_one(scene: Scene, length_s: float = 4.0) -> Plan:
    """The donor's speech in place of the original's for length_s, in one of two channels that are alike otherwise.

    Its truth is `mixed`, as that of other_voice_in_one.
    """
    plan, start_s, first_s = spoken_part(scene, length_s)
    (whole,) = plan.passages
    end_s = start_s + length_s
    before = replace(whole, length_s=start_s)
    voice = Passage(
        length_s,
        SoundState.MIXED,
        source_s=first_s,
        source_db=float("-inf"),
        donor_s=donor_speech(scene, length_s),
    )
    after = replace(whole, length_s=whole.length_s - end_s, source_s=first_s + length_s)
    parts = tuple(part for part in (before, voice, after) if part.length_s > 0)
    told = FindingTruth(Kind.MIXED, (start_s, end_s), voice.original, value=0.0)
    beside_left = scene.rng.random() < 0.5
    return replace(plan, passages=parts, beside=(whole,), beside_left=beside_left, told=(told,))


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


def language_of_two(scene: Scene) -> Plan:
    """The original has the source's voice in one channel and an interpreter's in the other; the clip took the first."""
    plan = _innocent(scene)
    whole = plain(scene, (entire(scene),))
    other = Passage(whole.duration_s, SoundState.FOREIGN, donor_s=donor_speech(scene, LONGEST_S))
    beside_left = scene.rng.random() < 0.5
    original = replace(whole, beside=(other,), beside_left=beside_left, encodings=(KEPT,))
    return replace(plan, original=original)


def narrowed(scene: Scene) -> Plan:
    """Two people at a microphone each, one left and one right; the clip's channels are drawn towards the middle."""
    plan = _innocent(scene)
    whole = plain(scene, (entire(scene),))
    donor_s, gain = _second_voice(scene, 0.0)
    original = replace(whole, beside=_at_the_other(scene, whole, donor_s, gain), encodings=(KEPT,))
    beside = _at_the_other(scene, plan, donor_s, gain)
    return replace(plan, beside=beside, width=scene.rng.uniform(*NARROWED), original=original)


def second_voice_levelled(scene: Scene) -> Plan:
    """Somebody is heard from beside the microphone all through the original; the clip's gain raises what is quiet."""
    plan = _innocent(scene)
    whole = plain(scene, (entire(scene),))
    donor_s, gain = _second_voice(scene, scene.rng.uniform(*OFF_MIC_DB))
    original = replace(whole, passages=_besides(scene, whole, donor_s, gain), encodings=(KEPT,))
    return replace(
        plan,
        passages=_besides(scene, plan, donor_s, gain),
        processes=(acoustics.raised,),
        encodings=(Encoding(sound_kbit=64),),
        original=original,
    )


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


def _second_voice(scene: Scene, below_db: float) -> tuple[float, float]:
    """Where in the donor it starts when the original does, and its factor: as loud as the source, plus below_db."""
    donor_s = donor_speech(scene, LONGEST_S)
    level = speech_level(sound(scene.source, 0.0, scene.source.sound_s))
    spoken = speech_level(repeated(scene.foreign, donor_s, scene.source.sound_s))
    return donor_s, level / (spoken or 1.0) * 10 ** (below_db / 20)


def _besides(scene: Scene, plan: Plan, donor_s: float, gain: float) -> tuple[Passage, ...]:
    """The passages with what the donor says meanwhile; the donor begins again where it ends."""
    found = []
    for passage in plan.passages:
        assert passage.source_s is not None
        at_s, lasting_s = donor_s + passage.source_s - scene.source.times[0], scene.foreign.sound_s
        at_s = at_s if at_s < lasting_s else (at_s - lasting_s) % lasting_s
        found.append(replace(passage, donor_s=at_s, donor_gain=gain))
    return tuple(found)


def _at_the_other(scene: Scene, plan: Plan, donor_s: float, gain: float) -> tuple[Passage, ...]:
    """What the second person's microphone hears: that person, and the first one from across the table."""
    across = []
    for passage in _besides(scene, plan, donor_s, gain):
        assert passage.source_s is not None
        later_s = passage.source_s - ACROSS_S
        across.append(replace(passage, source_s=later_s, source_db=ACROSS_DB))
    return tuple(across)


_CONDITION = "channels"
STEREO_INNOCENT = (
    Recipe("channels-kept", True, kept, _CONDITION),
    Recipe("channels-swapped", True, swapped, _CONDITION),
    Recipe("channel-only", True, in_one_only, _CONDITION, twin="channel-replaced"),
    Recipe("channel-inverted", True, inverted, _CONDITION, twin="channel-replaced"),
    Recipe("language-of-two", True, language_of_two, _CONDITION, donor="other", twin="dub-whole"),
    Recipe("stereo-narrowed", True, narrowed, _CONDITION, donor="other", twin="channel-replaced"),
    Recipe(
        "levelled-second-voice",
        True,
        second_voice_levelled,
        "loudness changed",
        donor="other",
        twin="voice-over-25db",
    ),
)
STEREO_ALTERED = (
    Recipe(
        "channel-replaced", False, other_voice_in_one, family="voice in one channel", donor="other"
    ),
    Recipe(
        "voice-in-part-of-channel",
        False,
        other_voice_in_part_of_one,
        family="voice in one channel",
        donor="other",
    ),
)
