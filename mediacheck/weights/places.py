"""Where may weights lie that no package brought? Nothing here looks into a folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

MODELS = "MEDIACHECK_MODELS"  # names another folder than the user's own


def models_folder() -> Path:
    """mediacheck's own folder: one folder for each model, under its registry name. It may not exist yet."""
    if chosen := os.environ.get(MODELS):
        return Path(chosen).expanduser()
    return _data_folder() / "mediacheck" / "models"


def openai_folder() -> Path:
    """Where openai-whisper keeps what it downloaded, as in its load_model: NAME.pt, no folder for each."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "whisper"


def _data_folder() -> Path:
    """Where this platform keeps what a user's programs own; XDG_DATA_HOME counts only if absolute."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    chosen = os.environ.get("XDG_DATA_HOME", "")
    return Path(chosen) if os.path.isabs(chosen) else Path.home() / ".local" / "share"
