"""Scores as columns beside the measures: what a comparison is to be held equal on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from biasbench.corpus import Corpus
from biasbench.errors import OptionError, TableError
from biasbench.measures.sources.asked import check_known
from biasbench.tables import MEASURES

if TYPE_CHECKING:
    from biasbench.runs import Run


def with_scores(utterances: pd.DataFrame, runs: Sequence[Run], corpus: Corpus) -> pd.DataFrame:
    """The utterances with a column for each score of the runs, NaN where a score is missing.

    Raises TableError for a score whose name is a column already, or of another corpus, and
    OptionError for scores of calls: an utterance has no share in them.
    """
    table = utterances
    for run in runs:
        if run.scores.empty:
            raise OptionError("beside= holds a run without scores; give the run of a scorer")
        check_known(run.scores["unit_id"], table["utterance_id"], "scores beside", corpus)
        for score, given in run.scores.groupby("score", sort=False):
            name = str(score)
            if name in table.columns or name in MEASURES.columns:
                raise TableError(
                    f"score '{name}' beside has the name of a column that is there already. "
                    "Give each score once, and rename the corpus's column if it is one"
                )
            if not given["unit"].eq("utterance").all():
                raise OptionError(
                    f"score '{name}' beside is given per {given['unit'].iloc[0]}, and the columns "
                    "are those of utterances"
                )
            values = given["value"].where(given["status"].eq("ok"))
            of_unit = pd.Series(values.to_numpy(dtype=float), index=given["unit_id"])
            table = table.assign(**{name: table["utterance_id"].map(of_unit)})
    return table
