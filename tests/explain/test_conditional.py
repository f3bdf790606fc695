"""Mixed models are those of lme4 and glmmTMB, and what is wrong with them is said or refused.

truth.json: glmer(errors ~ offset(log(words)) + group + (1 | speaker), poisson) and
glmmTMB(..., family = nbinom2()), R 4.2.2, lme4 1.1-31, glmmTMB 1.1.5. crossed.json and
artie_poisson.json: the R scripts of the same name in tests/explain/reference.
"""

import json
import sys
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import (
    InsufficientDataError,
    MissingExtraError,
    NotFoundError,
    OptionError,
)
from biasbench.explain.adjustment.conditional import conditional_ratio
from biasbench.explain.adjustment.contrast import contrast
from biasbench.explain.adjustment.gee import fit_poisson_gee
from biasbench.explain.adjustment.mixed import CONDITIONAL, POISSON, MixedFit, fit_mixed
from tests.evidence.tables import measures_table, scores_table
from tests.others.published import Published

REFERENCE = Path(__file__).parent / "reference"
COEFFICIENT = 1e-3  # in standard errors
ERROR = 5e-3  # relative
#: How much higher the likelihood must be for the other program to have stopped short of it.
SHORT = 2e-3

QUICK = [("artie", "accent", "amazon-en-GB"), ("edacc", "accent", "canary-qwen-2.5b")]


def check(fit: MixedFit, coefficients: list[float], errors: list[float]) -> None:
    assert (fit.coefficients - coefficients) / errors == pytest.approx(0, abs=COEFFICIENT)
    assert fit.errors == pytest.approx(errors, rel=ERROR)


def fit_published(corpus: Published, by: str, system: str, family: str) -> tuple[MixedFit, dict]:
    known = corpus.truth["glmm"][system][by]
    key = "glmer_poisson" if family == "poisson" else "glmmTMB_nbinom2"
    levels = [name.removeprefix(by) for name in known[key]["coef"] if name != "(Intercept)"]
    table = corpus.measures(by)
    table = table[(table["metric"] == "wer") & (table["system"] == system)]
    x = np.column_stack([np.ones(len(table)), *(table[by] == level for level in levels)])
    fit = fit_mixed(
        x.astype(float),
        table["numerator"],
        table["denominator"],
        table["speaker_id"],
        family=family,
    )
    assert fit.n_rows == known["n"]
    return fit, known[key]


def check_published(corpus: Published, by: str, system: str) -> bool:
    """Both families; True where lme4 stopped short, and glmmTMB's Poisson model was asked."""
    fit, known = fit_published(corpus, by, system, "negative binomial")
    check(fit, *figures(known))
    assert fit.sd_speaker == pytest.approx(known["re_sd"], rel=1e-3)
    fit, known = fit_published(corpus, by, system, "poisson")
    if fit.log_likelihood < known["logLik"] + SHORT:
        check(fit, *figures(known))
        assert fit.sd_speaker == pytest.approx(known["re_sd"], rel=1e-3)
        return False
    asked = json.loads((REFERENCE / "artie_poisson.json").read_text(encoding="utf-8"))["fits"]
    other = next(f for f in asked if (f["system"], f["by"]) == (system, by))
    check(fit, other["coefficients"], other["errors"])
    assert fit.log_likelihood == pytest.approx(other["log_likelihood"], abs=1e-4)
    return True


def figures(known: dict) -> tuple[list[float], list[float]]:
    rows = known["coef"].values()
    return [row["beta"] for row in rows], [row["se"] for row in rows]


@pytest.mark.parametrize(("name", "by", "system"), QUICK)
def test_a_published_model_is_that_of_lme4_and_glmmtmb(published, name, by, system):
    assert not check_published(published(name), by, system)


@pytest.mark.slow
def test_every_published_model_is_that_of_lme4_or_glmmtmb(published):
    """48 of 48; on 6 Poisson models lme4 stopped short, by its likelihood, and glmmTMB did not."""
    n_checked, short = 0, []
    for name in ("artie", "edacc"):
        corpus = published(name)
        for system, groupings in corpus.truth["glmm"].items():
            if system == "versions":
                continue
            for by in groupings:
                if by in ("gender", "accent"):
                    n_checked += 2
                    if check_published(corpus, by, system):
                        short.append((system, by))
    assert n_checked == 2 * (9 * 2 + 6)
    assert sorted(short) == [
        ("deepspeech-0.5.1", "accent"),
        ("deepspeech-0.5.1", "gender"),
        ("deepspeech-0.6.0", "gender"),
        ("deepspeech-0.7.3", "gender"),
        ("google-en-IN", "accent"),
        ("google-en-IN", "gender"),
    ]


@pytest.mark.parametrize("model", ["nb_crossed", "nb_speaker", "poisson_crossed"])
def test_people_crossed_with_sentences_are_those_of_glmmtmb(model):
    known = json.loads((REFERENCE / "crossed.json").read_text(encoding="utf-8"))[model]
    read = pd.read_csv(REFERENCE / "crossed.csv")
    x = np.column_stack([np.ones(len(read)), read["group"], read["noise"]])
    fit = fit_mixed(
        x,
        read["errors"],
        read["words"],
        read["speaker"],
        sentence=read["sentence"] if model.endswith("crossed") else None,
        family="poisson" if model.startswith("poisson") else "negative binomial",
    )
    check(fit, known["coefficients"], known["errors"])
    spreads = [fit.sd_speaker] + ([fit.sd_sentence] if fit.sd_sentence is not None else [])
    assert spreads == pytest.approx(np.atleast_1d(known["sd"]).tolist(), rel=1e-3)
    assert fit.log_likelihood == pytest.approx(known["log_likelihood"], abs=1e-4)
    if known["theta"] is not None:
        assert fit.theta == pytest.approx(known["theta"], rel=1e-3)
    assert (fit.n_speakers, fit.n_rows) == (56, 962)


def test_counts_that_are_not_over_dispersed_are_poisson_and_said_to_be():
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(40), 20)
    own = 2 * rng.gamma(9, 1 / 9, 40)
    counts = np.tile(np.array([0, 1, 2, 3, 4]), 160) * 0 + np.round(own[person])
    x = np.column_stack([np.ones(800), person < 20])
    fit = fit_mixed(x, counts, np.full(800, 10.0), person)
    plain = fit_mixed(x, counts, np.full(800, 10.0), person, family="poisson")
    assert fit.theta is None
    assert "the counts are not over-dispersed: θ is infinite, Var = μ" in fit.cautions
    assert fit.coefficients == pytest.approx(plain.coefficients)


def test_every_fit_says_that_it_is_conditional_and_a_poisson_one_what_it_invents():
    person = np.repeat(np.arange(12), 8)
    counts = (person * 5 + np.arange(96) * 3) % 7
    x = np.column_stack([np.ones(96), person >= 6])
    assert fit_mixed(x, counts, np.full(96, 20), person).cautions[0] == CONDITIONAL
    assert POISSON in fit_mixed(x, counts, np.full(96, 20), person, family="poisson").cautions


def test_the_verb_gives_the_group_as_a_ratio_with_a_normal_interval():
    table = measures_table({"uk": (14, 0.3), "us": (14, 0.15)}, spread=0.4)
    found = conditional_ratio(table, by="accent", group="uk", against="us")
    other = conditional_ratio(table, by="accent", group="us", against="uk")
    assert found.ratio == pytest.approx(1 / other.ratio, rel=1e-4)
    assert found.low == pytest.approx(1 / other.high, rel=1e-3)
    assert found.p == pytest.approx(other.p, rel=1e-2)
    assert np.log(found.high / found.ratio) == pytest.approx(1.959964 * found.fit.errors[1])
    assert found.z == pytest.approx(np.log(found.ratio) / found.fit.errors[1])
    assert found.z > 0
    assert found.cautions[0] == CONDITIONAL


# ── What cannot be fitted is refused ───────────────────────────────────────────────────────────


def test_values_that_are_not_counts_are_refused():
    person = np.repeat(np.arange(12), 4)
    with pytest.raises(OptionError, match=r"a numerator is 0\.5; a mixed model counts whole"):
        fit_mixed(np.ones((48, 1)), np.full(48, 0.5), np.ones(48), person)
    calm = scores_table({"uk": np.arange(12.0).tolist(), "us": np.arange(12.0).tolist()})
    with pytest.raises(OptionError, match="is a mean; mixed models here count events"):
        conditional_ratio(calm, by="accent", group="uk")


def test_sentences_that_nobody_else_read_are_refused():
    table = measures_table({"uk": (8, 0.3), "us": (8, 0.2)})
    table = table.assign(sentence=table["unit_id"])
    with pytest.raises(InsufficientDataError, match="every row is a sentence of its own"):
        conditional_ratio(table, by="accent", group="uk", sentence="sentence")
    with pytest.raises(NotFoundError, match="Did you mean 'sentence'"):
        conditional_ratio(table, by="accent", group="uk", sentence="sentense")


def test_a_family_that_is_none_is_refused():
    with pytest.raises(OptionError, match="'negative binomial', 'poisson'"):
        fit_mixed(np.ones((8, 1)), np.ones(8), np.ones(8), np.arange(8), family="binomial")


def test_few_people_are_refused():
    table = measures_table({"uk": (5, 0.3), "us": (9, 0.2)})
    with pytest.raises(InsufficientDataError, match="5 people in 'uk'; at least 6 on each side"):
        conditional_ratio(table, by="accent", group="uk")


class Unsettled:
    converged, aliased, se = False, np.zeros(2, dtype=bool), np.ones(2)


def glmm_saying(monkeypatch, category: str | None, message: str) -> None:
    """A package glmm whose search ends as told."""
    real = pytest.importorskip("glmm")

    def fit(*given: object, **options: object) -> Unsettled:
        if category is not None:
            warnings.warn(message, getattr(real, category), stacklevel=1)
        return Unsettled()

    stand_in = ModuleType("glmm")
    stand_in.fit = fit
    stand_in.DiagnosticWarning = real.DiagnosticWarning
    monkeypatch.setitem(sys.modules, "glmm", stand_in)


@pytest.mark.parametrize(
    ("category", "message"),
    [
        ("SearchLimitWarning", "the search used its budget"),
        ("SeUnavailableWarning", "no covariance"),
        ("VarianceAtLimitWarning", "variance at its limit"),
        ("DiagnosticWarning", "a kind that is not known yet"),
        (None, "the search did not converge"),
    ],
)
def test_a_search_that_did_not_settle_is_a_refusal_and_never_a_figure(
    monkeypatch, category, message
):
    glmm_saying(monkeypatch, category, message)
    with pytest.raises(InsufficientDataError, match=rf"no usable estimate here \({message}\)"):
        fit_mixed(np.ones((8, 1)), np.ones(8), np.ones(8), np.arange(8))


def test_the_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "glmm", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'biasbench\[glmm\]'"):
        fit_mixed(np.ones((8, 1)), np.ones(8), np.ones(8), np.arange(8))


# ── Negative control: Poisson models invent effects of utterances ──────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("people", [6, 12, 30])
def test_a_poisson_model_invents_effects_of_snr_and_gee_does_not(people):
    """SNR differs between utterances and does nothing; errors are over-dispersed."""
    rng = np.random.default_rng([20240607, people])
    n_studies, by_gee, by_poisson = 400, 0, 0
    for _ in range(n_studies):
        person = np.repeat(np.arange(2 * people), rng.integers(10, 71, 2 * people))
        n = len(person)
        words, snr = rng.integers(1, 25, n).astype(float), rng.normal(size=n)
        own = 0.12 * rng.gamma(1 / 0.4**2, 0.4**2, 2 * people)
        errors = rng.poisson(own[person] * rng.gamma(1 / 0.8**2, 0.8**2, n) * words)
        x = np.column_stack([np.ones(n), person < people, snr])
        fit = fit_poisson_gee(x, errors, words, person)
        side = np.arange(2 * people) < people
        by_gee += contrast(fit, [0, 0, 1], side=side).p < 0.05
        mixed = fit_mixed(x, errors, words, person, family="poisson")
        by_poisson += abs(mixed.coefficients[2] / mixed.errors[2]) > 1.959964
    two_errors = 200 * np.sqrt(0.05 * 0.95 / n_studies)
    assert 100 * by_gee / n_studies <= 6 + two_errors
    assert 100 * by_poisson / n_studies > 13


@pytest.mark.slow
@pytest.mark.parametrize(("people", "at_least"), [(12, 15), (30, 28)])
def test_people_of_unlike_spread_make_a_conditional_gap_where_the_rates_are_equal(people, at_least):
    """An estimand shift: it grows with the number of people, as no error of chance does."""
    rng = np.random.default_rng([11, people])
    n_studies, by_gee, by_mixed = 300, 0, 0
    side = np.repeat([1, 0], people)
    spread = np.where(side == 1, 0.9, 0.3)
    for _ in range(n_studies):
        person = np.repeat(np.arange(2 * people), rng.integers(10, 71, 2 * people))
        n = len(person)
        words = rng.integers(1, 25, n).astype(float)
        own = 0.12 * rng.gamma(1 / spread**2, spread**2)
        errors = rng.poisson(own[person] * rng.gamma(1 / 0.8**2, 0.8**2, n) * words)
        x = np.column_stack([np.ones(n), side[person]])
        fit = fit_poisson_gee(x, errors, words, person)
        by_gee += contrast(fit, [0, 1], side=side).p < 0.05
        mixed = fit_mixed(x, errors, words, person)
        by_mixed += abs(mixed.coefficients[1] / mixed.errors[1]) > 1.959964
    # 92 % coverage is what is asked of the default under such stress.
    assert 100 * by_gee / n_studies <= 8 + 200 * np.sqrt(0.08 * 0.92 / n_studies)
    assert 100 * by_mixed / n_studies > at_least
