"""The clips of a corpus as tables: who speaks, what was acted, what the sound is like."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.corpora import emodb
from biasbench.corpus import Corpus
from biasbench.systems.acoustics import describe
from training.lines import LINES
from training.logistic import Codes, Floats

EMOTIONS = ("anger", "happiness", "neutral", "sadness")
_COPY = "original 16 kHz"  # the other copies are cut to 2 s, and of other emotions

Band = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Clips:
    """Acted clips: `table` has utterance_id, speaker_id, sex, emotion, audio_sha256."""

    corpus: Corpus
    table: pd.DataFrame

    @property
    def codes(self) -> Codes:
        """The emotion of each clip as its place in EMOTIONS; shape (n,)."""
        return np.array([EMOTIONS.index(name) for name in self.table["emotion"]], dtype=np.int64)

    @property
    def speakers(self) -> NDArray[np.str_]:
        """Who speaks; shape (n,)."""
        return self.table["speaker_id"].to_numpy(dtype=str)

    def sha256(self) -> str:
        """SHA-256 of the table as CSV: the same clips of the same people, labelled alike."""
        return hashlib.sha256(
            self.table.to_csv(index=False, lineterminator="\n").encode()
        ).hexdigest()


def acted_clips(root: str | Path) -> Clips:
    """The clips of EmoDB that are complete originals of one of the four emotions."""
    corpus = emodb.load(root)
    rows = corpus.utterances
    rows = rows[(rows["copy"] == _COPY) & rows["emotion"].isin(EMOTIONS)]
    table = rows[["utterance_id", "speaker_id", "sex", "emotion"]].sort_values("utterance_id")
    digests = [corpus.audio(name).sha256() for name in table["utterance_id"]]
    return Clips(corpus, table.reset_index(drop=True).assign(audio_sha256=digests))


def features(
    clips: Clips, bands: Sequence[Band], *, n_processes: int = 1
) -> dict[tuple[Band, str], Floats]:
    """Features of every clip, by band and line; each of shape (n_clips, 86).

    Raises ValueError for a clip that cannot be described: the corpus is not what it was.
    """
    work = [(clips.corpus, name, tuple(bands)) for name in clips.table["utterance_id"]]
    if n_processes == 1:
        each = [_features_of_clip(one) for one in work]
    else:
        with ProcessPoolExecutor(n_processes, mp_context=get_context("spawn")) as pool:
            each = list(pool.map(_features_of_clip, work, chunksize=20))
    return {key: np.array([clip[key] for clip in each]) for key in each[0]}


def _features_of_clip(work: tuple[Corpus, str, tuple[Band, ...]]) -> dict[tuple[Band, str], Floats]:
    corpus, name, bands = work
    samples = corpus.audio(name).samples
    found = {}
    for line, through in LINES.items():
        heard = through(samples)
        for lowest, highest in bands:
            description = describe(heard, lowest=lowest, highest=highest)
            if description.values is None:
                raise ValueError(f"{name}, {line}: {description.lacking}")
            found[(lowest, highest), line] = description.values
    return found
