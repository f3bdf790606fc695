"""CR3 is statsmodels' GEE with a Poisson model, independence, cov_type="bias_reduced".

    GEE(errors, C(group), groups=speaker, family=Poisson(), offset=log(words)).fit(
        cov_type="bias_reduced")          statsmodels, after Mancl & DeRouen (2001)

With one indicator per group its coefficients are the log rates and its variances V / R²; the
variance of a log ratio is their sum. statsmodels needs words > 0, so rows without are left out
on both sides.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import rate, variance_cr3
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums

SAME = 1e-10  # relative; statsmodels iterates to its answer, so its own stop is set below that


def gee(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Log rate of every group and their covariance, groups sorted by name."""
    indicators = pd.get_dummies(rows["group"]).astype(float).sort_index(axis=1)
    model = sm.GEE(
        rows["errors"].to_numpy(),
        indicators.to_numpy(),
        groups=rows["speaker_id"].to_numpy(),
        family=sm.families.Poisson(),
        cov_struct=sm.cov_struct.Independence(),
        offset=np.log(rows["words"].to_numpy()),
    )
    fitted = model.fit(cov_type="bias_reduced", ctol=1e-10, maxiter=200)
    return np.asarray(fitted.params), np.asarray(fitted.cov_params())


def simulated(seed: int, *, speakers: tuple[int, int], utterances: int = 12) -> pd.DataFrame:
    """Counts with people who differ, of uneven length and number, in groups 'a' and 'b'."""
    rng = np.random.default_rng(seed)
    parts = []
    for group, n, mean in (("a", speakers[0], 0.20), ("b", speakers[1], 0.12)):
        person = np.repeat(np.arange(n), rng.integers(1, utterances, n))
        words = rng.integers(1, 25, len(person)).astype(float)
        own = mean * rng.gamma(4, 1 / 4, n)
        parts.append(
            pd.DataFrame(
                {
                    "group": group,
                    "speaker_id": [f"{group}{number}" for number in person],
                    "words": words,
                    "errors": rng.poisson(own[person] * words).astype(float),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def check_against_gee(rows: pd.DataFrame) -> None:
    log_rates, covariance = gee(rows)
    sides = {
        group: speaker_sums(part["speaker_id"], part["errors"], part["words"])
        for group, part in rows.groupby("group")
    }
    for place, group in enumerate(sorted(sides)):
        e, w = sides[group].numerator, sides[group].denominator
        assert np.log(rate(e, w)) == pytest.approx(log_rates[place], rel=SAME)
        relative = variance_cr3(e, w) / rate(e, w) ** 2
        assert relative == pytest.approx(covariance[place, place], rel=SAME)
    if len(sides) == 2:
        found = cr3.compare(sides["a"], sides["b"])
        assert standard_error(found) == pytest.approx(np.sqrt(np.trace(covariance)), rel=SAME)


def standard_error(found: Comparison) -> float:
    return float(np.log(found.ratio) / found.t)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("speakers", [(6, 6), (12, 30), (40, 5)])
def test_two_groups_have_the_bias_reduced_variance(seed, speakers):
    check_against_gee(simulated(seed, speakers=speakers))


@pytest.mark.parametrize("seed", range(4))
def test_one_group_has_the_bias_reduced_variance(seed):
    rows = simulated(seed, speakers=(9, 9))
    check_against_gee(rows[rows["group"] == "a"])


def test_artie_and_edacc_have_the_bias_reduced_variance(published):
    """Every system; two accents of Artie, and two of EdAcc with 9 and 6 people."""
    n_checked = 0
    for name, pair in (
        ("artie", ("indian", "us")),
        ("edacc", ("Mainstream US English", "Vietnamese")),
    ):
        table = published(name).measures("accent")
        table = table[(table["metric"] == "wer") & (table["denominator"] > 0)]
        for _, rows in table.groupby("system"):
            chosen = rows[rows["accent"].isin(pair)]
            check_against_gee(
                pd.DataFrame(
                    {
                        "group": chosen["accent"].map({pair[0]: "a", pair[1]: "b"}),
                        "speaker_id": chosen["speaker_id"],
                        "words": chosen["denominator"],
                        "errors": chosen["numerator"].astype(float),
                    }
                )
            )
            n_checked += 1
    assert n_checked == 9 + 7
