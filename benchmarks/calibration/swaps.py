"""A model swap that worsens the gap by exactly the margin: how often does it pass?

It should pass no oftener than α. The control reads "not shown to differ" as a pass.
"""

from __future__ import annotations

import numpy as np

from benchmarks.calibration.counts import FALSE_PASSES, Counted, counted
from benchmarks.calibration.scenarios import EVEN_RATES, stream
from biasbench.evidence.methods import cr3
from biasbench.evidence.swaps.change import change_in_gap, changes
from biasbench.evidence.swaps.pairing import Heard
from tests.calibration.speech import Spoken, hear_again, speak

SCENARIO = "at the margin"
NON_INFERIORITY = "non-inferiority"
NOT_SHOWN = "no difference shown, so passed"

#: With it, 94 / 87 / 72 % of studies show no change at all: what the published control found.
MARGIN = 0.023
ALPHA = 0.05


def count(people: int, n_studies: int, seed: int) -> list[Counted]:
    """False passes by the one-sided bound, and by the control."""
    sides = f"{people} v {people}"
    rng = stream(seed, f"swap at the margin, {sides}")
    passes, not_shown = [], []
    for _ in range(n_studies):
        group, against = heard_twice(rng, people, MARGIN), heard_twice(rng, people, 0.0)
        found = change_in_gap(*group, *against, margin=MARGIN, alpha=ALPHA)
        passes.append(found.worsening is not None and found.worsening < MARGIN)
        p = cr3.compare(changes(*group), changes(*against)).p
        not_shown.append(p is None or p > 0.05)
    return [
        counted(SCENARIO, NON_INFERIORITY, sides, FALSE_PASSES, passes),
        counted(SCENARIO, NOT_SHOWN, sides, FALSE_PASSES, not_shown),
    ]


def heard_twice(rng: np.random.Generator, people: int, added: float) -> tuple[Heard, Heard]:
    """One side's sums before and after, the true rate `added` higher after."""
    before = speak(rng, people=people, mean=EVEN_RATES[0])
    return _heard(before), _heard(hear_again(rng, before, added=added))


def _heard(spoken: Spoken) -> Heard:
    return Heard(*spoken.each_speaker())
