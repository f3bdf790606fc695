"""Which models of others raise alarms, and of what kind, where nothing differs."""

import pytest

from benchmarks.calibration import agreement, models
from benchmarks.calibration.counts import ALARMS, ALARMS_COVARIATE, monte_carlo_error
from benchmarks.calibration.published import is_inside
from benchmarks.calibration.scenarios import NULL, STRESS
from tests.calibration.test_coverage import QUICK, SEED, by_title, check_as_published


@by_title(NULL)
def test_gee_without_correction_alarms_too_often_and_bias_reduced_does_not(scenario):
    robust, reduced = models.count_gee(scenario, QUICK, SEED)
    check_as_published(robust)
    check_as_published(reduced)
    assert reduced.value < robust.value


def test_gee_in_closed_form_that_left_statsmodels_would_stop_the_run(monkeypatch):
    monkeypatch.setattr(models, "variance_cr0", lambda sums: 1.0)
    with pytest.raises(RuntimeError, match="closed form and GEE are .* apart"):
        models.count_gee(NULL[0], 1, SEED)


@by_title(NULL[:2])
def test_a_poisson_mixed_model_finds_a_covariate_that_has_no_effect(scenario):
    """It knows of no spread between utterances; one in four studies finds noise in them."""
    rows = {row.figure: row for row in models.count_glmm("poisson", scenario, QUICK, SEED)}
    check_as_published(rows[ALARMS])
    check_as_published(rows[ALARMS_COVARIATE])
    assert rows[ALARMS_COVARIATE].value > 15


def test_a_negative_binomial_model_answers_another_question_under_stress():
    """No invented covariate; but its ratio is conditional, and equal means are not equal to it."""
    rows = {
        row.figure: row for row in models.count_glmm("negativebinomial", STRESS[0], QUICK, SEED)
    }
    assert rows[ALARMS_COVARIATE].value == pytest.approx(5, abs=3 * monte_carlo_error(5, QUICK))
    assert rows[ALARMS].value > 10
    check_as_published(rows[ALARMS])


def test_standard_errors_and_mixed_models_agree_with_other_software():
    rows = agreement.against_gee(2, SEED) + agreement.against_r(1, SEED)
    assert len(rows) == 5
    for row in rows:
        assert is_inside(row), row


def test_one_seed_gives_one_answer():
    (row,) = agreement.against_itself(3, SEED)
    assert (row.value, row.n_studies) == (0, 18)
