"""Innocent recipes: what happens to a clip on its way to a viewer, and `degraded`, which does it to any recipe."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

from mediacheck.model import Answer, Kind, SoundState
from mediacheck.tuning.lettering import Overlay
from mediacheck.tuning.montage import Canvas, Colour, Encoding, Plan
from mediacheck.tuning.recipes import (
    LONGEST_S,
    Recipe,
    Scene,
    excerpt,
    following,
    plain,
    with_sound,
)
from mediacheck.tuning.soundtrack import Bed
from mediacheck.tuning.truth import Box, FindingTruth

PAL = Fraction(25, 24)  # film shown at 25 frames a second, the sound running along
CAPTIONS = (
    "Full statement after the meeting",
    "Watch: the answer everybody is talking about",
    "LIVE from the press conference, part two",
    "He said it on camera. Share before it is gone!",
)
LOGOS = ("NEWS 7", "CITY TV", "WORLD24")

SMALL = Encoding(crf=35, height=240)
MESSENGER = (
    Encoding(crf=29, height=480, sound_kbit=48),
    Encoding(crf=31, height=360, sound_kbit=32, sound_rate=24_000),
)
POOR = Encoding(crf=33, height=360, sound_kbit=32, sound_rate=32_000)

Treatment = Callable[[Scene, Plan], Plan]


def simple(scene: Scene, longest_s: float = LONGEST_S) -> Plan:
    """An excerpt, answered `no-alteration-found`."""
    return replace(
        plain(scene, (excerpt(scene, longest_s=longest_s),)), answer=Answer.NO_ALTERATION_FOUND
    )


def treated(*treatments: Treatment) -> Callable[[Scene], Plan]:
    """An excerpt with one treatment after another."""

    def design(scene: Scene) -> Plan:
        plan = simple(scene)
        for treatment in treatments:
            plan = treatment(scene, plan)
        return plan

    return design


def encoded(scene: Scene, plan: Plan, *encodings: Encoding, loud: bool = False) -> Plan:
    """With other encodings; loud: the recipe is about sound, so there must be some."""
    if loud:
        with_sound(scene)
    return replace(plan, encodings=encodings)


def cropped(scene: Scene, plan: Plan, least: float = 0.05, most: float = 0.20) -> Plan:
    """A share between least and most cut off the width, and the same off the height, at random sides.

    A plan that is cropped already is cropped within that crop.
    """
    kept = 1 - scene.rng.uniform(least, most)
    x, y, width, height = plan.crop
    left, top = scene.rng.uniform(0, 1 - kept), scene.rng.uniform(0, 1 - kept)
    box = (x + left * width, y + top * height, kept * width, kept * height)
    return replace(plan, crop=box)


def captioned(scene: Scene, plan: Plan) -> Plan:
    """A strip of text in the lower fifth, from the first frame to the last."""
    height = scene.rng.uniform(0.11, 0.15)
    box: Box = (0.06, 0.96 - height, 0.88, height)
    caption = Overlay("caption", scene.rng.choice(CAPTIONS), box)
    return replace(plan, overlays=(*plan.overlays, caption))


def branded(scene: Scene, plan: Plan) -> Plan:
    """A channel's logo in one of the corners."""
    width, height = 0.14, 0.09
    x, y = scene.rng.choice((0.03, 0.97 - width)), scene.rng.choice((0.04, 0.96 - height))
    logo = Overlay("logo", scene.rng.choice(LOGOS), (x, y, width, height))
    return replace(plan, overlays=(*plan.overlays, logo))


def barred(scene: Scene, plan: Plan) -> Plan:
    """Black bars above and below, or at both sides."""
    shape = scene.source.width / scene.source.height
    wider = scene.rng.random() < 0.5
    factor = scene.rng.uniform(1.2, 1.4)
    return replace(plan, canvas=Canvas(shape * factor if wider else shape / factor))


def upright(scene: Scene, plan: Plan) -> Plan:
    """9:16, the whole picture in the middle before a blurred copy of itself."""
    return replace(plan, canvas=Canvas(9 / 16, blurred=True))


def upright_crop(scene: Scene, plan: Plan) -> Plan:
    """9:16 cut out of the picture, near its middle."""
    shape = scene.source.width / scene.source.height
    width = min(1.0, 9 / 16 / shape)
    x = (1 - width) * scene.rng.uniform(0.4, 0.6)
    return replace(plan, crop=(x, 0.0, width, 1.0))


def coloured(scene: Scene, plan: Plan) -> Plan:
    """Brightness, contrast and saturation moved as a phone's editor does."""
    rng = scene.rng
    colour = Colour(
        rng.choice((-1, 1)) * rng.uniform(0.05, 0.10), rng.uniform(1.12, 1.3), rng.uniform(1.2, 1.5)
    )
    return replace(plan, colour=colour)


def mirrored(scene: Scene, plan: Plan) -> Plan:
    return replace(plan, mirrored=True)


def gained(scene: Scene, plan: Plan) -> Plan:
    """Turned down or up by 4 to 12 dB; up only as far as full scale allows."""
    with_sound(scene)
    return replace(plan, gain_db=scene.rng.choice((-1, 1)) * scene.rng.uniform(4, 12))


def noisy(scene: Scene, plan: Plan) -> Plan:
    """Steady street noise 10 to 18 dB below the speech; the sound stays the original's (`same`)."""
    with_sound(scene)
    return replace(plan, bed=Bed("noise", scene.rng.uniform(10, 18)))


def scored(scene: Scene, plan: Plan) -> Plan:
    """Music 6 to 14 dB below the speech, throughout."""
    with_sound(scene)
    passages = tuple(replace(passage, state=SoundState.MUSIC_ADDED) for passage in plan.passages)
    told = tuple(
        FindingTruth(Kind.MUSIC_ADDED, (0.0, plan.duration_s), passage.original)
        for passage in passages
    )
    bed = Bed("music", scene.rng.uniform(6, 14))
    return replace(plan, passages=passages, bed=bed, told=plan.told + told)


def whole(scene: Scene) -> Plan:
    """All of the source from its first frame to its last."""
    source = scene.source
    everything = replace(excerpt(scene), start_s=source.times[0], frames=len(source.times))
    return replace(plain(scene, (everything,)), answer=Answer.NO_ALTERATION_FOUND)


def fifteen(scene: Scene) -> Plan:
    """15 frames a second, each the source's nearest."""
    fps = Fraction(15)
    shots = (excerpt(scene, fps=fps),)
    plan = Plan(scene.source, scene.donor, fps, shots, following(shots, fps))
    return replace(plan, answer=Answer.NO_ALTERATION_FOUND)


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


def degraded(recipe: Recipe) -> Recipe:
    """The recipe, then a crop of 3 to 6 %, 360p at crf 33 and 32 kbit/s of sound, as one more generation.

    The crop is taken before the recipe's own overlays and borders are drawn, so that their boxes
    stand.
    """

    def design(scene: Scene) -> Plan:
        plan = recipe.design(scene)
        slightly = cropped(scene, plan, 0.03, 0.06)
        return replace(slightly, encodings=(*plan.encodings, POOR))

    return Recipe(f"{recipe.name}-degraded", recipe.innocent, design)


def _encoding(*encodings: Encoding, loud: bool = False) -> Treatment:
    def treatment(scene: Scene, plan: Plan) -> Plan:
        return encoded(scene, plan, *encodings, loud=loud)

    return treatment


TREATMENTS = (
    Recipe("excerpt", True, simple),
    Recipe("whole", True, whole),
    Recipe("short-8s", True, partial(simple, longest_s=8.0)),
    Recipe("h264-240p", True, treated(_encoding(SMALL))),
    Recipe("crop", True, treated(cropped)),
    Recipe("bars", True, treated(barred)),
    Recipe("mirror", True, treated(mirrored)),
    Recipe("caption", True, treated(captioned)),
    Recipe("logo", True, treated(branded)),
    Recipe("colour", True, treated(coloured)),
    Recipe("vertical-blurred", True, treated(upright)),
    Recipe("vertical-crop", True, treated(upright_crop)),
    Recipe("15fps", True, fifteen),
    Recipe("aac-32k", True, treated(_encoding(Encoding(sound_kbit=32), loud=True))),
    Recipe(
        "mp3-24k",
        True,
        treated(
            _encoding(
                Encoding(sound_codec="libmp3lame", sound_kbit=24, sound_rate=24_000), loud=True
            )
        ),
    ),
    Recipe(
        "opus-16k",
        True,
        treated(_encoding(Encoding(sound_codec="libopus", sound_kbit=16), loud=True)),
    ),
    Recipe(
        "telephone-8khz",
        True,
        treated(_encoding(Encoding(sound_kbit=24, sound_rate=8_000), loud=True)),
    ),
    Recipe("gain", True, treated(gained)),
    Recipe("noise", True, treated(noisy)),
    Recipe("music-bed", True, treated(scored)),
    Recipe("offset-120ms", True, partial(late, late_s=0.12, innocent=True)),
    Recipe("speed-25-24", True, partial(sped, speed=float(PAL), kept_pitch=False, innocent=True)),
    Recipe("messenger-twice", True, treated(_encoding(*MESSENGER))),
    Recipe(
        "combined",
        True,
        treated(cropped, captioned, _encoding(Encoding(35, 240, sound_kbit=32))),
    ),
)
