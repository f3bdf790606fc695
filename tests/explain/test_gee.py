"""GEE with a bias-reduced covariance: that of statsmodels, of clubSandwich, of the jackknife.

GEE(errors, design, groups=speaker, family=Poisson(), offset=log(words)).fit(
    cov_type="bias_reduced")                                         statsmodels
Rscript crossed.R > crossed.json                                     tests/explain/reference
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.estimate import rate, variance_cr3
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums
from biasbench.explain.adjustment.contrast import contrast, welch_dof
from biasbench.explain.adjustment.gee import GeeFit, fit_linear_gee, fit_poisson_gee
from biasbench.explain.adjustment.working import moments, satterthwaite_dof, working_covariance

REFERENCE = Path(__file__).parent / "reference"
SAME = 1e-10  # relative; statsmodels iterates to its answer, so its own stop is set below that
#: R's glm stops at a deviance that no longer changes, not at a score of 0: the covariance, which
#: is made of residuals, keeps that as a relative error.
SAME_AS_R = 1e-7


def rows(seed: int, *, speakers: tuple[int, int] = (8, 12)) -> pd.DataFrame:
    """Counts of uneven people of two groups, with a number and three levels beside."""
    rng = np.random.default_rng(seed)
    n = sum(speakers)
    person = np.repeat(np.arange(n), rng.integers(2, 15, n))
    group = (person < speakers[0]).astype(float)
    made = pd.DataFrame({"speaker": person, "group": group})
    made["number"] = rng.normal(size=len(person)) + group
    made["level"] = rng.integers(0, 3, len(person))
    made["words"] = rng.integers(1, 25, len(person)).astype(float)
    own = 0.15 * rng.gamma(4, 1 / 4, n)[person] * np.exp(0.3 * made["number"])
    made["errors"] = rng.poisson(own * made["words"]).astype(float)
    return made


def design(made: pd.DataFrame) -> np.ndarray:
    levels = [made["level"] == 1, made["level"] == 2]
    return np.column_stack([np.ones(len(made)), made["group"], made["number"], *levels]).astype(
        float
    )


def statsmodels_gee(x: np.ndarray, errors, words, speaker) -> tuple[np.ndarray, np.ndarray]:
    model = sm.GEE(
        np.asarray(errors, dtype=float),
        x,
        groups=np.asarray(speaker),
        family=sm.families.Poisson(),
        cov_struct=sm.cov_struct.Independence(),
        offset=np.log(np.asarray(words, dtype=float)),
    )
    fitted = model.fit(cov_type="bias_reduced", ctol=1e-10, maxiter=200)
    return np.asarray(fitted.params), np.asarray(fitted.cov_params())


def check_same(fit: GeeFit, coefficients: np.ndarray, covariance: np.ndarray, same: float) -> None:
    assert fit.coefficients == pytest.approx(coefficients, rel=same)
    scale = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert fit.covariance / scale == pytest.approx(covariance / scale, abs=same)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("speakers", [(6, 6), (12, 30), (40, 5)])
def test_covariates_have_the_bias_reduced_covariance_of_statsmodels(seed, speakers):
    made = rows(seed, speakers=speakers)
    fit = fit_poisson_gee(design(made), made["errors"], made["words"], made["speaker"])
    expected = statsmodels_gee(design(made), made["errors"], made["words"], made["speaker"])
    check_same(fit, *expected, SAME)


@pytest.mark.parametrize("seed", range(4))
def test_means_have_the_bias_reduced_covariance_of_statsmodels(seed):
    made = rows(seed)
    fit = fit_linear_gee(design(made), made["errors"], np.ones(len(made)), made["speaker"])
    model = sm.GEE(
        made["errors"].to_numpy(),
        design(made),
        groups=made["speaker"].to_numpy(),
        cov_struct=sm.cov_struct.Independence(),
    )
    fitted = model.fit(cov_type="bias_reduced", ctol=1e-10, maxiter=200)
    check_same(fit, np.asarray(fitted.params), np.asarray(fitted.cov_params()), SAME)


@pytest.mark.parametrize(
    "systems", [1, pytest.param(9, marks=pytest.mark.slow)], ids=["one system", "every system"]
)
def test_artie_and_edacc_have_the_bias_reduced_covariance_given_length_and_gender(
    published, systems
):
    """Two accents each, given words per utterance and, where known, gender."""
    n_checked = 0
    for name, pair in (
        ("artie", ("indian", "us")),
        ("edacc", ("Mainstream US English", "Vietnamese")),
    ):
        corpus = published(name)
        table = corpus.measures("accent")
        table = table[(table["metric"] == "wer") & (table["denominator"] > 0)]
        table = table[table["accent"].isin(pair)]
        columns = [table["accent"] == pair[0], np.log(table["denominator"])]
        if "gender" in corpus.utterances:
            gender = corpus.utterances.set_index("utterance_id")["gender"]
            columns.append(table["unit_id"].map(gender) == "female")
        x = np.column_stack([np.ones(len(table)), *columns]).astype(float)
        parts = table.assign(at=np.arange(len(table))).groupby("system")
        for _, part in list(parts)[:systems]:
            given = (x[part["at"]], part["numerator"], part["denominator"], part["speaker_id"])
            check_same(fit_poisson_gee(*given), *statsmodels_gee(*given), SAME)
            n_checked += 1
    assert n_checked == min(systems, 9) + min(systems, 7)


def few_people() -> tuple[np.ndarray, pd.DataFrame, dict]:
    made = pd.read_csv(REFERENCE / "crossed.csv")
    chosen = [f"p{number:02}" for number in [*range(7), *range(28, 37)]]
    made = made[made["speaker"].isin(chosen)].reset_index(drop=True)
    x = np.column_stack([np.ones(len(made)), made["group"], made["noise"]]).astype(float)
    return x, made, json.loads((REFERENCE / "crossed.json").read_text(encoding="utf-8"))


def test_clubsandwich_gives_the_same_cr3_and_the_same_degrees_of_freedom():
    x, made, reference = few_people()
    fit = fit_poisson_gee(x, made["errors"], made["words"], made["speaker"])
    known = reference["cr3_poisson"]
    check_same(fit, np.array(known["coefficients"]), np.array(known["covariance"]), SAME_AS_R)
    # clubSandwich's working model of a glm is the model itself: no over-dispersion.
    dof = [satterthwaite_dof(fit, c, fit.speakers.information) for c in np.eye(3)]
    assert dof == pytest.approx(known["dof"], rel=SAME_AS_R)


def test_clubsandwich_gives_the_same_cr3_for_weighted_means():
    x, made, reference = few_people()
    fit = fit_linear_gee(x, made["errors"], made["words"], made["speaker"])
    known = reference["cr3_weighted_means"]
    check_same(fit, np.array(known["coefficients"]), np.array(known["covariance"]), SAME)
    # Its working model of an lm is equal variances of the values, and so w² of the sums.
    weighted = x * made["words"].to_numpy()[:, None]
    alike = np.stack([weighted[at].T @ weighted[at] for at in speakers_of(made)])
    dof = [satterthwaite_dof(fit, c, alike) for c in np.eye(3)]
    assert dof == pytest.approx(known["dof"], rel=SAME)


def speakers_of(made: pd.DataFrame) -> list[np.ndarray]:
    return [np.flatnonzero(made["speaker"] == name) for name in pd.unique(made["speaker"])]


@pytest.mark.parametrize("seed", range(3))
def test_a_mean_has_the_variance_of_leaving_out_one_speaker_at_a_time(seed):
    made = rows(seed)
    x, e, w = design(made), made["errors"].to_numpy(), made["words"].to_numpy()

    def least_squares(keep: np.ndarray) -> np.ndarray:
        root = np.sqrt(w[keep])
        return np.linalg.lstsq(x[keep] * root[:, None], e[keep] / root, rcond=None)[0]

    everybody = least_squares(np.ones(len(made), dtype=bool))
    people = made["speaker"].unique()
    moved = np.array([everybody - least_squares((made["speaker"] != p).to_numpy()) for p in people])
    fit = fit_linear_gee(x, e, w, made["speaker"])
    assert fit.influence == pytest.approx(moved, rel=1e-8, abs=1e-12)
    check_same(fit, everybody, moved.T @ moved, 1e-9)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["rate", "mean"])
def test_a_group_and_nothing_else_is_the_default_comparison(seed, kind):
    made = rows(seed)
    x = np.column_stack([np.ones(len(made)), made["group"]])
    sides = [
        speaker_sums(part["speaker"], part["errors"], part["words"], kind=kind)
        for part in (made[made["group"] == 1], made[made["group"] == 0])
    ]
    expected = cr3.compare(*sides)
    fit_gee = fit_poisson_gee if kind == "rate" else fit_linear_gee
    fit = fit_gee(x, made["errors"], made["words"], made["speaker"])
    side = made.groupby("speaker")["group"].first().to_numpy()
    found = contrast(fit, [0, 1], side=side)
    assert found.dof == pytest.approx(expected.dof, rel=SAME)
    assert found.t == pytest.approx(expected.t, rel=SAME)
    assert found.p == pytest.approx(expected.p, rel=1e-8)
    ends = np.array([found.low, found.high])
    if kind == "rate":
        assert np.exp(ends) == pytest.approx([expected.ratio_low, expected.ratio_high], rel=SAME)
    else:
        assert ends == pytest.approx([expected.difference_low, expected.difference_high], rel=SAME)


def test_a_constant_alone_is_the_rate_of_a_group():
    made = rows(5)
    fit = fit_poisson_gee(np.ones((len(made), 1)), made["errors"], made["words"], made["speaker"])
    sums = speaker_sums(made["speaker"], made["errors"], made["words"])
    value = rate(sums.numerator, sums.denominator)
    assert np.exp(fit.coefficients[0]) == pytest.approx(value, rel=SAME)
    variance = variance_cr3(sums.numerator, sums.denominator) / value**2
    assert fit.covariance[0, 0] == pytest.approx(variance, rel=SAME)


def test_the_degrees_of_freedom_are_those_of_the_whole_covariance_between_people():
    made = rows(1)
    fit = fit_poisson_gee(design(made), made["errors"], made["words"], made["speaker"])
    side = made.groupby("speaker")["group"].first().to_numpy()
    working = working_covariance(fit, side)
    c = np.array([0.3, 1.0, -0.2, 0.0, 0.5])
    information, n = fit.speakers.information, fit.n_speakers
    total = information.sum(axis=0)
    a = [np.linalg.inv(total - information[i]) @ c for i in range(n)]
    b = [np.linalg.inv(total) @ information[i] @ a[i] for i in range(n)]
    omega = np.array(
        [
            [
                (i == j) * (a[i] @ working[i] @ a[i])
                - a[i] @ working[i] @ b[j]
                - b[i] @ working[j] @ a[j]
                + b[i] @ working.sum(axis=0) @ b[j]
                for j in range(n)
            ]
            for i in range(n)
        ]
    )
    expected = np.trace(omega) ** 2 / (omega**2).sum()
    assert satterthwaite_dof(fit, c, working) == pytest.approx(expected, rel=1e-9)


def test_people_alike_have_welchs_degrees_of_freedom_under_the_working_model_too():
    """12 people a side of equal weight, one group as spread out as the other."""
    person = np.repeat(np.arange(24), 10)
    x = np.column_stack([np.ones(240), person < 12])
    errors = np.tile([1, 2, 0, 3, 1, 1, 2, 0, 1, 1], 24) + np.tile([0, 2], 12)[person]
    fit = fit_poisson_gee(x, errors, np.full(240, 10.0), person)
    side = np.repeat([1, 0], 12)
    dof = satterthwaite_dof(fit, [0, 1], working_covariance(fit, side))
    assert dof == pytest.approx(22, rel=1e-6)
    assert welch_dof(fit.influence @ [0, 1], side) == pytest.approx(22, rel=1e-6)


def test_over_dispersion_and_likeness_within_people_are_found_by_their_moments():
    """Var e = φ m + τ² m² and Cov = τ² m m', φ = 2.5 and τ² = 0.16 for 4,000 simulated people."""
    rng = np.random.default_rng(2)
    m = np.full((4000, 12), 3.0)
    own = rng.gamma(1 / 0.16, 0.16, (4000, 1))
    excess = 1.5 / (3.0 * 1.16)  # NB within: m + (1 + τ²) m² excess = 2.5 m on average
    spread = rng.gamma(1 / excess, excess, m.shape)
    residual = rng.poisson(m * own * spread) - m
    found = moments(
        residual.sum(axis=1), (residual**2).sum(axis=1), m.sum(axis=1), (m**2).sum(axis=1)
    )
    assert found == pytest.approx((2.5, 0.16), rel=0.05)


def test_each_side_is_over_dispersed_in_its_own_way():
    made = rows(2)
    made.loc[made["group"] == 1, "errors"] *= 3
    fit = fit_poisson_gee(design(made), made["errors"], made["words"], made["speaker"])
    side = made.groupby("speaker")["group"].first().to_numpy()
    found, pieces = working_covariance(fit, side), fit.speakers
    dispersions = []
    for here in (side == 1, side == 0):
        phi, tau2 = moments(
            pieces.residual[here],
            pieces.residual_squares[here],
            pieces.weight[here],
            pieces.weight_squares[here],
        )
        dispersions.append(phi)
        for i in np.flatnonzero(here):
            g = pieces.exposure[i]
            expected = phi * pieces.information[i] + tau2 * np.outer(g, g)
            assert found[i] == pytest.approx(expected, rel=1e-12)
    assert dispersions[0] > 1.5 * dispersions[1]


def test_rows_without_a_denominator_are_left_out_and_counted():
    made = rows(3)
    x = design(made)
    silent = pd.concat([made, made[:7].assign(words=0.0)], ignore_index=True)
    fit = fit_poisson_gee(design(silent), silent["errors"], silent["words"], silent["speaker"])
    plain = fit_poisson_gee(x, made["errors"], made["words"], made["speaker"])
    assert (fit.n_left_out, plain.n_left_out) == (7, 0)
    assert fit.covariance == pytest.approx(plain.covariance, rel=1e-12)


def test_the_unit_of_a_column_changes_its_coefficient_and_no_other():
    made = rows(4)
    x = design(made)
    hertz = x * [1, 1, 1e6, 1, 1]
    one = fit_poisson_gee(x, made["errors"], made["words"], made["speaker"])
    other = fit_poisson_gee(hertz, made["errors"], made["words"], made["speaker"])
    assert other.coefficients * [1, 1, 1e6, 1, 1] == pytest.approx(one.coefficients, rel=1e-9)
    assert other.covariance[1, 1] == pytest.approx(one.covariance[1, 1], rel=1e-9)


def test_a_person_with_fifty_thousand_rows_needs_no_matrix_of_rows():
    rng = np.random.default_rng(6)
    person = np.repeat(np.arange(8), 50_000)
    x = np.column_stack([np.ones(400_000), person < 4, rng.normal(size=400_000)])
    errors = rng.poisson(2 * rng.gamma(4, 1 / 4, 8)[person])
    fit = fit_poisson_gee(x, errors, np.full(400_000, 10.0), person)
    assert fit.n_speakers == 8
    assert fit.covariance[2, 2] < fit.covariance[1, 1]


def test_a_far_start_still_settles():
    """Rates that differ by e^12 between two halves of the rows."""
    person = np.repeat(np.arange(12), 4)
    high = np.tile([0.0, 1.0, 0.0, 1.0], 12)
    errors = np.where(high == 1, 200_000.0, 1.0) + person
    fit = fit_poisson_gee(np.column_stack([np.ones(48), high]), errors, np.ones(48), person)
    expected = np.log(errors[high == 1].sum() / errors[high == 0].sum())
    assert fit.coefficients[1] == pytest.approx(expected, rel=1e-12)


def test_one_person_alone_at_a_level_is_refused():
    made = rows(1)
    x = np.column_stack([np.ones(len(made)), made["speaker"] == 3]).astype(float)
    with pytest.raises(InsufficientDataError, match="one speaker alone carries a coefficient"):
        fit_poisson_gee(x, made["errors"], made["words"], made["speaker"])


def test_columns_that_repeat_each_other_are_refused():
    made = rows(1)
    x = np.column_stack([np.ones(len(made)), made["group"], 1 - made["group"]])
    for fit_gee in (fit_poisson_gee, fit_linear_gee):
        with pytest.raises(InsufficientDataError, match="not independent of each other"):
            fit_gee(x, made["errors"], made["words"], made["speaker"])


def test_a_level_without_events_is_refused_rather_than_minus_infinity():
    made = rows(1)
    made.loc[made["level"] == 1, "errors"] = 0.0
    with pytest.raises(InsufficientDataError, match="has no events"):
        fit_poisson_gee(design(made), made["errors"], made["words"], made["speaker"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"errors": 0.0}, "no event in any row"),
        ({"words": 0.0}, "no row has a denominator above 0"),
    ],
)
def test_rows_that_say_nothing_are_refused(change, words):
    made = rows(1).assign(**change)
    with pytest.raises(InsufficientDataError, match=words):
        fit_poisson_gee(design(made), made["errors"], made["words"], made["speaker"])


def test_wrong_arguments_are_named():
    made = rows(1)
    with pytest.raises(OptionError, match=r"design is \(\d+, 5\).*speaker \(3,\)"):
        fit_poisson_gee(design(made), made["errors"], made["words"], [1, 2, 3])
    with pytest.raises(OptionError, match="must be finite"):
        fit_poisson_gee(design(made) * np.nan, made["errors"], made["words"], made["speaker"])
    with pytest.raises(OptionError, match="below 0"):
        fit_poisson_gee(design(made), -made["errors"], made["words"], made["speaker"])
    fit = fit_poisson_gee(design(made), made["errors"], made["words"], made["speaker"])
    with pytest.raises(OptionError, match="a contrast has 5 numbers here, not 2"):
        contrast(fit, [0, 1])
    with pytest.raises(OptionError, match="a side has one speaker"):
        contrast(fit, np.eye(5)[1], side=np.arange(20) == 0)
    with pytest.raises(OptionError, match="the fit has 20 speakers"):
        contrast(fit, np.eye(5)[1], side=[0, 1])
