"""Word and character errors, and what became of each utterance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from biasbench.corpus import looks_swapped
from biasbench.errors import TableError
from biasbench.measures.catalogue import EDIT_METRICS, STATUS_METRICS
from biasbench.measures.metrics import Edits
from biasbench.measures.normalize import Normalizer
from biasbench.measures.sources.asked import Asked, block, check_known
from biasbench.tables import METRIC_DIRECTION, TRANSCRIPTS, is_empty

if TYPE_CHECKING:
    from biasbench.runs import Run


def blocks(run: Run, asked: Asked) -> list[pd.DataFrame]:
    """Rows of the edit and status metrics that were asked for, for every recogniser of the run."""
    wanted = [metric for metric, _, _ in asked.wanted([*EDIT_METRICS, *STATUS_METRICS])]
    if not wanted:
        return []
    utterances = asked.utterances
    transcripts = TRANSCRIPTS.check(run.transcripts, source="transcripts")
    check_known(
        transcripts["utterance_id"], utterances["utterance_id"], "transcripts", asked.corpus
    )
    found = []
    for system, written in transcripts.groupby("system", sort=False):
        joined = utterances.merge(
            written[["utterance_id", "status", "hypothesis"]],
            on="utterance_id",
            how="left",
            validate="one_to_one",
        )
        status = _status(joined)
        edits = None
        if asked.normal is not None:
            if not asked.trust_columns:
                _check_not_swapped(joined[np.isin(status, ["ok", "empty"])], str(system))
            edits = _edits(joined, status, asked.normal)
        for name in wanted:
            if name in STATUS_METRICS:
                fractions = STATUS_METRICS[name](status)
            else:
                assert edits is not None  # a normaliser was found for every edit metric
                fractions = EDIT_METRICS[name](edits)
            found.append(block(utterances, str(system), name, fractions, METRIC_DIRECTION[name]))
    return found


def _status(joined: pd.DataFrame) -> np.ndarray:
    # A blank transcript is no output, whatever its status says.
    blank = joined["status"].eq("ok") & is_empty(joined["hypothesis"])
    return joined["status"].mask(blank, "empty").to_numpy(dtype=object)


def _edits(joined: pd.DataFrame, status: np.ndarray, normal: Normalizer) -> Edits:
    is_known = np.isin(status, ["ok", "empty"])
    hypotheses = joined["hypothesis"].where(is_known)
    return Edits(normal.all(joined["reference"]), normal.all(hypotheses), is_known)


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
