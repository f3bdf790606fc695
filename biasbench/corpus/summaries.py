"""People, utterances, hours and words by group."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from biasbench.corpus.drafts import Corpus, numbers
from biasbench.errors import AudioError, not_found
from biasbench.tables import UNKNOWN, UTTERANCES, is_empty
from biasbench.tables.grouping import crossed_columns, group_labels

#: The line of the whole corpus.
ALL = "all"


def describe(corpus: Corpus, *, by: str | None = None) -> pd.DataFrame:
    """What is in a corpus: one row per group of `by`, then the row 'all'; 'accent,gender' crosses.

    Columns: group; n_speakers (missing where the corpus names no speakers); n_utterances; hours
    (end − start, else the length of the file by its header; missing for texts alone); n_words
    (words of the reference as written, split at white space); n_unknown (utterances without a
    label); n_no_reference; n_no_audio (whose length cannot be had, left out of hours).

    Raises NotFoundError if there is no column `by`.

    >>> from biasbench.corpus import load_corpus
    >>> said = ["yes please", "no"]
    >>> table = pd.DataFrame({"id": ["a", "b"], "speaker": ["p", "q"], "text": said})
    >>> describe(load_corpus(table))[["group", "n_speakers", "n_words"]].values.tolist()
    [['all', 2, 3]]
    """
    utterances = corpus.utterances
    labels = pd.Series(UNKNOWN, index=utterances.index)
    if by is not None:
        labels = labels_of(utterances, by)
    seconds = _seconds(corpus)
    no_audio = seconds.isna() if corpus.has_audio else pd.Series(False, index=utterances.index)
    words = pd.Series(0, index=utterances.index)
    no_reference = pd.Series(True, index=utterances.index)
    if "reference" in utterances.columns:
        words = utterances["reference"].fillna("").map(lambda text: len(str(text).split()))
        no_reference = is_empty(utterances["reference"])
    rows = []
    for group in [*([] if by is None else ordered(labels)), ALL]:
        here = labels == group if group != ALL else pd.Series(True, index=utterances.index)
        speakers = utterances["speaker_id"][here].nunique() if "speaker_id" in utterances else pd.NA
        unknown = int((labels[here] == UNKNOWN).sum()) if by is not None else 0
        rows.append(
            {
                "group": group,
                "n_speakers": speakers,
                "n_utterances": int(here.sum()),
                "hours": seconds[here].sum(min_count=1) / 3600,
                "n_words": int(words[here].sum()),
                "n_unknown": unknown,
                "n_no_reference": int(no_reference[here].sum()),
                "n_no_audio": int(no_audio[here].sum()),
            }
        )
    return pd.DataFrame(rows).astype({"n_speakers": "Int64", "hours": float})


def labels_of(utterances: pd.DataFrame, by: str) -> pd.Series:
    """The label of each row in `by`, a column or several with commas between; else 'unknown'."""
    columns = crossed_columns(by, utterances)
    for name in columns:
        if name not in utterances.columns:
            own = [str(c) for c in utterances.columns if c not in UTTERANCES.columns]
            raise not_found("group column", name, own)
    values = group_labels(utterances, columns).astype(object)
    return values.where(~is_empty(values), UNKNOWN).map(str)


def ordered(labels: pd.Series) -> list[Hashable]:
    """Groups in alphabetical order, 'unknown' last."""
    return sorted(labels.unique(), key=lambda label: (label == UNKNOWN, label))


def told_seconds(utterances: pd.DataFrame) -> pd.Series:
    """Seconds of each utterance as its table tells them: end − start, or `duration`; else NaN.

    >>> told_seconds(pd.DataFrame({"start": [1.0, None], "end": [3.5, None], "duration": [9, 4]}))
    0    2.5
    1    4.0
    dtype: float64
    """
    nothing = pd.Series(np.nan, index=utterances.index)
    start, end, duration = (
        numbers(utterances[name]) if name in utterances.columns else nothing
        for name in ("start", "end", "duration")
    )
    return (end - start.fillna(0.0)).fillna(duration)


def _seconds(corpus: Corpus) -> pd.Series:
    utterances = corpus.utterances
    seconds = told_seconds(utterances)
    open_ended = seconds.isna()
    if not open_ended.any():
        return seconds
    nothing = pd.Series(np.nan, index=utterances.index)
    start = numbers(utterances["start"]) if "start" in utterances.columns else nothing
    if len(corpus.audio_in_memory):
        names = utterances["utterance_id"][open_ended]
        seconds[open_ended] = names.map(lambda name: _length_held(corpus, name))
    elif "audio" in utterances.columns:
        files = utterances["audio"][open_ended]
        lengths = {name: _length_of_file(corpus, str(name)) for name in files.unique()}
        seconds[open_ended] = files.map(lengths) - start[open_ended].fillna(0.0)
    return seconds


def _length_held(corpus: Corpus, name: str) -> float:
    try:
        held = corpus.audio_in_memory
        return (held[name] if name in held else corpus.audio(name)).seconds
    except AudioError:
        return np.nan


def _length_of_file(corpus: Corpus, name: str) -> float:
    import soundfile

    try:
        return float(soundfile.info(corpus.root / name).duration)
    except (soundfile.LibsndfileError, OSError):
        return np.nan
