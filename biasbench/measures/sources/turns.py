"""Silence, invented words and whose word it was, held against when people hear speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from biasbench.corpus import told_seconds
from biasbench.errors import OptionError
from biasbench.measures.attribution import misattribution_rate
from biasbench.measures.catalogue import TIME_METRICS
from biasbench.measures.intervals import Interval
from biasbench.measures.metrics import Fractions, Numbers
from biasbench.measures.silence import (
    false_silence_share,
    hallucination_rate,
    handling_time,
    human_silence_rate,
    silence_rate,
    silences_by_unit,
    silences_from_events,
)
from biasbench.measures.sources.asked import Asked, block, check_known, is_analysed
from biasbench.measures.timed_words import Turn, spans, turns_by_unit, words_by_unit
from biasbench.systems import Word
from biasbench.systems.words import words_of
from biasbench.tables import METRIC_DIRECTION, TURNS, read_table

if TYPE_CHECKING:
    from biasbench.runs import Run

#: A silence is a gap of at least this many seconds between words, and between people's turns.
SHORTEST_SILENCE = 1.0

Units = Sequence[Sequence[Interval] | None]


def blocks(run: Run, asked: Asked) -> list[pd.DataFrame]:
    """Rows of the metrics of time that were asked for, for every system of the run."""
    wanted = asked.wanted(list(TIME_METRICS))
    if not wanted:
        return []
    found = []
    systems = [run.transcripts["system"], run.events["system"], run.scores["system"]]
    for system in dict.fromkeys(name for names in systems for name in names):
        heard = Heard(run, str(system), asked)
        for name, kind, role in wanted:
            if role:
                fractions = misattribution_rate(heard.words, heard.turns, role=role)
            else:
                fractions = OF_WHAT_WAS_HEARD[kind](heard)
            direction = METRIC_DIRECTION[kind]
            found.append(block(asked.utterances, str(system), name, fractions, direction))
    return found


def turns_asked(turns: pd.DataFrame | str | Path | None) -> pd.DataFrame | None:
    """The table TURNS, checked; None where there is none."""
    if turns is None:
        return None
    if isinstance(turns, str | Path):
        table, _ = read_table(turns)
        return TURNS.check(table, source=str(turns))
    return TURNS.check(turns, source=TURNS.name)


@dataclass(frozen=True)
class Heard:
    """What a system and people heard of each unit, found when first asked for.

    Lists have one entry per unit, in the order of the utterances; None where it cannot be told.
    """

    run: Run
    system: str
    asked: Asked

    @cached_property
    def ids(self) -> list[str]:
        """The units, in order."""
        return [str(one) for one in self.asked.utterances["utterance_id"]]

    @cached_property
    def written(self) -> pd.DataFrame:
        """The system's transcripts, a row per unit; empty cells where there is none."""
        rows = self.run.transcripts[self.run.transcripts["system"] == self.system]
        check_known(
            rows["utterance_id"],
            self.asked.utterances["utterance_id"],
            "transcripts",
            self.asked.corpus,
        )
        names = ["status", "words", "audio_seconds"]
        return rows.set_index("utterance_id").reindex(index=self.ids, columns=names)

    @cached_property
    def seconds(self) -> Numbers:
        """Length of each unit: as the recogniser heard it, else as the corpus says; else NaN."""
        heard = self.written["audio_seconds"].to_numpy(dtype=float)
        told = told_seconds(self.asked.utterances).to_numpy(dtype=float)
        return np.where(np.isnan(heard), told, heard)

    @cached_property
    def words(self) -> list[tuple[Word, ...] | None]:
        """The system's words."""
        cells = [cell if isinstance(cell, str) else None for cell in self.written["words"]]
        return words_by_unit(self.written["status"].to_numpy(dtype=object), cells)

    @cached_property
    def silences(self) -> Units:
        """The system's own silences, or else the gaps between its words."""
        noted = self.run.events[self.run.events["system"] == self.system]
        if noted["kind"].eq("silence").any() or self._scores_silence:
            looked = is_analysed(self.run, self.system, self.asked.utterances)
            return silences_from_events(noted, self.ids, looked)
        timed = [spans(words) for words in self.words]
        return silences_by_unit(timed, self.seconds, shortest=SHORTEST_SILENCE)

    @property
    def _scores_silence(self) -> bool:
        """Whether the system scores silence: it then looked for some, and found none is 0."""
        own = self.run.scores.loc[self.run.scores["system"] == self.system, "score"]
        return bool(own.str.contains("silence").any())

    @cached_property
    def turns(self) -> list[tuple[Turn, ...] | None]:
        """When people hear speech, and whose, as the table of turns says."""
        if self.asked.turns is None:
            raise OptionError(
                "these metrics need to know when people hear speech: turns= (--turns), a table "
                "with unit_id, start, end and role"
            )
        return turns_by_unit(self.asked.turns, self.ids)

    @cached_property
    def speech(self) -> Units:
        """When people hear speech: their turns, or else the words of the reference."""
        if self.asked.turns is not None:
            return [spans(turns) for turns in self.turns]
        utterances = self.asked.utterances
        if "reference_words" not in utterances.columns:
            raise OptionError(
                "these metrics need to know when people hear speech: turns= (--turns), a table "
                "with unit_id, start, end and role, or a column reference_words in the corpus"
            )
        return [
            spans(words_of(cell, source=f"reference_words of '{name}'"))
            for name, cell in zip(self.ids, utterances["reference_words"], strict=True)
        ]


#: Each metric of time, from what was heard.
OF_WHAT_WAS_HEARD: Mapping[str, Callable[[Heard], Fractions]] = {
    "silence_rate": lambda heard: silence_rate(heard.silences, heard.seconds),
    "human_silence_rate": lambda heard: human_silence_rate(
        heard.speech, heard.seconds, shortest=SHORTEST_SILENCE
    ),
    "false_silence_share": lambda heard: false_silence_share(
        heard.silences, heard.speech, heard.seconds
    ),
    "hallucination_rate": lambda heard: hallucination_rate(
        [spans(words) for words in heard.words], heard.speech, heard.seconds
    ),
    "misattribution_rate": lambda heard: misattribution_rate(heard.words, heard.turns),
    "handling_time": lambda heard: handling_time(heard.seconds),
}
