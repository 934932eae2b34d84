"""Records of pairs that were never measured: what a check's `judge` sees, made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from mediacheck.calibration import Calibration
from mediacheck.checks import CHECKS, Record
from mediacheck.model import (
    Finding,
    Geometry,
    Measured,
    Measurement,
    Media,
    PictureSegment,
    PictureState,
    Question,
    SoundSegment,
    SoundState,
    Span,
    StreamInfo,
    Timeline,
    Transcripts,
    Words,
)

Place = tuple[float, float]
PICTURE = StreamInfo(0, "picture", "h264", 0.0, 20.0, width=1280, height=720, fps=25.0)
SOUND = StreamInfo(1, "sound", "aac", 0.0, 20.0, rate=48_000, channels=2)
BOTH = (PICTURE, SOUND)


def media(sha256: str, duration_s: float = 20.0, streams: tuple[StreamInfo, ...] = BOTH) -> Media:
    return Media(sha256 * 64, 1000, duration_s, "mp4", streams, {})


def shown(
    clip: Place,
    original: Place | None,
    *,
    speed: float = 1.0,
    basis: str = "both",
    state: PictureState = PictureState.FOREIGN,
) -> PictureSegment:
    """A part of the picture; without a place of the original it is of the given state."""
    if original is None:
        return PictureSegment(Span(*clip), None, state)
    assert basis in ("picture", "sound", "both")
    return PictureSegment(
        Span(*clip),
        Span(*original),
        PictureState.MATCHED,
        speed=speed,
        score=0.8,
        basis="sound" if basis == "sound" else "both" if basis == "both" else "picture",
    )


def heard(
    clip: Place,
    original: Place | None,
    state: SoundState = SoundState.SAME,
    *,
    presence: float | None = 60.0,
    residual_db: float | None = None,
) -> SoundSegment:
    place = None if original is None else Span(*original)
    return SoundSegment(Span(*clip), place, state, presence, residual_db=residual_db)


def record(
    picture: Sequence[PictureSegment] = (),
    sound: Sequence[SoundSegment] = (),
    measured: Sequence[Measured] = (),
    *,
    clip: Media | None = None,
    original: Media | None = None,
    geometry: Geometry | None = None,
    transcripts: Transcripts | None = None,
    words: Words | None = None,
) -> Record:
    return Record(
        clip=clip or media("c"),
        original=original or media("0", 60.0),
        question=Question(),
        measured={each.check: each for each in measured},
        timeline=Timeline(tuple(picture), tuple(sound)),
        geometry=geometry,
        transcripts=transcripts or Transcripts(),
        words=words or Words(comparable=False),
    )


def numbers(check: str, *rows: tuple[str, float | None]) -> Measured:
    """A check that measured these (name, value), with ids m1, m2 and so on."""
    return Measured(
        check,
        1,
        tuple(
            Measurement(f"{check}.m{number}", check, name, value, "unit")
            for number, (name, value) in enumerate(rows, 1)
        ),
    )


def judged(name: str, made: Record, **changed: float) -> list[Finding]:
    """The findings of one check under the shipped calibration but for what is changed; their numbers must exist."""
    (check,) = (each for each in CHECKS if each.name == name)
    limits = Calibration.load().limits(name, check.thresholds)
    assert set(changed) <= set(limits)
    found = list(check.judge(made, {**limits, **changed}))
    ids = {m.id for each in made.measured.values() for m in each.measurements}
    assert all(set(finding.because) <= ids for finding in found)
    return found


def told(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.kind.value, finding.severity.value) for finding in found]
