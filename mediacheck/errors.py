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


class RangeRefused(MediacheckError):
    """The part of the original that was asked for is not in it, or is no part that can be searched."""


class FolderTaken(MediacheckError):
    """The case folder exists already, or cannot be written."""


class CacheRefused(MediacheckError):
    """A folder is no cache of ours, or not the user's alone. A comparison then goes on without one."""


class WeightsRefused(MediacheckError):
    """Weights are not what the registry says they are, or a model path is no model."""


class FetchFailed(MediacheckError):
    """Weights could not be fetched: no network, no room, or what came is not what is pinned."""


class CalibrationRefused(MediacheckError):
    """A calibration lacks a limit, or has one that no check asks for."""


class CaseFileRefused(MediacheckError):
    """A case file is no case file, or a value in it is not what its key holds."""


class CannotJudge(MediacheckError):
    """A stored record cannot be judged again: other versions measured it, or it is not whole."""


class InstallationBroken(MediacheckError):
    """The selftest found something broken that comparing needs."""


class OutputLost(MediacheckError):
    """What a command was asked to print could not be printed."""


class NotAvailable(MediacheckError):
    """Something a check needs is not there: a track, weights, an alignment. The check is then skipped."""
