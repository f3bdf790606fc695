"""A plan says how recordings were degraded, or in one line what is wrong with what it says."""

from biasbench.plans.reading import read_plan
from tests.plans.test_reading import LEAST, written, wrong

NOISE = """[[degradation]]
column = "snr"
unit = "dB"
worst = "lowest"
what = "babble noise"
"""


def test_degradations_are_read_and_their_columns_kept(tmp_path):
    lost = '[[degradation]]\ncolumn = "loss"\nunit = "%"\nworst = "highest"\nwhat = "lost"\n'
    plan = read_plan(written(tmp_path, LEAST + NOISE + lost))
    assert [(one.column, one.unit, one.worst) for one in plan.degradations] == [
        ("snr", "dB", "lowest"),
        ("loss", "%", "highest"),
    ]
    assert {"snr", "loss"} <= set(plan.columns)
    assert read_plan(written(tmp_path, LEAST)).degradations == ()


def test_which_end_is_worst_is_never_guessed(tmp_path):
    message = wrong(tmp_path, LEAST + NOISE.replace('worst = "lowest"\n', ""))
    assert "worst" in message
    assert "worst" in wrong(tmp_path, LEAST + NOISE.replace("lowest", "low"))


def test_one_column_is_one_degradation(tmp_path):
    assert "column 'snr' stands there twice" in wrong(tmp_path, LEAST + NOISE + NOISE)


def test_a_degradation_without_words_for_the_report_is_none(tmp_path):
    assert "what" in wrong(tmp_path, LEAST + NOISE.replace('what = "babble noise"\n', ""))
    assert "decibel" in wrong(tmp_path, LEAST + NOISE + 'decibel = "x"\n')
