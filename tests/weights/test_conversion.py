"""The made-up model is the smallest that is a Whisper: one layer on each side, one head of 64 values."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediacheck.errors import WeightsRefused
from mediacheck.weights.conversion import from_checkpoint, from_ctranslate2
from mediacheck.weights.loading import load

Variables = dict[str, np.ndarray]
TYPES = {"float32": 0, "int8": 1, "int16": 2, "float16": 4}
STATE = 64


def variables() -> Variables:
    draw = np.random.default_rng(7)

    def half(*shape: int) -> np.ndarray:
        return draw.normal(size=shape).astype(np.float16)

    made: Variables = {
        "decoder/alignment_heads": np.ones((), np.int16),
        "decoder/embeddings/weight": half(300, STATE),
        "decoder/position_encodings/encodings": half(8, STATE),
        "encoder/position_encodings/encodings": half(10, STATE),
        "encoder/num_heads": np.array(1, np.int16),
    }
    for name, shape in (("conv1", (STATE, 80, 3)), ("conv2", (STATE, STATE, 3))):
        made[f"encoder/{name}/weight"], made[f"encoder/{name}/bias"] = half(*shape), half(STATE)
    for side, attentions in (
        ("encoder", ("self_attention",)),
        ("decoder", ("self_attention", "attention")),
    ):
        layer = f"{side}/layer_0"
        norms = [f"{layer}/{part}/layer_norm" for part in (*attentions, "ffn")]
        for norm in (f"{side}/layer_norm", *norms):
            made[f"{norm}/gamma"], made[f"{norm}/beta"] = half(STATE), half(STATE)
        sizes = {"self_attention": (3, 1), "attention": (1, 2, 1), "ffn": (4, 1)}
        for part in (*attentions, "ffn"):
            for index, rows in enumerate(sizes[part]):
                columns = 4 * STATE if (part, index) == ("ffn", 1) else STATE
                stem = f"{layer}/{part}/linear_{index}"
                made[f"{stem}/weight"] = half(rows * STATE, columns)
                made[f"{stem}/bias"] = half(rows * STATE)
    made["encoder/layer_0/self_attention/linear_0/bias"][STATE : 2 * STATE] = 0
    made["decoder/layer_0/self_attention/linear_0/bias"][STATE : 2 * STATE] = 0
    made["decoder/layer_0/attention/linear_1/bias"][:STATE] = 0
    return made


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def written(name: str, array: np.ndarray) -> bytes:
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    return (
        text(name)
        + shape
        + struct.pack("<BI", TYPES[array.dtype.name], array.nbytes)
        + array.tobytes()
    )


def model_bin(
    made: Variables, version: int = 6, spec: str = "WhisperSpec", more: bytes = b"", extra: int = 0
) -> bytes:
    head = struct.pack("<I", version) + text(spec) + struct.pack("<II", 3, len(made) + extra)
    body = b"".join(written(name, array) for name, array in made.items()) + more
    alias = text("decoder/projection/weight") + text("decoder/embeddings/weight")
    return head + body + struct.pack("<I", 1) + alias


WHOLE = model_bin(variables())


def test_every_tensor_arrives_unchanged_and_openai_takes_it() -> None:
    from whisper import ModelDimensions, Whisper

    made = variables()
    read = from_ctranslate2(WHOLE)
    assert tuple(read.dimensions.items()) == (
        *(("n_mels", 80), ("n_audio_ctx", 10), ("n_audio_state", 64)),
        *(("n_audio_head", 1), ("n_audio_layer", 1), ("n_vocab", 300)),
        *(("n_text_ctx", 8), ("n_text_state", 64), ("n_text_head", 1), ("n_text_layer", 1)),
    )
    Whisper(ModelDimensions(**read.dimensions)).load_state_dict(dict(read.tensors))

    floats = [array for array in made.values() if array.dtype == np.float16]
    key_biases = 3 * STATE
    assert sum(t.numel() for t in read.tensors.values()) == sum(map(np.size, floats)) - key_biases
    stacked = made["decoder/layer_0/self_attention/linear_0/weight"].astype(np.float32)
    for row, part in enumerate(("query", "key", "value")):
        tensor = read.tensors[f"decoder.blocks.0.attn.{part}.weight"].numpy()
        assert np.array_equal(tensor, stacked[row * STATE : (row + 1) * STATE])
    cross = made["decoder/layer_0/attention/linear_1/bias"].astype(np.float32)
    assert np.array_equal(read.tensors["decoder.blocks.0.cross_attn.value.bias"], cross[STATE:])
    gamma = made["encoder/layer_norm/gamma"].astype(np.float32)
    assert np.array_equal(read.tensors["encoder.ln_post.weight"], gamma)


def with_key_bias(made: Variables) -> bytes:
    made["encoder/layer_0/self_attention/linear_0/bias"][STATE] = 1
    return model_bin(made)


def without(name: str) -> Callable[[Variables], bytes]:
    return lambda made: model_bin({key: value for key, value in made.items() if key != name})


def and_also(name: str, array: np.ndarray) -> Callable[[Variables], bytes]:
    return lambda made: model_bin(made | {name: array})


BIAS = "encoder/conv1/bias"


@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        (lambda made: b"", "ends inside the version"),
        (lambda made: b"no model at all", "version .* only 6 is known"),
        (lambda made: model_bin(made, version=5), "version 5"),
        (lambda made: model_bin(made, spec="TransformerSpec"), "'TransformerSpec', not Whisper"),
        (lambda made: model_bin(made) + b"!", "1 bytes too many"),
        (lambda made: model_bin(made, more=written(BIAS, made[BIAS]), extra=1), "is there twice"),
        (
            lambda made: model_bin(
                made, more=text("x") + struct.pack("<BIBI", 1, 9, 4, 4), extra=1
            ),
            "x takes 4 bytes, which is not",
        ),
        (
            lambda made: model_bin(
                made, more=text("x") + struct.pack("<BIBI", 1, 2**31, 4, 2**32 - 1), extra=1
            ),
            "x takes",
        ),
        (lambda made: model_bin(made, more=text("x") + b"\xff", extra=1), "x has 255 dimensions"),
        (
            lambda made: model_bin(made, more=text("x") + struct.pack("<BBI", 0, 9, 0), extra=1),
            "unknown type 9",
        ),
        (and_also(BIAS, np.ones(STATE, np.int8)), "conv1/bias is in int8: take .* float16"),
        (and_also("encoder/conv3/bias", np.ones(1, np.float16)), "conv3/bias is not known"),
        (
            and_also("decoder/layer_0/attention/linear_1/bias", np.ones(3, np.float16)),
            "does not hold 2 parts",
        ),
        (and_also("encoder/num_heads", np.array(2, np.int16)), "num_heads is 2"),
        (with_key_bias, "the key has a bias"),
        (without("encoder/conv1/weight"), r"encoder\.conv1\.weight is missing"),
    ],
)
def test_what_is_no_whole_model_is_refused(spoil: Callable[[Variables], bytes], wrong: str) -> None:
    with pytest.raises(WeightsRefused, match=f"^here: .*{wrong}"):
        from_ctranslate2(spoil(variables()), "here")


@given(st.integers(0, len(WHOLE) - 1))
def test_a_model_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(WeightsRefused):
        from_ctranslate2(WHOLE[:length])


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    import torch

    read = from_ctranslate2(WHOLE)
    path = tmp_path / "mine.pt"
    torch.save({"dims": dict(read.dimensions), "model_state_dict": dict(read.tensors)}, path)
    return path


def test_a_checkpoint_holds_the_same(checkpoint: Path) -> None:
    import torch

    assert load(str(checkpoint)).content == checkpoint
    read, same = from_checkpoint(checkpoint), from_ctranslate2(WHOLE)
    assert read.dimensions == same.dimensions
    assert read.tensors.keys() == same.tensors.keys()
    assert all(torch.equal(read.tensors[key], same.tensors[key]) for key in same.tensors)


def test_a_checkpoint_under_a_published_name_must_be_that_one(checkpoint: Path) -> None:
    with pytest.raises(WeightsRefused, match=r"is not the base\.pt that OpenAI published"):
        load(str(checkpoint.rename(checkpoint.with_name("base.pt"))))


def test_sizes_that_a_checkpoint_makes_up_are_refused(checkpoint: Path) -> None:
    import torch

    read = torch.load(checkpoint, weights_only=True)
    read["dims"]["n_vocab"] = 10**9
    torch.save(read, checkpoint)
    with pytest.raises(WeightsRefused, match=r"it says .* and holds"):
        from_checkpoint(checkpoint)


def test_a_path_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.pt"
    with pytest.raises(WeightsRefused, match="is no folder"):
        load(str(path))
    path.write_bytes(b"no archive")
    with pytest.raises(WeightsRefused, match="is no checkpoint"):
        load(str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mine/data.pkl", b"nothing")
    with pytest.raises(WeightsRefused, match="is no checkpoint"):
        from_checkpoint(path)


class Escape:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path) -> None:
    import torch

    path, victim = tmp_path / "mine.pt", tmp_path / "touched"
    torch.save({"dims": Escape(victim), "model_state_dict": {}}, path, pickle_module=pickle)
    with pytest.raises(WeightsRefused, match="is no checkpoint"):
        from_checkpoint(path)
    assert not victim.exists()
