"""Corpus folders written on the spot: a table as text, and recordings of a tone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE = 16_000


def write_tone(path: Path, *, seconds: float = 0.5, channels: int = 1) -> None:
    """A 440 Hz tone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    t = np.arange(int(RATE * seconds)) / RATE
    tone = 0.1 * np.sin(2 * np.pi * 440 * t)
    soundfile.write(path, np.column_stack([tone] * channels), RATE)


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """`folder(table, tones=("a.wav",))` is a corpus folder with that text as utterances.csv."""

    def make(table: str, *, tones: tuple[str, ...] = (), name: str = "utterances.csv") -> Path:
        root = tmp_path / "calls"
        root.mkdir(exist_ok=True)
        (root / name).write_text(table, encoding="utf-8")
        for tone in tones:
            write_tone(root / tone)
        return root

    return make
