"""How is it said? The one home of the sentences and names that a report shows."""

from mediacheck.wording.explanations import explanations
from mediacheck.wording.headlines import headline
from mediacheck.wording.labels import (
    ANSWER_MEANINGS,
    ANSWERS,
    CHECKS,
    KINDS,
    PICTURE_STATES,
    SERIES,
    SEVERITIES,
    SOUND_STATES,
    answer_meaning,
    answer_name,
    kind_names,
    picture_states,
    sound_states,
)
from mediacheck.wording.languages import language_name
from mediacheck.wording.methods import METHODS
from mediacheck.wording.notation import (
    at,
    between,
    counted,
    listed,
    percent,
    place_in_frame,
    size_in_frame,
    visible,
    without_half_characters,
)
from mediacheck.wording.places import shown, within
from mediacheck.wording.selfcheck import with_errors_shown
from mediacheck.wording.speech import change_read_again, confirmation
from mediacheck.wording.summaries import summary

__all__ = [
    "ANSWERS",
    "ANSWER_MEANINGS",
    "CHECKS",
    "KINDS",
    "METHODS",
    "PICTURE_STATES",
    "SERIES",
    "SEVERITIES",
    "SOUND_STATES",
    "answer_meaning",
    "answer_name",
    "at",
    "between",
    "change_read_again",
    "confirmation",
    "counted",
    "explanations",
    "headline",
    "kind_names",
    "language_name",
    "listed",
    "percent",
    "picture_states",
    "place_in_frame",
    "shown",
    "size_in_frame",
    "sound_states",
    "summary",
    "visible",
    "with_errors_shown",
    "within",
    "without_half_characters",
]
