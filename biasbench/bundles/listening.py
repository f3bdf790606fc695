"""The systems of a case listening once more, for those with lawful access to the recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from biasbench.bundles.comparing import Difference
from biasbench.cases.inputs import Inputs
from biasbench.corpus import load_corpus
from biasbench.errors import OptionError
from biasbench.runs import Run, is_import, run
from biasbench.systems import load_system


def heard_again(inputs: Inputs, corpus: str | Path) -> Iterator[Difference]:
    """What systems write or score now, against what they did; one difference per utterance.

    Raises OptionError for a case of imports: a system in use cannot be asked again from here.
    """
    if not inputs.runs or any(is_import(one) for one in inputs.runs):
        raise OptionError(
            "the outputs of this case were exported from a system in use, or given as measures: "
            "there is nothing here that could listen again"
        )
    heard = load_corpus(corpus)
    for stored in inputs.runs:
        for name in stored.transcripts["system"].unique():
            again = run(heard, load_system(str(name)), progress=False)
            yield from _texts(stored, again, str(name))


def _texts(stored: Run, again: Run, system: str) -> Iterator[Difference]:
    one = stored.transcripts[stored.transcripts["system"] == system]
    pair = one.merge(
        again.transcripts, on="utterance_id", how="outer", suffixes=("", "_again"), validate="1:1"
    )
    for row in pair.to_dict("records"):
        texts = [_said(row["hypothesis"]), _said(row["hypothesis_again"])]
        if texts[0] != texts[1]:
            yield Difference(f"{system} · {row['utterance_id']}", *texts)


def _said(text: object) -> str:
    return "(nothing)" if text is None or pd.isna(text) else str(text)  # type: ignore[call-overload]
