"""How does each check work? One paragraph that a reader can repeat and attack; limits included."""

from __future__ import annotations

METHODS = {
    "picture": (
        "Both files are reduced to small grey frames at a fixed rate. What moves between frames is "
        "kept, what stands still is removed, and the clip's motion is correlated with the whole "
        "original, also mirrored, cropped and at other speeds. A place counts when its correlation "
        "stands out from what the same statistic gives elsewhere in this very pair. A still or "
        "dark picture holds no motion and is left undecided. A match says that both show the same "
        "moment, not which file came first."
    ),
    "edits": (
        "The places found for short windows of the clip are joined into stretches that run on in "
        "the original. Where one stretch ends and the next does not run on, time was removed, "
        "inserted, repeated or put in another order. Borders are exact to about 0.2 s; shorter "
        "edits can be missed. A skip counts as removed time only if what it skips stands nowhere "
        "else in the clip."
    ),
    "frame": (
        "Features of matching frames are registered (SIFT, RANSAC over similarity transforms), which "
        "tells the part of the original's frame that the clip shows, where it lies, and whether it "
        "is mirrored or turned. What stands inside the frame is not compared: a changed face, a "
        "retouched region or a caption is not found by this check."
    ),
    "sound": (
        "In windows of 0.4 s (2 s where little stands out) the clip's sound is correlated with the original's at the "
        "place that the picture (or the sound itself) tells. Presence is how far the peak of the "
        "whitened correlation stands out; cleanliness is how much of the clip's sound the original "
        "explains. Both high: the original's sound. Presence high and cleanliness low: something "
        "lies over it. Both low: it is not there. The same numbers from wrong places of the same "
        "pair show what chance gives. Silence is left undecided."
    ),
    "sync": (
        "Picture and sound are placed in the original separately. The difference between the two "
        "places is how far the sound is shifted, followed along the clip to tell a constant shift "
        "from a step or a drift."
    ),
    "pitch": (
        "Spectra of both sounds are compared along a logarithmic frequency scale: a shift along it "
        "is a change of pitch, and it counts only if undoing it makes the original's waveform "
        "appear. A speed that picture and sound share is not counted as pitch."
    ),
    "words": (
        "Speech is located first, then transcribed by a Whisper model at temperature 0, each file "
        "on its own. Stretches that the model itself holds doubtful are marked as unreliable and "
        "never quoted. Transcripts of one language are compared word by word. The model mishears; "
        "its text is a lead, not a protocol."
    ),
    "terms": (
        "Every spelling asked for is searched in both transcripts, as whole words with their "
        "endings. Not heard means not recognised in the speech that was transcribed: the seconds "
        "searched and the stretches that could not be heard are given. Only a second model with "
        "other weights counts as a confirmation."
    ),
    "container": (
        "Track lists, codecs, durations and tags are read from both files. Tags are easily changed "
        "and often lost in uploading; missing tags or credentials mean nothing."
    ),
}
"""By name of the check. A check without a paragraph says so in the report."""
