"""Every record that a report can hold: the report contract (`mediacheck.report/1`) in code.

Times are seconds from the first presentation time of the file they belong to, rounded to the millisecond.
Intervals are half open. Boxes are x, y, width, height as fractions of the frame. None means that nobody
looked (or that it does not apply); an empty tuple means looked for and not found. Records are frozen, refuse
nonsense at birth and change by `dataclasses.replace`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

SCHEMA = "mediacheck.report/1"

FileRole = Literal["clip", "original"]
Channel = Literal["left", "right"]

# auto is the one that can read the weights: openai-whisper for OpenAI's .pt, else faster-whisper
ENGINES = ("auto", "faster-whisper", "openai-whisper")

TO_THE_END_S = 360_000.0  # as the end of a range: the end of the file, whenever that is (100 hours)


class Answer(StrEnum):
    ALTERED = "altered"
    NOT_IN_ORIGINAL = "not-in-original"
    INCONCLUSIVE = "inconclusive"
    NO_ALTERATION_FOUND = "no-alteration-found"


class Severity(StrEnum):
    ALTERATION = "alteration"
    PRESENTATION = "presentation"
    NOTE = "note"


class Stream(StrEnum):
    SOUND = "sound"
    PICTURE = "picture"
    WORDS = "words"
    CONTAINER = "container"


class PictureState(StrEnum):
    MATCHED = "matched"
    FOREIGN = "foreign"
    UNDETERMINED = "undetermined"


class SoundState(StrEnum):
    SAME = "same"
    REPLACED = "replaced"
    MIXED = "mixed"
    MUSIC_ADDED = "music_added"
    SILENT = "silent"
    FOREIGN = "foreign"
    UNDETERMINED = "undetermined"


class Kind(StrEnum):
    """What a finding says; the contract's table holds the meaning of each."""

    REPLACED = "replaced"
    MIXED = "mixed"
    MUSIC_ADDED = "music_added"
    DESYNC = "desync"
    PITCH = "pitch"
    MUTED = "muted"
    NO_SOUND = "no_sound"
    CUT = "cut"
    INSERT = "insert"
    UNCOVERED = "uncovered"
    REORDER = "reorder"
    REPEAT = "repeat"
    FREEZE = "freeze"
    SPEED = "speed"
    REGION = "region"
    FACE = "face"
    MIRRORED = "mirrored"
    CROPPED = "cropped"
    BORDERED = "bordered"
    OVERLAY = "overlay"
    COLOUR = "colour"
    ROTATED = "rotated"
    WORDS_DIFFER = "words_differ"
    TERM_ONLY_IN_CLIP = "term_only_in_clip"
    CAPTION_DIFFERS = "caption_differs"
    LANGUAGE_DIFFERS = "language_differs"
    VOICE_DIFFERS = "voice_differs"
    METADATA_TRACKS = "metadata_tracks"
    SAME_FILE = "same_file"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """[start, end) in seconds of one file."""

    start: float
    end: float

    def __post_init__(self) -> None:
        if not self.start <= self.end:
            raise ValueError(f"a span cannot end ({self.end}) before it starts ({self.start})")

    @property
    def length(self) -> float:
        return self.end - self.start

    def overlap(self, other: Span) -> float:
        """Seconds that both cover; 0 where they do not meet."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))

    def __iter__(self) -> Iterator[float]:
        yield self.start
        yield self.end


@dataclass(frozen=True, slots=True)
class Box:
    """Part of a frame, as fractions of its width and height."""

    x: float
    y: float
    width: float
    height: float

    def __iter__(self) -> Iterator[float]:
        yield from (self.x, self.y, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Alignment:
    """original time = offset_s + speed * clip time. A hypothesis, or a line that a stretch was found on."""

    offset_s: float
    speed: float = 1.0

    def original_at(self, clip_s: float) -> float:
        return self.offset_s + self.speed * clip_s

    def original_span(self, clip: Span) -> Span:
        return Span(self.original_at(clip.start), self.original_at(clip.end))


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word asked for, with every other spelling that counts as the same word."""

    term: str
    aliases: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.term, *self.aliases)


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that changes a result and that the caller chose."""

    transcript: bool = True
    model: str = "base"
    language: str | None = None
    engine: str = "auto"  # one of ENGINES
    confirm_model: str | None = None  # reads again what was found; None = nobody does


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody has said about the case, as the editor gives it."""

    text: str
    by: str
    source: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """The case as the editor gives it: shown and attributed, never checked, no reason for anything.

    Dates are ISO 8601: a year, a month, a day, or a time with its offset. Sources are http or https links.
    """

    event: str | None = None
    date: str | None = None
    place: str | None = None
    sources: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The claim is the editor's, as the context is; only the rest can change a result."""

    claim: str | None = None
    terms: tuple[Term, ...] = ()
    original_range: Span | None = None
    options: Options = field(default_factory=Options)
    context: Context | None = None

    def searched(self, original: Media) -> Span | None:
        """The part of the original that `original_range` came to: as far as the file goes. None for the whole."""
        asked = self.original_range
        if asked is None or (asked.start <= 0 and asked.end >= original.duration_s):
            return None
        end = min(asked.end, original.duration_s)
        return Span(round(min(asked.start, end), 3), round(end, 3))


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One track. What does not apply to its kind is None."""

    index: int
    kind: Literal["picture", "sound", "other"]
    codec: str
    start_s: float | None
    duration_s: float | None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    pixel_format: str | None = None
    rotation: float | None = None
    rate: int | None = None
    channels: int | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """One file as probed. `condition` names damage and limits that weaken what can be said."""

    sha256: str
    bytes: int
    duration_s: float
    container: str
    streams: tuple[StreamInfo, ...]
    metadata: Mapping[str, str]
    condition: tuple[str, ...] = ()

    def has(self, kind: Literal["picture", "sound"]) -> bool:
        return any(stream.kind == kind for stream in self.streams)


@dataclass(frozen=True, slots=True)
class PictureSegment:
    clip: Span
    original: Span | None
    state: PictureState
    speed: float | None = None
    mirrored: bool | None = None
    crop: Box | None = None
    placed: Box | None = None
    rotation: float | None = None
    score: float | None = None
    basis: Literal["picture", "sound", "both"] | None = None


@dataclass(frozen=True, slots=True)
class SoundSegment:
    clip: Span
    original: Span | None
    state: SoundState
    presence: float | None = None
    cleanliness: float | None = None
    residual_db: float | None = None
    channel: Channel | None = None  # that alone holds what is told, where the other one does not


@dataclass(frozen=True, slots=True)
class Timeline:
    """Both streams of the clip on its own clock; each stream's segments join without gap or overlap."""

    picture: tuple[PictureSegment, ...] = ()
    sound: tuple[SoundSegment, ...] = ()


@dataclass(frozen=True, slots=True)
class Null:
    """What the same statistic gave where it must find nothing, in this very pair. n = draws."""

    mean: float
    spread: float
    max: float
    n: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number before anyone decides what it means."""

    id: str
    check: str
    name: str
    value: float | None
    unit: str
    clip: Span | None = None
    original: Span | None = None
    null: Null | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A number along time. `alignment` says on which hypothesis a comparison was made, and `geometry` under which one
    where that is not the pair's.

    values[i] belongs to the window centred on start_s + i * step_s; None where it could not be taken.
    """

    id: str
    check: str
    name: str
    unit: str
    file: FileRole
    start_s: float
    step_s: float
    values: tuple[float | None, ...]
    null: Null | None = None
    alignment: Alignment | None = None
    geometry: Geometry | None = None


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the picture of the original stands in the clip's frame; fields as in the contract's timeline."""

    mirrored: bool
    crop: Box
    placed: Box
    rotation: float
    evidence: int  # feature pairs that agree on it


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    check: str
    version: int
    status: Literal["measured", "skipped", "failed"]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Rates are (rate, low, high) of a 95 % interval over sources; None where nothing was measured.

    pairs, sources: all that the row rests on. Those of one rate are (cases, sources): pairs without alteration for
    false alarms, true alterations for misses.
    """

    condition: str
    false_alarm: tuple[float, float, float] | None
    miss: tuple[float, float, float] | None
    pairs: int
    sources: int
    measured_on: str
    false_alarm_of: tuple[int, int] = (0, 0)
    miss_of: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim with the numbers that made it. `id` is filled by the verdict, in report order."""

    kind: Kind
    stream: Stream
    severity: Severity
    clip: Span | None
    original: Span | None
    because: tuple[str, ...]
    explanations: tuple[str, ...] = ()
    id: str = ""
    box: Box | None = None
    value: float | None = None
    unit: str | None = None
    channel: Channel | None = None  # of two, where it alone is concerned
    error_rate: ErrorRate | None = None
    error_rate_reason: str | None = None
    exhibits: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Unanswered:
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    answer: Answer
    headline: str
    reasons: tuple[str, ...]
    unanswered: tuple[Unanswered, ...]


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: float
    end: float
    probability: float


@dataclass(frozen=True, slots=True)
class SpeechSegment:
    """One stretch of recognised speech. Unreliable text is shown as such and never quoted as said."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    no_speech: float
    mean_logprob: float
    compression: float
    reliable: bool


@dataclass(frozen=True, slots=True)
class Transcript:
    """`searched_s` = seconds of detected speech that were transcribed; `voiced` = where that speech is."""

    language: str
    language_probability: float
    engine: str
    model: str
    sha256: str
    range: Span | None
    segments: tuple[SpeechSegment, ...]
    voiced: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcripts:
    clip: Transcript | None = None
    original: Transcript | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A second reading that agrees. Only one by other weights (`independent`) counts as a second opinion.

    clip: where it heard the term too; empty for a change of words.
    """

    engine: str
    model_sha256: str
    independent: bool
    clip: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """A second reading that does not agree, with what it heard at the same places of both files.

    clip, original: where it heard the term; None = it could not search there. Empty for a change of words.
    """

    engine: str
    model_sha256: str
    independent: bool
    clip: tuple[Span, ...] | None
    original: tuple[Span, ...] | None
    clip_text: str
    original_text: str


@dataclass(frozen=True, slots=True)
class WordChange:
    kind: Literal["added", "removed", "replaced"]
    clip: Span | None
    original: Span | None
    clip_text: str
    original_text: str
    confirmed_by: tuple[Confirmation, ...] = ()
    disputed_by: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class TermSearch:
    """Where a term was heard. None = not searched, with the reason; an empty tuple = searched, not heard.

    unconfirmed: why a second reading that was asked for was not had.
    """

    term: str
    spellings: tuple[str, ...]
    clip: tuple[Span, ...] | None
    original: tuple[Span, ...] | None
    original_searched_s: float
    original_unreliable: tuple[Span, ...] = ()
    confirmed_by: tuple[Confirmation, ...] = ()
    disputed_by: tuple[Dispute, ...] = ()
    unconfirmed: str | None = None
    reason: str | None = None

    @property
    def only_in_clip(self) -> bool:
        """Heard in the clip and, by no reading at all, in the searched original."""
        return (
            bool(self.clip)
            and self.original == ()
            and not any(dispute.original for dispute in self.disputed_by)
        )


@dataclass(frozen=True, slots=True)
class Words:
    """`changes` and `similarity` are None where the two transcripts are not comparable.

    unconfirmed: why the changes were not read again although that was asked for.
    """

    comparable: bool
    changes: tuple[WordChange, ...] | None = None
    similarity: float | None = None
    terms: tuple[TermSearch, ...] = ()
    unconfirmed: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one check found out, without an opinion."""

    check: str
    version: int
    measurements: tuple[Measurement, ...] = ()
    series: tuple[Series, ...] = ()
    geometry: Geometry | None = None
    transcripts: Transcripts | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """The check could not be asked. Not the same as finding nothing."""

    check: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The check broke; a defect of ours that must not hide the others' results."""

    check: str
    version: int
    error: str


Outcome = Measured | Skipped | Failed


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """condition: the one that error rates were measured under and that the clip is most like; None for none."""

    id: str
    digest: str
    error_rates: Mapping[str, tuple[ErrorRate, ...]] = field(default_factory=dict)
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """What innocent copies were given of the clip. kbit: thousands of bits a second; None = no such track.

    gain_db: level of the clip's sound against the original's where they are the same; None where nothing told it.
    """

    duration_s: float
    width: int
    height: int
    fps: float
    picture_codec: str
    picture_kbit: float
    mirrored: bool
    crop: Box
    placed: Box
    sound_codec: str | None = None
    sound_kbit: float | None = None
    rate: int | None = None
    channels: int | None = None
    gain_db: float | None = None


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """An alteration reported where there is none. clip: in the copy; original: as reported."""

    kind: Kind
    stream: Stream
    clip: Span | None
    original: Span | None


@dataclass(frozen=True, slots=True)
class Twin:
    """An innocent copy of one stretch of the original, and what it was answered."""

    original: Span
    answer: Answer
    reported: tuple[FalseAlarm, ...] = ()


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """Innocent copies of this very original, made like the clip and judged by the calibration of this digest.

    reason: why there are fewer copies than wanted, or other ones; None where there is nothing to say.
    """

    twins: tuple[Twin, ...]
    made_like: Likeness | None
    calibration: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The one object that every caller, format and service shares: report.json as a value."""

    tool: Tool
    question: Question
    clip: Media
    original: Media
    verdict: Verdict
    timeline: Timeline
    findings: tuple[Finding, ...]
    measurements: tuple[Measurement, ...]
    series: tuple[Series, ...]
    outcomes: tuple[OutcomeRow, ...]
    transcripts: Transcripts
    words: Words
    calibration: CalibrationRecord
    geometry: Geometry | None = None
    self_check: SelfCheck | None = None
    schema: str = SCHEMA


@dataclass(frozen=True, slots=True)
class Run:
    """run.json: what changes from run to run and therefore stands beside the report, not in it."""

    clip_name: str
    original_name: str
    clip_path: str
    original_path: str
    received: str
    finished: str
    host: str
    platform: str
    processor: str
    instruction_set: str
    python: str
    packages: Mapping[str, str]
    confinement: str
    cpu_s: float
    wall_s: float
    stages: Mapping[str, float]
    warnings: tuple[str, ...] = ()
