"""Recipes that change what a part of the frame shows: pasted, blurred, written on, another face, another mouth.

No check looks at parts of the frame yet; what these recipes measure meanwhile is how much is missed.
"""

from dataclasses import replace
from functools import partial
from math import sqrt

import cv2
import numpy as np

from mediacheck.model import Kind
from mediacheck.tuning.drawing import fraction
from mediacheck.tuning.faces import Face, face
from mediacheck.tuning.footage import Footage, pictures
from mediacheck.tuning.lettering import Overlay, pixels
from mediacheck.tuning.plan import Plan
from mediacheck.tuning.recipes import Recipe, Scene, Unsuitable, excerpt, plain
from mediacheck.tuning.retouching import Blurred, Lettered, Pasted, Retouch, framed
from mediacheck.tuning.shots import Shot
from mediacheck.tuning.treatments import simple
from mediacheck.tuning.truth import Box, FindingTruth

EDGE = 0.08  # of the frame that stays free on every side: a later crop takes up to 0.06
PLACES = 16  # tried for a region; the one that changes most is taken
MOMENTS = 4  # other moments tried
LOOKS = 5  # frames on which a place is judged
CHANGED = (
    6.0  # mean grey levels by which a region must differ on average; compression explains 1 to 3
)
SMEARED = 2.5  # the same for a blur, which leaves large shapes
APART_S = 1.0  # how far another moment lies away
SIGN = (0.26, 0.12)  # width and height of the lettered plate: 3 % of the frame
FACE = (0.02, -0.08, 0.96, 1.16)  # of the detector's square: from hairline to chin
MOUTH = (0.22, 0.62, 0.56, 0.36)
MOVED = 2.0  # mean grey levels by which a mouth must differ
SIGNS = ("CLOSED", "NO ENTRY", "WARD 9", "FOR SALE")
QUOTES = (
    "“I never wanted to be here, and I never will again.”",
    "“We have sold the harbour, and it was the right price.”",
    "“Nobody told the truth at that meeting. Not even I.”",
)


def pasted(scene: Scene, share: float) -> Plan:
    """A rectangle of the donor's moving picture over that share of the frame, throughout."""
    foreign = scene.foreign
    if not foreign.has_picture:
        raise Unsuitable(f"{foreign.path.name} has no picture to paste")
    shot = excerpt(scene)
    room_s = max(0.0, foreign.picture_s - shot.frames / float(scene.source.fps))
    others = [Shot(foreign, foreign.times[0] + scene.rng.uniform(0, room_s), shot.frames)]
    return _pasted(scene, shot, others, share)


def pasted_own(scene: Scene, share: float) -> Plan:
    """The same place at another moment over that share of the frame, throughout: somebody or something is hidden."""
    shot = excerpt(scene)
    return _pasted(scene, shot, _other_moments(scene, shot), share)


def blurred(scene: Scene, share: float) -> Plan:
    """That share of the frame made unrecognisable, throughout."""
    shot = excerpt(scene)
    stills = _stills(shot, scene)
    content = Blurred(0.25)
    best: tuple[float, Box] | None = None
    for box in _boxes(scene, sqrt(share), sqrt(share)):
        retouch = Retouch(Kind.REGION, content, (box,))
        changed = float(np.mean([_difference(retouch.applied(s, 0, None), s, box) for s in stills]))
        best = max(best or (changed, box), (changed, box))
    if best is None or best[0] < SMEARED:
        raise Unsuitable(f"{scene.source.path.name} has nothing in it that a blur would hide")
    return _retouched(scene, shot, Retouch(Kind.REGION, content, (best[1],) * shot.frames))


def lettered(scene: Scene) -> Plan:
    """A plate with other writing on it in the scene, throughout: a sign or a document forged."""
    shot = excerpt(scene)
    (box,) = _boxes(scene, *SIGN, count=1)
    content = Lettered(scene.rng.choice(SIGNS))
    return _retouched(scene, shot, Retouch(Kind.REGION, content, (box,) * shot.frames))


def other_face(scene: Scene) -> Plan:
    """The donor's face, as an oval that follows the speaker's, over the speaker's face."""
    shot, own = _with_face(scene)
    foreign = scene.foreign
    if not foreign.has_picture:
        raise Unsuitable(f"{foreign.path.name} has no picture to take a face from")
    for _ in range(MOMENTS):
        room_s = max(0.0, foreign.picture_s - shot.frames / float(scene.source.fps))
        start_s = foreign.times[0] + scene.rng.uniform(0, room_s)
        taken = Shot(foreign, start_s, shot.frames)
        other = face(taken, scene.source.fps, _size(scene))
        if other is not None:
            content = Pasted(taken, other.part(*FACE), toned=True)
            return _retouched(scene, shot, Retouch(Kind.FACE, content, own.part(*FACE), oval=True))
    raise Unsuitable(f"{foreign.path.name} shows no face for long enough")


def other_mouth(scene: Scene) -> Plan:
    """The speaker's mouth as it moves at another moment: the picture half of a lip-synchronised dub."""
    shot, own = _with_face(scene)
    for taken in _other_moments(scene, shot):
        other = face(taken, scene.source.fps, _size(scene))
        if other is None:
            continue
        content = Pasted(taken, other.part(*MOUTH), toned=True)
        retouch = Retouch(Kind.FACE, content, own.part(*MOUTH), oval=True)
        looks = _looks(shot)
        stills, fed = _stills(shot, scene), _stills(taken, scene)
        changed = [
            _difference(retouch.applied(still, k, there), still, retouch.boxes[k])
            for k, still, there in zip(looks, stills, fed, strict=True)
        ]
        if float(np.mean(changed)) >= MOVED:
            return _retouched(scene, shot, retouch)
    raise Unsuitable(f"{scene.source.path.name} shows no other moment of the same face")


def miscaptioned(scene: Scene) -> Plan:
    """A quotation in the lower fifth that nobody says, over footage and sound left as they are.

    By the contract that is a note, `caption_differs`, and the answer stays `no-alteration-found`.
    """
    plan = simple(scene)
    height = scene.rng.uniform(0.11, 0.15)
    box: Box = (0.06, 0.96 - height, 0.88, height)
    drawn = pixels(box, _size(scene))
    told = FindingTruth(
        Kind.CAPTION_DIFFERS,
        (0.0, plan.duration_s),
        plan.shots[0].original(plan.fps),
        fraction(drawn, _size(scene)),
    )
    caption = Overlay("caption", scene.rng.choice(QUOTES), box)
    return replace(plan, overlays=(caption,), told=(told,))


def _pasted(scene: Scene, shot: Shot, others: list[Shot], share: float) -> Plan:
    stills = _stills(shot, scene)
    best: tuple[float, int, Box] | None = None
    for number, other in enumerate(others):
        fed = _stills(other, scene)
        for box in _boxes(scene, sqrt(share), sqrt(share)):
            pairs = zip(stills, fed, strict=True)
            changed = float(np.mean([_difference(one, two, box) for one, two in pairs]))
            best = max(best or (changed, number, box), (changed, number, box))
    if best is None or best[0] < CHANGED:
        raise Unsuitable(f"{scene.source.path.name}: nothing that could be pasted would be seen")
    boxes = (best[2],) * shot.frames
    content = Pasted(others[best[1]], boxes)
    return _retouched(scene, shot, Retouch(Kind.REGION, content, boxes))


def _retouched(scene: Scene, shot: Shot, retouch: Retouch) -> Plan:
    return replace(plain(scene, (shot,)), retouches=(retouch,))


def _other_moments(scene: Scene, shot: Shot) -> list[Shot]:
    """Shots as long as the given one that start at least APART_S away from it."""
    source = scene.source
    room_s = source.picture_s - shot.frames / float(source.fps)
    found: list[Shot] = []
    for _ in range(10 * MOMENTS):
        start_s = source.times[0] + scene.rng.uniform(0, room_s)
        if abs(start_s - shot.start_s) >= APART_S and len(found) < MOMENTS:
            found.append(replace(shot, start_s=start_s))
    if not found:
        raise Unsuitable(f"{source.path.name} is too short to take another moment from")
    return found


def _with_face(scene: Scene) -> tuple[Shot, Face]:
    for _ in range(MOMENTS):
        shot = excerpt(scene)
        own = face(shot, scene.source.fps, _size(scene))
        if own is not None:
            return shot, own
    raise Unsuitable(f"{scene.source.path.name} shows no face for long enough")


def _boxes(scene: Scene, width: float, height: float, count: int = PLACES) -> list[Box]:
    rng = scene.rng
    return [
        (rng.uniform(EDGE, 1 - EDGE - width), rng.uniform(EDGE, 1 - EDGE - height), width, height)
        for _ in range(count)
    ]


def _size(scene: Scene) -> tuple[int, int]:
    return (scene.source.width, scene.source.height)


def _looks(shot: Shot) -> list[int]:
    return [round(at) for at in np.linspace(0, shot.frames - 1, LOOKS)]


def _stills(shot: Shot, scene: Scene) -> list[np.ndarray]:
    """LOOKS whole frames of the shot, spread evenly."""
    footage: Footage = shot.footage
    indexes = shot.indexes(scene.source.fps)
    size = _size(scene)
    wanted = [indexes[k] for k in _looks(shot)]
    return [framed(picture, size) for picture in pictures(footage, wanted, size)]


def _difference(one: np.ndarray, other: np.ndarray, box: Box) -> float:
    """Mean difference in grey levels within a box of two whole frames."""
    height, width = one.shape[0] * 2 // 3, one.shape[1]
    x, y, across, down = pixels(box, (width, height))
    return float(
        cv2.absdiff(one[y : y + down, x : x + across], other[y : y + down, x : x + across]).mean()
    )


_region = partial(Recipe, innocent=False, family="region")
_face = partial(Recipe, innocent=False, family="face")

FORGERIES = (
    _region("region-pasted-2", design=partial(pasted, share=0.02), donor="other"),
    _region("region-pasted-8", design=partial(pasted, share=0.08), donor="other"),
    _region("region-pasted-20", design=partial(pasted, share=0.20), donor="other"),
    _region("region-own-2", design=partial(pasted_own, share=0.02)),
    _region("region-own-8", design=partial(pasted_own, share=0.08)),
    _region("region-own-20", design=partial(pasted_own, share=0.20)),
    _region("region-blurred", design=partial(blurred, share=0.06)),
    _region("region-lettered", design=lettered),
    _face("face-replaced", design=other_face, donor="other"),
    _face("mouth-moved", design=other_mouth),
)
CAPTIONS = (Recipe("false-caption", True, miscaptioned, family="false caption"),)
