"""What do these weights look like to openai-whisper?

CTranslate2's model.bin and OpenAI's .pt hold the same tensors under other names. Nothing is lost on
the way: half precision becomes single, stacked matrices are taken apart, the key's bias, which
CTranslate2 adds as zeros, is left out only where it is zero. Everything is read in memory and every
size is checked. Layout of model.bin: ctranslate2/specs/model_spec.py, version 6.
"""

from __future__ import annotations

import math
import pickle
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import WeightsRefused

if TYPE_CHECKING:
    import torch

# Type byte of a variable; 5 is bfloat16, which NumPy lacks, and no Whisper is published in it.
_TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
_MAX_RANK = 3
_HEAD = 64  # the width of an attention head in every Whisper

_LAYER = {
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "self_attention/layer_norm": ("attn_ln",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "attention/layer_norm": ("cross_attn_ln",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
    "ffn/layer_norm": ("mlp_ln",),
}
_OUTSIDE = {
    "encoder/conv1": "encoder.conv1",
    "encoder/conv2": "encoder.conv2",
    "encoder/layer_norm": "encoder.ln_post",
    "decoder/layer_norm": "decoder.ln",
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
}
_ENDINGS = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """`dimensions`: by the field names of whisper.ModelDimensions; `tensors`: OpenAI's state dict."""

    dimensions: Mapping[str, int]
    tensors: Mapping[str, torch.Tensor] = field(repr=False)


def from_ctranslate2(content: bytes, name: str = "model.bin") -> Checkpoint:
    """OpenAI's form of a model.bin; float32 tensors with memory of their own.

    Raises WeightsRefused, beginning with `name`, where the bytes are not a whole Whisper model in
    half or single precision: one in 8-bit integers has already lost what OpenAI's form would hold.
    """
    import torch

    try:
        variables = _variables(content)
        arrays = dict(_renamed(variables))
        dimensions = _dimensions({key: array.shape for key, array in arrays.items()})
        for side in ("encoder", "decoder"):
            heads = variables.get(f"{side}/num_heads")
            if heads is not None and int(heads) != dimensions["n_audio_head"]:
                raise _Malformed(f"{side}/num_heads is {int(heads)}, not one per {_HEAD} values")
    except _Malformed as error:
        raise WeightsRefused(
            f"{name}: is no Whisper model that can be converted: {error}"
        ) from None
    tensors = {key: torch.from_numpy(array.astype(np.float32)) for key, array in arrays.items()}
    return Checkpoint(dimensions, tensors)


def from_checkpoint(path: Path) -> Checkpoint:
    """OpenAI's own file. Nothing in it is executed. Raises WeightsRefused where it is no such file."""
    import torch

    try:
        read: Any = torch.load(path, map_location="cpu", weights_only=True)
        told, tensors = dict(read["dims"]), dict(read["model_state_dict"])
        dimensions = _dimensions({key: tuple(tensor.shape) for key, tensor in tensors.items()})
        if told != dimensions:
            raise _Malformed(f"it says {told} and holds {dimensions}")
    # What torch.load raises depends on where in the archive or its pickle the damage lies.
    except (
        *(_Malformed, pickle.UnpicklingError, RuntimeError, OSError, EOFError),
        *(LookupError, ValueError, TypeError, AttributeError),
    ) as error:
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise WeightsRefused(f"{path}: is no checkpoint of OpenAI's Whisper: {reason}") from error
    return Checkpoint(dimensions, tensors)


class _Malformed(Exception):
    """What is wrong, without the file's name."""


class _Bytes:
    """A reader that never reads past the end."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, size: int, what: str) -> memoryview:
        if size > len(self.content) - self.at:
            raise _Malformed(f"it ends inside {what}")
        self.at += size
        return memoryview(self.content)[self.at - size : self.at]

    def number(self, form: str, what: str) -> int:
        return int(struct.unpack("<" + form, self.take(struct.calcsize(form), what))[0])

    def text(self, what: str) -> str:
        raw = bytes(self.take(self.number("H", what), what)).removesuffix(b"\0")
        if not raw.isascii():
            raise _Malformed(f"{what} is no text")
        return raw.decode("ascii")


def _variables(content: bytes) -> dict[str, NDArray[Any]]:
    """Every variable by name, as views of `content`."""
    source = _Bytes(content)
    if (version := source.number("I", "the version")) != 6:
        raise _Malformed(f"version {version} of the format, only 6 is known")
    if (spec := source.text("the kind of model")) != "WhisperSpec":
        raise _Malformed(f"the kind of model is {spec!r}, not WhisperSpec")
    source.number("I", "the revision")
    found: dict[str, NDArray[Any]] = {}
    for index in range(source.number("I", "the number of variables")):
        name = source.text(f"the name of variable {index + 1}")
        if name in found:
            raise _Malformed(f"{name} is there twice")
        found[name] = _variable(source, name)
    for _ in range(source.number("I", "the number of aliases")):
        source.text("an alias")
        source.text("an alias")
    if source.at != len(content):
        raise _Malformed(f"{len(content) - source.at} bytes too many")
    return found


def _variable(source: _Bytes, name: str) -> NDArray[Any]:
    if (rank := source.number("B", name)) > _MAX_RANK:
        raise _Malformed(f"{name} has {rank} dimensions")
    shape = tuple(source.number("I", name) for _ in range(rank))
    kind, size = source.number("B", name), source.number("I", name)
    if kind not in _TYPES:
        raise _Malformed(f"{name} is of the unknown type {kind}")
    form = np.dtype(_TYPES[kind])
    if size != math.prod(shape) * form.itemsize:
        raise _Malformed(f"{name} takes {size} bytes, which is not {shape} of {form.name}")
    return np.frombuffer(source.take(size, name), form).reshape(shape)


def _renamed(variables: Mapping[str, NDArray[Any]]) -> Iterator[tuple[str, NDArray[Any]]]:
    for name, array in variables.items():
        if array.ndim == 0 or name == "decoder/alignment_heads":
            continue  # settings, which follow from the sizes or stand in config.json
        if array.dtype.kind != "f":
            raise _Malformed(f"{name} is in {array.dtype.name}: take the weights in float16")
        if name in _OUTSIDE:
            yield _OUTSIDE[name], array
            continue
        stem, _, ending = name.rpartition("/")
        inside = re.fullmatch(r"(encoder|decoder)/layer_(\d+)/(.+)", stem)
        if ending not in _ENDINGS or not (stem in _OUTSIDE or (inside and inside[3] in _LAYER)):
            raise _Malformed(f"{name} is not known in a Whisper model")
        if inside is None:
            yield f"{_OUTSIDE[stem]}.{_ENDINGS[ending]}", array
            continue
        targets = _LAYER[inside[3]]
        if len(array) % len(targets):
            raise _Malformed(f"{name} does not hold {len(targets)} parts of one size")
        for target, part in zip(targets, np.split(array, len(targets)), strict=True):
            if target.endswith(".key") and ending == "bias":
                if part.any():
                    raise _Malformed(f"{name}: the key has a bias, OpenAI's form has none")
                continue
            yield f"{inside[1]}.blocks.{inside[2]}.{target}.{_ENDINGS[ending]}", part


def _dimensions(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """Told by the tensors themselves, so that no number in a file can ask for memory."""

    def size(key: str, axis: int) -> int:
        shape = shapes.get(key, ())
        if len(shape) <= axis:
            raise _Malformed(f"{key} is missing")
        return shape[axis]

    def blocks(side: str) -> int:
        query = re.compile(rf"{side}\.blocks\.\d+\.attn\.query\.weight")
        return sum(1 for key in shapes if query.fullmatch(key))

    audio = size("encoder.blocks.0.attn.query.weight", 0)
    text = size("decoder.blocks.0.attn.query.weight", 0)
    if not audio or audio != text or audio % _HEAD:
        raise _Malformed(f"its states have {audio} and {text} values, not a multiple of {_HEAD}")
    return {
        "n_mels": size("encoder.conv1.weight", 1),
        "n_audio_ctx": size("encoder.positional_embedding", 0),
        "n_audio_state": audio,
        "n_audio_head": audio // _HEAD,
        "n_audio_layer": blocks("encoder"),
        "n_vocab": size("decoder.token_embedding.weight", 0),
        "n_text_ctx": size("decoder.positional_embedding", 0),
        "n_text_state": text,
        "n_text_head": text // _HEAD,
        "n_text_layer": blocks("decoder"),
    }
