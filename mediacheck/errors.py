"""What can go wrong for a reason that the user can mend; each message says what to do next.

Anything that is not a MediacheckError is a defect of ours. NotAvailable is not a failure of the run: it
turns one check into Skipped.
"""

from __future__ import annotations


class MediacheckError(Exception):
    """A condition that the user can mend. Its text is one line and is shown as it is."""


class WrongUsage(MediacheckError):
    """The question cannot be asked in this way."""


class MediaUnreadable(MediacheckError):
    """A file is missing, is no media, or holds nothing that can be decoded."""


class FolderTaken(MediacheckError):
    """The case folder exists already, or cannot be written."""


class WeightsRefused(MediacheckError):
    """Weights are not what the registry says they are, or a model path is no model."""


class CalibrationRefused(MediacheckError):
    """A calibration lacks a limit, or has one that no check asks for."""


class CannotJudge(MediacheckError):
    """A stored record cannot be judged again: other versions measured it, or it is not whole."""


class NotAvailable(MediacheckError):
    """Something a check needs is not there: a track, weights, an alignment. The check is then skipped."""
