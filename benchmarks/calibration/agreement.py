"""The package's figures beside other software's on the same rows, and beside themselves.

V_CR3 against statsmodels' GEE: Poisson, independence, cov_type="bias_reduced".

`glmm` against R 4.2.2, lme4 1.1.31 and glmmTMB 1.1.5, on reference.csv (16 simulated people, 192
utterances):

    rows <- read.csv("reference.csv")
    model <- errors ~ group + covariate + offset(log(words)) + (1 | speaker)
    glmer(model, rows, poisson, control = glmerControl(optimizer = "bobyqa",
          tolPwrss = 1e-10, optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
    glmmTMB(model, rows, nbinom2)

And one seed against itself: each method that draws, run twice.
"""

from __future__ import annotations

from pathlib import Path

import glmm
import numpy as np
import pandas as pd

from benchmarks.calibration.counts import DEVIATION, DEVIATION_IN_ERRORS, Counted
from benchmarks.calibration.intervals import METHODS
from benchmarks.calibration.models import largest_gee_deviation
from benchmarks.calibration.scenarios import ALL, NULL, stream

REFERENCE = Path(__file__).with_name("reference.csv")

#: Coefficients of (Intercept), group, covariate, and their standard errors, as R printed them.
BY_R = {
    "poisson": (
        "lme4",
        (-2.6209854200, 0.7565261660, 0.0381563253),
        (0.2735619110, 0.3739092580, 0.0578091422),
    ),
    "negativebinomial": (
        "glmmTMB",
        (-2.559872920, 0.758009005, 0.123076370),
        (0.261573291, 0.355208837, 0.104482422),
    ),
}

#: Studies of each scenario; more show nothing else, for this is algebra.
N_STUDIES = 10
SAME_AS_GEE = "CR3 beside GEE bias-reduced"
SAME_AGAIN = "one seed, twice"


def against_gee(n_studies: int, seed: int) -> list[Counted]:
    """Largest relative distance between the two standard errors, over every scenario."""
    n = min(N_STUDIES, n_studies)
    apart = [largest_gee_deviation(a, b) for scenario in ALL for a, b in scenario.studies(n, seed)]
    return [
        Counted("agreement", SAME_AS_GEE, "all", DEVIATION, max(apart), len(apart), mc_error=0.0)
    ]


def against_r(n_studies: int, seed: int) -> list[Counted]:
    """Largest distance of coefficients, in R's standard errors, and of standard errors."""
    rows = pd.read_csv(REFERENCE)
    found = []
    for family, (package, coefficients, errors) in BY_R.items():
        fit = glmm.fit(
            rows,
            "errors ~ group + covariate + (1 | speaker)",
            family,
            offset=np.log(rows["words"].to_numpy()),
            anova_test="Wald",
        )
        theirs = np.array(errors)
        off = np.abs(np.asarray(fit.beta) - coefficients) / theirs
        off_errors = np.abs(np.asarray(fit.se) / theirs - 1)
        about = ("agreement", f"{family} GLMM beside {package}", "8 v 8")
        found += [
            Counted(*about, DEVIATION_IN_ERRORS, float(off.max()), 1, mc_error=0.0),
            Counted(*about, DEVIATION, float(off_errors.max()), 1, mc_error=0.0),
        ]
    return found


def against_itself(n_studies: int, seed: int) -> list[Counted]:
    """Answers that differ when the same seed is drawn from again; there may be none."""
    pairs = list(NULL[1].studies(min(N_STUDIES, n_studies), seed))
    n_different = sum(
        method.compare(a, b, stream(seed, method.name))
        != method.compare(a, b, stream(seed, method.name))
        for method in METHODS
        for a, b in pairs
    )
    n = len(METHODS) * len(pairs)
    return [
        Counted("agreement", SAME_AGAIN, NULL[1].sides, DEVIATION, n_different / n, n, mc_error=0.0)
    ]
