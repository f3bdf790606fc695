"""Four groups, each against the other three, and no gap anywhere: is any alarm raised?"""

from __future__ import annotations

import numpy as np

from benchmarks.calibration.counts import FAMILIES, Counted, counted
from benchmarks.calibration.scenarios import EVEN_RATES, stream
from biasbench.evidence.correct import holm, sidak
from biasbench.evidence.methods import cr3
from biasbench.evidence.omnibus import Contrast, max_t
from biasbench.evidence.sums import SpeakerSums
from tests.calibration.speech import speak

N_GROUPS = 4
N_RESAMPLES = 999
CONTRASTS = [
    Contrast(0, (code,), tuple(other for other in range(N_GROUPS) if other != code))
    for code in range(N_GROUPS)
]


def count(people: int, n_studies: int, seed: int) -> list[Counted]:
    """Families with an adjusted p of at most 5 %, by each way to adjust, and by none."""
    sides = f"4 × {people}"
    rng, shuffles = stream(seed, f"family, {sides}"), stream(seed, f"max-T: family, {sides}")
    smallest: dict[str, list[float]] = {}
    for _ in range(n_studies):
        groups = [
            speak(rng, people=people, mean=EVEN_RATES[0]).by_speaker() for _ in range(N_GROUPS)
        ]
        p_values = [p_against_rest(groups, place) for place in range(N_GROUPS)]
        adjusted = {
            "Šidák": min(sidak(p, N_GROUPS) for p in p_values),
            "Holm": min(holm(p_values)),
            "max-T": p_max_t(groups, shuffles),
            "no adjustment": min(p_values),
        }
        for name, p in adjusted.items():
            smallest.setdefault(name, []).append(p)
    return [
        counted("family of four", name, sides, FAMILIES, [p <= 0.05 for p in found])
        for name, found in smallest.items()
    ]


def p_against_rest(groups: list[SpeakerSums], place: int) -> float:
    """The default p of one group against the three others pooled."""
    first, *others = groups[:place] + groups[place + 1 :]
    found = cr3.compare(groups[place], sum(others, start=first)).p
    return 1.0 if found is None else found


def p_max_t(groups: list[SpeakerSums], rng: np.random.Generator) -> float:
    """The smallest of the family's max-T p-values."""
    found = max_t(
        np.repeat(np.arange(N_GROUPS), [len(group.numerator) for group in groups]),
        np.concatenate([group.numerator for group in groups])[None],
        np.concatenate([group.denominator for group in groups])[None],
        CONTRASTS,
        kinds=["rate"],
        rng=rng,
        n_resamples=N_RESAMPLES,
    )
    return float(np.nanmin(found.p))
