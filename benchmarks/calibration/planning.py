"""Power as the formula has it, beside the share of simulated studies that see the gap."""

from __future__ import annotations

from functools import cache

from benchmarks.calibration.counts import POWER, POWER_ERROR, Counted, counted
from benchmarks.calibration.intervals import alarmed
from benchmarks.calibration.scenarios import EVEN_RATES, Scenario, stream
from biasbench.evidence.estimate import between_speaker_sd, rate
from biasbench.evidence.methods import cr3
from biasbench.evidence.planning.power import power_of
from tests.calibration.speech import speak

RATIOS = (1.25, 1.5, 2.0)

#: People of a pilot so large that its coefficient of variation is the true one.
N_PILOT = 100_000


def count(people: int, ratio: float, n_studies: int, seed: int) -> list[Counted]:
    """Simulated power of the default, the formula's, and the difference in points."""
    against = EVEN_RATES[1]
    scenario = Scenario(f"ratio {ratio:g}", (people, people), (ratio * against, against))
    seen = [
        alarmed(cr3.compare(a.by_speaker(), b.by_speaker()))
        for a, b in scenario.studies(n_studies, seed)
    ]
    simulated = counted(scenario.name, "CR3-tW", scenario.sides, POWER, seen)
    formula = 100 * power_of(
        ratio,
        cv=true_cv(scenario.means[0], seed),
        against_cv=true_cv(scenario.means[1], seed),
        people=people,
    )
    about = (scenario.name, "noncentral t", scenario.sides)
    return [
        simulated,
        Counted(*about, POWER, formula, n_studies, mc_error=0.0),
        Counted(*about, POWER_ERROR, formula - simulated.value, n_studies, simulated.mc_error),
    ]


@cache
def true_cv(mean: float, seed: int) -> float:
    """√(K·V)/R of people whose mean rate this is, from very many of them."""
    rng = stream(seed, f"pilot, {mean:g}")
    sums = speak(rng, people=N_PILOT, mean=mean).by_speaker()
    return between_speaker_sd(sums) / rate(sums.numerator, sums.denominator)
