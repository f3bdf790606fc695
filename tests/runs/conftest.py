"""Corpora of generated sound: a tone per utterance, its level the utterance's number."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from biasbench.corpus import Corpus, load_corpus

RATE = 16_000


def write_tone(path: Path, level: float, seconds: float = 0.1) -> None:
    t = np.arange(int(RATE * seconds)) / RATE
    soundfile.write(path, level * np.sin(2 * np.pi * 440 * t), RATE, subtype="FLOAT")


@pytest.fixture
def tones(tmp_path: Path) -> Callable[..., Corpus]:
    """`tones(5)` is a corpus of five utterances u0 … u4; u0 is silent."""

    def make(n: int, folder: str = "corpus", **columns: list[str]) -> Corpus:
        root = tmp_path / folder
        (root / "audio").mkdir(parents=True)
        for number in range(n):
            write_tone(root / "audio" / f"{number}.wav", number / n)
        table = {
            "utterance_id": [f"u{number}" for number in range(n)],
            "speaker_id": [f"s{number % 2}" for number in range(n)],
            "audio": [f"audio/{number}.wav" for number in range(n)],
            "reference": ["level"] * n,
            **columns,
        }
        pd.DataFrame(table).to_csv(root / "utterances.csv", index=False)
        return load_corpus(root)

    return make
