"""The made files themselves, read back here with PyAV and nothing of the doctor's, hold what truth.json says."""

import hashlib
import json
import re
from pathlib import Path
from random import Random
from types import SimpleNamespace

import cv2
import ffmpeg
import imageio_ffmpeg
import numpy as np
import pytest

from mediacheck.tuning.doctor import ALTERED, INNOCENT, RECIPES, doctor, main, recipe_named
from mediacheck.tuning.footage import open_footage
from mediacheck.tuning.recipes import Recipe, Scene, Unsuitable

from .making import (
    FPS,
    HEIGHT,
    RATE,
    SAME_FRAME,
    SEED,
    WIDTH,
    assert_picture_is_at,
    distance,
    grey_frames,
    likeness,
    made,
)

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
CASES = ("press-qa", "press-qa-said", "partial", "innocent", "unrelated")


def make(footage: SimpleNamespace, name: str) -> SimpleNamespace:
    """One clip of the drifting plane with its truth."""
    return made(name, footage.source, footage.donor, footage.folder)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_plans_a_clip_whose_sound_is_as_long_as_its_picture(
    recipe: Recipe, speaker: SimpleNamespace
) -> None:
    needed = {"none": None, "other": speaker.donor, "voice": speaker.voice}[recipe.donor]
    donor = needed and open_footage(needed)
    plan = recipe.design(Scene(open_footage(speaker.source), donor, Random(SEED)))
    heard_s = sum(passage.length_s for passage in plan.passages)
    assert heard_s == pytest.approx(plan.duration_s, abs=1e-6)
    assert recipe.innocent == (plan.answer != "altered")


def test_there_are_enough_recipes_of_both_kinds() -> None:
    assert len(INNOCENT) >= 26
    assert len(ALTERED) >= 28
    assert {recipe.innocent for recipe in INNOCENT} == {True}
    assert {recipe.innocent for recipe in ALTERED} == {False}


def test_every_twin_is_an_alteration_that_could_be_taken_for_it() -> None:
    names = {recipe.name for recipe in RECIPES if recipe.family != "nothing"}
    assert {recipe.twin for recipe in RECIPES} - {None} <= names


def test_altered_and_innocent_clips_are_there_in_the_same_conditions() -> None:
    altered = {recipe.condition for recipe in RECIPES if not recipe.innocent}
    innocent = {recipe.condition for recipe in RECIPES if recipe.family == "nothing"}
    assert altered <= innocent


def test_recipe_names_are_unique() -> None:
    assert len({recipe.name for recipe in RECIPES}) == len(RECIPES)


def test_excerpt_shows_and_sounds_like_the_original_where_truth_says(
    footage: SimpleNamespace,
) -> None:
    clip = make(footage, "excerpt")
    assert clip.truth["answer"] == "no-alteration-found"
    assert clip.findings == {}
    assert len(clip.frames) / FPS == clip.truth["timeline"]["picture"][0]["clip"][1]
    assert_picture_is_at(clip, footage.frames, [0])
    (heard,) = clip.truth["timeline"]["sound"]
    assert likeness(clip.sound, 3.0, footage.sound, heard["original"][0] + 3.0) > 0.95
    assert (clip.folder / "original.mp4").read_bytes() == footage.source.read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "dub-part-1s-degraded",
        "hevc",
        "vp9",
        "phone-filming-screen",
        "same-set-other-time",
        "variable-rate",
    ],
)
def test_same_seed_gives_the_same_bytes(
    footage: SimpleNamespace, tmp_path: Path, name: str
) -> None:
    for folder in ("one", "two"):
        doctor(recipe_named(name), footage.source, footage.donor, tmp_path / folder, SEED)
    for file in ("clip.mp4", "original.mp4", "truth.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_mirrored_frames_are_the_originals_turned_round(footage: SimpleNamespace) -> None:
    clip = make(footage, "mirror")
    (part,) = clip.truth["timeline"]["picture"]
    first = round(part["original"][0] * FPS)
    assert part["mirrored"]
    assert distance(clip.frames[50][:, ::-1], footage.frames[first + 50]) < SAME_FRAME
    assert distance(clip.frames[50], footage.frames[first + 50]) > 3 * SAME_FRAME


def test_crop_box_says_which_pixels_are_shown(footage: SimpleNamespace) -> None:
    clip = make(footage, "crop")
    (part,) = clip.truth["timeline"]["picture"]
    x, y, width, height = part["crop"]
    left, top = round(x * WIDTH), round(y * HEIGHT)
    shown = footage.frames[round(part["original"][0] * FPS) + 40][
        top : top + round(height * HEIGHT), left : left + round(width * WIDTH)
    ]
    assert clip.findings["cropped"]["box"] == part["crop"]
    assert shown.shape == clip.frames[40].shape
    assert distance(clip.frames[40], shown) < SAME_FRAME


def test_bars_leave_the_picture_in_its_box(footage: SimpleNamespace) -> None:
    clip = make(footage, "bars")
    (part,) = clip.truth["timeline"]["picture"]
    x, y, width, height = part["placed"]
    down, across = clip.frames.shape[1:]
    left, top = round(x * across), round(y * down)
    inner = np.zeros((down, across), dtype=bool)
    inner[top : top + round(height * down), left : left + round(width * across)] = True
    frame = clip.frames[40]
    original = footage.frames[round(part["original"][0] * FPS) + 40]
    assert frame[~inner].max() < 40  # black is 16, and the edge rings a little
    box = (round(width * across), round(height * down))
    shown = frame[inner].reshape(box[1], box[0])
    assert distance(shown, cv2.resize(original, box, interpolation=cv2.INTER_AREA)) < SAME_FRAME


def test_cut_joins_what_lies_three_seconds_apart(footage: SimpleNamespace) -> None:
    clip = make(footage, "cut-3s")
    before, after = clip.truth["timeline"]["picture"]
    finding = clip.findings["cut"]
    assert finding["clip"] == [before["clip"][1], after["clip"][0]]
    assert finding["original"] == [before["original"][1], after["original"][0]]
    assert finding["original"][1] - finding["original"][0] == pytest.approx(3.0, abs=0.002)
    assert_picture_is_at(clip, footage.frames, [0, 1])
    for heard in clip.truth["timeline"]["sound"]:
        at_s, there_s = heard["clip"][0] + 0.1, heard["original"][0] + 0.1
        assert likeness(clip.sound, at_s, footage.sound, there_s) > 0.9


def test_frozen_frame_stands_while_the_sound_runs_on(footage: SimpleNamespace) -> None:
    clip = make(footage, "freeze-3s")
    first, end = (round(seconds * FPS) for seconds in clip.findings["freeze"]["clip"])
    moves = np.abs(np.diff(clip.frames, axis=0)).mean(axis=(1, 2))
    assert moves[first : end - 1].max() < 1.5  # what the encoder refines in a still
    assert moves[first - 1] > 3
    assert moves[end - 1] > 3
    assert_picture_is_at(clip, footage.frames, [0, 2])
    (heard,) = clip.truth["timeline"]["sound"]
    at_s = clip.findings["freeze"]["clip"][0] + 1
    assert likeness(clip.sound, at_s, footage.sound, heard["original"][0] + at_s) > 0.95


def test_reordered_parts_stand_where_truth_says(footage: SimpleNamespace) -> None:
    clip = make(footage, "reorder")
    assert clip.findings["reorder"]["clip"] == clip.truth["timeline"]["picture"][1]["clip"]
    assert_picture_is_at(clip, footage.frames, [0, 1, 2, 3])


def test_muted_part_is_silent_and_its_neighbours_are_not(footage: SimpleNamespace) -> None:
    clip = make(footage, "muted-3s")
    first, end = (round(seconds * RATE) for seconds in clip.findings["muted"]["clip"])
    # AAC smears an edge by up to one of its windows, 2048 samples.
    assert np.abs(clip.sound[first + 2048 : end - 2048]).max() == 0
    assert clip.sound[first - RATE // 2 : first].std() > 0.01
    assert clip.sound[end : end + RATE // 2].std() > 0.01


def test_dubbed_part_is_foreign_and_its_surroundings_are_not(footage: SimpleNamespace) -> None:
    clip = make(footage, "dub-part-2s")
    before, dub, after = clip.truth["timeline"]["sound"]
    start_s = clip.truth["timeline"]["picture"][0]["original"][0]
    assert clip.findings["replaced"]["clip"] == dub["clip"]
    assert dub["original"] is None
    for part, at_s in ((before, before["clip"][1] - 0.45), (after, after["clip"][0] + 0.05)):
        assert part["state"] == "same"
        assert likeness(clip.sound, at_s, footage.sound, start_s + at_s) > 0.9
    for at_s in np.arange(dub["clip"][0], dub["clip"][1] - 0.4, 0.3):
        assert abs(likeness(clip.sound, at_s, footage.sound, start_s + at_s)) < 0.1


@pytest.mark.parametrize(
    ("name", "late_s"), [("offset-120ms", 0.12), ("desync-1s", 1.0), ("desync-1s-early", -1.0)]
)
def test_positive_desync_means_sound_late(
    footage: SimpleNamespace, name: str, late_s: float
) -> None:
    clip = make(footage, name)
    start_s = clip.truth["timeline"]["picture"][0]["original"][0]
    assert clip.findings["desync"]["value"] == late_s
    assert likeness(clip.sound, 4.0, footage.sound, start_s + 4.0 - late_s) > 0.95


def test_speed_is_seconds_of_original_per_second_of_clip(footage: SimpleNamespace) -> None:
    clip = make(footage, "speed-1.1-pitch")
    (part,) = clip.truth["timeline"]["picture"]
    (clip_s, original_s) = (part["clip"][1], part["original"][1] - part["original"][0])
    assert original_s / clip_s == pytest.approx(1.1, abs=0.001)
    assert len(clip.frames) == round(clip_s * FPS)
    there = round((part["original"][0] + 5.0 * 1.1) * FPS)
    apart = [
        distance(clip.frames[125], footage.frames[each]) for each in range(there - 3, there + 4)
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


def test_list_names_every_recipe_and_makes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    printed = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in printed] == [recipe.name for recipe in RECIPES]


def test_nothing_is_made_without_a_source(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "SOURCE" in capsys.readouterr().err
