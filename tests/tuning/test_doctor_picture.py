"""What a doctored clip shows, read back here, is what its truth says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import ffmpeg
import numpy as np
import pytest

from mediacheck.calibration import Calibration
from mediacheck.tuning.doctor import doctor, recipe_named
from mediacheck.tuning.recipes import Unsuitable

from .making import (
    FFMPEG,
    FPS,
    HEIGHT,
    SAME_FRAME,
    SEED,
    WIDTH,
    assert_picture_is_at,
    distance,
    grey_frames,
    inside,
    likeness,
    made,
    samples,
)

Make = Callable[[str], SimpleNamespace]


def stream(clip: SimpleNamespace) -> tuple[str, float]:
    """Codec and frames a second of the clip's picture."""
    with av.open(str(clip.folder / "clip.mp4")) as container:
        picture = container.streams.video[0]
        return picture.codec_context.codec.name, float(picture.average_rate or 0)


def original_of(clip: SimpleNamespace, frame: int, fps: float = FPS) -> int:
    """The source's frame that truth names for a frame of an unbroken clip."""
    (part,) = clip.picture
    return round((part["original"][0] + frame / fps * part["speed"]) * FPS)


@pytest.mark.parametrize("fps", [12, 15, 24, 25, 30])
def test_another_frame_rate_shows_the_nearest_frames(
    make: Make, speaker: SimpleNamespace, fps: int
) -> None:
    clip = make(f"{fps}fps")
    assert stream(clip)[1] == fps
    assert_picture_is_at(clip, speaker.frames, [0], fps)


@pytest.mark.parametrize(
    ("name", "codec"), [("hevc", "hevc"), ("vp9", "vp9"), ("h264-crf28", "h264")]
)
def test_codecs_are_what_the_recipe_is_called(
    make: Make, speaker: SimpleNamespace, name: str, codec: str
) -> None:
    clip = make(name)
    assert codec in stream(clip)[0]
    assert distance(clip.frames[60], speaker.frames[original_of(clip, 60)]) < 2 * SAME_FRAME


def test_more_compression_leaves_less(make: Make, speaker: SimpleNamespace) -> None:
    def lost(name: str) -> float:
        clip = make(name)
        looks = range(10, 110, 20)
        return float(
            np.mean([distance(clip.frames[k], speaker.frames[original_of(clip, k)]) for k in looks])
        )

    assert lost("h264-crf38") > 1.5 * lost("h264-crf28")


def test_deinterlaced_frames_are_those_of_the_upper_field(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("deinterlaced-1080i")
    for at in (0, 100, 200):
        there = original_of(clip, at)
        apart = [distance(clip.frames[at], speaker.frames[there + step]) for step in (-1, 0, 1)]
        assert np.argmin(apart) == 1


def stops(clip: SimpleNamespace, original: np.ndarray) -> list[tuple[int, int]]:
    """Clip frames [first, end) that hardly differ from the one before, where the original's do or a stop goes on."""
    first = original_of(clip, 0)
    due = original[first : first + len(clip.frames)]
    still = np.abs(np.diff(clip.frames, axis=0)).mean(axis=(1, 2)) < 2.0
    moving = np.abs(np.diff(due, axis=0)).mean(axis=(1, 2)) > 5.0
    borders = np.flatnonzero(np.diff(np.concatenate([[0], still.astype(int), [0]]))).reshape(-1, 2)
    return [(start + 1, end + 1) for start, end in borders if moving[start:end].any()]


def test_lost_frames_are_replaced_by_the_one_before(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("frames-dropped")
    lost = [end - first for first, end in stops(clip, speaker.frames)]
    assert stops(make("excerpt"), speaker.frames) == []
    assert set(lost) == {1, 2}
    assert 0.05 < sum(lost) / len(clip.frames) < 0.2
    looks = range(5, len(clip.frames), 37)
    apart = [distance(clip.frames[k], speaker.frames[original_of(clip, k)]) for k in looks]
    assert np.median(apart) < SAME_FRAME


def test_a_stalled_stream_catches_up(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("stalled-0.8s")
    found = stops(clip, speaker.frames)
    assert len(found) == 3
    for first, end in found:
        assert 0.3 * FPS <= end - first <= 0.8 * FPS
        assert distance(clip.frames[end], speaker.frames[original_of(clip, end)]) < SAME_FRAME


def test_a_zoom_starts_whole_and_shows_its_crop_in_the_middle(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("punch-in")
    box = clip.findings["cropped"]["box"]
    middle = (len(clip.frames) - 1) // 2
    assert distance(clip.frames[0], speaker.frames[original_of(clip, 0)]) < SAME_FRAME
    x, y, width, height = box[0] * WIDTH, box[1] * HEIGHT, box[2] * WIDTH, box[3] * HEIGHT
    corners = np.float32([[x, y], [x + width, y], [x, y + height]]) - 0.5
    frame = np.float32([[0, 0], [WIDTH, 0], [0, HEIGHT]]) - 0.5
    near = cv2.warpAffine(
        speaker.frames[original_of(clip, middle)],
        cv2.getAffineTransform(corners, frame),
        (WIDTH, HEIGHT),
    )
    inner = np.s_[8:-8, 8:-8]
    assert 0.8 < box[2] < 0.95
    assert distance(clip.frames[middle][inner], near[inner]) < SAME_FRAME
    assert distance(
        clip.frames[middle][inner], speaker.frames[original_of(clip, middle)][inner]
    ) > (2 * SAME_FRAME)


def test_a_zoom_into_a_faster_clip_shows_what_is_due_at_that_speed(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("punch-in-speed")
    (part,) = clip.picture
    assert clip.truth["answer"] == "altered"
    assert clip.findings["speed"]["value"] == 1.1
    assert part["crop"] == clip.findings["cropped"]["box"]
    first, last = original_of(clip, 0), len(clip.frames) - 1
    assert distance(clip.frames[0], speaker.frames[first]) < SAME_FRAME
    middle = clip.frames[last].shape[1] // 2
    centre = np.s_[20:-20, middle - 40 : middle + 40]
    apart = []
    for back in range(-3, 4):
        whole = speaker.frames[first + round(1.1 * last) + back]
        seen = [cv2.resize(whole, None, fx=by, fy=by) for by in np.arange(1.15, 1.31, 0.01)]
        near = [
            cv2.matchTemplate(large, clip.frames[last][centre], cv2.TM_CCOEFF_NORMED).max()
            for large in seen
        ]
        apart.append(max(near))
    assert abs(int(np.argmax(apart)) - 3) <= 1
    assert max(apart) > 0.9


@pytest.mark.parametrize(
    ("name", "fps"),
    [("phone-filming-screen", 30), ("screen-recording-60", 60), ("screen-recording-30", 30)],
)
def test_a_screen_stands_where_truth_places_it(
    make: Make, speaker: SimpleNamespace, name: str, fps: int
) -> None:
    clip = make(name)
    assert stream(clip)[1] == fps
    (part,) = clip.picture
    assert clip.findings["bordered"]["box"] == part["placed"]
    at = len(clip.frames) // 2
    frame = clip.frames[at]
    within = inside(part["placed"], frame.shape)
    ragged = cv2.erode(within.astype(np.uint8), np.ones((9, 9))) > 0
    beyond = cv2.dilate(within.astype(np.uint8), np.ones((9, 9))) == 0
    # Only the window's title bar is of another colour than what is around a screen.
    assert np.median(np.abs(frame[beyond] - np.median(frame[beyond]))) < 2
    assert frame[ragged].std() > 20
    size = (round(part["placed"][2] * frame.shape[1]), round(part["placed"][3] * frame.shape[0]))
    shown = frame[within].reshape(size[1], size[0])
    due = original_of(clip, at, fps)
    alike = {
        each: float(
            np.corrcoef(shown.ravel(), cv2.resize(speaker.frames[each], size).ravel())[0, 1]
        )
        for each in range(due - 8, due + 9)
    }
    best = max(alike, key=alike.__getitem__)
    # A recorder's hiccup shows what was there up to 4 frames of its grid before.
    assert -4 * FPS / fps - 1 <= best - due <= 1
    assert alike[best] > 0.75


def test_a_phone_sees_the_screen_flicker_and_lean(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("phone-filming-screen")
    first = original_of(clip, 0, 30)
    looks = [round(k * FPS / 30) for k in range(200)]
    shown = np.array([frame.mean(axis=1) for frame in clip.frames[:200]])
    meant = np.array([speaker.frames[first + k].mean() for k in looks])
    upper, lower = (shown[:, rows].mean(axis=1) - meant for rows in (slice(20, 40), slice(60, 80)))
    assert np.std(upper - lower) > 2
    left, right = (int((clip.frames[100][:, side] > 60).sum()) for side in (20, -21))
    assert left != right


@pytest.mark.parametrize("name", ["brightness", "contrast", "tone-hdr", "colour"])
def test_colours_change_and_the_picture_stays(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    shown, there = clip.frames[80], speaker.frames[original_of(clip, 80)]
    assert np.corrcoef(shown.ravel(), there.ravel())[0, 1] > 0.95
    assert distance(shown, there) > SAME_FRAME
    assert clip.findings["colour"]["clip"] == clip.picture[0]["clip"]
    if name == "brightness":
        assert abs(shown.mean() - there.mean()) > 10
    if name == "contrast":
        assert abs(shown.std() / there.std() - 1) > 0.15
    if name == "tone-hdr":
        assert np.quantile(shown, 0.1) > np.quantile(there, 0.1) + 5


def test_a_moving_caption_sweeps_its_box_and_nothing_else(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("caption-moving")
    swept = inside(clip.findings["overlay"]["box"], clip.frames[0].shape)
    aside = cv2.dilate(swept.astype(np.uint8), np.ones((5, 5))) == 0
    middles = []
    for at in (5, len(clip.frames) // 2, len(clip.frames) - 5):
        apart = np.abs(clip.frames[at] - speaker.frames[original_of(clip, at)])
        assert apart[aside].mean() < SAME_FRAME
        rows, columns = np.nonzero((apart > 60) & swept)
        middles.append((columns.mean(), rows.mean()))
    (x1, y1), (x2, y2), (x3, y3) = middles
    assert x1 + 15 < x2 < x3 - 15
    assert y1 < y2 < y3


def apart_by_frame(clip: SimpleNamespace, original: np.ndarray, rows: slice) -> np.ndarray:
    """How far each frame of the clip, in these rows, is from the original's frame at the same moment."""
    first = round(clip.picture[0]["original"][0] * FPS)
    due = original[first : first + len(clip.frames)]
    return np.asarray(np.abs(clip.frames - due)[:, rows].mean(axis=(1, 2)))


def test_a_banner_stands_in_its_box_for_its_time_and_not_beyond(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("banner-part")
    told = clip.findings["overlay"]
    assert clip.truth["answer"] == "no-alteration-found"
    (x, y, width, height), (part,) = told["box"], clip.picture
    assert (x, width) == (0.0, 1.0)
    assert y + height == pytest.approx(1.0, abs=1e-5)
    assert 0.17 < height < 0.26
    first, end = (round(seconds * FPS) for seconds in told["clip"])
    assert 3.0 <= (end - first) / FPS <= 4.0
    assert told["original"] == pytest.approx(
        [part["original"][0] + seconds for seconds in told["clip"]], abs=0.002
    )
    top = round(y * HEIGHT)
    covered = apart_by_frame(clip, speaker.frames, np.s_[top:])
    there = np.zeros(len(clip.frames), dtype=bool)
    there[first:end] = True
    assert covered[there].min() > 3 * SAME_FRAME
    assert covered[~there].max() < SAME_FRAME
    assert apart_by_frame(clip, speaker.frames, np.s_[: top - 4]).max() < SAME_FRAME
    (heard,) = clip.heard
    assert heard["state"] == "same"


def test_banners_are_opaque_or_half_so(speaker: SimpleNamespace, tmp_path: Path) -> None:
    kept = []
    for seed in range(1, 7):
        clip = made("banner-part", speaker.source, None, tmp_path / f"{seed}", seed)
        first, end = (round(seconds * FPS) for seconds in clip.findings["overlay"]["clip"])
        top = round(clip.findings["overlay"]["box"][1] * HEIGHT)
        offset = round(clip.picture[0]["original"][0] * FPS)
        # At the left edge no letter stands.
        shown = clip.frames[first:end, top + 2 :, :4]
        under = speaker.frames[offset + first : offset + end, top + 2 :, :4]
        kept.append(float(shown.std(axis=0).mean() / under.std(axis=0).mean()))
    opaque = [share for share in kept if share < 0.1]
    half = [share for share in kept if 0.4 < share < 0.6]
    assert opaque
    assert half
    assert len(opaque) + len(half) == len(kept)


def test_a_zoom_in_part_is_hard_at_both_ends_and_shows_its_crop(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("zoom-part")
    told = clip.findings["cropped"]
    before, part, after = clip.picture
    assert clip.truth["answer"] == "no-alteration-found"
    assert (told["clip"], told["original"], told["box"]) == (
        part["clip"], part["original"], part["crop"],
    )  # fmt: skip
    assert before["crop"] == after["crop"] == [0, 0, 1, 1]
    assert before["original"][1] == part["original"][0]
    assert part["original"][1] == after["original"][0]
    assert part["crop"][2:] == pytest.approx([1 / 1.2, 1 / 1.2], abs=1e-5)
    first, end = (round(seconds * FPS) for seconds in part["clip"])
    assert 3.0 <= (end - first) / FPS <= 4.0
    for at in (first - 1, end):
        assert distance(clip.frames[at], speaker.frames[original_at(clip, at)]) < SAME_FRAME
    x, y, width, height = part["crop"]
    columns = (np.arange(WIDTH) + 0.5) * width + x * WIDTH - 0.5
    rows = (np.arange(HEIGHT) + 0.5) * height + y * HEIGHT - 0.5
    maps = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
    for at in (first, (first + end) // 2, end - 1):
        whole = speaker.frames[original_at(clip, at)]
        assert distance(clip.frames[at], cv2.remap(whole, *maps, cv2.INTER_LINEAR)) < SAME_FRAME
        assert distance(clip.frames[at], whole) > 2 * SAME_FRAME
    (heard,) = clip.heard
    assert heard["clip"] == [0, after["clip"][1]]


def original_at(clip: SimpleNamespace, frame: int) -> int:
    """As original_of, where parts of the clip follow each other in the source without a gap."""
    return round(clip.picture[0]["original"][0] * FPS) + frame


def test_a_degraded_zoom_in_part_is_within_the_crop_of_the_whole(make: Make) -> None:
    before, part, _ = make("zoom-part-degraded").picture
    whole = before["crop"]
    assert 0.93 < whole[2] < 0.98
    assert part["crop"][2] == pytest.approx(whole[2] / 1.2, abs=1e-4)
    x, width = part["crop"][0], part["crop"][2]
    assert x >= 0
    assert x + width <= 1


@pytest.mark.parametrize(("name", "kind"), [("banner-part", "overlay"), ("zoom-part", "cropped")])
def test_a_short_clip_has_a_third_of_it_in_its_middle(
    speaker: SimpleNamespace, tmp_path: Path, name: str, kind: str
) -> None:
    short = tmp_path / "short.mp4"
    ffmpeg.input(str(speaker.source), t=3.2).output(str(short), c="copy").run(cmd=FFMPEG)
    clip = made(name, short, None, tmp_path)
    frames = len(clip.frames)
    first, end = (round(seconds * FPS) for seconds in clip.findings[kind]["clip"])
    assert frames / FPS < 3
    assert end - first == pytest.approx(frames / 3, abs=1)
    assert 0 < first < end < frames


def test_a_picture_that_is_held_is_stored_once_in_the_original_and_often_in_the_clip(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("variable-rate")
    assert clip.truth["answer"] == "no-alteration-found"
    assert clip.findings == {}
    original = grey_frames(clip.folder / "original.mp4")
    with av.open(str(clip.folder / "original.mp4")) as container:
        times = np.array([float(f.time or 0) for f in container.decode(video=0)])
    steps = np.round(np.diff(times) * FPS).astype(int)
    (gap,) = np.flatnonzero(steps > 1)
    assert 3.0 <= (steps[gap] - 1) / FPS <= 4.0
    assert set(np.delete(steps, gap)) == {1}
    for at in (0, gap, gap + 1, len(times) - 1):
        assert distance(original[at], speaker.frames[round(times[at] * FPS)]) < SAME_FRAME
    (part,), (heard,) = clip.picture, clip.heard
    assert np.allclose(np.array(part["clip"]) + part["original"][0], part["original"], atol=0.002)
    shown = [
        int(np.searchsorted(times, part["original"][0] + k / FPS + 0.001)) - 1
        for k in range(len(clip.frames))
    ]
    assert shown.count(gap) == steps[gap]
    assert max(map(distance, clip.frames, original[shown])) < SAME_FRAME
    assert stream(clip)[1] == FPS
    sound = samples(clip.folder / "original.mp4")
    for at in (1.0, 5.0, 8.0):
        assert likeness(clip.sound, at, sound, heard["original"][0] + at) > 0.9
        assert likeness(clip.sound, at, speaker.sound, heard["original"][0] + at) > 0.9


def test_an_intro_is_the_donors_and_the_rest_the_sources(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("intro")
    end_s = clip.findings["uncovered"]["clip"][1]
    assert clip.findings["uncovered"]["clip"][0] == 0
    assert (clip.picture[0]["state"], clip.heard[0]["state"]) == ("foreign", "foreign")
    first = round(end_s * FPS)
    for at in (0, first - 1):
        assert min(distance(clip.frames[at], each) for each in speaker.donor_frames) < SAME_FRAME
    assert_picture_is_at(clip, speaker.frames, [1])
    at_s, there_s = clip.heard[1]["clip"][0] + 0.1, clip.heard[1]["original"][0] + 0.1
    offsets = (at_s + step for step in (0.0, 2.0, 4.0))
    assert max(likeness(clip.sound, at, speaker.sound, there_s + at - at_s) for at in offsets) > 0.9


@pytest.mark.parametrize("name", ["cutaway-0.8s", "cutaway-4s"])
def test_a_cutaway_shows_the_donor_while_the_sound_runs_on(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    before, foreign, after = clip.picture
    assert foreign["state"] == "foreign"
    at = round((foreign["clip"][0] + foreign["clip"][1]) / 2 * FPS)
    assert min(distance(clip.frames[at], each) for each in speaker.donor_frames) < SAME_FRAME
    assert_picture_is_at(clip, speaker.frames, [0, 2])
    (heard,) = clip.heard
    assert after["original"][0] - before["original"][1] == pytest.approx(
        foreign["clip"][1] - foreign["clip"][0], abs=0.002
    )
    steps = np.arange(foreign["clip"][0] - 2, foreign["clip"][1] + 1.5, 0.4)
    there = [likeness(clip.sound, at, speaker.sound, heard["original"][0] + at) for at in steps]
    assert np.median(there) > 0.95


def test_only_a_cutaway_shorter_than_the_calibrated_insert_is_innocent(make: Make) -> None:
    least_s = Calibration.load().tables["edits"]["least_insert_s"]
    lengths = {}
    for name in ("cutaway-0.8s", "cutaway-4s"):
        first, end = make(name).picture[1]["clip"]
        lengths[make(name).truth["answer"]] = end - first
    assert lengths["no-alteration-found"] < least_s < lengths["altered"]


def test_an_insert_pushes_the_rest_back(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("insert-4s")
    before, foreign, after = clip.picture
    assert clip.findings["insert"]["clip"] == foreign["clip"]
    assert after["original"][0] == before["original"][1]
    at = round((foreign["clip"][0] + 2) * FPS)
    assert min(distance(clip.frames[at], each) for each in speaker.donor_frames) < SAME_FRAME
    assert_picture_is_at(clip, speaker.frames, [0, 2])


@pytest.mark.parametrize(
    ("name", "removed_s"), [("cut-0.2s", 0.2), ("cut-1s", 1.0), ("cut-5s", 5.0)]
)
def test_a_cut_removes_as_much_as_its_name_says(
    make: Make, speaker: SimpleNamespace, name: str, removed_s: float
) -> None:
    clip = make(name)
    missing = clip.findings["cut"]["original"]
    assert missing[1] - missing[0] == pytest.approx(removed_s, abs=0.021)
    assert_picture_is_at(clip, speaker.frames, [0, 1])


def test_the_second_showing_is_the_repeat(make: Make, speaker: SimpleNamespace) -> None:
    clip = make("repeat-3s")
    first, end = (round(seconds * FPS) for seconds in clip.findings["repeat"]["clip"])
    assert end - first == 3 * FPS
    assert distance(clip.frames[first + 20], clip.frames[first + 20 - 3 * FPS]) < SAME_FRAME
    assert_picture_is_at(clip, speaker.frames, [0, 1])


@pytest.mark.parametrize("name", ["slow-part-4s", "speed-0.9", "speed-24-25", "speed-1000-1001"])
def test_speed_is_seen_at_both_ends_of_its_part(
    make: Make, speaker: SimpleNamespace, name: str
) -> None:
    clip = make(name)
    assert_picture_is_at(clip, speaker.frames, range(len(clip.picture)))
    span = clip.findings["speed"]["clip"]
    (part,) = [each for each in clip.picture if each["clip"] == span]
    lasting = part["original"][1] - part["original"][0]
    assert clip.findings["speed"]["value"] == pytest.approx(
        lasting / (span[1] - span[0]), abs=0.005
    )


def test_another_part_of_the_same_footage_is_not_in_its_original(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("same-set-other-time")
    with av.open(str(clip.folder / "original.mp4")) as container:
        kept = [
            frame.to_ndarray(format="gray").astype(np.float32)
            for frame in container.decode(video=0)
        ]
    assert clip.truth["answer"] == "not-in-original"
    assert {part["state"] for part in clip.picture + clip.heard} == {"foreign"}
    assert len(kept) + len(clip.frames) <= len(speaker.frames) - 0.4 * FPS
    for at in range(0, len(clip.frames), 25):
        in_source = min(distance(clip.frames[at], each) for each in speaker.frames)
        assert in_source < SAME_FRAME
        assert min(distance(clip.frames[at], each) for each in kept) > 2 * in_source
    for frame in kept[::50]:
        assert min(distance(frame, each) for each in speaker.frames) < SAME_FRAME


def test_footage_too_short_to_be_divided_has_no_other_time(
    speaker: SimpleNamespace, tmp_path: Path
) -> None:
    doctor(recipe_named("short-8s"), speaker.source, None, tmp_path, SEED)
    with pytest.raises(Unsuitable, match="too short"):
        doctor(
            recipe_named("same-set-other-time"), tmp_path / "clip.mp4", None, tmp_path / "no", SEED
        )
