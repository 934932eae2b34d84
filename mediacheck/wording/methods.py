"""How does each check work? One paragraph that a reader can repeat and attack; limits included."""

from __future__ import annotations

METHODS = {
    "picture": (
        "Both files are reduced to small grey frames at a fixed rate. What moves between frames is "
        "kept, what stands still is removed, and the clip's motion is correlated with all of the "
        "original that was searched, also mirrored, cropped and at other speeds. A place counts when its correlation "
        "stands out from what the same statistic gives elsewhere in this very pair. A still or "
        "dark picture holds no motion and is left undecided. A match says that both show the same "
        "moment, not which file came first."
    ),
    "edits": (
        "The places found for short windows of the clip are joined into stretches that run on in "
        "the original. Where one stretch ends and the next does not run on, time was removed, "
        "inserted, repeated or put in another order. Once a place is known, each frame is laid over "
        "the frames that every stretch puts beside it: borders are exact to about 0.1 s where the "
        "picture can be told apart, and less so where a speaker hardly moves. Inserts and repeats of "
        "less than 1.0 s, freezes of less than 1.2 s and cuts of less than 0.15 s are never "
        "reported. A skip counts as removed time only if what it skips stands nowhere "
        "else in the clip."
    ),
    "frame": (
        "Features of matching frames are registered (SIFT, RANSAC over similarity transforms, for a screen seen at an "
        "angle over perspective ones), which "
        "tells the part of the original's frame that the clip shows, where it lies, and whether it "
        "is mirrored or turned. Stretches that fit their place in the original badly are registered "
        "with it once more: a zoom or another crop counts as the same footage if its frames fit that "
        "moment clearly better than the moments beside it, or, where nothing moves, as well as the "
        "rest of the clip. Boxes of a slightly turned picture are those of the picture turned back. What "
        "stands inside the frame is not compared: a changed face, a retouched region or a caption "
        "is not found by this check."
    ),
    "sound": (
        "In windows of 0.4 s (2 s where little stands out) the clip's sound is correlated with the original's at the "
        "place that the picture (or the sound itself) tells. Presence is how far the peak of the "
        "whitened correlation stands out, for sound far under another summed over 6 s; cleanliness is how "
        "much of the clip's sound the original explains. Both high: the original's sound. Presence high and "
        "cleanliness low: what the original leaves unexplained is searched for speech and for tones that are "
        "held as music holds them; whatever drowns the original is told as well. Both low: the original is not "
        "there. For words and syllables the original is first "
        "changed as this clip's sound was over seconds; agreement is how closely each twentieth of a "
        "second follows that. The same numbers from wrong places of the same "
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
        "appear, or where that waveform runs faster or slower by as much and the picture does not. A speed that "
        "picture and sound share is not counted as pitch."
    ),
    "channels": (
        "The other checks listen to both channels at once. Where the two differ by more than a hundredth of "
        "their energy, each is compared with the original: at each moment with its sound as a whole, either of "
        "its channels or both, whichever explains most. What is left unexplained is searched for speech. A voice "
        "counts as being in one channel only where the other one holds the original so much more cleanly. How "
        "loud each channel is, whether left and right are exchanged, and whether a further sound track was found "
        "to hold the original's sound are told as notes."
    ),
    "voice": (
        "Asked where the original's sound was replaced by sound from elsewhere. How high a voice is survives "
        "microphones, rooms and codecs. Middle pitches of pieces with 1.5 s of voiced sound are compared with those of "
        "all of the original, whoever speaks in it. How far the original's own pieces lie from each other shows what "
        "chance gives. It is a note and no more: it tells that no voice of the original is as high, never whose it is."
    ),
    "words": (
        "Speech is located first, then transcribed by a Whisper model at temperature 0, each file "
        "on its own. Stretches that the model itself holds doubtful are marked as unreliable and "
        "never quoted. Transcripts of one language are compared word by word; numbers, contractions and British or "
        "American spelling are first made equal by Whisper's own normaliser. The model mishears; "
        "its text is a lead, not a protocol."
    ),
    "terms": (
        "Every spelling asked for is searched in both transcripts, as whole words with their "
        "endings. Not heard means not recognised in the speech that was transcribed: the seconds "
        "searched and the stretches that could not be heard are given. Where another model was named, "
        "the clip's speech around each place and all of the original's is read again by it, without "
        "knowledge of the first reading. Only a second model with other weights counts as a "
        "confirmation; a term that any reading hears in the original is no finding."
    ),
    "container": (
        "Track lists, codecs, durations and tags are read from both files. Tags are easily changed "
        "and often lost in uploading; missing tags or credentials mean nothing."
    ),
}
"""By name of the check. A check without a paragraph says so in the report."""

WEAKNESSES = {
    "sound": (
        "Replaced sound of less than half a second, or where the original is hardly to be heard, may be missed.",
        "A word that something louder stands in place of may be hidden or gone: that is left undecided, or taken for "
        "hidden.",
        "Very loud voice-overs may be called replaced instead of mixed, and the other way round.",
        "Of several sound tracks in the clip only the one that players choose is compared throughout.",
    ),
    "sync": (
        "Where the speaker stands still the picture's own joints are known to a second or two only.",
    ),
    "pitch": (
        "One speed for the whole clip is undone; a part that was sped up on its own is not.",
    ),
    "channels": (
        "More than two channels are compared as players mix them down to two.",
        "Sound whose speed or pitch was changed is compared in mono only.",
        "What is added to both channels, the one less than 10 dB over the other, is told without a channel.",
        "A further sound track is looked for at the places of the one that players choose: cut, delayed or sped "
        "up in ways of its own it is not recognised.",
    ),
    "picture": (
        "A clip that changes its framing again and again may be followed in its longest stretches only.",
        "A speaker who hardly moves, and stills, may stay undecided or be placed by the sound alone.",
        "Footage filmed off a screen at a steep angle has hardly been tried.",
    ),
    "edits": (
        "Foreign footage of less than three seconds beside the same speaker can be missed.",
        "A freeze of a speaker who hardly moves may be missed in poor copies; so may be cuts shorter than 0.3 s.",
    ),
    "frame": (
        "Nothing inside the frame is compared: faces, regions, captions, logos and colours.",
    ),
    "voice": (
        "Half of all other voices are as high as one of the original's and pass; a voice that was cloned does.",
        "Somebody who shouts or whispers differs from himself at another time.",
        "Music under the voice may be taken for it.",
    ),
    "words": (
        "One language for each file: the second language of a file is read as if it were the first.",
        "Names and rare words are often misheard, by small models above all.",
    ),
    "terms": (
        "A term that the recogniser writes in a way nobody gave as an alias is not found.",
        "Endings are known for Russian, Ukrainian, Arabic and Hebrew; elsewhere a term finds longer words only.",
    ),
    "container": (
        "Tags are compared by nobody yet; only equal bytes and missing tracks are told.",
    ),
}
"""By name of the check: what it is known to get wrong."""
