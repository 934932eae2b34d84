"""Every feature of the pair, once.

The first request for anything decodes both files, each in its own child and at the same time. What cannot be had
(a track, weights, an alignment) raises NotAvailable, which turns the check that asked into Skipped.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import cv2
import numpy as np

from mediacheck.align.elsewhere import heard
from mediacheck.align.lines import apart_s, reached
from mediacheck.align.looks import Looks, differences, frame_grid
from mediacheck.align.missing import with_missing
from mediacheck.align.parts import Part, parts
from mediacheck.align.presence import SEARCH_S
from mediacheck.align.scene import PictureAlignment, align_pictures
from mediacheck.align.sound import SoundAlignment, align_sounds, preferring
from mediacheck.align.sound_channels import SIDES
from mediacheck.align.versions import explaining
from mediacheck.errors import NotAvailable, WeightsRefused, WrongUsage
from mediacheck.features.hashing import distance_bits, phash
from mediacheck.media.cache import Cache
from mediacheck.media.decode import Decoded
from mediacheck.media.frames import Frames
from mediacheck.media.probe import Source
from mediacheck.media.sound import Sound
from mediacheck.memory import Memory
from mediacheck.model import (
    Alignment,
    Box,
    FileRole,
    Options,
    Question,
    Span,
    Transcript,
    Transcripts,
)
from mediacheck.progress import SILENT, Progress
from mediacheck.ranging import asked_part
from mediacheck.speech.activity import STEP_S, voiced
from mediacheck.speech.confirmation import SecondReading
from mediacheck.speech.engines import Engine, another, engine
from mediacheck.speech.reading import refuse_language
from mediacheck.weights.loading import languages, load

logger = logging.getLogger(__name__)

T = TypeVar("T")

FOUND_TWICE_S = 0.3  # a line of the sound so close to one of the picture's leads to the same frames

cv2.setNumThreads(1)  # results and load must not depend on the machine's size


class Evidence:
    """Lazy and shared by all checks of one comparison; not thread-safe."""

    def __init__(
        self,
        clip: Source,
        original: Source,
        question: Question,
        progress: Progress = SILENT,
        cache: Cache | None = None,
    ) -> None:
        self._sources = (clip, original)
        self._cache = cache
        self.question = question
        self.progress = progress
        self._engine: Engine | None = None
        self._with_mono: SoundAlignment | None = None
        self._clip_hashes: dict[float, np.ndarray] = {}

    def refuse_bad_question(self) -> None:
        """Raises RangeRefused for a range that cannot be searched, WeightsRefused for a model that is none, or is named
        and not there, and WrongUsage for an engine or a language that is none, before any work is done. Where the
        default model is missing, nobody has asked for it by name: what needs it will be skipped.
        """
        if self._part is not None:  # raises RangeRefused
            logger.info("searching %s of the original", self._part)
        options = self.question.options
        if not options.transcript:
            return
        refuse_language(options.language, languages(options.model))
        try:
            self._engine = engine(options.engine, load(options.model))
        except NotAvailable as reason:
            if options.model != Options().model:
                raise WeightsRefused(str(reason)) from reason
            logger.info("no transcripts: %s", reason)
        if options.confirm_model is not None:
            # Refused now if at all; loaded again when needed, which it seldom is.
            try:
                other = load(options.confirm_model)
            except NotAvailable as reason:
                raise WeightsRefused(str(reason)) from reason
            if self._engine is not None:
                another(self._engine.name, self._engine.sha256, other)

    @cached_property
    def _part(self) -> Span | None:
        """The part of the original that is decoded. Arrays of the original count from its start."""
        original = self._sources[1]
        return asked_part(self.question, original.media, original.path.name)

    @cached_property
    def _memories(self) -> tuple[Memory, Memory]:
        clip, original = self._sources
        return Memory(clip, None, self._cache), Memory(original, self._part, self._cache)

    @cached_property
    def _decoded(self) -> tuple[Decoded, Decoded]:
        stages = ("decode the clip", "decode the original")
        with ThreadPoolExecutor(2) as pool:
            parts = [
                pool.submit(memory.decoded, stage, self.progress)
                for memory, stage in zip(self._memories, stages, strict=True)
            ]
            try:
                return parts[0].result(), parts[1].result()
            except BaseException:
                # Ends the children, so that the other reader stops waiting for its pipe.
                for source in self._sources:
                    source.end()
                raise

    @property
    def clip(self) -> Decoded:
        return self._decoded[0]

    @property
    def original(self) -> Decoded:
        return self._decoded[1]

    @property
    def _in_part(self) -> str:
        return "" if self._part is None else " in the part of it that was searched"

    @property
    def frames(self) -> tuple[Frames, Frames]:
        return (
            _needed(self.clip.frames, "the clip has no picture"),
            _needed(self.original.frames, f"the original has no picture{self._in_part}"),
        )

    @cached_property
    def sounds(self) -> tuple[Sound, Sound]:
        """The clip's sound track that players choose, and the track of the original that it resembles most."""
        clip = _needed(next(iter(self.clip.sounds), None), "the clip has no sound")
        tracks = self.original.sounds
        if not tracks:
            raise NotAvailable(f"the original has no sound{self._in_part}")
        best = 0
        if len(tracks) > 1:
            support = [sum(align_sounds(clip.samples, track.samples).proofs) for track in tracks]
            best = int(np.argmax(support))
        return clip, self._as_copied(clip, tracks[best])

    def _as_copied(self, clip: Sound, original: Sound) -> Sound:
        """The original's sound, or the one of its channels that the clip was clearly made from."""
        if original.side is None:
            return original
        self._with_mono = align_sounds(clip.samples, original.samples)
        if not self._with_mono.lines or self._with_mono.speed != 1.0:
            return original
        line = self._with_mono.lines[0]
        channels = original.channels(reached((line,), clip.duration_s))
        found = explaining(clip.samples, original.samples, channels, line)
        if found is None:
            return original
        whole = original.channels()[found]
        return replace(original, samples=whole, side=None, channel=SIDES[found])

    @cached_property
    def picture(self) -> PictureAlignment:
        clip, original = self.frames
        if len(clip) < 3 or len(original) < 3:
            raise NotAvailable("a still picture has no moments to compare")
        hints: tuple[Alignment, ...] = ()
        if self.clip.sounds and self.original.sounds:
            hints = self.sound_alone.lines
        self.progress.at("align the picture", 0, 1)
        found = align_pictures(clip, original, hints)
        self.progress.at("align the picture", 1, 1)
        return found

    def looks(self) -> tuple[Looks, Looks]:
        """The frames of clip and original, freed from brightness and contrast under the picture's geometry.

        Made anew for each caller: an hour of frames takes 46 MB, and not even a second to make.
        """
        return self.picture.framing.looks(self.frames[1])

    @cached_property
    def picture_parts(self) -> tuple[Part, ...]:
        """Stretches of the clip that register with the place of a line beside them, and differ from it as it is."""
        lines, (clip, original) = self.picture_stretches, self.looks()
        grid = frame_grid(clip.times)
        rows = [differences(clip, original, line, grid, own) for line, own in lines.items()]
        return parts(*self.frames, self.picture.geometry, tuple(lines), np.array(rows), grid)

    @cached_property
    def picture_stretches(self) -> dict[Alignment, Span | None]:
        """The lines along which the picture is judged: those of its motion and, where none of them runs along, of the
        sound, moved to where single frames fit best, and those that only frames find. With each the part of the clip
        outside which it means nothing, None where it may lie anywhere.
        """
        found = self.picture
        try:
            lines = heard(self.sound_alone, self.sounds[1].samples)
        except NotAvailable:
            lines = ()
        end = float(found.centres[-1]) if len(found.centres) else 0.0
        beside = [line for line in lines if not _near(line, found.lines, end, FOUND_TWICE_S)]
        known = (*found.lines, *beside)
        return with_missing(*self.looks(), known, [line.speed for line in lines])

    @cached_property
    def picture_lines(self) -> tuple[Alignment, ...]:
        return tuple(self.picture_stretches)

    @cached_property
    def sound_alone(self) -> SoundAlignment:
        """The sound placed without any help from the picture."""
        clip, original = self.sounds
        self.progress.at("align the sound", 0, 1)
        known = self._with_mono if original.channel is None else None
        found = known or align_sounds(clip.samples, original.samples)
        self.progress.at("align the sound", 1, 1)
        return found

    @cached_property
    def sound(self) -> SoundAlignment:
        """The sound placed with the picture's lines among the proposals; scored by sound alone."""
        clip, original = self.sounds
        try:
            hints = self.picture.lines
        except NotAvailable:
            return self.sound_alone
        known = self.sound_alone.lines
        if known and all(_near(hint, known, clip.duration_s, SEARCH_S) for hint in hints):
            return self.sound_alone
        there = preferring(self.sound_alone, original.samples, hints)
        if there is not self.sound_alone or there.explains_all:
            return there
        helped = align_sounds(clip.samples, original.samples, (*known, *hints))
        return helped if sum(helped.proofs) >= sum(self.sound_alone.proofs) else self.sound_alone

    def hash_bits(self, line: Alignment, times_s: np.ndarray) -> np.ndarray:
        """Bits in which the perceptual hashes of aligned frames differ, after registration; NaN outside."""
        original = self.frames[1]
        framing = self.picture.framing
        bits = np.full(len(times_s), np.nan)
        end = float(original.times[-1])
        for index, at in enumerate(times_s):
            there = line.original_at(float(at))
            if not 0 <= there <= end:
                continue
            source = original.nearest(there)[1]
            if framing.mirrored:
                source = cv2.flip(source, 1)
            hashed = phash([source], _edges(framing.crop))
            bits[index] = distance_bits(self._clip_hash(float(at)), hashed)[0]
        return bits

    def _clip_hash(self, at: float) -> np.ndarray:
        """Of the clip's frame at a time, after registration; remembered, because every line asks for it."""
        if at not in self._clip_hashes:
            framing = self.picture.framing
            shown = framing.shown.nearest(at)[1]
            self._clip_hashes[at] = phash([shown], _edges(framing.placed))
        return self._clip_hashes[at]

    @cached_property
    def clip_speech(self) -> np.ndarray:
        """Probability of speech in the clip per STEP_S."""
        return self._memories[0].speech(self.sounds[0])

    @cached_property
    def original_speech(self) -> np.ndarray:
        """Probability of speech in the original per STEP_S."""
        return self._memories[1].speech(self.sounds[1])

    @cached_property
    def transcripts(self) -> Transcripts:
        """Both files' words. Raises NotAvailable when they were turned off or weights are missing."""
        options = self.question.options
        if not options.transcript:
            raise NotAvailable("transcripts were turned off")
        reader = self._engine or engine(options.engine, load(options.model))
        return Transcripts(
            self._transcript(reader, "clip", next(iter(self.clip.sounds), None)),
            self._transcript(reader, "original", self._original_sound),
        )

    @property
    def _original_sound(self) -> Sound | None:
        return (
            self.sounds[1]
            if self.clip.sounds and self.original.sounds
            else next(iter(self.original.sounds), None)
        )

    def _transcript(self, reader: Engine, file: FileRole, sound: Sound | None) -> Transcript | None:
        if sound is None:
            return None
        memory = self._memories[file == "original"]
        spoken = voiced(memory.speech(sound), STEP_S)
        stage = _Renamed(self.progress, f"transcribe the {file}")
        options = self.question.options
        return memory.transcript(reader, options.model, sound, spoken, options.language, stage)

    def read_again(self, parts: tuple[Span, ...]) -> SecondReading:
        """These stretches of the clip's speech, and all of the original's, by the weights to confirm with.

        Each reading finds out the language for itself unless it was given. Raises NotAvailable with the
        reason why nobody reads again.
        """
        clip = self.transcripts.clip
        if clip is None or self._original_again is None:
            raise NotAvailable("there is no transcript to read again")
        again = self._second_transcript("clip", self.clip.sounds[0], parts)
        return SecondReading(again, self._original_again, self._second_engine[1])

    @cached_property
    def _second_engine(self) -> tuple[Engine, bool]:
        model, first = self.question.options.confirm_model, self.transcripts.clip
        if model is None or first is None:
            raise NotAvailable("no other weights were asked for")
        return another(first.engine, first.sha256, load(model))

    @cached_property
    def _original_again(self) -> Transcript | None:
        first, sound = self.transcripts.original, self._original_sound
        if first is None or sound is None:
            return None
        return self._second_transcript("original", sound, first.voiced)

    def _second_transcript(
        self, file: FileRole, sound: Sound, spoken: tuple[Span, ...]
    ) -> Transcript:
        stage = _Renamed(self.progress, f"read the {file} again")
        language, model = self.question.options.language, self.question.options.confirm_model
        memory = self._memories[file == "original"]
        try:
            reader = self._second_engine[0]
            return memory.transcript(reader, model or "", sound, spoken, language, stage)
        except WrongUsage as reason:
            # The first reading could do with that language, these weights not.
            raise NotAvailable(f"{self.question.options.confirm_model}: {reason}") from reason

    def searched_s(self) -> float:
        """Seconds of the original's sound that transcription listened to."""
        sound = self._original_sound
        return 0.0 if sound is None else round(sound.ends - sound.starts, 3)


@dataclass(frozen=True, slots=True)
class _Renamed:
    """A Progress under one stage's name, whatever the library below calls its steps."""

    progress: Progress
    stage: str

    def at(self, stage: str, done: float, total: float) -> None:
        self.progress.at(self.stage, done, total)


def _needed(value: T | None, reason: str) -> T:
    if value is None:
        raise NotAvailable(reason)
    return value


def _near(line: Alignment, known: Sequence[Alignment], end_s: float, within_s: float) -> bool:
    """Whether the line stays so close to one that is known from the clip's start to its end."""
    return any(apart_s(line, other, end_s) < within_s for other in known)


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, min(1.0, box.x + box.width), min(1.0, box.y + box.height)
