"""OpenAI's own Whisper: the reference that other engines are measured against.

The same verified weights as in engines.py, computed in single precision by torch. The settings are
the same too, so that what differs between two transcripts is the arithmetic and not the question.
One thread: torch's number of threads is one for the whole process while it works and is put back
afterwards. Word times of a .pt that OpenAI did not publish come from the later half of all attention
heads, as in openai-whisper itself, and err more. With base: 0.6 of real time and 1.3 GB, six times
what the other engine takes for 2 words in a hundred fewer wrong (tuning/transcription.py), so nobody
reads a second time with it unless asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import NotAvailable, WeightsRefused
from mediacheck.model import SpeechSegment, Word
from mediacheck.speech.activity import RATE
from mediacheck.speech.reading import Reader
from mediacheck.weights.conversion import Checkpoint, from_checkpoint, from_ctranslate2
from mediacheck.weights.loading import LoadedWeights
from mediacheck.weights.registry import CHECKPOINTS

if TYPE_CHECKING:
    import torch
    from whisper import Whisper

_DECODING: dict[str, Any] = {"beam_size": 5, "temperature": 0.0, "fp16": False}


NAME = "openai-whisper"


def build(weights: LoadedWeights) -> Reader:
    """Raises NotAvailable without the package, WeightsRefused for weights that it cannot read."""
    return _OpenAIReader(_whisper(weights))


class _OpenAIReader:
    def __init__(self, model: Whisper) -> None:
        from whisper.tokenizer import get_tokenizer

        self._model = model
        tokenizer = get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
        self.known: Sequence[str] = (
            tuple(tokenizer.all_language_codes) if model.is_multilingual else ("en",)
        )

    def languages(self, sound: NDArray[np.float32]) -> dict[str, float]:
        with _one_thread():
            _, found = self._model.detect_language(self._mel(sound))
        return dict(found)

    def read(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        # Not Whisper.transcribe: with word times it goes back to the end of the last word and reads
        # the silence after it once more, time tokens or not.
        from whisper.decoding import DecodingOptions
        from whisper.timing import add_word_timestamps
        from whisper.tokenizer import get_tokenizer

        model = self._model
        tokenizer = get_tokenizer(
            model.is_multilingual,
            num_languages=model.num_languages,
            language=language,
            task="transcribe",
        )
        options = DecodingOptions(language=language, without_timestamps=True, **_DECODING)
        with _one_thread():
            mel = self._mel(sound)
            result = model.decode(mel, options)
            passage: dict[str, Any] = {
                "seek": 0,
                "start": 0.0,
                "end": len(sound) / RATE,
                "text": tokenizer.decode([t for t in result.tokens if t < tokenizer.eot]),
                "tokens": result.tokens,
                "avg_logprob": result.avg_logprob,
                "no_speech_prob": result.no_speech_prob,
                "compression_ratio": result.compression_ratio,
            }
            add_word_timestamps(
                segments=[passage],
                model=model,
                tokenizer=tokenizer,
                mel=mel,
                num_frames=max(2, len(sound) * 100 // RATE),  # 10 ms each, two to a time token
                last_speech_timestamp=0.0,
            )
        return [_passage(passage)]

    def read_in_steps(self, sound: NDArray[np.float32], language: str) -> list[SpeechSegment]:
        with _one_thread():
            found = self._model.transcribe(
                sound,
                language=language,
                condition_on_previous_text=False,
                word_timestamps=True,
                # Nothing is dropped unseen: reliability.py marks it.
                no_speech_threshold=None,
                logprob_threshold=None,
                compression_ratio_threshold=None,
                **_DECODING,
            )
        return [_passage(segment) for segment in found["segments"]]

    def _mel(self, sound: NDArray[np.float32]) -> torch.Tensor:
        from whisper.audio import N_FRAMES, N_SAMPLES, log_mel_spectrogram, pad_or_trim

        mel = log_mel_spectrogram(sound, self._model.dims.n_mels, padding=N_SAMPLES)
        framed: torch.Tensor = pad_or_trim(mel, N_FRAMES)
        return framed


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums come in one order, and a busy machine cannot make torch's threads wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _passage(segment: Mapping[str, Any]) -> SpeechSegment:
    return SpeechSegment(
        start=float(segment["start"]),
        end=float(max(segment["start"], segment["end"])),
        text=segment["text"],
        words=tuple(
            Word(
                text=word["word"],
                start=float(word["start"]),
                end=float(max(word["start"], word["end"])),
                probability=float(word["probability"]),
            )
            for word in segment.get("words", ())
        ),
        no_speech=float(segment["no_speech_prob"]),
        mean_logprob=float(segment["avg_logprob"]),
        compression=float(segment["compression_ratio"]),
        reliable=False,
    )


def _whisper(weights: LoadedWeights) -> Whisper:
    try:
        import torch
        from whisper import _ALIGNMENT_HEADS, ModelDimensions, Whisper
    except ImportError as error:
        raise NotAvailable(
            "this engine needs openai-whisper: python -m pip install openai-whisper"
        ) from error
    published = CHECKPOINTS.get(weights.sha256)
    try:
        read = _checkpoint(weights)
        model = Whisper(ModelDimensions(**read.dimensions))
        model.load_state_dict(dict(read.tensors))
        if published:
            model.set_alignment_heads(_ALIGNMENT_HEADS[published])
        elif pairs := _alignment_heads(weights):
            mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
            for layer, head in pairs:
                mask[layer, head] = True
            model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
    except (RuntimeError, OSError, ValueError, LookupError, TypeError) as error:
        place = weights.content if isinstance(weights.content, Path) else weights.name
        reason = " ".join(str(error).split())
        raise WeightsRefused(f"{place}: the engine cannot use these weights ({reason})") from error
    return model.eval()


def _checkpoint(weights: LoadedWeights) -> Checkpoint:
    if not isinstance(weights.content, Path):
        return from_ctranslate2(weights.content["model.bin"])
    if weights.content.is_dir():
        model = weights.content / "model.bin"
        return from_ctranslate2(model.read_bytes(), str(model))
    return from_checkpoint(weights.content)


def _alignment_heads(weights: LoadedWeights) -> list[tuple[int, int]]:
    """Of a model in CTranslate2's form, from its config.json; those of `base` are OpenAI's own."""
    if not isinstance(weights.content, Path):
        config = weights.content["config.json"]
    elif weights.content.is_dir():
        config = (weights.content / "config.json").read_bytes()
    else:
        return []
    return [
        (int(layer), int(head)) for layer, head in json.loads(config).get("alignment_heads", ())
    ]
