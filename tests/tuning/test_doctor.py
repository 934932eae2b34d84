"""The made files themselves, read back here with PyAV and nothing of the doctor's, hold what truth.json says."""

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace

import av
import cv2
import ffmpeg
import imageio_ffmpeg
import numpy as np
import pytest
from scipy.io import wavfile
from scipy.ndimage import gaussian_filter, gaussian_filter1d, uniform_filter1d

from mediacheck.tuning.doctor import RECIPES, doctor, main, recipe_named
from mediacheck.tuning.footage import open_footage
from mediacheck.tuning.recipes import Recipe, Scene, Unsuitable

FPS, WIDTH, HEIGHT, RATE = 25, 192, 108, 48_000
SAME_FRAME = (
    6.0  # mean grey difference of a frame after two encodings; neighbours differ by 14 and more
)
SEED = 3
MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
CASES = ("press-qa", "press-qa-said", "partial", "innocent", "unrelated")


def make_source(path: Path, seconds: float, seed: int) -> Path:
    """A textured plane drifting irregularly, under dull noise that swells like syllables."""
    rng = np.random.default_rng(seed)
    plane = gaussian_filter(rng.standard_normal((HEIGHT * 4, WIDTH * 4)), 2.5)
    plane = np.clip(128 + 55 * plane / plane.std(), 0, 255).astype(np.uint8)
    count = round(seconds * FPS)
    walk = np.cumsum(uniform_filter1d(rng.standard_normal((count, 2)) * 9, 5, axis=0), axis=0)
    steps = np.abs(walk).round().astype(int) % (HEIGHT * 3)
    frames = [plane[y : y + HEIGHT, x : x + WIDTH].tobytes() for y, x in steps]
    syllables = np.repeat(rng.uniform(0.1, 1.0, round(seconds * 8)), RATE // 8)
    noise = gaussian_filter1d(rng.standard_normal(len(syllables)), 5) * syllables * 0.4
    wav = path.with_suffix(".wav")
    wavfile.write(wav, RATE, noise.astype(np.float32))
    size = f"{WIDTH}x{HEIGHT}"
    picture = ffmpeg.input("pipe:", format="rawvideo", pix_fmt="gray", s=size, framerate=FPS)
    ffmpeg.output(
        picture,
        ffmpeg.input(str(wav)),
        str(path),
        vcodec="libx264",
        crf=18,
        preset="veryfast",
        pix_fmt="yuv420p",
        threads=1,
        acodec="aac",
        audio_bitrate="128k",
    ).run(
        cmd=[imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"],
        input=b"".join(frames),
    )
    wav.unlink()
    return path


def grey_frames(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return np.stack(frames).astype(np.float32)


def samples(path: Path) -> np.ndarray:
    mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        blocks = [
            block.to_ndarray().ravel()
            for frame in container.decode(audio=0)
            for block in mono.resample(frame)
        ]
    return np.concatenate(blocks)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def likeness(clip: np.ndarray, clip_s: float, original: np.ndarray, original_s: float) -> float:
    """Correlation of 0.4 s of sound, both starting at the given times."""
    length = round(0.4 * RATE)
    first, second = round(clip_s * RATE), round(original_s * RATE)
    return float(
        np.corrcoef(clip[first : first + length], original[second : second + length])[0, 1]
    )


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("footage")
    source = make_source(folder / "source.mp4", 12.0, seed=1)
    donor = make_source(folder / "donor.mp4", 9.0, seed=2)
    return SimpleNamespace(
        source=source,
        donor=donor,
        frames=grey_frames(source),
        sound=samples(source),
        folder=folder,
    )


def make(footage: SimpleNamespace, name: str) -> SimpleNamespace:
    """One clip with its truth as it stands in truth.json."""
    folder = footage.folder / name
    doctor(recipe_named(name), footage.source, footage.donor, folder, SEED)
    truth = json.loads((folder / "truth.json").read_text())
    return SimpleNamespace(
        truth=truth,
        findings={finding["kind"]: finding for finding in truth["findings"]},
        frames=grey_frames(folder / "clip.mp4"),
        sound=samples(folder / "clip.mp4"),
        folder=folder,
    )


def assert_picture_is_at(
    made: SimpleNamespace, footage: SimpleNamespace, parts: Sequence[int]
) -> None:
    """First, middle and last frame of each part are the original's frames that truth names, not their neighbours."""
    for number in parts:
        part = made.truth["timeline"]["picture"][number]
        first, end = (round(seconds * FPS) for seconds in part["clip"])
        for at in (first, (first + end) // 2, end - 1):
            there = round((part["original"][0] + (at - first) / FPS * part["speed"]) * FPS)
            near = range(max(0, there - 2), min(len(footage.frames), there + 3))
            apart = {each: distance(made.frames[at], footage.frames[each]) for each in near}
            assert min(apart, key=apart.__getitem__) == there
            assert apart[there] < SAME_FRAME


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_plans_a_clip_whose_sound_is_as_long_as_its_picture(
    recipe: Recipe, footage: SimpleNamespace
) -> None:
    scene = Scene(open_footage(footage.source), open_footage(footage.donor), Random(SEED))
    plan = recipe.design(scene)
    heard_s = sum(passage.length_s for passage in plan.passages)
    assert heard_s == pytest.approx(plan.duration_s, abs=1e-6)
    assert recipe.innocent == (plan.answer != "altered")


def test_recipe_names_are_unique() -> None:
    assert len({recipe.name for recipe in RECIPES}) == len(RECIPES)


def test_excerpt_shows_and_sounds_like_the_original_where_truth_says(
    footage: SimpleNamespace,
) -> None:
    made = make(footage, "excerpt")
    assert made.truth["answer"] == "no-alteration-found"
    assert made.findings == {}
    assert len(made.frames) / FPS == made.truth["timeline"]["picture"][0]["clip"][1]
    assert_picture_is_at(made, footage, [0])
    (heard,) = made.truth["timeline"]["sound"]
    assert likeness(made.sound, 3.0, footage.sound, heard["original"][0] + 3.0) > 0.95
    assert (made.folder / "original.mp4").read_bytes() == footage.source.read_bytes()


def test_same_seed_gives_the_same_bytes(footage: SimpleNamespace, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        recipe = recipe_named("dub-part-1s-degraded")
        doctor(recipe, footage.source, footage.donor, tmp_path / folder, SEED)
    for name in ("clip.mp4", "truth.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_mirrored_frames_are_the_originals_turned_round(footage: SimpleNamespace) -> None:
    made = make(footage, "mirror")
    (part,) = made.truth["timeline"]["picture"]
    first = round(part["original"][0] * FPS)
    assert part["mirrored"]
    assert distance(made.frames[50][:, ::-1], footage.frames[first + 50]) < SAME_FRAME
    assert distance(made.frames[50], footage.frames[first + 50]) > 3 * SAME_FRAME


def test_crop_box_says_which_pixels_are_shown(footage: SimpleNamespace) -> None:
    made = make(footage, "crop")
    (part,) = made.truth["timeline"]["picture"]
    x, y, width, height = part["crop"]
    left, top = round(x * WIDTH), round(y * HEIGHT)
    shown = footage.frames[round(part["original"][0] * FPS) + 40][
        top : top + round(height * HEIGHT), left : left + round(width * WIDTH)
    ]
    assert made.findings["cropped"]["box"] == part["crop"]
    assert shown.shape == made.frames[40].shape
    assert distance(made.frames[40], shown) < SAME_FRAME


def test_bars_leave_the_picture_in_its_box(footage: SimpleNamespace) -> None:
    made = make(footage, "bars")
    (part,) = made.truth["timeline"]["picture"]
    x, y, width, height = part["placed"]
    down, across = made.frames.shape[1:]
    left, top = round(x * across), round(y * down)
    inner = np.zeros((down, across), dtype=bool)
    inner[top : top + round(height * down), left : left + round(width * across)] = True
    frame = made.frames[40]
    original = footage.frames[round(part["original"][0] * FPS) + 40]
    assert frame[~inner].max() < 40  # black is 16, and the edge rings a little
    box = (round(width * across), round(height * down))
    shown = frame[inner].reshape(box[1], box[0])
    assert distance(shown, cv2.resize(original, box, interpolation=cv2.INTER_AREA)) < SAME_FRAME


def test_cut_joins_what_lies_three_seconds_apart(footage: SimpleNamespace) -> None:
    made = make(footage, "cut-3s")
    before, after = made.truth["timeline"]["picture"]
    finding = made.findings["cut"]
    assert finding["clip"] == [before["clip"][1], after["clip"][0]]
    assert finding["original"] == [before["original"][1], after["original"][0]]
    assert finding["original"][1] - finding["original"][0] == pytest.approx(3.0, abs=0.002)
    assert_picture_is_at(made, footage, [0, 1])
    for heard in made.truth["timeline"]["sound"]:
        at_s, there_s = heard["clip"][0] + 0.1, heard["original"][0] + 0.1
        assert likeness(made.sound, at_s, footage.sound, there_s) > 0.9


def test_frozen_frame_stands_while_the_sound_runs_on(footage: SimpleNamespace) -> None:
    made = make(footage, "freeze-3s")
    first, end = (round(seconds * FPS) for seconds in made.findings["freeze"]["clip"])
    moves = np.abs(np.diff(made.frames, axis=0)).mean(axis=(1, 2))
    assert moves[first : end - 1].max() < 1.5  # what the encoder refines in a still
    assert moves[first - 1] > 3
    assert moves[end - 1] > 3
    assert_picture_is_at(made, footage, [0, 2])
    (heard,) = made.truth["timeline"]["sound"]
    at_s = made.findings["freeze"]["clip"][0] + 1
    assert likeness(made.sound, at_s, footage.sound, heard["original"][0] + at_s) > 0.95


def test_reordered_parts_stand_where_truth_says(footage: SimpleNamespace) -> None:
    made = make(footage, "reorder")
    assert made.findings["reorder"]["clip"] == made.truth["timeline"]["picture"][1]["clip"]
    assert_picture_is_at(made, footage, [0, 1, 2, 3])


def test_muted_part_is_silent_and_its_neighbours_are_not(footage: SimpleNamespace) -> None:
    made = make(footage, "muted-3s")
    first, end = (round(seconds * RATE) for seconds in made.findings["muted"]["clip"])
    # AAC smears an edge by up to one of its windows, 2048 samples.
    assert np.abs(made.sound[first + 2048 : end - 2048]).max() == 0
    assert made.sound[first - RATE // 2 : first].std() > 0.01
    assert made.sound[end : end + RATE // 2].std() > 0.01


def test_dubbed_part_is_foreign_and_its_surroundings_are_not(footage: SimpleNamespace) -> None:
    made = make(footage, "dub-part-2s")
    before, dub, after = made.truth["timeline"]["sound"]
    start_s = made.truth["timeline"]["picture"][0]["original"][0]
    assert made.findings["replaced"]["clip"] == dub["clip"]
    assert dub["original"] is None
    for part, at_s in ((before, before["clip"][1] - 0.45), (after, after["clip"][0] + 0.05)):
        assert part["state"] == "same"
        assert likeness(made.sound, at_s, footage.sound, start_s + at_s) > 0.9
    for at_s in np.arange(dub["clip"][0], dub["clip"][1] - 0.4, 0.3):
        assert abs(likeness(made.sound, at_s, footage.sound, start_s + at_s)) < 0.1


@pytest.mark.parametrize(
    ("name", "late_s"), [("offset-120ms", 0.12), ("desync-1s", 1.0), ("desync-1s-early", -1.0)]
)
def test_positive_desync_means_sound_late(
    footage: SimpleNamespace, name: str, late_s: float
) -> None:
    made = make(footage, name)
    start_s = made.truth["timeline"]["picture"][0]["original"][0]
    assert made.findings["desync"]["value"] == late_s
    assert likeness(made.sound, 4.0, footage.sound, start_s + 4.0 - late_s) > 0.95


def test_speed_is_seconds_of_original_per_second_of_clip(footage: SimpleNamespace) -> None:
    made = make(footage, "speed-1.1-pitch")
    (part,) = made.truth["timeline"]["picture"]
    (clip_s, original_s) = (part["clip"][1], part["original"][1] - part["original"][0])
    assert original_s / clip_s == pytest.approx(1.1, abs=0.001)
    assert len(made.frames) == round(clip_s * FPS)
    there = round((part["original"][0] + 5.0 * 1.1) * FPS)
    apart = [
        distance(made.frames[125], footage.frames[each]) for each in range(there - 3, there + 4)
    ]
    assert abs(int(np.argmin(apart)) - 3) <= 1  # between two frames of the source either is nearest


def test_a_dub_without_a_donor_is_unsuitable(footage: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(Unsuitable, match="--donor"):
        doctor(recipe_named("dub-whole"), footage.source, None, tmp_path, SEED)
    assert not list(tmp_path.iterdir())


def test_a_rotated_source_is_altered_as_it_is_shown(
    footage: SimpleNamespace, tmp_path: Path
) -> None:
    turned = tmp_path / "turned.mp4"
    ffmpeg.input(str(footage.source), display_rotation=90).output(str(turned), c="copy").run(
        cmd=[imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"]
    )
    truth = doctor(recipe_named("excerpt"), turned, None, tmp_path / "made", SEED)
    first = round((truth.picture[0].original or (0.0, 0.0))[0] * FPS)
    shown = grey_frames(tmp_path / "made" / "clip.mp4")[40]
    assert distance(shown, np.rot90(footage.frames[first + 40])) < SAME_FRAME


def test_fixtures_are_the_files_that_their_readme_names() -> None:
    readme = (MEDIA / "README.md").read_text()
    rows = re.findall(r"^\| `(\S+/\S+)` \| (\d+) \| `(\w+)` \|$", readme, re.MULTILINE)
    assert len(rows) == 3 * len(CASES)
    for name, size, sha256 in rows:
        content = (MEDIA / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(size), sha256)
    assert sum(int(size) for _, size, _ in rows) < 12_000_000


@pytest.mark.parametrize("case", CASES)
def test_fixture_clips_last_as_long_as_their_truth(case: str) -> None:
    timeline = json.loads((MEDIA / case / "truth.json").read_text())["timeline"]
    end_s = timeline["picture"][-1]["clip"][1]
    assert timeline["sound"][-1]["clip"][1] == end_s
    assert len(grey_frames(MEDIA / case / "clip.mp4")) == round(end_s * FPS)


def test_command_line_names_the_recipes_when_it_does_not_know_one(
    footage: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([str(footage.source), "--out", str(tmp_path), "--recipe", "nothing"])
    assert "dub-whole" in capsys.readouterr().err
