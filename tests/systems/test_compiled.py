"""That what librosa compiles is compiled by one process, however many start together."""

import os
import subprocess
import sys
from collections import Counter

import pytest

PITCH = """
import numpy as np
from biasbench.systems.voice.pitch import pitch_track
track = pitch_track(np.sin(2 * np.pi * 150 * np.arange(16000) / 16000))
print("median", round(float(np.nanmedian(track)), 1))
"""


@pytest.mark.slow
def test_processes_that_start_together_compile_librosa_once(tmp_path):
    """Without the lock each compiles, and about every second time the cache is broken for good."""
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_DEBUG_CACHE": "1"}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PITCH], env=env, text=True, stdout=subprocess.PIPE
        )

    together = [start(), start()]
    told = [process.communicate()[0] for process in together]
    after = start()
    told.append(after.communicate()[0])
    assert [process.returncode for process in (*together, after)] == [0, 0, 0]
    assert all("median 150" in text for text in told)
    # The pairs of files are those of universal functions ("guf-"); the rest are single files.
    saved = Counter(
        line
        for text in told
        for line in text.splitlines()
        if "data saved" in line and "guf-" in line
    )
    assert saved
    assert set(saved.values()) == {1}
