"""Where are the weights, and are they the ones that were pinned?

A name is looked for in the installed packages, then in mediacheck's own folder, then where
openai-whisper keeps its downloads (places.py). What has a name is checked by SHA-256 on every load
and read into memory, so the bytes that were checked are the bytes that the engine gets; only a .pt is
handed on as a path, because torch reads it from disk. Nothing is written or fetched. A folder or
checkpoint of the user's own is not pinned: the model is hashed and the hash goes into the report.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import logging
import os
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mediacheck.errors import NotAvailable, WeightsRefused
from mediacheck.weights.places import models_folder, openai_folder
from mediacheck.weights.registry import (
    CHECKPOINTS,
    OPENAI,
    REGISTRY,
    Piece,
    Use,
    WeightFile,
    Weights,
)

logger = logging.getLogger(__name__)

# Without tokenizer.json faster-whisper would fetch one from the network; without the others it
# cannot decode.
FOLDER_NEEDS: tuple[tuple[str, ...], ...] = (
    ("model.bin",),
    ("config.json",),
    ("tokenizer.json",),
    ("vocabulary.txt", "vocabulary.json"),
)


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    """Verified weights: file names with their bytes, or the folder or .pt that the user named.

    sha256 is that of the model itself (model.bin, silero_vad_v6.onnx, the .pt). The bytes of `base` are 148
    MB: drop the record once the engine has been built from it.
    """

    name: str
    sha256: str
    content: Mapping[str, bytes] | Path = field(repr=False)


def load(name_or_path: str, use: Use = "recognition") -> LoadedWeights:
    """Find and verify weights by name; or a folder that holds a CTranslate2 Whisper model; or one of
    OpenAI's checkpoints, a file whose name ends in .pt.

    Names are those of the registry and of the checkpoints that OpenAI publishes; a name wins over a
    folder of the same name. Raises NotAvailable with the way to get them where weights with a name
    are not there; WeightsRefused where a byte differs from what was pinned, the path holds no model,
    or the name is unknown.
    """
    named = {**OPENAI, **REGISTRY}
    known = {name: weights for name, weights in named.items() if weights.use == use}
    if name_or_path in known:
        return _named(known[name_or_path])
    path = Path(name_or_path)
    # os.path, not Path: a name too long for the system is a path that is not there.
    if use == "recognition" and (os.path.exists(path) or os.sep in name_or_path):
        return _checkpoint(path) if path.suffix == ".pt" and os.path.isfile(path) else _folder(path)
    raise WeightsRefused(
        f"unknown model {name_or_path!r}; known: {', '.join(sorted(known))},"
        " or the path of a folder with a CTranslate2 Whisper model, or of OpenAI's .pt"
    )


def places(weights: Weights) -> tuple[Path, ...]:
    """The files that `load` reads for weights with a name; empty where it finds none.

    Whether they are the pinned ones, `load` finds out.
    """
    pieces = [_place(piece) for file in weights.files for piece in file.pieces]
    packaged = tuple(path for path in pieces if path is not None)
    if packaged and len(packaged) == len(pieces):
        return packaged
    own = tuple(models_folder() / weights.name / file.name for file in weights.files)
    if all(path.is_file() for path in own):
        return own
    downloaded = openai_folder() / f"{weights.name}.pt"
    if weights.name in CHECKPOINTS.values() and downloaded.is_file():
        return (downloaded,)
    return ()


def is_installed(weights: Weights) -> bool:
    return bool(places(weights))


def languages(name_or_path: str) -> tuple[str, ...]:
    """Codes that the weights know, as far as their name tells: all of Whisper's for weights of the user's own."""
    named = {**OPENAI, **REGISTRY}
    if name_or_path in named:
        return named[name_or_path].languages
    return tuple(sorted({code for weights in named.values() for code in weights.languages}))


def same_weights(one: str, other: str) -> bool:
    """Whether models with these SHA-256 hold the same tensors.

    OpenAI's base.pt and the model.bin of `base` do, in two forms. A conversion or a fine-tuned copy
    of the user's own cannot be told and passes for other weights.
    """
    return one == other or (_published_as(one) or one) == (_published_as(other) or other)


def _published_as(sha256: str) -> str | None:
    """OpenAI's name of these weights, in its own form or in CTranslate2's."""
    if sha256 in CHECKPOINTS:
        return CHECKPOINTS[sha256]
    converted = {weights.sha256: weights.name for weights in REGISTRY.values()}
    return converted[sha256].removeprefix("faster-whisper-") if sha256 in converted else None


def _named(weights: Weights) -> LoadedWeights:
    paths = places(weights)
    if not paths:
        pieces = [piece for file in weights.files for piece in file.pieces]
        gone = [piece.package for piece in pieces if _place(piece) is None]
        raise NotAvailable(
            f"the weights {weights.name!r} are not installed"
            f"{f' ({gone[0]} is missing)' if gone else ''}; get them: {weights.install}"
        )
    if paths[0].suffix == ".pt":
        return _checkpoint(paths[0])
    packaged = paths[0].parent != models_folder() / weights.name
    again = (
        f"{weights.install} --force-reinstall"
        if packaged
        else f"mediacheck models fetch {weights.name}"
    )
    rest, content = list(paths), {}
    for file in weights.files:
        parts = len(file.pieces) if packaged else 1
        content[file.name] = _verified(file, rest[:parts], weights, again)
        rest = rest[parts:]
    logger.info("weights %s verified, sha256 %s", weights.name, weights.sha256)
    return LoadedWeights(weights.name, weights.sha256, content)


def _verified(file: WeightFile, paths: Sequence[Path], weights: Weights, again: str) -> bytes:
    joined = io.BytesIO()
    for path in paths:
        joined.write(_read(path, file, weights, again))
    content = joined.getvalue()  # shares the buffer: no second copy of 145 MB
    if len(content) != file.bytes or hashlib.sha256(content).hexdigest() != file.sha256:
        raise WeightsRefused(
            f"{file.name} of the weights {weights.name!r} ({paths[0].parent}) is not the file that"
            f" mediacheck was tested with; install it again: {again}"
        )
    return content


def _place(piece: Piece) -> Path | None:
    """Where the piece must lie; None where its package is not installed."""
    # find_spec and not importlib.resources.files: the latter runs the package's own code, and for
    # faster_whisper imports all of ctranslate2.
    spec = importlib.util.find_spec(piece.package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0], *piece.path.split("/"))


def _read(path: Path, file: WeightFile, weights: Weights, again: str) -> bytes:
    try:
        # Do not read gigabytes only to find out that they are not ours.
        if path.stat().st_size > file.bytes:
            raise WeightsRefused(
                f"{path}: larger than {file.name} of the weights {weights.name!r};"
                f" install it again: {again}"
            )
        return path.read_bytes()
    except OSError as error:
        raise WeightsRefused(
            f"{path}: cannot be read ({error.strerror}); install it again: {again}"
        ) from error


def _folder(path: Path) -> LoadedWeights:
    if not os.path.isdir(path):
        raise WeightsRefused(f"{path}: is no folder with a CTranslate2 Whisper model")
    for names in FOLDER_NEEDS:
        if not any((path / name).is_file() for name in names):
            raise WeightsRefused(
                f"{path}: is no CTranslate2 Whisper model, {' or '.join(names)} is missing in it"
            )
    for name in ("config.json", "tokenizer.json"):
        _refuse_no_json(path / name)
    model = path / "model.bin"
    try:
        with model.open("rb") as file:
            if _spec_name(file.read(64)) != "WhisperSpec":
                raise WeightsRefused(f"{model}: is no CTranslate2 Whisper model")
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsRefused(f"{model}: cannot be read ({error.strerror})") from error
    logger.info("weights from a folder, not pinned, sha256 %s", sha256)
    return LoadedWeights(path.resolve().name, sha256, path.resolve())


def _refuse_no_json(path: Path) -> None:
    """Half a download, or a page that came in its place: the engine would break off in mid-work."""
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise WeightsRefused(f"{path}: is no JSON; get the model again") from error
    if not isinstance(held, dict):
        raise WeightsRefused(f"{path}: does not describe a model; get the model again")


def _checkpoint(path: Path) -> LoadedWeights:
    """What OpenAI published is pinned by its name: a base.pt that differs is damaged or something else."""
    try:
        with path.open("rb") as file:
            # torch writes zip archives; the pickles of before 2020 are no Whisper.
            if not zipfile.is_zipfile(file):
                raise WeightsRefused(f"{path}: is no checkpoint of OpenAI's Whisper")
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsRefused(f"{path}: cannot be read ({error.strerror})") from error
    if path.stem in CHECKPOINTS.values() and CHECKPOINTS.get(sha256) != path.stem:
        raise WeightsRefused(
            f"{path}: is not the {path.name} that OpenAI published (sha256 {sha256});"
            " get it again, or give a model of your own another name"
        )
    logger.info("weights from a checkpoint, sha256 %s", sha256)
    return LoadedWeights(path.stem, sha256, path.resolve())


def _spec_name(head: bytes) -> str | None:
    """Name of the model kind that CTranslate2 wrote:

    u32 version, u16 length with the closing NUL, name.
    """
    if len(head) < 6:
        return None
    _, length = struct.unpack_from("<IH", head)
    name = head[6 : 6 + length].rstrip(b"\0")
    return name.decode("ascii") if name.isascii() else None
