"""Innocent recipes: what is done to a clip on its way to a viewer, and `degraded`, which does it to any recipe.

Recipes that take other frames than an excerpt does are in copies.py.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from mediacheck.model import Answer, Kind, SoundState
from mediacheck.tuning import acoustics
from mediacheck.tuning.lettering import Overlay
from mediacheck.tuning.plan import Canvas, Colour, Encoding, Plan, Process
from mediacheck.tuning.recipes import (
    LONGEST_S,
    Recipe,
    Scene,
    Unsuitable,
    excerpt,
    middle,
    plain,
    with_sound,
)
from mediacheck.tuning.screens import Tilt, Zoom
from mediacheck.tuning.shots import split
from mediacheck.tuning.soundtrack import Bed
from mediacheck.tuning.truth import Box, FindingTruth

CAPTIONS = (
    "Full statement after the meeting",
    "Watch: the answer everybody is talking about",
    "LIVE from the press conference, part two",
    "He said it on camera. Share before it is gone!",
)
BANNERS = (
    "BREAKING: talks end without a result; minister speaks to the press",
    "Spokesman answers questions after the summit in the capital",
    "Latest: statement expected this evening, reactions to follow",
)
BANNER_GROUNDS = ((176, 22, 30, 255), (16, 42, 96, 255), (10, 10, 12, 128))  # the last half-opaque
PART_S = (3.0, 4.0)  # of a clip that is banner or zoom in its middle; a third of a shorter clip
PART_SHARE = 1 / 3
ZOOMED = 1.2
LOGOS = ("NEWS 7", "CITY TV", "WORLD24")

SMALL = Encoding(crf=35, height=240)
MESSENGER = (
    Encoding(crf=29, height=480, sound_kbit=48),
    Encoding(crf=31, height=360, sound_kbit=32, sound_rate=24_000),
)
POOR = Encoding(crf=33, height=360, sound_kbit=32, sound_rate=32_000)
DEGRADED = "cropped, 360p, 32 kbit/s"

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


def travelling(scene: Scene, plan: Plan) -> Plan:
    """A small caption that glides across the lower half, as platforms' moving watermarks do."""
    rng = scene.rng
    box: Box = (rng.uniform(0.03, 0.15), rng.uniform(0.5, 0.65), 0.34, 0.10)
    to = (rng.uniform(0.5, 0.62), rng.uniform(0.7, 0.85))
    return replace(
        plan, overlays=(*plan.overlays, Overlay("caption", rng.choice(CAPTIONS), box, to=to))
    )


def branded(scene: Scene, plan: Plan) -> Plan:
    """A channel's logo in one of the corners."""
    width, height = 0.14, 0.09
    x, y = scene.rng.choice((0.03, 0.97 - width)), scene.rng.choice((0.04, 0.96 - height))
    logo = Overlay("logo", scene.rng.choice(LOGOS), (x, y, width, height))
    return replace(plan, overlays=(*plan.overlays, logo))


def bannered(scene: Scene, plan: Plan) -> Plan:
    """A news channel's banner across the lower fifth, there for PART_S and gone again."""
    rng, height = scene.rng, scene.rng.uniform(0.18, 0.25)
    first, frames = _part(scene, plan)
    shown = (float(first / plan.fps), float((first + frames) / plan.fps))
    text, ground = rng.choice(BANNERS), rng.choice(BANNER_GROUNDS)
    banner = Overlay("caption", text, (0.0, 1 - height, 1.0, height), shown, ground=ground)
    return replace(plan, overlays=(*plan.overlays, banner))


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


def graded(
    scene: Scene,
    plan: Plan,
    brightness: float = 0.0,
    contrast: float = 0.0,
    saturation: float = 1.0,
) -> Plan:
    """One control moved as far as given, brightness and contrast up or down."""
    sign = scene.rng.choice((-1, 1))
    colour = Colour(sign * brightness, 1 + sign * contrast, saturation)
    return replace(plan, colour=colour)


def toned(scene: Scene, plan: Plan) -> Plan:
    """As a phone's HDR look: shadows lifted, areas set off from each other, colours stronger."""
    rng = scene.rng
    gamma, local = rng.uniform(1.25, 1.5), rng.uniform(0.5, 0.9)
    colour = Colour(0.0, 1.05, rng.uniform(1.2, 1.5), gamma, local)
    return replace(plan, colour=colour)


def closing_in(scene: Scene, plan: Plan) -> Plan:
    """A slow zoom that ends at 1.15 to 1.3, towards a place near the middle."""
    rng = scene.rng
    zoom = Zoom(rng.uniform(1.15, 1.3), (rng.uniform(0.35, 0.65), rng.uniform(0.3, 0.6)))
    return replace(plan, lens=zoom)


def zoomed(scene: Scene, plan: Plan) -> Plan:
    """Nearer by ZOOMED for PART_S, hard in and out, as editors enliven one long take."""
    first, frames = _part(scene, plan)
    (shot,) = plan.shots
    before, part, after = split(shot, plan.fps, first, first + frames)
    kept, rng = 1 / ZOOMED, scene.rng
    x, y = (rng.uniform(0.3, 0.7) * (1 - kept), rng.uniform(0.3, 0.6) * (1 - kept))
    return replace(plan, shots=(before, replace(part, near=(x, y, kept, kept)), after))


def _part(scene: Scene, plan: Plan) -> tuple[int, int]:
    """The first frame and the number of frames of a part in the middle: PART_S long, or PART_SHARE of a short clip."""
    length_s = min(scene.rng.uniform(*PART_S), PART_SHARE * plan.duration_s)
    frames = max(1, round(length_s * plan.fps))
    if plan.frames < frames + 2:
        raise Unsuitable(f"{scene.source.path.name} is too short to have a middle")
    return middle(scene, plan.shots[0], frames), frames


def mirrored(scene: Scene, plan: Plan) -> Plan:
    return replace(plan, mirrored=True)


def askew(scene: Scene, plan: Plan) -> Plan:
    """Turned by 2.5 to 4 degrees either way, and near enough to leave no empty corner."""
    rng, shape = scene.rng, scene.source.width / scene.source.height
    degrees = rng.choice((-1, 1)) * rng.uniform(2.5, 4.0)
    return replace(plan, lens=Tilt.filling(degrees, shape))


def on_its_side(scene: Scene, plan: Plan) -> Plan:
    """The pixels turned by a quarter, clockwise or back, as a phone leaves them that loses the turn's flag."""
    return replace(plan, turned=scene.rng.choice((1, 3)))


def gained(scene: Scene, plan: Plan) -> Plan:
    """Turned down or up by 4 to 12 dB; up only as far as full scale allows."""
    with_sound(scene)
    return replace(plan, gain_db=scene.rng.choice((-1, 1)) * scene.rng.uniform(4, 12))


def noisy(scene: Scene, plan: Plan) -> Plan:
    """Steady street noise 10 to 18 dB below the speech; the sound stays the original's (`same`)."""
    with_sound(scene)
    return replace(plan, bed=Bed("noise", scene.rng.uniform(10, 18)))


def processed(scene: Scene, plan: Plan, *processes: Process) -> Plan:
    """The soundtrack through programs or a room; it stays the original's (`same`)."""
    with_sound(scene)
    return replace(plan, processes=plan.processes + processes)


def cleaned(scene: Scene, plan: Plan) -> Plan:
    """Noisy sound after a denoiser."""
    return processed(scene, noisy(scene, plan), acoustics.denoised)


def echoing(scene: Scene, plan: Plan) -> Plan:
    """The sound as a hall gives it back."""
    wet_db, lasting_s = scene.rng.uniform(-8, -2), scene.rng.uniform(0.4, 0.8)
    room = partial(acoustics.in_a_room, lasting_s=lasting_s, wet_db=wet_db)
    return processed(scene, plan, room)


def scored(scene: Scene, plan: Plan, kind: str = "music") -> Plan:
    """Music 6 to 14 dB below the speech, throughout. kind: as in Bed."""
    with_sound(scene)
    passages = tuple(replace(passage, state=SoundState.MUSIC_ADDED) for passage in plan.passages)
    told = tuple(
        FindingTruth(Kind.MUSIC_ADDED, (0.0, plan.duration_s), passage.original)
        for passage in passages
    )
    bed = Bed(kind, scene.rng.uniform(6, 14))
    return replace(plan, passages=passages, bed=bed, told=plan.told + told)


def degraded(recipe: Recipe) -> Recipe:
    """The recipe, then a crop of 3 to 6 %, 360p at crf 33 and 32 kbit/s of sound, as one more generation.

    The crop is taken before the recipe's own overlays and borders are drawn, so that their boxes
    stand.
    """

    def design(scene: Scene) -> Plan:
        plan = recipe.design(scene)
        slightly = cropped(scene, plan, 0.03, 0.06)
        return replace(slightly, encodings=(*plan.encodings, POOR))

    return replace(recipe, name=f"{recipe.name}-degraded", design=design, condition=DEGRADED)


def _encoding(*encodings: Encoding, loud: bool = False) -> Treatment:
    def treatment(scene: Scene, plan: Plan) -> Plan:
        return encoded(scene, plan, *encodings, loud=loud)

    return treatment


def _copy(name: str, condition: str, *treatments: Treatment, twin: str | None = None) -> Recipe:
    return Recipe(name, True, treated(*treatments), condition, twin=twin)


def _heard(name: str, encoding: Encoding) -> Recipe:
    return _copy(name, "sound compressed", _encoding(encoding, loud=True))


def _through(name: str, condition: str, process: Process, twin: str | None = None) -> Recipe:
    def treatment(scene: Scene, plan: Plan) -> Plan:
        return processed(scene, plan, process)

    return _copy(name, condition, treatment, twin=twin)


TREATMENTS = (
    Recipe("excerpt", True, simple),
    Recipe("short-8s", True, partial(simple, longest_s=8.0)),
    _copy("h264-240p", "heavy compression", _encoding(SMALL)),
    _copy("h264-crf28", "picture compressed", _encoding(Encoding(crf=28))),
    _copy("h264-crf38", "heavy compression", _encoding(Encoding(crf=38))),
    _copy("hevc", "picture compressed", _encoding(Encoding(30, picture_codec="libx265"))),
    _copy("vp9", "picture compressed", _encoding(Encoding(40, picture_codec="libvpx-vp9"))),
    _copy("crop", "reframed", cropped),
    _copy("crop-25", "reframed", partial(cropped, least=0.20, most=0.25)),
    _copy("crop-50", "reframed", partial(cropped, least=0.45, most=0.50)),
    _copy("bars", "reframed", barred),
    _copy("mirror", "mirrored", mirrored),
    _copy("turned-3", "turned", askew),
    _copy("turned-90", "turned", on_its_side),
    _copy("caption", "drawn over", captioned, twin="false-caption"),
    _copy("caption-moving", "drawn over", travelling),
    _copy("banner-part", "drawn over", bannered, twin="false-caption"),
    _copy("logo", "drawn over", branded, twin="region-lettered"),
    _copy("colour", "colours changed", coloured),
    _copy("brightness", "colours changed", partial(graded, brightness=0.12)),
    _copy("contrast", "colours changed", partial(graded, contrast=0.25)),
    _copy("grey", "colours changed", partial(graded, saturation=0.0)),
    _copy("tone-hdr", "colours changed", toned),
    _copy("vertical-blurred", "reframed", upright),
    _copy("vertical-crop", "reframed", upright_crop),
    _copy("punch-in", "slow zoom", closing_in),
    _copy("zoom-part", "zoom in part", zoomed, twin="insert-4s"),
    _heard("aac-32k", Encoding(sound_kbit=32)),
    _heard("aac-64k", Encoding(sound_kbit=64)),
    _heard("mp3-24k", Encoding(sound_codec="libmp3lame", sound_kbit=24, sound_rate=24_000)),
    _heard("opus-16k", Encoding(sound_codec="libopus", sound_kbit=16)),
    _heard("opus-24k", Encoding(sound_codec="libopus", sound_kbit=24)),
    _heard("telephone-8khz", Encoding(sound_kbit=24, sound_rate=8_000)),
    _copy("gain", "loudness changed", gained, twin="muted-3s"),
    _through("gain-automatic", "loudness changed", acoustics.levelled, "muted-3s"),
    _through("loudness-normalised", "loudness changed", acoustics.normalised),
    _through("compressor", "loudness changed", acoustics.compressed),
    _copy("noise", "noise", noisy, twin="voice-over"),
    _copy("denoised", "noise", cleaned, twin="dub-part-2s"),
    _copy("reverberation", "echo", echoing, twin="dub-whole"),
    _copy("music-bed", "music added", scored, twin="voice-over"),
    _copy("music-beat", "music added", partial(scored, kind="beat"), twin="voice-over"),
    _copy("messenger-twice", "heavy compression", _encoding(*MESSENGER)),
    _copy(
        "combined",
        "heavy compression",
        cropped,
        captioned,
        _encoding(Encoding(35, 240, sound_kbit=32)),
    ),
)
