"""Recipes that change the sound under a picture left as it is: other voices, other words, other times."""

from dataclasses import replace
from functools import partial

from mediacheck.model import Kind, SoundState
from mediacheck.tuning.footage import audible, same_pictures
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.recipes import (
    LONGEST_S,
    Recipe,
    Scene,
    Unsuitable,
    entire,
    excerpt,
    plain,
    spoken,
    with_sound,
)
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.soundtrack import Passage, pauses
from mediacheck.tuning.timing import late
from mediacheck.tuning.truth import FindingTruth

APART_S = 5.5  # within 5 s of its place the original's sound counts as the original's, shifted
DRAWS = 8  # places tried for a part with a counterpart far enough away, or with a pause
SHORTEST_PAUSE_S = 0.6  # that a word can be put into
MOST_PUT_S = 2.0
BESIDE_S = 0.04  # left of a pause before and behind the words put into it


def dub_whole(scene: Scene) -> Plan:
    """All of the sound replaced by the donor's speech."""
    with_sound(scene)
    shot = excerpt(scene)
    plan = plain(scene, (shot,))
    dub = Passage(
        plan.duration_s, SoundState.REPLACED, donor_s=donor_speech(scene, plan.duration_s)
    )
    return _replaced_whole(plan, shot, dub)


def dub_part(scene: Scene, length_s: float) -> Plan:
    """The donor's speech in place of some of the original's, where both are speaking."""
    plan, start_s, first_s = spoken_part(scene, length_s)
    dub = Passage(length_s, SoundState.REPLACED, donor_s=donor_speech(scene, length_s))
    return _laid_in(plan, dub, start_s, _told(Kind.REPLACED, start_s, first_s, length_s))


def own_whole(scene: Scene) -> Plan:
    """All of the sound replaced by what the same footage sounds like at another time."""
    with_sound(scene)
    length_s = min(LONGEST_S, 0.45 * scene.source.picture_s)
    for _ in range(DRAWS):
        shot = excerpt(scene, longest_s=length_s)
        plan = plain(scene, (shot,))
        elsewhere_s = _elsewhere(scene, shot.start_s, plan.duration_s)
        if elsewhere_s is not None:
            other = Passage(plan.duration_s, SoundState.REPLACED, source_s=elsewhere_s)
            return _replaced_whole(plan, shot, other)
    raise Unsuitable(f"{scene.source.path.name} holds no other {length_s:.1f} s to take sound from")


def own_part(scene: Scene, length_s: float) -> Plan:
    """Speech of the same footage from another time in place of some of the original's."""
    for _ in range(DRAWS):
        plan, start_s, first_s = spoken_part(scene, length_s)
        elsewhere_s = _elsewhere(scene, first_s, length_s)
        if elsewhere_s is not None:
            other = Passage(length_s, SoundState.REPLACED, source_s=elsewhere_s)
            return _laid_in(plan, other, start_s, _told(Kind.REPLACED, start_s, first_s, length_s))
    raise Unsuitable(f"{scene.source.path.name} holds no other {length_s:.1f} s to take sound from")


def twin_whole(scene: Scene) -> Plan:
    """The sound of a file with the very same pictures, in which a machine's voice says the same words."""
    plan, shot = _of_twins(scene)
    return _replaced_whole(
        plan, shot, Passage(plan.duration_s, SoundState.REPLACED, donor_s=shot.start_s)
    )


def twin_part(scene: Scene, length_s: float) -> Plan:
    """As twin_whole, for one part of the sentence."""
    plan, shot = _of_twins(scene)
    first_s = spoken(scene, scene.source, shot.start_s, shot.start_s + plan.duration_s, length_s)
    start_s = round(first_s - shot.start_s, 3)
    first_s = shot.start_s + start_s
    spoken(scene, scene.foreign, first_s, first_s + length_s, length_s)  # raises Unsuitable
    voice = Passage(length_s, SoundState.REPLACED, donor_s=first_s)
    return _laid_in(plan, voice, start_s, _told(Kind.REPLACED, start_s, first_s, length_s))


def put_into_pause(
    scene: Scene, most_s: float = MOST_PUT_S, least_pause_s: float = SHORTEST_PAUSE_S
) -> Plan:
    """Words of the donor in the longest pause of the original's speech, whose sound runs on under them.

    most_s: that they last. A pause shorter than least_pause_s is none.
    """
    with_sound(scene)
    for _ in range(DRAWS):
        shot = excerpt(scene)
        plan = plain(scene, (shot,))
        end_s = shot.start_s + plan.duration_s
        found = pauses(scene.source, shot.start_s + 0.5, end_s - 0.5, least_pause_s)
        if found:
            break
    else:
        raise Unsuitable(f"{scene.source.path.name}: no pause of {least_pause_s} s in it")
    first_s, last_s = max(found, key=lambda pause: pause[1] - pause[0])
    length_s = round(min(most_s, last_s - first_s - 2 * BESIDE_S), 3)
    start_s = round(first_s + BESIDE_S - shot.start_s, 3)
    first_s = shot.start_s + start_s
    donor_s = donor_speech(scene, length_s)
    words = Passage(length_s, SoundState.MIXED, source_s=first_s, donor_s=donor_s)
    return _laid_in(plan, words, start_s, _told(Kind.MIXED, start_s, first_s, length_s))


def muted(scene: Scene, length_s: float) -> Plan:
    """Digital silence where the original speaks."""
    plan, start_s, first_s = spoken_part(scene, length_s)
    silence = Passage(length_s, SoundState.SILENT)
    return _laid_in(plan, silence, start_s, _told(Kind.MUTED, start_s, first_s, length_s))


def voice_over(scene: Scene, under_db: float) -> Plan:
    """The donor's speech throughout, the original's sound that far below where it was (under_db is negative)."""
    with_sound(scene)
    shot = excerpt(scene)
    plan = plain(scene, (shot,))
    mixed = Passage(
        plan.duration_s,
        SoundState.MIXED,
        source_s=shot.start_s,
        source_db=under_db,
        donor_s=donor_speech(scene, plan.duration_s),
    )
    told = FindingTruth(Kind.MIXED, (0.0, plan.duration_s), mixed.original, value=under_db)
    return replace(plan, passages=(mixed,), told=(told,))


def pitched(scene: Scene, semitones: float) -> Plan:
    """The sound higher by so many semitones, its tempo kept."""
    with_sound(scene)
    plan = plain(scene, (excerpt(scene),))
    (passage,) = plan.passages
    told = FindingTruth(Kind.PITCH, (0.0, plan.duration_s), passage.original, value=semitones)
    return replace(plan, passages=(replace(passage, semitones=semitones),), told=(told,))


def stepping(scene: Scene, late_s: float) -> Plan:
    """In step until about the middle, from there on late by a constant (early where negative)."""
    with_sound(scene)
    plan = plain(scene, (excerpt(scene, after_s=max(0.0, -late_s)),))
    (passage,) = plan.passages
    assert passage.source_s is not None
    step_s = round(plan.duration_s * scene.rng.uniform(0.4, 0.6), 3)
    before = replace(passage, length_s=step_s)
    after = replace(
        passage,
        length_s=passage.length_s - step_s,
        source_s=passage.source_s + step_s - late_s,
    )
    clip = (step_s, plan.duration_s)
    told = FindingTruth(Kind.DESYNC, clip, after.original, value=late_s)
    return replace(plan, passages=(before, after), told=(told,))


def drifting(scene: Scene, late_s: float) -> Plan:
    """In step at the start and late by so much at the end, the tempo stretched evenly and the pitch kept.

    value in truth is the offset in the middle. The tempo is apart from the picture's, by some per cent: what makes a
    drift. It is told as what it does, `desync`, and not again as `pitch`, whose value it leaves at 0 semitones.
    """
    with_sound(scene)
    plan = plain(scene, (excerpt(scene),))
    (passage,) = plan.passages
    slower = replace(passage, speed=1 - late_s / plan.duration_s)
    told = FindingTruth(Kind.DESYNC, (0.0, plan.duration_s), slower.original, value=late_s / 2)
    return replace(plan, passages=(slower,), told=(told,))


def _told(kind: Kind, start_s: float, first_s: float, length_s: float) -> FindingTruth:
    return FindingTruth(kind, (start_s, start_s + length_s), (first_s, first_s + length_s))


def _replaced_whole(plan: Plan, shot: Shot, passage: Passage) -> Plan:
    told = FindingTruth(Kind.REPLACED, (0.0, plan.duration_s), shot.original(plan.fps))
    return replace(plan, passages=(passage,), told=(told,))


def donor_speech(scene: Scene, length_s: float) -> float:
    """A place in the donor where speech starts; a donor that is too short is repeated from there."""
    donor = scene.foreign
    if not donor.has_sound or not audible(donor):
        raise Unsuitable(f"{donor.path.name} has no sound to take")
    return spoken(scene, donor, 0.0, donor.sound_s, min(length_s, 0.9 * donor.sound_s))


def _elsewhere(scene: Scene, first_s: float, length_s: float) -> float | None:
    """Where the source speaks, at least APART_S from first_s and without what stands there; None where it does not."""
    source, away_s = scene.source, max(APART_S, length_s)
    rooms = [(0.0, first_s - away_s + length_s), (first_s + away_s, source.sound_s)]
    fitting = [room for room in rooms if room[1] - room[0] >= length_s]
    for room in scene.rng.sample(fitting, len(fitting)):
        try:
            return round(spoken(scene, source, *room, length_s), 3)
        except Unsuitable:
            continue
    return None


def _of_twins(scene: Scene) -> tuple[Plan, Shot]:
    """All of the source. Raises Unsuitable unless the donor shows the same."""
    with_sound(scene)
    if not scene.foreign.has_sound or not same_pictures(scene.source, scene.foreign):
        raise Unsuitable(f"{scene.foreign.path.name} does not show what the source shows")
    shot = entire(scene)
    return plain(scene, (shot,)), shot


def spoken_part(scene: Scene, length_s: float) -> tuple[Plan, float, float]:
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
    parts = (part for part in (before, passage, after) if part.length_s > 0)
    return replace(plan, passages=tuple(parts), told=(told,))


_voice = partial(Recipe, innocent=False, family="voice replaced", donor="other")
_own = partial(Recipe, innocent=False, family="own voice of another time")
_twin = partial(Recipe, innocent=False, family="machine voice, same words", donor="voice")
_over = partial(Recipe, innocent=False, family="voice over", donor="other")
_shifted = partial(Recipe, innocent=False, family="sound shifted")
_put = partial(Recipe, innocent=False, family="words in a pause", donor="other")
_pitch = partial(Recipe, innocent=False, family="pitch")

DUBS = (
    _voice("dub-whole", design=dub_whole),
    _voice("dub-part-4s", design=partial(dub_part, length_s=4.0)),
    _voice("dub-part-2s", design=partial(dub_part, length_s=2.0)),
    _voice("dub-part-1s", design=partial(dub_part, length_s=1.0)),
    _voice("dub-part-0.5s", design=partial(dub_part, length_s=0.5)),
    _own("own-voice-whole", design=own_whole),
    _own("own-voice-4s", design=partial(own_part, length_s=4.0)),
    _own("own-voice-2s", design=partial(own_part, length_s=2.0)),
    _own("own-voice-1s", design=partial(own_part, length_s=1.0)),
    _own("own-voice-0.5s", design=partial(own_part, length_s=0.5)),
    _twin("machine-voice-whole", design=twin_whole),
    _twin("machine-voice-1s", design=partial(twin_part, length_s=1.0)),
    _put("words-in-pause", design=put_into_pause),
    _put("words-in-pause-0.5s", design=partial(put_into_pause, most_s=0.5)),
    _put("words-in-pause-1s", design=partial(put_into_pause, most_s=1.0, least_pause_s=1.1)),
    _over("voice-over-6db", design=partial(voice_over, under_db=-6.0)),
    _over("voice-over", design=partial(voice_over, under_db=-15.0)),
    _over("voice-over-25db", design=partial(voice_over, under_db=-25.0)),
    Recipe("muted-3s", False, partial(muted, length_s=3.0), family="muted"),
    Recipe("muted-1s", False, partial(muted, length_s=1.0), family="muted"),
    _shifted("desync-0.5s", design=partial(late, late_s=0.5, innocent=False)),
    _shifted("desync-1s", design=partial(late, late_s=1.0, innocent=False)),
    _shifted("desync-1s-early", design=partial(late, late_s=-1.0, innocent=False)),
    _shifted("desync-2s", design=partial(late, late_s=2.0, innocent=False)),
    _shifted("desync-step-0.3s", design=partial(stepping, late_s=0.3)),
    _shifted("desync-step-1s-early", design=partial(stepping, late_s=-1.0)),
    _shifted("desync-drift-0.6s", design=partial(drifting, late_s=0.6)),
    _pitch("pitch-3", design=partial(pitched, semitones=3.0)),
    _pitch("pitch-down-2", design=partial(pitched, semitones=-2.0)),
)
