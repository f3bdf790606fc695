"""False alarms of the models that others fit: GEE, and mixed models with people as random.

    GEE robust, z        log ratio / √(V0_g/R_g² + V0_a/R_a²),  V0 = Σ r_i² / W²    normal
    GEE bias-reduced, t  the same with V_CR3                                       t, K − 2 df
    GLMM, z              errors ~ group + covariate + (1 | speaker), offset log(words), by `glmm`

V0 is statsmodels' GEE `cov_type="robust"` (Liang & Zeger 1986) for one indicator per group, as
V_CR3 is its "bias_reduced" (Mancl & DeRouen 2001): checked on the first studies of every cell,
to the last digits that an iterated fit has. The covariate is drawn anew for every utterance and
has nothing to do with the errors; a Poisson model, which knows of no spread between utterances,
finds it anyway.
"""

from __future__ import annotations

import math
import warnings

import glmm
import numpy as np
import statsmodels.api as sm
from scipy import stats

from benchmarks.calibration.counts import ALARMS, ALARMS_COVARIATE, Counted, counted
from benchmarks.calibration.scenarios import Scenario, stream
from biasbench.evidence.estimate import rate, variance_cr3
from biasbench.evidence.sums import SpeakerSums
from tests.calibration.speech import Spoken

#: Studies of each cell in which the closed form is compared with statsmodels, and how closely.
N_CHECKED = 5
SAME = 1e-8  # relative; statsmodels iterates to its answer

#: Two-sided, 5 %, normal: what `z` users read.
_Z = float(stats.norm.ppf(0.975))


def variance_cr0(sums: SpeakerSums) -> float:
    """Σ r_i² / W²: the robust variance of a rate without any correction for few people."""
    value = rate(sums.numerator, sums.denominator)
    residual = sums.numerator - value * sums.denominator
    return float((residual**2).sum()) / float(sums.denominator.sum()) ** 2


def log_ratio_errors(a: Spoken, b: Spoken) -> tuple[float, float, float]:
    """The log ratio, and its robust and its bias-reduced standard error."""
    sides = (a.by_speaker(), b.by_speaker())
    rates = [rate(side.numerator, side.denominator) for side in sides]
    plain = sum(variance_cr0(s) / r**2 for s, r in zip(sides, rates, strict=True))
    reduced = sum(
        variance_cr3(s.numerator, s.denominator) / r**2 for s, r in zip(sides, rates, strict=True)
    )
    return math.log(rates[0] / rates[1]), math.sqrt(plain), math.sqrt(reduced)


def fitted_gee(a: Spoken, b: Spoken, cov_type: str) -> tuple[float, float]:
    """The log ratio and its standard error as statsmodels finds them."""
    rows = _rows(a, b)
    model = sm.GEE(
        rows["errors"],
        np.column_stack([np.ones(len(rows["errors"])), rows["group"]]),
        groups=rows["speaker"],
        family=sm.families.Poisson(),
        cov_struct=sm.cov_struct.Independence(),
        offset=np.log(rows["words"]),
    )
    fit = model.fit(cov_type=cov_type, ctol=1e-10, maxiter=200)
    return float(fit.params[1]), float(fit.bse[1])


def largest_gee_deviation(a: Spoken, b: Spoken) -> float:
    """Largest relative distance of the closed forms' standard errors from statsmodels' own."""
    _, plain, reduced = log_ratio_errors(a, b)
    found = [(plain, "robust"), (reduced, "bias_reduced")]
    return max(abs(own / fitted_gee(a, b, cov_type)[1] - 1) for own, cov_type in found)


def count_gee(scenario: Scenario, n_studies: int, seed: int) -> list[Counted]:
    """False alarms of the two GEE tests."""
    critical = float(stats.t.ppf(0.975, sum(scenario.people) - 2))
    robust, reduced = [], []
    for number, (a, b) in enumerate(scenario.studies(n_studies, seed)):
        if number < N_CHECKED and (apart := largest_gee_deviation(a, b)) > SAME:
            raise RuntimeError(f"{scenario.title}: closed form and GEE are {apart:.1e} apart")
        log_ratio, plain_error, reduced_error = log_ratio_errors(a, b)
        robust.append(abs(log_ratio) > _Z * plain_error)
        reduced.append(abs(log_ratio) > critical * reduced_error)
    return [
        counted(scenario.name, method, scenario.sides, ALARMS, alarms)
        for method, alarms in (("GEE robust, z", robust), ("GEE bias-reduced, t", reduced))
    ]


def count_glmm(family: str, scenario: Scenario, n_studies: int, seed: int) -> list[Counted]:
    """False alarms for the group, and for a covariate without any effect."""
    rng = stream(seed, f"covariate, {family}: {scenario.title}")
    groups, covariates = [], []
    for a, b in scenario.studies(n_studies, seed):
        rows = _rows(a, b) | {"covariate": rng.normal(size=len(a.words) + len(b.words))}
        z = z_values(rows, "errors ~ group + covariate + (1 | speaker)", family)
        groups.append(abs(z["group"]) > _Z)
        covariates.append(abs(z["covariate"]) > _Z)
    name = {"poisson": "Poisson GLMM, z", "negativebinomial": "NB GLMM, z"}[family]
    about = (scenario.name, name, scenario.sides)
    return [
        counted(*about, ALARMS, groups),
        counted(*about, ALARMS_COVARIATE, covariates),
    ]


def z_values(rows: dict[str, np.ndarray], formula: str, family: str) -> dict[str, float]:
    """Coefficient over standard error, by name; RuntimeError where the fit did not converge."""
    with warnings.catch_warnings():
        # People of no spread beyond their utterances': what remains is read all the same.
        warnings.simplefilter("ignore", glmm.SingularFitWarning)
        fit = glmm.fit(rows, formula, family, offset=np.log(rows["words"]), anova_test="Wald")
    if not fit.converged:
        raise RuntimeError(f"glmm did not converge on {formula!r}, {family}")
    return dict(zip(fit.names, np.asarray(fit.beta) / np.asarray(fit.se), strict=True))


def _rows(a: Spoken, b: Spoken) -> dict[str, np.ndarray]:
    """Both sides' utterances as columns; `group` is 1 for the first side."""
    return {
        "errors": np.concatenate([a.errors, b.errors]),
        "words": np.concatenate([a.words, b.words]),
        "speaker": np.concatenate([a.person, b.person + len(a.own)]),
        "group": np.repeat([1.0, 0.0], [len(a.words), len(b.words)]),
    }
