"""How does a picture with its sound become an mp4, and does it hold the frames that were planned?"""

from collections.abc import Iterator
from pathlib import Path

import av
import ffmpeg
import imageio_ffmpeg

from mediacheck.tuning.plan import Encoding, Plan

# The bytes of every encoder here depend on the number of threads, so each gets one.
CODECS: dict[str, dict[str, str | int]] = {
    "libx264": {"preset": "veryfast", "threads": 1},
    "libx265": {
        "preset": "ultrafast",
        "tag:v": "hvc1",  # the name under which players look for it in an mp4
        "x265-params": "pools=none:frame-threads=1:log-level=error",
    },
    "libvpx-vp9": {"b:v": 0, "deadline": "realtime", "cpu-used": 8, "row-mt": 0, "threads": 1},
}


def encode(
    picture: ffmpeg.Stream,
    heard: ffmpeg.Stream | None,
    encoding: Encoding,
    made: Path,
    frames: Iterator[bytes],
) -> None:
    """Write `made`; frames are piped in where the picture comes from a pipe. Raises RuntimeError when ffmpeg fails."""
    if encoding.height is not None:
        picture = picture.filter("scale", -2, encoding.height, flags="bicubic")
    options: dict[str, str | int] = {
        "vcodec": encoding.picture_codec,
        "crf": encoding.crf,
        "pix_fmt": "yuv420p",
        "map_metadata": -1,
        "fflags": "+bitexact",
        "movflags": "+faststart",
    }
    options |= CODECS[encoding.picture_codec]
    if heard is not None:
        options |= {"acodec": encoding.sound_codec, "audio_bitrate": f"{encoding.sound_kbit}k"}
        if encoding.sound_rate is not None:
            options["ar"] = encoding.sound_rate
    streams = [picture] if heard is None else [picture, heard]
    run = (
        ffmpeg.output(*streams, str(made), **options)
        .global_args("-filter_threads", "1", "-filter_complex_threads", "1")
        .overwrite_output()
        .run_async(
            cmd=[imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"],
            pipe_stdin=True,
            pipe_stderr=True,
        )
    )
    with run:
        try:
            for frame in frames:
                run.stdin.write(frame)
            run.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg has ended early; its own words, below, say why
        said = run.stderr.read().decode(errors="replace").strip()
    if run.returncode != 0:
        raise RuntimeError(f"{made.name}: ffmpeg ended with {run.returncode}: {said}")


def refuse_other_frames(plan: Plan, path: Path) -> None:
    """Raises RuntimeError unless the made file, read back, holds the planned frames at the planned times."""
    with av.open(str(path)) as container:
        times = sorted(
            float(packet.pts * packet.time_base)
            for packet in container.demux(video=0)
            if packet.pts is not None and packet.time_base and not packet.is_discard
        )
    off_s = max(abs(times[-1] - (plan.frames - 1) / float(plan.fps)), abs(times[0]))
    if len(times) != plan.stored or off_s > 0.5 / float(plan.fps):
        raise RuntimeError(
            f"{path}: {len(times)} frames up to {times[-1]:.3f} s, planned {plan.stored} at {plan.fps} a second"
        )
