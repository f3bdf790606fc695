"""A ratio for one and the same person: generalised linear mixed models, labelled *conditional*.

    log E[e_ij | a_i, b_s] = log w_ij + x_ij'β + a_i + b_s      a_i ~ N(0, σ²) of speaker i,
                                                                b_s ~ N(0, τ²) of sentence s
    NB2      Var e = μ + μ²/θ          Poisson  Var e = μ       given a and b

by maximum likelihood with Laplace's approximation (Breslow & Clayton 1993, JASA 88:9–25; Brooks
et al. 2017, The R Journal 9:378–400; for speech Liu, Veliche & Peng 2021, arXiv 2109.09061), with
Wald's normal intervals. The package `glmm` does the fitting; its figures are those of lme4 and
glmmTMB (tests/explain/test_conditional.py).

exp β compares one person with themselves, had they been of the other group, and not the rates of
two groups. Beside `adjust` it answers another question, and where people differ more in one group
than in the other the two differ: such an estimand shift is not noise. Its z counts on the model
being right. Where errors are over-dispersed, 20, 18 and 22 of 100 Poisson models (6, 12, 30 people
a group) find an effect of a covariate of utterances, SNR or length, that has none; where people
are of unlike spread (relative SD 0.9 and 0.3; 12, 30 a group) 23 and 38 of 100 negative-binomial
ones find a gap between groups of equal rates (tests/explain/test_conditional.py).
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, MissingExtraError, OptionError
from biasbench.evidence.sums import FloatArray

Family = Literal["negative binomial", "poisson"]

CONDITIONAL = (
    "conditional: the ratio for one and the same person, had they been of the other group; the "
    "ratio of the two groups' rates is another quantity, and where people differ more in one "
    "group than in the other the two need not agree"
)
POISSON = (
    "a Poisson model takes a person's rows as independent of each other once the person is known: "
    "in simulation it found an effect of SNR or length in 18 to 22 of 100 studies where there was "
    "none"
)
SPREAD = (
    "at equal rates of two groups, one of which is made of people who differ more, a conditional "
    "ratio is not 1: in simulation 23 to 38 of 100 intervals left 1 out"
)

#: θ at which glmm's search for it ends. Var = μ + μ²/θ is then Poisson's for any rate of speech.
_LARGEST_THETA = 9_999.0

#: What glmm says that leaves the figures usable, and what a reader must know of it. Everything
#: else it says is a refusal.
_BEARABLE = {
    "SingularFitWarning": "a variance between people or sentences is estimated as 0",
    "IllConditionedWarning": "two covariates are nearly copies of each other: their errors are "
    "large, and together they say more than each",
    "HessianSeFallbackWarning": "the standard errors take the variances between people as known",
    "GradientSearchFallbackWarning": "the estimate was found by the second of two searches",
    "ExactProfileFallbackWarning": "the estimate was found by the second of two searches",
}


@dataclass(frozen=True)
class MixedFit:
    """A fitted mixed model; every coefficient is conditional on the person."""

    family: Family
    coefficients: FloatArray  # β, shape (p,)
    covariance: FloatArray  # shape (p, p), Wald
    sd_speaker: float  # σ, on the log scale
    sd_sentence: float | None  # τ, where sentences are crossed with people
    theta: float | None  # NB2's θ; None for Poisson, and where the counts are not over-dispersed
    log_likelihood: float
    n_rows: int
    n_speakers: int
    n_sentences: int | None
    n_left_out: int  # rows whose denominator is 0
    cautions: tuple[str, ...]

    @property
    def errors(self) -> FloatArray:
        """Standard errors of the coefficients, shape (p,)."""
        found: FloatArray = np.sqrt(np.diag(self.covariance))
        return found


def fit_mixed(
    design: npt.ArrayLike,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    speaker: npt.ArrayLike,
    *,
    sentence: npt.ArrayLike | None = None,
    family: Family = "negative binomial",
) -> MixedFit:
    """The mixed model of counts; `design` (n, p) holds the constant if there is to be one.

    Rows with denominator 0 are left out and counted. Raises InsufficientDataError where the search
    does not settle, and OptionError where the numerator does not count.

    >>> people = np.repeat(np.arange(12), 8)
    >>> counts = (people * 5 + np.arange(96) * 3) % 7 + (people >= 6)
    >>> fit = fit_mixed(np.column_stack([np.ones(96), people >= 6]), counts, np.full(96, 20),
    ...                 people, family="poisson")
    >>> fit.coefficients.round(2), fit.errors.round(2)
    (array([-1.92,  0.3 ]), array([0.08, 0.11]))
    """
    glmm = _glmm()
    if family not in get_args(Family):
        raise OptionError(f"family={family!r} is none of {', '.join(map(repr, get_args(Family)))}")
    x = np.asarray(design, dtype=float)
    e, w = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    here = w > 0
    _check_counts(e[here])
    given: dict[str, Any] = {"errors": e[here], "speaker": _labels(speaker)[here]}
    if sentence is not None:
        given["sentence"] = _labels(sentence)[here]
        _refuse_own_sentences(given["sentence"])
    columns = [f"x{number}" for number in range(x.shape[1])]
    given |= {name: x[here, number] for number, name in enumerate(columns)}
    terms = [*columns, "(1 | speaker)", *(["(1 | sentence)"] if sentence is not None else [])]
    question = (given, "errors ~ 0 + " + " + ".join(terms), np.log(w[here]))
    fitted, said = _fitted(glmm, *question, family)
    cautions = [CONDITIONAL]
    theta: float | None = None
    if family == "negative binomial":
        theta = float(fitted.dispersion)
        if theta > _LARGEST_THETA:
            # At the end of its search the negative binomial is the Poisson model, which has a
            # likelihood of its own that does not stop short of θ = ∞.
            theta = None
            fitted, said = _fitted(glmm, *question, "poisson")
            cautions.append("the counts are not over-dispersed: θ is infinite, Var = μ")
        cautions.append(SPREAD)
    else:
        cautions.append(POISSON)
    deviations = {
        name: math.sqrt(float(packed[0]))
        for (name, _), packed in zip(fitted.re_groups, fitted.varcorr, strict=True)
    }
    return MixedFit(
        family=family,
        coefficients=np.asarray(fitted.beta, dtype=float),
        covariance=np.asarray(fitted.vcov, dtype=float),
        sd_speaker=deviations["speaker"],
        sd_sentence=deviations.get("sentence"),
        theta=theta,
        log_likelihood=float(fitted.loglik),
        n_rows=int(here.sum()),
        n_speakers=len(np.unique(given["speaker"])),
        n_sentences=len(np.unique(given["sentence"])) if sentence is not None else None,
        n_left_out=int((~here).sum()),
        cautions=(*cautions, *said),
    )


def _glmm() -> ModuleType:
    try:
        import glmm
    except ImportError as error:
        raise MissingExtraError("a mixed model", "glmm", "glmm") from error
    module: ModuleType = glmm
    return module


def _labels(values: npt.ArrayLike) -> npt.NDArray[np.str_]:
    codes, _ = pd.factorize(pd.Series(np.asarray(values)), use_na_sentinel=True)
    if (codes < 0).any():
        raise OptionError(
            f"speaker or sentence is empty in {int((codes < 0).sum())} rows; leave such rows out"
        )
    return np.array([f"{code}" for code in range(int(codes.max(initial=0)) + 1)])[codes]


def _check_counts(counts: FloatArray) -> None:
    wrong = (counts < 0) | (counts != np.round(counts))
    if wrong.any():
        raise OptionError(
            f"a numerator is {counts[wrong][0]:g}; a mixed model counts whole events, such as "
            "the word errors of wer, and not values or averages"
        )


def _refuse_own_sentences(sentence: npt.NDArray[np.str_]) -> None:
    _, times = np.unique(sentence, return_counts=True)
    if times.max(initial=0) < 2:
        raise InsufficientDataError(
            "every row is a sentence of its own, so that sentences cannot be told from rows; at "
            "least some must be read by 2 people: leave sentence out"
        )


def _fitted(
    glmm: ModuleType, given: dict[str, Any], formula: str, offset: FloatArray, family: Family
) -> tuple[Any, list[str]]:
    """What glmm fitted, and what it had to say that a reader must know; refusals are raised."""
    named = "poisson" if family == "poisson" else "negativebinomial"
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        fitted = glmm.fit(given, formula, named, offset=offset, anova_test="Wald")
    said = []
    for warning in raised:
        name = warning.category.__name__
        if not issubclass(warning.category, glmm.DiagnosticWarning):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
        elif name in _BEARABLE:
            said.append(_BEARABLE[name])
        else:
            raise _unsettled(str(warning.message))
    if not fitted.converged:
        raise _unsettled("the search did not converge")
    if np.any(fitted.aliased):
        raise InsufficientDataError(
            "the columns of the design are not independent of each other; leave one out"
        )
    if not np.isfinite(fitted.se).all():
        raise _unsettled("no standard errors could be formed")
    return fitted, list(dict.fromkeys(said))


def _unsettled(why: str) -> InsufficientDataError:
    line = " ".join(why.split())
    return InsufficientDataError(
        f"the mixed model has no usable estimate here ({line}); it takes more people, or more "
        "rows each: use adjust, which needs no such model"
    )
