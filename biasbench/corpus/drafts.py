"""Corpus, and the Draft that a reader hands over before it is checked.

A reader of `corpora/` gives a Draft: the cells as found, under our column names, and what it
noticed on the way. `settling.settle` turns it into a Corpus or says what is wrong;
`checks.check` lists everything that is wrong with the same draft. So the two never disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypedDict

import numpy as np
import pandas as pd

from biasbench.audio import Audio, read_audio, read_other_channel
from biasbench.errors import AudioError, not_found
from biasbench.provenance import Provenance
from biasbench.tables import Problem, row_name

#: What every recogniser here listens at, Hz.
SAMPLE_RATE = 16_000

#: A system's text found beside the reference. It is no property of the corpus, so it is kept
#: apart from the utterances: no group, no covariate, not in the fingerprint.
HYPOTHESIS = "hypothesis"


@dataclass(frozen=True, eq=False)
class Corpus:
    """Utterances (table UTTERANCES), where their audio lies, and where they come from.

    `card`: what is known of the corpus: name, version, licence, language, synthetic ('yes' or
    'no'), labels, design, description … `audio_in_memory`: sound by utterance id, for data sets
    that hold it. `hypotheses`: text of a system by utterance id, if the source had such a
    column; it is not part of `utterances`. `calls` and `periods`: tables CALLS and PERIODS, where
    calls and periods of work have properties of their own (whose, when, listened to or not).
    """

    utterances: pd.DataFrame
    provenance: Provenance
    root: Path
    card: Mapping[str, str] = field(default_factory=dict)
    audio_in_memory: Mapping[str, Audio] = field(default_factory=dict)
    hypotheses: Mapping[str, str] = field(default_factory=dict)
    calls: pd.DataFrame | None = None
    periods: pd.DataFrame | None = None

    @property
    def name(self) -> str:
        """The corpus's own name, or that of its folder."""
        return self.card.get("name") or self.root.resolve().name

    @property
    def synthetic(self) -> bool:
        """True where no person speaks, so that nothing follows about people."""
        return self.card.get("synthetic") == "yes"

    @property
    def has_audio(self) -> bool:
        """False for a corpus of texts alone."""
        return "audio" in self.utterances.columns or bool(self.audio_in_memory)

    def audio(self, utterance_id: str) -> Audio:
        """The sound of one utterance, mono at 16 kHz, named by its id.

        Raises AudioError where it cannot be read, NotFoundError for an unknown id.
        """
        if utterance_id not in self._positions:
            raise not_found("utterance", utterance_id, list(self._positions)[:20])
        if utterance_id in self.audio_in_memory:
            return _at_rate(self.audio_in_memory[utterance_id], utterance_id)
        if "audio" not in self.utterances.columns:
            raise AudioError(
                f"{utterance_id}: corpus '{self.name}' has no audio, only text. Give an 'audio' "
                "column, or read a system's transcripts in with import"
            )
        return read_row_audio(self.utterances, self._positions[utterance_id], self.root)

    def other_side(self, utterance_id: str) -> Audio | None:
        """The other channel of the same stretch, mono at 16 kHz; None where there is none.

        There is one where the utterance is a channel of a file of two. None for one channel, for
        'mix', for more than two channels, for sound held in memory, and for texts alone. Raises
        what `audio` does.
        """
        if utterance_id not in self._positions:
            raise not_found("utterance", utterance_id, list(self._positions)[:20])
        if utterance_id in self.audio_in_memory or "audio" not in self.utterances.columns:
            return None
        where = _where(self.utterances, self._positions[utterance_id], self.root)
        return read_other_channel(**where)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.utterances["utterance_id"])}


@dataclass(frozen=True, eq=False)
class Draft:
    """What a reader found, unchecked: rows in the order of the source.

    frame: columns under our names, cells as found. file: what rows are cited by in messages.
    card: flat facts (name, version, language, synthetic, labels, design …). facts: what the
    reader did, for the provenance. problems: what it could not make sense of. kept: False for
    rows that the reader leaves out, which `facts['excluded']` explains. source: what the user
    named, for messages.
    """

    frame: pd.DataFrame
    root: Path
    file: str
    card: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    audio_in_memory: Mapping[str, Audio] = field(default_factory=dict)
    kept: pd.Series | None = None
    provenance: Provenance = field(default_factory=Provenance)
    source: str = ""

    def row(self, position: int) -> str:
        """How a person finds row `position` (0-based): 'line 41'."""
        return row_name(self.file, position, self.frame.attrs.get("lines"))


def read_row_audio(utterances: pd.DataFrame, position: int, root: Path) -> Audio:
    """The sound of row `position` of a settled table, at 16 kHz; raises AudioError."""
    return read_audio(**_where(utterances, position, root))


class _Where(TypedDict):
    """Which sound a row names, as the functions that read audio take it."""

    path: Path
    start: float | None
    end: float | None
    channel: str | None
    sample_rate: int
    name: str


def _where(utterances: pd.DataFrame, position: int, root: Path) -> _Where:
    row = utterances.iloc[position]
    channel = row.get("channel")
    return {
        "path": root / str(row["audio"]),
        "start": _seconds(row.get("start")),
        "end": _seconds(row.get("end")),
        "channel": None if channel is None or pd.isna(channel) else str(channel),
        "sample_rate": SAMPLE_RATE,
        "name": str(row["utterance_id"]),
    }


def numbers(values: pd.Series) -> pd.Series:
    """The cells as floats, NaN where they are empty or no number."""
    return pd.to_numeric(values, errors="coerce").astype(float)


def _seconds(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]  # a cell of a number column


def _at_rate(audio: Audio, name: str) -> Audio:
    if audio.sample_rate == SAMPLE_RATE:
        return Audio(audio.samples, SAMPLE_RATE, name)
    import soxr

    samples = soxr.resample(audio.samples, audio.sample_rate, SAMPLE_RATE, quality="HQ")
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), SAMPLE_RATE, name)
