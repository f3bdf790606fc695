"""Several models side by side: gaps, changes and errors of each; nothing is ranked.

    found = bb.compare(["old.parquet", "new.parquet"], by="accent", metric="wer")
    found.lines(), found.table, found.write("models.md", "models.svg")

`models` says what is compared, `question` what is asked of each; `gaps`, `changes` and `points`
are the figures, `side_by_side` brings them together in a `comparison`; `tables`, `plot` (with
`labels`) and `outputs` are how it is told.
"""

from biasbench.gates.comparing.comparison import ModelComparison
from biasbench.gates.comparing.side_by_side import compare

__all__ = ["ModelComparison", "compare"]
