"""Where are the weights, and are they the ones that were pinned?

Packaged weights are read into memory, put together there and checked by SHA-256 on every load, so
the bytes that were checked are the bytes that the engine gets, and nothing is written or fetched. A
folder or checkpoint of the user's own is not pinned: the model is hashed and the hash goes into the
report.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import logging
import os
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mediacheck.errors import NotAvailable, WeightsRefused
from mediacheck.weights.registry import CHECKPOINTS, REGISTRY, Piece, Use, WeightFile, Weights

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
    """Find and verify weights by registry name; or a folder that holds a CTranslate2 Whisper model;
    or one of OpenAI's checkpoints, a file whose name ends in .pt.

    A registry name wins over a folder of the same name. Raises NotAvailable with the pip command
    where the packages are not installed; WeightsRefused where a byte differs from the registry, the
    path holds no model, or the name is unknown.
    """
    known = {name: weights for name, weights in REGISTRY.items() if weights.use == use}
    if name_or_path in known:
        return _packaged(known[name_or_path])
    path = Path(name_or_path)
    if use == "recognition" and (path.exists() or os.sep in name_or_path):
        return _checkpoint(path) if path.suffix == ".pt" and path.is_file() else _folder(path)
    raise WeightsRefused(
        f"unknown model {name_or_path!r}; known: {', '.join(sorted(known))},"
        " or the path of a folder with a CTranslate2 Whisper model, or of OpenAI's .pt"
    )


def is_installed(weights: Weights) -> bool:
    """Whether every package is there; whether its files are the pinned ones, `load` finds out."""
    return all(_place(piece) is not None for file in weights.files for piece in file.pieces)


def _packaged(weights: Weights) -> LoadedWeights:
    content = {file.name: _verified(file, weights) for file in weights.files}
    logger.info("weights %s verified, sha256 %s", weights.name, weights.sha256)
    return LoadedWeights(weights.name, weights.sha256, content)


def _verified(file: WeightFile, weights: Weights) -> bytes:
    joined = io.BytesIO()
    for piece in file.pieces:
        joined.write(_read(piece, file, weights))
    content = joined.getvalue()  # shares the buffer: no second copy of 145 MB
    if len(content) != file.bytes or hashlib.sha256(content).hexdigest() != file.sha256:
        raise WeightsRefused(
            f"{file.name} of the weights {weights.name!r} is not the file that mediacheck was"
            f" tested with; install it again: {weights.install} --force-reinstall"
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


def _read(piece: Piece, file: WeightFile, weights: Weights) -> bytes:
    path = _place(piece)
    if path is None:
        raise NotAvailable(
            f"the weights {weights.name!r} are not installed ({piece.package} is missing);"
            f" get them: {weights.install}"
        )
    try:
        # Do not read gigabytes only to find out that they are not ours.
        if path.stat().st_size > file.bytes:
            raise WeightsRefused(f"{path}: larger than {file.name} of the weights {weights.name!r}")
        return path.read_bytes()
    except OSError as error:
        raise WeightsRefused(
            f"{path}: cannot be read ({error.strerror}); install it again: {weights.install}"
            " --force-reinstall"
        ) from error


def _folder(path: Path) -> LoadedWeights:
    if not path.is_dir():
        raise WeightsRefused(f"{path}: is no folder with a CTranslate2 Whisper model")
    for names in FOLDER_NEEDS:
        if not any((path / name).is_file() for name in names):
            raise WeightsRefused(
                f"{path}: is no CTranslate2 Whisper model, {' or '.join(names)} is missing in it"
            )
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
