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
    visible,
    without_half_characters,
)
from mediacheck.wording.places import shown
from mediacheck.wording.speech import confirmation
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
    "at",
    "between",
    "confirmation",
    "counted",
    "explanations",
    "headline",
    "language_name",
    "listed",
    "percent",
    "place_in_frame",
    "shown",
    "summary",
    "visible",
    "without_half_characters",
]
