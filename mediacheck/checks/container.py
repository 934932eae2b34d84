"""What do the files themselves say: are they the same, and do they hold what was compared?"""

from __future__ import annotations

from mediacheck.checks.base import Check, Limits, Record
from mediacheck.evidence import Evidence
from mediacheck.model import Finding, Kind, Measured, Measurement, Severity, Stream

NAME = "container"


def measure(evidence: Evidence) -> Measured:
    counts = [
        (f"{file}_{kind}_tracks", sum(stream.kind == kind for stream in decoded.media.streams))
        for file, decoded in (("clip", evidence.clip), ("original", evidence.original))
        for kind in ("picture", "sound")
    ]
    taken = tuple(
        Measurement(f"{NAME}.m{number}", NAME, name, float(count), "tracks")
        for number, (name, count) in enumerate(counts, 1)
    )
    return Measured(NAME, CHECK.version, taken)


def judge(record: Record, limits: Limits) -> list[Finding]:
    found = []
    if record.clip.sha256 == record.original.sha256:
        found.append(Finding(Kind.SAME_FILE, Stream.CONTAINER, Severity.NOTE, None, None, ()))
    if record.clip.has("sound") != record.original.has("sound"):
        because = tuple(
            m.id
            for name in ("clip_sound_tracks", "original_sound_tracks")
            for m in record.measurements(NAME, name)
        )
        found.append(Finding(Kind.NO_SOUND, Stream.SOUND, Severity.NOTE, None, None, because))
    return found


CHECK = Check(
    name=NAME,
    version=1,
    asks="Are the two files the same, byte for byte, and which tracks do they hold?",
    kinds=(Kind.SAME_FILE, Kind.NO_SOUND),
    measure=measure,
    judge=judge,
)
