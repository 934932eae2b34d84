"""Stored series + limits -> both streams on one timeline. Pure: what `judge` runs again without media."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from mediacheck.align.looks import astray
from mediacheck.align.part_states import PartTrack, copies, with_copies, with_geometries
from mediacheck.align.picture_heard import with_sound
from mediacheck.align.picture_states import PictureTracks, picture_segments
from mediacheck.align.sound_channels import SIDES, ChannelTrack, ChannelTracks, with_channels
from mediacheck.align.sound_segments import sound_segments
from mediacheck.align.sound_tracks import SoundTracks
from mediacheck.align.timeline import NOWHERE, Limits, MotionTrack, SoundTrack, runs, sound_path
from mediacheck.checks.base import array
from mediacheck.model import (
    Alignment,
    Geometry,
    Measured,
    Media,
    Null,
    PictureSegment,
    Series,
    Span,
    Timeline,
)
from mediacheck.ranging import moved, placed

LIMITS = (
    "picture_usual_spread",
    "picture_expected_motion",
    "picture_dependent_windows",
    "picture_moving_levels",
    "picture_jump_price",
    "picture_contradiction",
    "picture_chance_factor",
    "picture_decoy_margin",
    "picture_floor",
    "picture_floor_per_s",
    "picture_floor_least",
    "picture_astray",
    "picture_astray_price",
    "odd_speed",
    "odd_speed_share",
    "picture_bridge_s",
    "picture_leaning_motion",
    "picture_sure_motion",
    "picture_foreign_s",
    "same_scene_bits",
    "other_scene_bits",
    "blank_levels",
    "held_change",
    "copies_differ",
    "copy_floors",
    "new_line_floors",
    "new_line_times",
    "new_line_frames",
    "frame_leaning",
    "frame_jump_price",
    "other_scene_differ",
    "other_scene_s",
    "joint_as_well",
    "part_aside",
    "part_floors",
    "part_usual_share",
    "part_fits",
    "part_place_s",
    "part_border_s",
    "sound_expected_presence",
    "sound_presence_spread",
    "sound_usual_null",
    "sound_dependent_windows",
    "sound_jump_price",
    "sound_depth_db",
    "silence_db",
    "picture_joint_reach_s",
    "picture_joint_s",
    "same_place_s",
    "speech_probability",
    "residual_follows",
    "mixed_residual_db",
    "music_residual_db",
    "least_mixed_s",
    "least_music_s",
    "added_loud_db",
    "music_tones",
    "least_tones_s",
    "tones_gap_s",
    "tones_speech_share",
    "replaced_in_added_s",
    "replaced_separation",
    "least_own_s",
    "least_absent_s",
    "absent_spreads",
    "agreement_gone",
    "agreement_kept",
    "unproven_spreads",
    "agreement_separation",
    "least_agreeing_s",
    "gone_spreads",
    "least_gone_s",
    "mixed_gap_s",
    "mixed_breath_s",
    "under_spreads",
    "least_null_moments",
    "summed_usual_null",
    "summed_usual_spread",
    "under_share",
    "under_speech_share",
    "least_replaced_s",
    "least_replaced_speech_s",
    "least_replaced_noise_s",
    "hidden_db",
    "absent_summed_spreads",
    "sound_foreign_s",
    "least_state_s",
    "least_silent_s",
    "pause_loud_db",
    "least_pause_loud_s",
    "pause_depth_db",
    "pause_raised_db",
    "pause_speech_depth_db",
    "pause_echo_fall_db",
    "pause_echo_db",
    "pause_echo_s",
    "pause_residual_db",
    "least_pause_speech_s",
    "channel_apart_db",
    "channel_depth_db",
    "channel_place_s",
    "channel_share",
)


def timeline(
    measured: Mapping[str, Measured],
    geometry: Geometry | None,
    clip: Media,
    original: Media,
    limits: Limits,
    searched: Span | None = None,
) -> Timeline:
    """Empty streams where the check that would fill them was skipped.

    searched: the part of the original beyond which nothing was looked at; None for the whole. States are found on its
    own clock, as if the file were no longer than it, and then put on the file's.
    """
    begins = 0.0 if searched is None else searched.start
    lasts = original.duration_s if searched is None else searched.length
    picture = None
    if "picture" in measured:
        picture = _picture_tracks(measured["picture"], begins, _frame_s(clip))
    sound = _sound_tracks(measured["sound"], begins) if "sound" in measured else None
    parts: tuple[PartTrack, ...] = ()
    if picture is not None:
        parts = copies(_part_tracks(measured["picture"], begins), picture.lines, limits)
        picture = with_copies(picture, parts, limits)
    found = _judged(picture, sound, geometry, clip.duration_s, lasts, limits)
    found = replace(found, picture=with_geometries(found.picture, parts, limits))
    channels = _channel_tracks(measured["channels"], begins) if "channels" in measured else None
    if channels is not None:
        found = replace(found, sound=with_channels(found.sound, channels, limits))
    return found if searched is None else placed(found, begins)


def _judged(
    picture: PictureTracks | None,
    sound: SoundTracks | None,
    geometry: Geometry | None,
    clip_s: float,
    original_s: float,
    limits: Limits,
) -> Timeline:
    path = None if sound is None else sound_path(sound.level, sound.lines, sound.loud, limits)
    heard: Sequence[tuple[Span, int]] = ()
    if picture is not None and sound is not None and path is not None:
        heard = _heard_on(picture, sound, path)
    shown: tuple[PictureSegment, ...] = ()
    if picture is not None:
        shown = picture_segments(picture, geometry, clip_s, original_s, heard, limits)
    if sound is None or path is None:
        return Timeline(shown, ())
    if picture is not None:
        shown = with_sound(shown, picture, heard, geometry, original_s, limits)
    heard_parts = sound_segments(sound, path, shown, clip_s, original_s, limits)
    return Timeline(shown, tuple(heard_parts))


def _frame_s(clip: Media) -> float:
    """Between two frames of the picture that players show; 0 where that is unknown.

    A record does not say which of several is the default one. Most files mark all of them or none, and then it is the
    largest.
    """
    pictures = [stream for stream in clip.streams if stream.kind == "picture"]
    played = max(pictures, key=lambda s: (s.width or 0) * (s.height or 0), default=None)
    return 1 / played.fps if played is not None and played.fps else 0.0


def _of(measured: Measured, name: str) -> list[Series]:
    return [series for series in measured.series if series.name == name]


def grid_of(series: Series) -> np.ndarray:
    return series.start_s + series.step_s * np.arange(len(series.values))


def _along(measured: Measured, name: str, line: Alignment) -> Series | None:
    return next((series for series in _of(measured, name) if series.alignment == line), None)


def _needed(measured: Measured, name: str, line: Alignment) -> Series:
    found = _along(measured, name, line)
    if found is None:
        raise ValueError(f"the record of {measured.check} has no series {name} along {line}")
    return found


def _values(measured: Measured, name: str, line: Alignment) -> np.ndarray | None:
    found = _along(measured, name, line)
    return None if found is None else array(found.values)


def _null_along(measured: Measured, name: str, line: Alignment) -> Null | None:
    found = _along(measured, name, line)
    return None if found is None else found.null


def _picture_tracks(measured: Measured, begins: float, frame_s: float) -> PictureTracks:
    movement = _of(measured, "movement")[0]
    tracks = []
    for series in _of(measured, "motion"):
        line = series.alignment
        assert line is not None
        hashes = _needed(measured, "hash_distance", line)
        differences = _needed(measured, "difference", line)
        others = _needed(measured, "difference_elsewhere", line)
        tracks.append(
            MotionTrack(
                line=moved(line, -begins),
                motion=array(series.values),
                original_movement=array(_needed(measured, "original_movement", line).values),
                hash_times=grid_of(hashes),
                hash_bits=array(hashes.values),
                differences=array(differences.values),
                null=series.null,
                astray_times=grid_of(others),
                astray=_astray(differences, others),
            )
        )
    return PictureTracks(
        grid_of(movement),
        array(movement.values),
        array(_of(measured, "detail")[0].values),
        grid_of(_of(measured, "change")[0]),
        array(_of(measured, "change")[0].values),
        tuple(tracks),
        tuple(_decoy_track(series, begins) for series in _of(measured, "decoy_motion")),
        frame_s,
    )


def _astray(differences: Series, others: Series) -> np.ndarray:
    every = max(1, round(others.step_s / differences.step_s))
    return astray(array(differences.values)[::every], array(others.values))


def _part_tracks(measured: Measured, begins: float) -> list[PartTrack]:
    found = []
    differ = [*_of(measured, "part_difference"), *_of(measured, "free_difference")]
    aside = [*_of(measured, "part_aside"), *_of(measured, "free_aside")]
    for series, beside in zip(differ, aside, strict=True):
        assert series.alignment is not None
        assert series.geometry is not None
        found.append(
            PartTrack(
                line=moved(series.alignment, -begins),
                geometry=series.geometry,
                covered=series.name == "free_difference",
                times=grid_of(series),
                differences=array(series.values),
                aside=array(beside.values),
            )
        )
    return found


def _decoy_track(series: Series, begins: float) -> MotionTrack:
    assert series.alignment is not None
    motion = array(series.values)
    nothing = np.empty(0)
    line = moved(series.alignment, -begins)
    return MotionTrack(line, motion, motion, nothing, nothing, nothing, series.null)


def _sound_tracks(measured: Measured, begins: float) -> SoundTracks:
    level = _of(measured, "level")[0]
    values = {m.name: m.value for m in measured.measurements}
    tracks = []
    for series in _of(measured, "presence"):
        line = series.alignment
        assert line is not None
        long = _needed(measured, "presence_long", line)
        tracks.append(
            SoundTrack(
                line=moved(line, -begins),
                presence=array(series.values),
                presence_long=array(long.values),
                original_level=array(_needed(measured, "original_level", line).values),
                original_speech=array(_needed(measured, "original_speech", line).values),
                null=series.null,
                null_long=long.null,
                cleanliness=_values(measured, "cleanliness", line),
                residual=_values(measured, "residual", line),
                residual_speech=_values(measured, "residual_speech", line),
                residual_follows=_values(measured, "residual_follows", line),
                agreement=_values(measured, "agreement", line),
                chance=_null_along(measured, "agreement", line),
                presence_summed=_values(measured, "presence_summed", line),
                null_summed=_null_along(measured, "presence_summed", line),
                level_under=_values(measured, "level_under", line),
                tones=_values(measured, "tones", line),
            )
        )
    undone = (values["speed_undone"] or 1.0) != 1.0 or bool(values["pitch_undone"])
    loud = values["clip_loudness"], values["original_loudness"]
    return SoundTracks(
        grid=grid_of(level),
        level=array(level.values),
        speech=array(_of(measured, "speech")[0].values),
        lines=tuple(tracks),
        loud=(-120.0 if loud[0] is None else loud[0], -120.0 if loud[1] is None else loud[1]),
        clean_split=not undone,
    )


def _channel_tracks(measured: Measured, begins: float) -> ChannelTracks | None:
    """None where the clip's channels do not differ."""
    levels = {side: found[0] for side in SIDES if (found := _of(measured, f"{side}_level"))}
    if not levels:
        return None
    tracks = []
    for side in SIDES:
        for residual in _of(measured, f"{side}_residual"):
            line = residual.alignment
            assert line is not None
            tracks.append(
                ChannelTrack(
                    channel=side,
                    line=moved(line, -begins),
                    level=array(levels[side].values),
                    residual=array(residual.values),
                    residual_speech=array(
                        _needed(measured, f"{side}_residual_speech", line).values
                    ),
                    residual_follows=array(
                        _needed(measured, f"{side}_residual_follows", line).values
                    ),
                )
            )
    return ChannelTracks(grid_of(levels[SIDES[0]]), tuple(tracks))


def _heard_on(
    picture: PictureTracks, sound: SoundTracks, path: np.ndarray
) -> Sequence[tuple[Span, int]]:
    """Stretches whose sound lies on a line that the picture has a track for."""
    found = []
    for run in runs(path):
        if run.line == NOWHERE:
            continue
        span = Span(
            round(float(sound.grid[run.first]) - sound.step / 2, 3),
            round(float(sound.grid[run.last - 1]) + sound.step / 2, 3),
        )
        line = sound.lines[run.line].line
        middle = (span.start + span.end) / 2
        away = [
            abs(track.line.original_at(middle) - line.original_at(middle))
            for track in picture.lines
        ]
        if away and min(away) < 0.3:
            found.append((span, int(np.argmin(away))))
    return found
