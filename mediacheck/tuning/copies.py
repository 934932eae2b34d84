"""Innocent recipes that take frames or sound as no excerpt does: other frame rates, screens, phones, an intro."""

from dataclasses import replace
from fractions import Fraction
from functools import partial

from mediacheck.model import Answer, Kind, SoundState
from mediacheck.tuning import acoustics
from mediacheck.tuning.alterations import insert
from mediacheck.tuning.plan import KEPT, Canvas, Encoding, Plan
from mediacheck.tuning.recipes import (
    LONGEST_S,
    LONGEST_SHARE,
    Recipe,
    Scene,
    Unsuitable,
    entire,
    excerpt,
    following,
    middle,
    plain,
)
from mediacheck.tuning.screens import Inset, Phone
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.soundtrack import Bed, Passage
from mediacheck.tuning.timing import late, sped
from mediacheck.tuning.truth import Box, FindingTruth

PAL = Fraction(25, 24)  # film shown at 25 frames a second, the sound running along
NTSC = Fraction(1000, 1001)  # 30 frames a second shown at 29.97
BRIEF_S = (
    0.8  # a cutaway shorter than `least_insert_s` of the calibration: no `insert` by the contract
)
INTRO_S = 4.0
INSET = (0.3, 0.5)  # of the frame's width and height, that the picture takes in another
SLIDES_S = 30.0  # of an original with a held picture
HELD_S = (3.0, 4.0)  # how long; a third of a shorter clip


def whole(scene: Scene) -> Plan:
    """All of the source from its first frame to its last."""
    return replace(plain(scene, (entire(scene),)), answer=Answer.NO_ALTERATION_FOUND)


def regridded(scene: Scene, fps: int) -> Plan:
    """So many frames a second, each the source's nearest; none are blended."""
    rate = Fraction(fps)
    shots = (excerpt(scene, fps=rate),)
    plan = Plan(scene.source, scene.donor, rate, shots, following(shots, rate))
    return replace(plan, answer=Answer.NO_ALTERATION_FOUND)


def deinterlaced(scene: Scene) -> Plan:
    """Broadcast in 1080 lines with the lower field one frame behind, deinterlaced and scaled to the source's size."""
    plan = plain(scene, (excerpt(scene),))
    return replace(plan, interlaced=True, answer=Answer.NO_ALTERATION_FOUND)


def dropping(scene: Scene) -> Plan:
    """Of every 12 frames one or two are lost, and the one before stands in their place."""
    plan = plain(scene, (excerpt(scene),))
    starts = range(12, plan.frames - 2, 12)
    lost = ((first + scene.rng.randrange(8), scene.rng.choice((1, 1, 2))) for first in starts)
    stalls = tuple((first, min(plan.frames, first + count)) for first, count in lost)
    return replace(plan, stalls=stalls, answer=Answer.NO_ALTERATION_FOUND)


def stalling(scene: Scene, longest_s: float) -> Plan:
    """A stream that hangs three times while the sound runs on, and then shows what is due.

    Shorter than what stands for footage that somebody wants hidden: `freeze` begins beyond a second.
    """
    plan = plain(scene, (excerpt(scene),))
    third, longest = plan.frames // 3, longest_s * float(plan.fps)
    if third < 3 * longest:
        raise Unsuitable(f"{scene.source.path.name} is too short to stall three times")
    stalls = []
    for part in range(3):
        count = max(1, int(longest * scene.rng.uniform(0.5, 1.0)))
        first = part * third + scene.rng.randint(third // 4, third // 2)
        stalls.append((first, first + count))
    return replace(plan, stalls=tuple(stalls), answer=Answer.NO_ALTERATION_FOUND)


def evenly_paced(scene: Scene) -> Plan:
    """Of a recording that stores a picture only when it changes: where one is held, the frame rate drops.

    The clip shows the held picture as often as any other, as whatever edits such a recording makes of it. Nothing is
    frozen in it that does not stand still in the original.
    """
    source = scene.source
    if not source.has_picture:
        raise Unsuitable(f"{source.path.name} has no picture")
    there = int(min(SLIDES_S, source.picture_s) * source.fps)
    frames = int(min(LONGEST_S, LONGEST_SHARE * there / source.fps) * source.fps)
    held = round(min(scene.rng.uniform(*HELD_S) * source.fps, frames / 3))
    if held < 2:
        raise Unsuitable(f"{source.path.name} is too short to hold a picture of it")
    first = scene.rng.randint(0, there - frames)
    recorded = plain(scene, (Shot(source, 0.0, there),))
    clip = plain(scene, (Shot(source, float(first / source.fps), frames),))
    at = middle(scene, clip.shots[0], held)
    stalls = ((first + at, first + at + held),)
    original = replace(recorded, stalls=stalls, once=True, encodings=(KEPT,))
    return replace(
        clip, stalls=((at, at + held),), original=original, answer=Answer.NO_ALTERATION_FOUND
    )


def from_a_screen(scene: Scene, fps: int) -> Plan:
    """A recorded screen: the player's window on a desktop, frames doubled or lost on the recorder's grid.

    The sound is the system's own at 44.1 kHz, so no room is heard in it.
    """
    plan = dropping_on(regridded(scene, fps), scene)
    shape = scene.source.width / scene.source.height
    window = Canvas(shape, margin=scene.rng.uniform(0.07, 0.12))
    taken = Encoding(crf=26, sound_kbit=128, sound_rate=44_100)
    return replace(plan, canvas=window, encodings=(taken,))


def dropping_on(plan: Plan, scene: Scene) -> Plan:
    """A hiccup of the recorder about every second: 2 to 4 frames of its grid show what was there before."""
    rate = round(plan.fps)
    firsts = (
        first + scene.rng.randrange(rate // 2) for first in range(rate, plan.frames - 8, rate)
    )
    stalls = tuple((first, first + scene.rng.randint(2, 4)) for first in firsts)
    return replace(plan, stalls=stalls)


def filmed_from_a_screen(scene: Scene) -> Plan:
    """A phone at 30 frames a second before a screen: perspective, a hand's shake, flicker, and the room's echo."""
    plan, rng = regridded(scene, 30), scene.rng
    left, top = rng.uniform(0.05, 0.09), rng.uniform(0.05, 0.09)
    lean, tilt = rng.uniform(0.01, 0.03), rng.uniform(-0.012, 0.012)
    corners = (
        (left, top + tilt),
        (1 - left, top - tilt + lean),
        (1 - left, 1 - top + tilt - lean),
        (left, 1 - top - tilt),
    )
    phone = Phone(corners, rng.uniform(0.001, 0.003), 0.12, rng.uniform(0.1, 0.4), rng.random())
    plan = replace(plan, lens=phone, encodings=(Encoding(crf=27, sound_rate=44_100),))
    told = FindingTruth(Kind.COLOUR, (0.0, plan.duration_s), plan.shots[0].original(plan.fps))
    plan = replace(plan, told=(told,))
    if not plan.passages:
        return plan
    return replace(plan, processes=(acoustics.by_a_phone,), bed=Bed("noise", rng.uniform(20, 26)))


def introduced(scene: Scene) -> Plan:
    """An anchor's words before it: the donor's picture and sound, then the excerpt."""
    foreign = scene.foreign
    if not foreign.has_picture or foreign.picture_s < INTRO_S:
        raise Unsuitable(f"{foreign.path.name} has no {INTRO_S} s of picture for an intro")
    shot, fps = excerpt(scene), scene.source.fps
    frames = round(INTRO_S * fps)
    if shot.frames < 2 * frames:
        raise Unsuitable(f"{scene.source.path.name} is too short to come after an intro")
    from_s = foreign.times[0] + scene.rng.uniform(0, foreign.picture_s - INTRO_S)
    anchor = Shot(foreign, from_s, frames, foreign=True)
    told = FindingTruth(Kind.UNCOVERED, (0.0, frames / float(fps)))
    heard = following((shot,), fps)
    if heard:
        state = SoundState.FOREIGN if foreign.has_sound else SoundState.SILENT
        donor_s = from_s if foreign.has_sound else None
        heard = (Passage(frames / float(fps), state, donor_s=donor_s), *heard)
    shots = (anchor, shot)
    return Plan(scene.source, foreign, fps, shots, heard, Answer.NO_ALTERATION_FOUND, (told,))


def picture_in_picture(scene: Scene) -> Plan:
    """The excerpt small in a corner, and the donor's picture running on behind it; the sound is the source's."""
    foreign, rng = scene.foreign, scene.rng
    shot, fps = excerpt(scene), scene.source.fps
    length_s = shot.frames / float(fps)
    if not foreign.has_picture or foreign.picture_s < length_s:
        raise Unsuitable(f"{foreign.path.name} has no {length_s:.1f} s of picture for a background")
    from_s = foreign.times[0] + rng.uniform(0, foreign.picture_s - length_s)
    ground = Shot(foreign, from_s, shot.frames, foreign=True)
    kept, x, y = rng.uniform(*INSET), rng.choice((0.03, 0.97)), rng.choice((0.04, 0.96))
    box: Box = (
        x if x < 0.5 else x - kept,
        y if y < 0.5 else y - kept,
        kept,
        kept,
    )
    plan = plain(scene, (shot,))
    return replace(plan, inset=Inset(box, ground), answer=Answer.NO_ALTERATION_FOUND)


def cut_away(scene: Scene) -> Plan:
    """BRIEF_S of the donor's picture over sound that runs on.

    By the contract foreign footage is an `insert`, and that an alteration, where it is longer than the calibrated
    length, whatever is heard under it (see `cutaway-4s`). This one is shorter, so nothing is found and the answer
    is `no-alteration-found`; the timeline still calls it foreign.
    """
    plan = insert(scene, BRIEF_S, cutaway=True)
    return replace(plan, told=(), answer=Answer.NO_ALTERATION_FOUND)


_rate = partial(Recipe, innocent=True, condition="other frame rate")
_stall = partial(Recipe, innocent=True, condition="frames lost")
_screen = partial(Recipe, innocent=True, condition="screen recording")
_offset = partial(Recipe, innocent=True, condition="sound offset", twin="desync-1s")
_paced = partial(Recipe, innocent=True, condition="film speed")

COPIES = (
    Recipe("whole", True, whole),
    _rate("12fps", design=partial(regridded, fps=12)),
    _rate("15fps", design=partial(regridded, fps=15)),
    _rate("24fps", design=partial(regridded, fps=24)),
    _rate("25fps", design=partial(regridded, fps=25)),
    _rate("30fps", design=partial(regridded, fps=30)),
    Recipe("variable-rate", True, evenly_paced, "variable frame rate", twin="freeze-3s"),
    Recipe("deinterlaced-1080i", True, deinterlaced, "deinterlaced"),
    _stall("frames-dropped", design=dropping),
    _stall("stalled-0.8s", design=partial(stalling, longest_s=0.8), twin="freeze-3s"),
    _offset("offset-40ms", design=partial(late, late_s=0.04, innocent=True)),
    _offset("offset-120ms", design=partial(late, late_s=0.12, innocent=True)),
    _offset("offset-250ms", design=partial(late, late_s=0.25, innocent=True)),
    _offset("offset-120ms-early", design=partial(late, late_s=-0.12, innocent=True)),
    _paced(
        "speed-25-24",
        design=partial(sped, speed=float(PAL), kept_pitch=False, innocent=True),
        twin="speed-1.1-pitch",
    ),
    _paced(
        "speed-24-25",
        design=partial(sped, speed=float(1 / PAL), kept_pitch=False, innocent=True),
        twin="speed-0.9-pitch",
    ),
    _paced(
        "speed-1000-1001",
        design=partial(sped, speed=float(NTSC), kept_pitch=False, innocent=True),
    ),
    _screen("screen-recording-60", design=partial(from_a_screen, fps=60)),
    _screen("screen-recording-30", design=partial(from_a_screen, fps=30)),
    Recipe("phone-filming-screen", True, filmed_from_a_screen, "phone filming a screen"),
    Recipe("picture-in-picture", True, picture_in_picture, "picture in picture", donor="other"),
    Recipe("intro", True, introduced, "foreign intro", donor="other", twin="insert-4s"),
    Recipe("cutaway-0.8s", True, cut_away, "brief cutaway", donor="other", twin="cutaway-4s"),
)
