"""Artie and EdAcc with their independently counted errors, as measures tables."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import biasbench as bb
from biasbench.runs import Run
from biasbench.tables import SCORES


@dataclass(frozen=True)
class Published:
    """A corpus, everybody's errors on it, and what others computed from them."""

    name: str
    utterances: pd.DataFrame
    transcripts: pd.DataFrame
    truth: dict[str, Any]

    def groupings(self) -> list[str]:
        first = next(iter(self.truth["truth"].values()))
        return [name for name in ("gender", "accent") if name in first]

    def groups(self, by: str) -> list[str]:
        first = next(iter(self.truth["truth"].values()))
        return sorted(first[by]["groups"])

    def measures(self, by: str) -> pd.DataFrame:
        """wer and wer_macro of every system, for the groups that `truth` keeps."""
        kept = self.utterances[self.utterances[by].isin(self.groups(by))]
        rows = self.transcripts.merge(
            kept[["utterance_id", "speaker_id", by]], on="utterance_id", validate="many_to_one"
        )
        words = rows["words"].astype(float)
        per_utterance = (rows["errors"] / words.where(words > 0)).to_numpy()
        common = rows[["system", "speaker_id", by]].assign(unit_id=rows["utterance_id"])
        wer = common.assign(metric="wer", numerator=rows["errors"], denominator=words)
        macro = common.assign(
            metric="wer_macro",
            numerator=per_utterance,
            denominator=np.where(words > 0, 1.0, np.nan),
        )
        return pd.concat([wer, macro], ignore_index=True)

    def measured(self, by: str) -> pd.DataFrame:
        """wer and wer_macro counted by this package from the texts, for everybody."""
        corpus = bb.load_corpus(
            self.utterances[["utterance_id", "speaker_id", "reference", by]], language="en"
        )
        written = self.transcripts[["system", "utterance_id", "hypothesis"]]
        heard = written["hypothesis"].str.strip().ne("")
        transcripts = written.assign(status=np.where(heard, "ok", "empty"), error=None)
        run = Run(transcripts, SCORES.empty(), bb.Provenance())
        # The texts are normalised already; "none" counts them as they stand.
        measures = bb.measure(run, corpus, metrics=("wer", "wer_macro"), normalizer="none")
        return measures.table[measures.table[by].isin(self.groups(by))]
