"""What people wrote for some utterances of an import, put beside what the system wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from biasbench.corpus import Corpus
from biasbench.errors import InsufficientDataError, TableError
from biasbench.provenance import Provenance, fingerprint
from biasbench.tables import read_table

if TYPE_CHECKING:
    from biasbench.runs import Run


def referenced(
    runs: Sequence[Run], corpus: Corpus, references: pd.DataFrame | str | Path
) -> tuple[list[Run], Corpus]:
    """The runs and their corpus, of those utterances alone that people transcribed.

    Raises TableError for a column that is missing, an utterance twice or of nobody here.
    """
    if isinstance(references, pd.DataFrame):
        source, table, before = "references", references, Provenance()
    else:
        source = str(references)
        table, before = read_table(references)
    for name in ("utterance_id", "reference"):
        if name not in table.columns:
            raise TableError(f"{source}: column '{name}' is missing")
    if table.empty:
        raise InsufficientDataError(f"{source}: no utterance has a reference yet")
    repeated = table["utterance_id"][table["utterance_id"].duplicated()]
    if len(repeated):
        raise TableError(f"{source}: utterance '{repeated.iloc[0]}' stands there twice")
    strange = table["utterance_id"][~table["utterance_id"].isin(corpus.utterances["utterance_id"])]
    if len(strange):
        raise TableError(
            f"{source}: '{strange.iloc[0]}' and {len(strange) - 1} more are no utterances of an "
            f"agent in '{corpus.name}'"
        )
    written = table[["utterance_id", "reference"]]
    kept = corpus.utterances.drop(columns=["reference", "reference_words"], errors="ignore").merge(
        written, on="utterance_id", how="inner", validate="one_to_one"
    )
    ids = set(kept["utterance_id"])
    everything = set(corpus.utterances["utterance_id"])
    left_out = everything - ids
    digest = fingerprint(written.reset_index(drop=True))
    chain = Provenance((*corpus.provenance.steps, *before.steps))
    facts = {"references": digest, "n_references": f"{len(kept)}"}
    return (
        [
            replace(
                run,
                transcripts=_without(run.transcripts, "utterance_id", left_out),
                scores=_without(run.scores, "unit_id", left_out),
            )
            for run in runs
        ],
        replace(
            corpus,
            utterances=kept,
            provenance=chain.then("references", facts),
        ),
    )


def _without(table: pd.DataFrame, column: str, ids: set[str]) -> pd.DataFrame:
    return table[~table[column].isin(ids)].reset_index(drop=True)
