"""What was asked of a run, and the rows that an answer is written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.corpus import Corpus
from biasbench.errors import OptionError, TableError
from biasbench.measures.catalogue import EVENT_METRICS, KEYWORD_METRICS, TIME_METRICS
from biasbench.measures.metrics import Fractions
from biasbench.measures.normalize import Normalizer
from biasbench.provenance import fingerprint
from biasbench.systems.interact import Rules
from biasbench.tables import PERIODS_OF_WORK, Direction, is_empty

if TYPE_CHECKING:
    from biasbench.runs import Run

# What describes the recording rather than the person or the circumstances.
_NOT_CARRIED = ("audio", "start", "end", "channel", "reference", "reference_words")


@dataclass(frozen=True)
class Asked:
    """The question put to each run.

    `utterances` is the corpus's table, checked. `normal` is None where no metric of texts was
    asked for; `human` is the same scoring on human transcripts, `turns` when people hear speech.
    """

    corpus: Corpus
    utterances: pd.DataFrame
    metrics: tuple[str, ...]
    normal: Normalizer | None
    trust_columns: bool
    rules: Rules
    human: Run | None
    turns: pd.DataFrame | None

    @property
    def facts(self) -> dict[str, str]:
        """What the "measure" step says of it, beyond the metrics."""
        kinds = {metric.partition(":")[0] for metric in self.metrics}
        facts = {}
        if kinds & {*KEYWORD_METRICS, *EVENT_METRICS}:
            facts["rules"] = self.rules.label
        if self.human is not None:
            facts["human"] = self.human.provenance.facts().get("system", "unversioned")
        if kinds & set(TIME_METRICS):
            facts["turns"] = "reference_words" if self.turns is None else fingerprint(self.turns)
        return facts

    def wanted(self, kinds: Sequence[str]) -> list[tuple[str, str, str]]:
        """Metric, kind and what it is of, for the metrics of these kinds: 'prompt_rate:greet'."""
        split = [(metric, *metric.partition(":")[::2]) for metric in self.metrics]
        return [(metric, kind, only) for metric, kind, only in split if kind in kinds]


def block(
    units: pd.DataFrame, system: str, metric: str, fractions: Fractions, direction: Direction | str
) -> pd.DataFrame:
    """Rows of MEASURES, one per unit, with the corpus's own columns carried on."""
    carried = units.drop(columns=[name for name in _NOT_CARRIED if name in units.columns])
    carried = carried.rename(columns={"utterance_id": "unit_id"})
    return carried.assign(
        system=system,
        metric=metric,
        numerator=fractions[0],
        denominator=fractions[1],
        direction=direction,
    )


def units_of(asked: Asked, unit: str) -> pd.DataFrame:
    """What a unit_id names, under the column name utterance_id.

    A call has the columns of its utterances where they agree, and None where they do not.
    """
    utterances, corpus = asked.utterances, asked.corpus
    if unit == "utterance":
        return utterances
    if unit in PERIODS_OF_WORK:
        if corpus.periods is None or unit not in set(corpus.periods["unit"]):
            raise OptionError(
                f"scores per {unit} belong to no utterance or call of a corpus. Import them with "
                "whose they are, or give 'assess' a table with system, unit_id, metric, "
                "speaker_id, numerator, denominator and groups"
            )
        periods = corpus.periods[corpus.periods["unit"] == unit].reset_index(drop=True)
        return periods.drop(columns="unit").rename(columns={"period_id": "utterance_id"})
    if corpus.calls is not None:
        return corpus.calls.assign(utterance_id=corpus.calls["call_id"])
    if "call_id" not in utterances.columns or is_empty(utterances["call_id"]).all():
        raise TableError(
            f"corpus '{corpus.name}' has no call_id, and the scores are given per call. Add the "
            "column call_id to the utterances"
        )
    in_call = utterances[~is_empty(utterances["call_id"])]
    grouped = in_call.drop(columns=["utterance_id"]).groupby("call_id", sort=False, dropna=False)
    agreed = grouped.nunique(dropna=False).eq(1)
    if "speaker_id" in agreed.columns and not agreed["speaker_id"].all():
        call = agreed.index[~agreed["speaker_id"]][0]
        raise TableError(
            f"corpus '{corpus.name}': call '{call}' has utterances of several speakers, and its "
            "score belongs to one. Keep only the scored side of each call in the utterances"
        )
    # head(1), not first(): the latter skips empty cells and would fill them from a later row.
    calls = grouped.head(1).set_index("call_id")
    settled = calls.where(agreed.reindex(columns=calls.columns), None).reset_index()
    return settled.assign(utterance_id=settled["call_id"])


def check_known(ids: pd.Series, known: pd.Series, what: str, corpus: Corpus) -> None:
    """Raise TableError where `ids` names something that the corpus does not have."""
    strange = ids[~ids.isin(known)]
    if len(strange):
        more = f" and {len(strange) - 1} more are not" if len(strange) > 1 else " is not"
        raise TableError(
            f"{what}: '{strange.iloc[0]}'{more} in corpus '{corpus.name}' ({len(known)} rows). "
            "Measure a run with the corpus that it was run on"
        )


def languages(asked: Asked, units: pd.DataFrame) -> list[str | None]:
    """The language of each unit: its own, else the corpus's; as 'fr', whatever the region."""
    otherwise = asked.corpus.card.get("language")
    own = units["language"] if "language" in units.columns else pd.Series([None] * len(units))
    blank = is_empty(own)
    return [
        _plain(otherwise if is_blank else str(value))
        for value, is_blank in zip(own, blank, strict=True)
    ]


def is_analysed(run: Run, system: str, units: pd.DataFrame) -> NDArray[np.bool_]:
    """Which units the system looked at, shape (n_units,): so that nothing is not taken for 0.

    A transcript that is not failed or skipped, a score with a value, any event, or an import of
    the call says so.
    """
    written = run.transcripts[run.transcripts["system"] == system]
    scored = run.scores[run.scores["system"] == system]
    noted = run.events[run.events["system"] == system]
    seen = {
        *written.loc[written["status"].isin(["ok", "empty"]), "utterance_id"],
        *scored.loc[scored["status"] == "ok", "unit_id"],
        *noted["unit_id"],
        *run.calls["call_id"],
    }
    return units["utterance_id"].isin(seen).to_numpy(dtype=bool)


def _plain(language: str | None) -> str | None:
    return None if language is None else language.replace("_", "-").split("-")[0].lower()
