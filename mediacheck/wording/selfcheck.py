"""What came of innocent copies of this very original, made like the clip?"""

from __future__ import annotations

from mediacheck.model import Answer, Finding, SelfCheck, Stream, Twin
from mediacheck.wording.labels import ANSWERS, KINDS
from mediacheck.wording.notation import between, listed

COPIES = "of this very original, made like this clip"


def tried(found: SelfCheck) -> str:
    """One sentence with all counts; what is to be said where nothing could be tried."""
    if not found.twins:
        return (
            f"No innocent copy of this original was tried: {found.reason or 'none could be made'}."
        )
    answers = [twin.answer for twin in found.twins]
    called = answers.count(Answer.ALTERED)
    cleared = answers.count(Answer.NO_ALTERATION_FOUND)
    counts = [
        f"{_were(cleared)} answered “{ANSWERS[Answer.NO_ALTERATION_FOUND].lower()}”",
        f"{_were(len(answers) - called - cleared)} left open",
        f"{_were(called)} called altered",
    ]
    return f"Of {_copies(len(answers))} {COPIES}, {listed(counts)}."


def errs(found: SelfCheck) -> str:
    """The warning where an innocent copy was called altered; nothing where none was."""
    wrong = [twin for twin in found.twins if twin.answer is Answer.ALTERED]
    if not wrong:
        return ""
    kinds = dict.fromkeys(alarm.kind for twin in wrong for alarm in twin.reported)
    named = f" ({listed([KINDS[kind].lower() for kind in kinds])})" if kinds else ""
    return (
        f"This method errs on material like this one: of {_copies(len(found.twins))} {COPIES}, "
        f"{_were(len(wrong))} called altered{named}."
    )


def with_errors_shown(headline: str, found: SelfCheck) -> str:
    """The headline with the warning behind its first sentence, before what was not checked."""
    warning = errs(found)
    if not warning:
        return headline
    first, stop, rest = headline.partition(". ")
    return f"{first}. {warning} {rest}" if stop else f"{headline} {warning}"


def of_kind(found: SelfCheck, finding: Finding) -> str:
    """How findings of its kind fared on the copies; nothing where there are none, or of words, which were off."""
    if not found.twins or finding.stream is Stream.WORDS:
        return ""
    kind = finding.kind
    wrong = [twin for twin in found.twins if any(alarm.kind is kind for alarm in twin.reported)]
    of = f"of {_copies(len(found.twins))} {COPIES}"
    if not wrong:
        return f"It was reported in none {of}."
    places = listed([between(twin.original) for twin in wrong])
    return (
        f"This method errs on material like this one: it was wrongly reported in {len(wrong)} {of}, "
        f"taken from {places} of it."
    )


def alarms(twin: Twin) -> str:
    """What was wrongly reported of one copy, and where in the copy."""
    told = [
        f"{KINDS[alarm.kind]}{f' at {between(alarm.clip)} of the copy' if alarm.clip else ''}"
        for alarm in twin.reported
    ]
    return "; ".join(told) or "nothing"


def bound(found: SelfCheck) -> str:
    """How little so few copies say. The bound is exact (Clopper and Pearson 1934), one-sided, 95 %."""
    count = len(found.twins)
    if not count:
        return ""
    if any(twin.answer is Answer.ALTERED for twin in found.twins):
        return "A finding like one that was wrongly reported here must not be relied on alone."
    share = 1 - 0.05 ** (1 / count)
    return (
        f"So few copies say little: where none of {count} is called altered, the true share may still be "
        f"as high as {share * 100:.0f} %."
    )


def _copies(count: int) -> str:
    return "1 innocent copy" if count == 1 else f"{count} innocent copies"


def _were(count: int) -> str:
    return "none was" if count == 0 else "1 was" if count == 1 else f"{count} were"
