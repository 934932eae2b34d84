"""What of a finding can be seen and heard? Decided and named before anything is made, so that report.json can hold it.

A name says all that its file shows: owner, file or kind of edit, moment or stretch.

    f1-clip-4.000.jpg                                 a still of the clip
    f1-original-16.000-24.000.mp3                     a piece of the original's sound
    f1-clip-1.000-6.000-marked-2.000-5.000.png        its spectrogram, the finding's borders marked
    f4-cut-18.000-18.000-6120.400-6140.300.png        frames across the joints of an edit, clip and original
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mediacheck.model import FileRole, Finding, Kind, PictureState, Severity, Span, Stream, Timeline

OVERVIEW = "overview"
FINDINGS_AT_MOST = 8  # with exhibits; a page with all of them stays below 5 MB
STRIPS_AT_MOST = 6  # each costs a seventh of a second of decoding, and far more of a large picture
SOUND_AT_MOST_S = 8.0
SOUND_AT_LEAST_S = 3.0  # one word alone cannot be judged by ear
SPOKEN_S = 0.4  # of a word: its middle is not far
LEAD_IN_S = 1.5  # before a term that is heard
AROUND_S = 1.0  # of a spectrogram on either side of what it is about
SEEN_AT_LEAST_S, SEEN_AT_MOST_S = 4.0, 10.0  # wider, and single words are a few columns
SPREAD = 6  # frames of what was taken out or stands still

ACROSS = frozenset({Kind.CUT, Kind.INSERT, Kind.REORDER, Kind.REPEAT, Kind.FREEZE, Kind.UNCOVERED})
WITHOUT_STILLS = frozenset({Kind.CUT, Kind.FREEZE, Kind.UNCOVERED})  # the strip shows it all
SPECTRAL = frozenset(
    {Kind.REPLACED, Kind.MIXED, Kind.MUSIC_ADDED, Kind.DESYNC, Kind.PITCH, Kind.MUTED}
)
FRAMED = frozenset({Kind.CROPPED, Kind.BORDERED, Kind.MIRRORED, Kind.ROTATED})
LOOKED_AT = ACROSS | SPECTRAL | FRAMED  # worth a look even where they alter nothing

Sort = Literal["still", "sound", "spectrogram", "strip"]


@dataclass(frozen=True, slots=True)
class Row:
    """Frames of one file side by side in a strip: at these moments, or on both sides of a joint."""

    file: FileRole
    moments: tuple[float, ...] = ()
    joint: float | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file to make. A still shows the start of its span; a strip has rows and no file of its own."""

    owner: str
    sort: Sort
    file: FileRole
    span: Span
    marked: tuple[Span, ...] = ()
    kind: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def name(self) -> str:
        match self.sort:
            case "still":
                return f"{self.owner}-{self.file}-{self.span.start:.3f}.jpg"
            case "sound":
                return f"{self.owner}-{self.file}-{_told(self.span)}.mp3"
            case "spectrogram":
                marked = f"-marked-{_told(self.marked[0])}" if self.marked else ""
                return f"{self.owner}-{self.file}-{_told(self.span)}{marked}.png"
        parts = [self.owner, self.kind, _told(self.span), *map(_told, self.marked)]
        return f"{'-'.join(parts)}.png"


def planned(findings: Sequence[Finding], timeline: Timeline) -> tuple[Finding, ...]:
    """The findings with the names of their exhibits. Pure; needs `id` filled in each finding."""
    chosen = [
        finding
        for finding in findings
        if finding.severity is Severity.ALTERATION or finding.kind in LOOKED_AT
    ]
    edits = [finding for finding in chosen if finding.kind in ACROSS]
    ids = {finding.id for finding in chosen[:FINDINGS_AT_MOST]}
    without_strip = {finding.id for finding in edits[STRIPS_AT_MOST:]}
    return tuple(
        replace(
            finding,
            exhibits=tuple(
                wanted.name
                for wanted in of_finding(finding, timeline)
                if wanted.sort != "strip" or finding.id not in without_strip
            )
            if finding.id in ids
            else (),
        )
        for finding in findings
    )


def place_of(name: str) -> str:
    """What an exhibit shows, whichever finding owns it: f1-clip-4.000.jpg -> clip-4.000.jpg."""
    return name.partition("-")[2]


def overview(timeline: Timeline) -> tuple[str, ...]:
    """Names of the pair of stills for the whole: the middle of the longest matched picture."""
    return tuple(wanted.name for wanted in of_whole(timeline))


def of_whole(timeline: Timeline) -> tuple[Wanted, ...]:
    matched = [
        part
        for part in timeline.picture
        if part.state is PictureState.MATCHED and part.original is not None
    ]
    if not matched:
        return ()
    longest = max(matched, key=lambda part: part.clip.length)
    assert longest.original is not None
    return (
        _still(OVERVIEW, "clip", _middle(longest.clip)),
        _still(OVERVIEW, "original", _middle(longest.original)),
    )


def of_finding(finding: Finding, timeline: Timeline) -> tuple[Wanted, ...]:
    """Stills first, then what shows the edit or the sound, then what can be heard."""
    if finding.clip is None:
        return ()
    wanted: list[Wanted] = []
    heard = timeline.sound and finding.stream in (Stream.SOUND, Stream.WORDS)
    ours = _stretch(finding, timeline) if heard else finding.clip
    if timeline.picture and finding.kind not in WITHOUT_STILLS:
        moment = _middle(ours)
        if (
            finding.kind is Kind.TERM_ONLY_IN_CLIP
        ):  # its sound begins before the word and goes on behind it
            moment = finding.clip.start + min(SPOKEN_S, finding.clip.length) / 2
        wanted.append(_still(finding.id, "clip", moment))
        there = _in_original(timeline, moment)
        if finding.original is not None and there is None:
            there = _middle(finding.original)
        if there is not None:
            wanted.append(_still(finding.id, "original", there))
    if timeline.picture and finding.kind in ACROSS:
        wanted += _strip(finding, timeline)
    if heard and finding.kind in SPECTRAL:
        wanted += _spectrograms(finding, timeline)
    if heard:
        wanted.append(Wanted(finding.id, "sound", "clip", ours))
        start = _in_original(timeline, ours.start)
        if start is None and finding.original is not None:
            start = finding.original.start
        if start is not None:
            theirs = Span(round(start, 3), round(start + ours.length, 3))
            wanted.append(Wanted(finding.id, "sound", "original", theirs))
    return tuple(wanted)


def _strip(finding: Finding, timeline: Timeline) -> list[Wanted]:
    """Frames across each joint; for a cut also what is missing, for a stillness also what moves instead."""
    clip, original = finding.clip, finding.original
    assert clip is not None
    length = timeline.picture[-1].clip.end
    rows: list[Row] = []
    if finding.kind is Kind.FREEZE:
        rows.append(Row("clip", _spread(clip)))
    else:
        joints = dict.fromkeys((clip.start, clip.end))
        rows += [Row("clip", joint=joint) for joint in joints if 0.0 < joint < length]
    if finding.kind in (Kind.CUT, Kind.FREEZE) and original is not None:
        rows.append(Row("original", _spread(original)))
    marked = () if original is None else (original,)
    strip = Wanted(finding.id, "strip", "clip", clip, marked, finding.kind.value, tuple(rows))
    return [strip] if rows else []


def _spread(span: Span) -> tuple[float, ...]:
    step = span.length / SPREAD
    return tuple(round(span.start + (number + 0.5) * step, 3) for number in range(SPREAD))


def _spectrograms(finding: Finding, timeline: Timeline) -> list[Wanted]:
    """The same stretch of both files with room around the finding, as far as both files reach back."""
    assert finding.clip is not None
    around = max(AROUND_S, (SEEN_AT_LEAST_S - finding.clip.length) / 2)
    start = max(0.0, finding.clip.start - around)
    end = min(timeline.sound[-1].clip.end, start + SEEN_AT_MOST_S, finding.clip.end + around)
    line = _line(timeline, _middle(finding.clip))
    if line is None:
        return [_spectrogram(finding.id, "clip", Span(start, end), finding.clip)]
    moved, pace = line
    start = max(start, -moved / pace)
    ours = Span(min(start, end), end)
    theirs = Span(*(max(0.0, moved + pace * at) for at in ours))
    marked = Span(*(max(0.0, moved + pace * at) for at in finding.clip))
    return [
        _spectrogram(finding.id, "clip", ours, finding.clip),
        _spectrogram(finding.id, "original", theirs, marked),
    ]


def _spectrogram(owner: str, file: FileRole, span: Span, marked: Span) -> Wanted:
    within = Span(
        min(max(marked.start, span.start), span.end), max(min(marked.end, span.end), span.start)
    )
    return Wanted(owner, "spectrogram", file, _rounded(span), (_rounded(within),))


def _stretch(finding: Finding, timeline: Timeline) -> Span:
    """What to hear of a finding: its beginning, widened where it is too short to judge."""
    assert finding.clip is not None
    end = timeline.sound[-1].clip.end
    start, long = finding.clip.start, min(finding.clip.length, SOUND_AT_MOST_S)
    if finding.kind is Kind.TERM_ONLY_IN_CLIP:
        start, long = start - LEAD_IN_S, SOUND_AT_MOST_S
    elif long < SOUND_AT_LEAST_S:
        start, long = start - (SOUND_AT_LEAST_S - long) / 2, SOUND_AT_LEAST_S
    start = max(0.0, min(start, end - long))
    return Span(round(start, 3), round(min(end, start + long), 3))


def _in_original(timeline: Timeline, clip_s: float) -> float | None:
    """The moment of the original that this moment of the clip shows, or else plays."""
    line = _line(timeline, clip_s)
    return None if line is None else line[0] + line[1] * clip_s


def _line(timeline: Timeline, clip_s: float) -> tuple[float, float] | None:
    """(offset, pace): original time = offset + pace * clip time, as the picture has it here, or else the sound."""
    pairs = [(part.clip, part.original) for part in timeline.picture]
    pairs += [(part.clip, part.original) for part in timeline.sound]
    for clip, original in pairs:
        # A part that lasts no time in the original says nothing of its neighbours' places.
        if original is not None and original.length > 0 and clip.start <= clip_s < clip.end:
            pace = original.length / clip.length
            return original.start - pace * clip.start, pace
    return None


def _middle(span: Span) -> float:
    return (span.start + span.end) / 2


def _still(owner: str, file: FileRole, moment: float) -> Wanted:
    moment = round(max(0.0, moment), 3)
    return Wanted(owner, "still", file, Span(moment, moment))


def _rounded(span: Span) -> Span:
    return Span(round(span.start, 3), round(span.end, 3))


def _told(span: Span) -> str:
    return f"{span.start:.3f}-{span.end:.3f}"
