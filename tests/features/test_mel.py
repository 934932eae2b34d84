"""librosa and SciPy are slow to import and known to be right: ours must give the same weights, to the last bit."""

from __future__ import annotations

import subprocess
import sys

import librosa
import numpy as np
import pytest
import scipy.signal

from mediacheck.features.mel import hann, mel_filters
from mediacheck.features.spectrum import HIGH_HZ, LOW_HZ, MEL_BANDS, RATE


@pytest.mark.parametrize(
    ("rate", "size", "bands", "low_hz", "high_hz"),
    [
        (RATE, 1024, MEL_BANDS, LOW_HZ, HIGH_HZ),
        (22_050, 2048, 40, 0.0, 11_025.0),
        (8_000, 512, 6, 300.0, 900.0),  # below the logarithmic part
        (16_000, 2048, 10, 1500.0, 8_000.0),  # above the straight one
    ],
)
def test_weights_are_those_of_librosa(
    rate: int, size: int, bands: int, low_hz: float, high_hz: float
) -> None:
    ours = mel_filters(rate, size, bands, low_hz, high_hz)
    theirs = librosa.filters.mel(sr=rate, n_fft=size, n_mels=bands, fmin=low_hz, fmax=high_hz)
    assert ours.dtype == theirs.dtype
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("size", [2, 400, 1024, 1025])
def test_the_window_is_scipy_s(size: int) -> None:
    assert np.array_equal(hann(size), scipy.signal.get_window("hann", size))


def test_the_main_path_waits_for_no_compiler_and_for_no_filter_design() -> None:
    asked = "import sys, mediacheck.compare; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)
    loaded = set(told.stdout.split())
    assert "mediacheck.features.spectrum" in loaded
    assert not loaded & {"librosa", "numba", "scipy.signal", "scipy.stats"}
