"""Rows without a value are a rate of their own, by group."""

import numpy as np
import pytest

from biasbench.evidence import assess
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums
from tests.evidence.tables import measures_table


def test_the_share_without_a_value_is_compared_as_any_rate():
    table = measures_table({"a": (12, 0.1), "b": (12, 0.1)})
    lost = (table["accent"] == "a") & (np.arange(len(table)) % 7 == 0)
    table.loc[lost, ["numerator", "denominator"]] = np.nan
    missing = assess(table, by="accent").missing.set_index("group")
    here = table["accent"] == "a"
    one = speaker_sums(table["speaker_id"][here], lost[here], np.ones(here.sum()))
    other = speaker_sums(table["speaker_id"][~here], lost[~here], np.ones((~here).sum()))
    expected = cr3.compare(one, other)
    assert missing.loc["a", "value"] == pytest.approx(expected.value)
    assert missing.loc["a", "difference_low"] == pytest.approx(expected.difference_low)
    assert missing.loc["a", "n_missing"] == lost.sum()
    assert missing.loc["b", "difference_high"] == pytest.approx(-expected.difference_low)


def test_nothing_missing_makes_no_row():
    assert assess(measures_table({"a": (12, 0.1), "b": (12, 0.1)}), by="accent").missing.empty
