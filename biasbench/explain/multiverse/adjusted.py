"""One specification at equal covariates: the figure shown, and the sums that are shuffled.

The figure is that of `adjust` with all covariates together. What the joint test shuffles is
observed against expected, from a model of the same covariates that does not know the groups
(`curve.expected_sums`): refitting the whole model at every shuffle would take hours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.rows import Rows
from biasbench.explain.adjustment.covariates import covariates_asked
from biasbench.explain.adjustment.gap import gap_given
from biasbench.explain.adjustment.question import rows_to_adjust
from biasbench.explain.multiverse.answers import ShuffledSums
from biasbench.explain.multiverse.curve import expected_sums


def adjusted(
    rows: Rows, covariates: Sequence[str], *, level: float
) -> tuple[Comparison, ShuffledSums]:
    """The comparison at equal covariates, and what a shuffle of people is applied to.

    Raises NotFoundError or OptionError for covariates that cannot be, and InsufficientDataError
    where the rows cannot be adjusted for them.
    """
    names = covariates_asked(rows, covariates)
    asked = rows_to_adjust(rows, names, ())
    found = gap_given(asked, names, level=level).comparison()
    kept = asked.rows
    blocks = [asked.blocks[name] for name in names]
    design = np.column_stack([np.ones(len(kept.numerator)), *blocks])
    e, w = expected_sums(design, kept.numerator, kept.denominator, kept.speaker, kind=kept.kind)
    return found, ShuffledSums(kept, e, w)
