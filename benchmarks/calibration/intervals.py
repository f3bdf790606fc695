"""Coverage and false alarms of each method of comparison, through the package's own functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.calibration.counts import (
    ALARMS,
    COVERS_DIFFERENCE,
    COVERS_RATIO,
    Counted,
    counted,
)
from benchmarks.calibration.scenarios import Scenario, stream
from biasbench.evidence.comparison import Comparison, described
from biasbench.evidence.methods import bootstrap, bootstrap_t, cr3, permutation
from biasbench.evidence.omnibus import range_test
from tests.calibration.speech import Spoken

Compare = Callable[[Spoken, Spoken, np.random.Generator], Comparison]

#: Of a method that draws; and of the bootstrap of utterances, which draws 30 times as much.
N_RESAMPLES = 999
N_OF_UTTERANCES = 399


def _utterance_bootstrap(a: Spoken, b: Spoken, rng: np.random.Generator) -> Comparison:
    return bootstrap.compare(
        a.by_utterance(), b.by_utterance(), rng=rng, n_resamples=N_OF_UTTERANCES
    )


def _speaker_bootstrap(a: Spoken, b: Spoken, rng: np.random.Generator) -> Comparison:
    return bootstrap.compare(a.by_speaker(), b.by_speaker(), rng=rng, n_resamples=N_RESAMPLES)


def _bootstrap_t(a: Spoken, b: Spoken, rng: np.random.Generator) -> Comparison:
    return bootstrap_t.compare(a.by_speaker(), b.by_speaker(), rng=rng, n_resamples=N_RESAMPLES)


def _cr3(a: Spoken, b: Spoken, rng: np.random.Generator) -> Comparison:
    return cr3.compare(a.by_speaker(), b.by_speaker())


def _raw_permutation(a: Spoken, b: Spoken, rng: np.random.Generator) -> Comparison:
    one, other = a.by_speaker(), b.by_speaker()
    labels = np.repeat([0, 1], [len(one.numerator), len(other.numerator)])
    e = np.concatenate([one.numerator, other.numerator])
    w = np.concatenate([one.denominator, other.denominator])
    _, p = range_test(labels, e, w, rng=rng, n_resamples=N_RESAMPLES)
    plain = described(one, other, level=0.95, method="permutation, raw difference")
    return Comparison(plain.value, plain.against_value, plain.level, plain.method, p=p)


def _studentised_permutation(a: Spoken, b: Spoken, rng: np.random.Generator) -> Comparison:
    return permutation.compare(a.by_speaker(), b.by_speaker(), rng=rng, n_resamples=N_RESAMPLES)


@dataclass(frozen=True)
class Method:
    """A way to compare, and what of its answer is its own."""

    name: str
    compare: Compare
    has_intervals: bool = True
    has_p: bool = True


METHODS = (
    Method("utterance bootstrap", _utterance_bootstrap, has_p=False),
    Method("speaker percentile bootstrap", _speaker_bootstrap, has_p=False),
    Method("bootstrap-t", _bootstrap_t),
    Method("CR3-tW", _cr3),
    Method("permutation, raw difference", _raw_permutation, has_intervals=False),
    Method("permutation, studentised log", _studentised_permutation, has_intervals=False),
)


def count(method: Method, scenario: Scenario, n_studies: int, seed: int) -> list[Counted]:
    """Coverage of ratio and difference, and false alarms where both rates are the same."""
    rng = stream(seed, f"{method.name}: {scenario.title}")
    found = [method.compare(a, b, rng) for a, b in scenario.studies(n_studies, seed)]
    about = (scenario.name, method.name, scenario.sides)
    rows = []
    if method.has_intervals:
        rows.append(
            counted(
                *about,
                COVERS_RATIO,
                [holds(c.ratio_low, c.ratio_high, scenario.ratio) for c in found],
            )
        )
        rows.append(
            counted(
                *about,
                COVERS_DIFFERENCE,
                [holds(c.difference_low, c.difference_high, scenario.difference) for c in found],
            )
        )
    if method.has_p and scenario.difference == 0:
        rows.append(counted(*about, ALARMS, [alarmed(c) for c in found]))
    return rows


def holds(low: float | None, high: float | None, truth: float) -> bool:
    """Whether the interval holds the truth; where there is none, nothing is excluded.

    >>> holds(0.9, 1.2, 1.0), holds(1.1, 1.2, 1.0), holds(None, None, 1.0)
    (True, False, True)
    """
    return low is None or high is None or low <= truth <= high


def alarmed(found: Comparison) -> bool:
    """Whether p is at most 5 %; a comparison without p raises no alarm."""
    return found.p is not None and found.p <= 0.05
