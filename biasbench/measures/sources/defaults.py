"""What is measured where nobody says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from biasbench.corpus import Corpus
from biasbench.tables import is_empty

if TYPE_CHECKING:
    from biasbench.runs import Run


def default_metrics(runs: Sequence[Run], corpus: Corpus) -> tuple[str, ...]:
    """("wer",); of an import without references, all that can be measured without them.

    That is every score that anybody has (silence, overtalk, categories, selection and confidence
    among them), every prompt, and how often nothing was written.
    """
    has_references = (
        "reference" in corpus.utterances.columns
        and not is_empty(corpus.utterances["reference"]).all()
    )
    if has_references or corpus.calls is None:
        return ("wer",)
    given = [run.scores.loc[run.scores["value"].notna(), "score"] for run in runs]
    found = [f"mean_score:{name}" for name in dict.fromkeys(str(n) for s in given for n in s)]
    if any(run.events["kind"].eq("prompt").any() for run in runs):
        found.append("prompt_rate")
    if any(run.transcripts["status"].isin(["ok", "empty"]).any() for run in runs):
        found.append("no_output_rate")
    return tuple(found)
