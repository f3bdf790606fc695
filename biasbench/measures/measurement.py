"""measure(run, corpus): what the systems wrote or scored, set against what was said.

Every utterance of the corpus has a row for every system and metric. Where a system should have
answered and did not, or failed, numerator and denominator are both NaN: a missing value, which
the evidence counts by group. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from biasbench import registry
from biasbench.corpus import Corpus, looks_swapped
from biasbench.errors import OptionError, TableError, not_found
from biasbench.measures.metrics import (
    EDIT_METRICS,
    METRICS,
    SCORE_METRICS,
    STATUS_METRICS,
    Edits,
    Fractions,
)
from biasbench.measures.normalize import Normalizer, find_normalizer
from biasbench.provenance import Provenance
from biasbench.tables import (
    MEASURES,
    METRIC_DIRECTION,
    SCORES,
    TRANSCRIPTS,
    UTTERANCES,
    is_empty,
    read_table,
    write_table,
)

if TYPE_CHECKING:
    from biasbench.runs import Run

# What describes the recording rather than the person or the circumstances.
_NOT_CARRIED = ("audio", "start", "end", "channel", "reference")

# More empty references than this, and they are likelier to be unwritten than silent. In
# conversational corpora cut by a voice detector about one in fourteen is truly empty (EdAcc).
_MOST_EMPTY_REFERENCES = 0.2


@dataclass(frozen=True)
class Measures:
    """Numerators and denominators (table MEASURES), and where they come from."""

    table: pd.DataFrame
    provenance: Provenance

    def write(self, path: str | Path) -> Path:
        """Write the table; the ending chooses the format. Only .parquet keeps the provenance."""
        return write_table(self.table, path, provenance=self.provenance)


def read_measures(path: str | Path) -> Measures:
    """Measures from a file, ours or anybody's with the columns of the table.

    A wholly empty speaker_id column is dropped: nobody knows who speaks. Raises NotFoundError
    for a missing file and TableError for the first thing wrong in it.
    """
    frame, provenance = read_table(path)
    if "speaker_id" in frame and is_empty(frame["speaker_id"]).all():
        frame = frame.drop(columns="speaker_id")
    return Measures(MEASURES.check(frame, source=str(path)), provenance)


def sum_up(measures: Measures) -> pd.DataFrame:
    """Each system and metric over everybody: the rows summed first, then divided.

    Columns: system, metric, value (NaN over a denominator of 0), numerator, denominator, n_rows,
    n_missing. For a first look; nothing is compared here.
    """
    table = measures.table
    sums = (
        table.assign(missing=table["denominator"].isna())
        .groupby(["system", "metric"], sort=False)
        .agg(
            numerator=("numerator", "sum"),
            denominator=("denominator", "sum"),
            n_rows=("unit_id", "size"),
            n_missing=("missing", "sum"),
        )
        .reset_index()
    )
    value = sums["numerator"] / sums["denominator"].where(sums["denominator"] > 0)
    sums.insert(2, "value", value)
    return sums


def measure(
    run: Run | Sequence[Run],
    corpus: Corpus,
    *,
    metrics: Sequence[str] = ("wer",),
    normalizer: str | None = None,
    trust_columns: bool = False,
) -> Measures:
    """A numerator and a denominator for each system, utterance (or call) and metric.

    normalizer: a name from `biasbench.measures.normalize`, applied to reference and hypothesis
    alike; None takes the one of the corpus's declared language. "mean_score" gives one metric
    for every score of the run, "mean_score:NAME" for one of them.

    An empty reference means that nothing was said: what the system wrote is counted as
    insertions, over no words. Where nobody wrote down what was said there is nothing to
    compare, but a table cannot tell the two apart; so a corpus without any reference is
    refused, and one in which more than a fifth are empty is asked about. So is a pair of
    columns that looks swapped. `trust_columns=True` answers both questions: they are as they
    should be.

    Raises NotFoundError for an unknown metric or normaliser, OptionError if no normaliser was
    given and no language declared, or the runs hold nothing that a metric could read, and
    TableError if a transcript or score is of no utterance of the corpus.
    """
    runs = list(run) if isinstance(run, Sequence) else [run]
    utterances = UTTERANCES.check(corpus.utterances, source=corpus.name)
    _check_metrics(metrics, runs)
    _check_columns(utterances, corpus)
    facts = {"metrics": ",".join(metrics)}
    normal = None
    if any(name in EDIT_METRICS for name in metrics):
        n_empty = _check_references(utterances, corpus, metrics, trust=trust_columns)
        normal = find_normalizer(normalizer or _language(utterances, corpus))
        facts = {"norm": normal.label, **facts, "empty_references": f"{n_empty}"}
    blocks: list[pd.DataFrame] = []
    for one in runs:
        blocks += _of_transcripts(
            one, utterances, corpus, metrics, normal=normal, trust_columns=trust_columns
        )
        blocks += _of_scores(one, utterances, corpus, metrics)
    table = pd.concat(blocks, ignore_index=True)
    chain = corpus.provenance.steps
    for one in runs:
        chain += tuple(
            step
            for step in one.provenance.steps
            if step.verb != "load_corpus" and step not in chain
        )
    return Measures(
        MEASURES.check(table, source="measures"), Provenance(chain).then("measure", facts)
    )


def _of_transcripts(
    run: Run,
    utterances: pd.DataFrame,
    corpus: Corpus,
    metrics: Sequence[str],
    *,
    normal: Normalizer | None,
    trust_columns: bool,
) -> list[pd.DataFrame]:
    wanted = [name for name in metrics if name in EDIT_METRICS or name in STATUS_METRICS]
    if not wanted:
        return []
    transcripts = TRANSCRIPTS.check(run.transcripts, source="transcripts")
    _check_known(transcripts["utterance_id"], utterances["utterance_id"], "transcripts", corpus)
    blocks = []
    for system, written in transcripts.groupby("system", sort=False):
        joined = utterances.merge(
            written[["utterance_id", "status", "hypothesis"]],
            on="utterance_id",
            how="left",
            validate="one_to_one",
        )
        status = _status(joined)
        edits = None
        if normal is not None:
            if not trust_columns:
                _check_not_swapped(joined[np.isin(status, ["ok", "empty"])], str(system))
            edits = _edits(joined, status, normal)
        for name in wanted:
            if name in STATUS_METRICS:
                fractions = STATUS_METRICS[name](status)
            else:
                assert edits is not None  # a normaliser was found above for every edit metric
                fractions = EDIT_METRICS[name](edits)
            blocks.append(_block(utterances, str(system), name, fractions, METRIC_DIRECTION[name]))
    return blocks


def _status(joined: pd.DataFrame) -> np.ndarray:
    # A blank transcript is no output, whatever its status says.
    blank = joined["status"].eq("ok") & is_empty(joined["hypothesis"])
    return joined["status"].mask(blank, "empty").to_numpy(dtype=object)


def _edits(joined: pd.DataFrame, status: np.ndarray, normal: Normalizer) -> Edits:
    is_known = np.isin(status, ["ok", "empty"])
    hypotheses = joined["hypothesis"].where(is_known)
    return Edits(normal.all(joined["reference"]), normal.all(hypotheses), is_known)


def _of_scores(
    run: Run, utterances: pd.DataFrame, corpus: Corpus, metrics: Sequence[str]
) -> list[pd.DataFrame]:
    wanted = [name for name in metrics if name.partition(":")[0] in SCORE_METRICS]
    if not wanted or run.scores.empty:
        return []
    scores = SCORES.check(run.scores, source="scores")
    blocks = []
    for metric in wanted:
        kind, _, only = metric.partition(":")
        chosen = scores if not only else scores[scores["score"] == only]
        for (system, score, unit), given in chosen.groupby(["system", "score", "unit"], sort=False):
            units = _units(utterances, str(unit), corpus)
            _check_known(given["unit_id"], units["utterance_id"], f"score '{score}'", corpus)
            joined = units[["utterance_id"]].merge(
                given[["unit_id", "status", "value"]],
                left_on="utterance_id",
                right_on="unit_id",
                how="left",
                validate="one_to_one",
            )
            values = joined["value"].where(joined["status"].eq("ok")).to_numpy(dtype=float)
            direction = _only(given["direction"], f"{system}: score '{score}'")
            fractions = SCORE_METRICS[kind](values)
            blocks.append(_block(units, str(system), f"{kind}:{score}", fractions, direction))
    return blocks


def _units(utterances: pd.DataFrame, unit: str, corpus: Corpus) -> pd.DataFrame:
    """What a score's unit_id names, under the column name utterance_id.

    A call has the columns of its utterances where they agree, and None where they do not.
    """
    if unit == "utterance":
        return utterances
    if unit == "person-month":
        raise OptionError(
            "scores per person-month belong to no utterance or call of a corpus. Give 'assess' a "
            "table with system, unit_id, metric, speaker_id, numerator, denominator and groups"
        )
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


def _block(
    units: pd.DataFrame, system: str, metric: str, fractions: Fractions, direction: str
) -> pd.DataFrame:
    carried = units.drop(columns=[name for name in _NOT_CARRIED if name in units.columns])
    carried = carried.rename(columns={"utterance_id": "unit_id"})
    return carried.assign(
        system=system,
        metric=metric,
        numerator=fractions[0],
        denominator=fractions[1],
        direction=direction,
    )


def _language(utterances: pd.DataFrame, corpus: Corpus) -> str:
    declared = corpus.card.get("language")
    languages = {declared} if declared else set()
    if not languages and "language" in utterances.columns:
        languages = set(utterances.loc[~is_empty(utterances["language"]), "language"])
    codes = sorted(
        {str(language).replace("_", "-").split("-")[0].lower() for language in languages}
    )
    known = registry.names("measures.normalize")
    choose = f"Choose one with normalizer= (--normalizer): {', '.join(known)}"
    if not codes:
        raise OptionError(
            f"corpus '{corpus.name}' declares no language, so no normaliser follows from it. "
            f"{choose}"
        )
    if len(codes) > 1:
        raise OptionError(
            f"corpus '{corpus.name}' holds several languages ({', '.join(codes)}). {choose}"
        )
    if codes[0] not in known:
        raise OptionError(f"there is no normaliser for the language '{codes[0]}'. {choose}")
    return codes[0]


def _check_metrics(metrics: Sequence[str], runs: Sequence[Run]) -> None:
    if isinstance(metrics, str):
        raise OptionError(f"metrics is the text {metrics!r}, not a list. Write [{metrics!r}]")
    if not metrics:
        raise OptionError(f"no metric was asked for. Known: {', '.join(sorted(METRICS))}")
    if not runs:
        raise OptionError("there is no run to measure")
    repeated = sorted({name for name in metrics if list(metrics).count(name) > 1})
    if repeated:
        raise OptionError(f"metric '{repeated[0]}' is asked for twice")
    has_transcripts = any(len(run.transcripts) for run in runs)
    known_scores = sorted({str(name) for run in runs for name in run.scores["score"].unique()})
    for name in metrics:
        kind, _, score = name.partition(":")
        if name not in METRICS and kind not in SCORE_METRICS:
            raise not_found("metric", name, METRICS)
        if kind in SCORE_METRICS and not known_scores:
            raise OptionError(
                f"{name} needs scores, and the run has none: its system writes transcripts. "
                f"Metrics of transcripts: {', '.join([*EDIT_METRICS, *STATUS_METRICS])}"
            )
        if score and score not in known_scores:
            raise not_found("score", score, known_scores)
        if kind not in SCORE_METRICS and not has_transcripts:
            raise OptionError(
                f"{name} needs transcripts, and the run has none: its system gives scores "
                f"({', '.join(known_scores) or 'none'}). Metric of scores: mean_score"
            )
    for kind in SCORE_METRICS:
        if kind in metrics and any(name.startswith(f"{kind}:") for name in metrics):
            raise OptionError(f"'{kind}' is every score already; ask for it or for single ones")
    _check_systems(runs)


def _check_systems(runs: Sequence[Run]) -> None:
    seen: set[str] = set()
    for run in runs:
        systems = {*run.transcripts["system"].unique(), *run.scores["system"].unique()}
        twice = sorted(seen & systems)
        if twice:
            raise OptionError(
                f"system '{twice[0]}' stands in two of the runs; the same name must be the same "
                "system. Measure them apart"
            )
        seen |= systems


def _check_columns(utterances: pd.DataFrame, corpus: Corpus) -> None:
    ours = [name for name in MEASURES.columns if name != "speaker_id"]
    clash = [name for name in ours if name in utterances.columns]
    if clash:
        raise TableError(
            f"corpus '{corpus.name}': column '{clash[0]}' has the name of a column of the "
            "measures. Rename it in the utterances"
        )


def _check_references(
    utterances: pd.DataFrame, corpus: Corpus, metrics: Sequence[str], *, trust: bool
) -> int:
    """How many references are empty; raises if that means that nobody wrote them."""
    name = next(name for name in metrics if name in EDIT_METRICS)
    n_rows = len(utterances)
    n_empty = (
        int(is_empty(utterances["reference"]).sum())
        if "reference" in utterances.columns
        else n_rows
    )
    if n_empty == n_rows:
        raise TableError(
            f"corpus '{corpus.name}' has no reference transcripts, and {name} compares with "
            "them. Add a column 'reference' with what was said; without it there are: "
            f"{', '.join([*STATUS_METRICS, *SCORE_METRICS])}"
        )
    if n_empty > _MOST_EMPTY_REFERENCES * n_rows and not trust:
        raise TableError(
            f"corpus '{corpus.name}': reference is empty in {n_empty} of {n_rows} utterances. An "
            "empty reference means that nothing was said, and whatever the system wrote counts "
            "as an error. Was nothing said, or did nobody write it down? If nothing was said, "
            "go on with trust_columns=True (--trust-columns); if nobody wrote it down, leave "
            f"those utterances out of the corpus for {name}"
        )
    return n_empty


def _check_not_swapped(joined: pd.DataFrame, system: str) -> None:
    said, written = (
        joined[column].where(joined[column].notna(), "").tolist()
        for column in ("reference", "hypothesis")
    )
    reason = looks_swapped(said, written)
    if reason:
        raise TableError(
            f"{system}: are reference and hypothesis swapped? {reason}. If they are, swap the "
            "columns back; if they are not, go on with trust_columns=True (--trust-columns)"
        )


def _check_known(ids: pd.Series, known: pd.Series, what: str, corpus: Corpus) -> None:
    strange = ids[~ids.isin(known)]
    if len(strange):
        more = f" and {len(strange) - 1} more are not" if len(strange) > 1 else " is not"
        raise TableError(
            f"{what}: '{strange.iloc[0]}'{more} in corpus '{corpus.name}' ({len(known)} rows). "
            "Measure a run with the corpus that it was run on"
        )


def _only(values: pd.Series, what: str) -> str:
    different = sorted(values.unique())
    if len(different) > 1:
        raise TableError(f"{what} has two directions: '{different[0]}' and '{different[1]}'")
    return str(different[0])
