"""The same recordings made worse: how far each side falls, and whose further."""

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.evidence.degradation import degradation, degrees_of
from biasbench.evidence.estimate import estimate
from biasbench.evidence.methods import cr3
from biasbench.evidence.rows import rows_of
from biasbench.evidence.sums import speaker_sums
from biasbench.evidence.swaps.change import change_in_gap
from biasbench.evidence.swaps.pairing import Heard

ASKED = {"by": "accent", "group": "b", "degree": "snr", "worst": "lowest"}
STEPS = (None, 20.0, 10.0, 5.0)


def heard(*, n=14, extra=0.03, seed=1, steps=STEPS, sd=0.02) -> pd.DataFrame:
    """Each step costs everybody 2 points, and those of b `extra` more; people differ in both."""
    rng = np.random.default_rng(seed)
    rows = []
    for accent in "ab":
        for person in range(n):
            own, fall = rng.normal(0.2, 0.05), rng.normal(0.02, sd / 2)
            words = int(rng.integers(150, 400))
            for step, snr in enumerate(steps):
                rate = own + step * (fall + extra * (accent == "b"))
                errors = rng.normal(rate * words, 0.01 * words)
                rows.append((f"{accent}{person}", accent, snr, errors, words))
    names = ["speaker_id", "accent", "snr", "numerator", "denominator"]
    table = pd.DataFrame(rows, columns=names).astype({"numerator": float, "denominator": float})
    table["numerator"] = table["numerator"].clip(lower=0)
    return table.assign(system="asr:own", metric="wer", unit_id=range(len(table)))


def test_each_level_is_what_the_engine_gives_on_that_level_alone():
    table = heard()
    for one in degradation(table, **ASKED).levels:
        here = table["snr"].isna() if one.degree is None else table["snr"] == one.degree
        sides = rows_of(table[here], by="accent", group="b").sides()
        assert one.comparison == cr3.compare(*sides)
        assert (one.value, one.against_value) == tuple(map(estimate, sides))


def test_levels_go_from_untouched_to_worst_as_numbers():
    table = heard(steps=(5.0, 100.0, None, 20.0))
    assert [one.degree for one in degradation(table, **ASKED).levels] == [None, 100, 20, 5]
    lost = degradation(table, **{**ASKED, "worst": "highest"})
    assert [one.degree for one in lost.levels] == [None, 5, 20, 100]
    assert (lost.fall.clean, lost.fall.worst) == (None, 100)


def test_a_planted_difference_of_changes_is_found_again():
    found = degradation(heard(n=60), **ASKED).fall
    assert found.difference.low < 3 * 0.03 < found.difference.high
    assert abs(found.difference.value - 0.09) < 0.02
    assert found.against.low < 0.06 < found.against.high
    assert found.difference.value == pytest.approx(found.group.value - found.against.value)


def test_the_other_side_asked_about_is_the_mirror_image():
    there = degradation(heard(), **ASKED).fall
    back = degradation(heard(), **{**ASKED, "group": "a"}).fall
    assert back.difference.value == pytest.approx(-there.difference.value, abs=1e-15)
    assert back.difference.low == pytest.approx(-there.difference.high, abs=1e-14)
    assert back.difference.high == pytest.approx(-there.difference.low, abs=1e-14)
    assert (back.group, back.against) == (there.against, there.group)


def test_with_the_same_words_it_is_the_change_of_a_swap():
    table = heard()

    def sums(accent, here):
        rows = table[here & (table["accent"] == accent)]
        return Heard(rows["numerator"].to_numpy(), rows["denominator"].to_numpy())

    ends = table["snr"].isna(), table["snr"] == 5
    expected = change_in_gap(*(sums(accent, end) for accent in "ba" for end in ends), alpha=0.025)
    found = degradation(table, **ASKED).fall.difference
    assert found.value == pytest.approx(expected.change, abs=1e-14)
    assert (found.low, found.high) == pytest.approx((expected.lower, expected.upper), abs=1e-12)


def test_what_people_are_like_at_both_levels_cancels():
    table = heard(n=30)
    person = table["speaker_id"].map(hash) % 7 / 10
    shifted = table.assign(numerator=table["numerator"] + person * table["denominator"])
    one, two = (degradation(t, **ASKED) for t in (table, shifted))
    width = [f.fall.difference.high - f.fall.difference.low for f in (one, two)]
    assert width[1] < 2 * width[0]
    gap = two.levels[0].comparison
    assert gap.difference_high - gap.difference_low > 3 * width[1]  # unpaired, they do not


def test_changes_are_of_people_measured_at_both_ends():
    table = heard()
    gone = table[~((table["speaker_id"].isin(["b0", "b1"])) & (table["snr"] == 5))]
    found = degradation(gone, **ASKED)
    assert (found.fall.n_speakers, found.fall.n_against) == (12, 14)
    only = gone[~gone["speaker_id"].isin(["b0", "b1"])]
    assert found.fall == degradation(only, **ASKED).fall
    assert found.levels[0].n_speakers == 14
    assert found.levels[-1].n_speakers == 12


def test_recordings_at_one_level_only_are_told():
    table = heard()
    cut = (table["speaker_id"] == "a3") & (table["snr"] == 5)
    fewer = table.assign(denominator=table["denominator"].mask(cut, 100.0))
    assert degradation(table, **ASKED).fall.n_unlike == 0
    assert degradation(fewer, **ASKED).fall.n_unlike == 1


def test_a_level_of_too_few_people_is_not_described():
    table = heard(n=8)
    few = table[~(table["speaker_id"].isin(["a1", "a2", "a3"]) & (table["snr"] == 10))]
    one = next(at for at in degradation(few, **ASKED).levels if at.degree == 10)
    assert (one.comparison, one.value, one.n_against) == (None, None, 5)
    assert "6 are needed" in one.reason
    end = table[~(table["speaker_id"].isin(["a1", "a2", "a3"]) & (table["snr"] == 5))]
    found = degradation(end, **ASKED)
    assert found.fall is None
    assert "5 people on a side measured at both" in found.reason


def test_changes_may_be_counted_from_another_level():
    found = degradation(heard(), **ASKED, clean=20)
    assert found.fall.clean == 20
    rows = heard()
    without = degradation(rows[rows["snr"].notna()], **ASKED)
    assert without.fall == found.fall  # the mildest, where nothing is untouched
    with pytest.raises(OptionError, match="clean=5 is no level of 'snr' before the worst"):
        degradation(heard(), **ASKED, clean=5)


def test_where_everybody_changes_by_as_much_there_is_no_interval():
    table = heard()
    first = table.groupby("speaker_id")["numerator"].transform("first")
    step = table.groupby("speaker_id").cumcount() * 0.01
    same = table.assign(numerator=first + step * table["denominator"])
    found = degradation(same, **ASKED).fall
    assert found.difference.value == pytest.approx(0, abs=1e-12)
    assert (found.difference.low, found.group.high) == (None, None)


def test_names_of_people_and_order_of_rows_change_nothing():
    table = heard()
    names = {name: f"z{at}" for at, name in enumerate(sorted(set(table["speaker_id"]))[::-1])}
    other = table.assign(speaker_id=table["speaker_id"].map(names)).iloc[::-1]
    assert degradation(other, **ASKED) == degradation(table, **ASKED)


def test_a_degree_is_a_number_or_nothing():
    assert np.isnan(degrees_of(pd.Series(["", "5"]), "snr")).tolist() == [True, False]
    for strange in ("loud", "inf"):
        with pytest.raises(OptionError, match=f"column 'snr' holds '{strange}'"):
            degrees_of(pd.Series(["5", strange]), "snr")


def test_what_cannot_be_described_says_why():
    with pytest.raises(InsufficientDataError, match="5 people in 'b'"):
        degradation(heard(n=5), **ASKED)
    with pytest.raises(InsufficientDataError, match="has 1 degree where wer has a value"):
        degradation(heard(steps=(None,)), **ASKED)
    with pytest.raises(NotFoundError, match="snrr"):
        degradation(heard(), **{**ASKED, "degree": "snrr"})
    with pytest.raises(OptionError, match="neither 'lowest' nor 'highest'"):
        degradation(heard(), **{**ASKED, "worst": "low"})


@pytest.mark.slow
@pytest.mark.parametrize("n", [8, 20])
def test_the_interval_of_the_difference_covers_as_often_as_it_says(n):
    covers = []
    for seed in range(400):
        found = degradation(heard(n=n, seed=seed, steps=(None, 5.0)), **ASKED).fall.difference
        covers.append(found.low < 0.03 < found.high)
    # 400 studies: three standard errors of 0.95 are 0.033; CR3 errs upwards.
    assert 0.95 - 0.033 < np.mean(covers) <= 0.995


def test_the_curve_of_a_mean_may_fall():
    table = heard().assign(metric="mean_score:tone", denominator=1.0)
    table["numerator"] = 80 - table["numerator"]
    found = degradation(table, **ASKED)
    assert found.levels[0].comparison.kind == "mean"
    sums = speaker_sums(*(table[c] for c in ("speaker_id", "numerator", "denominator")))
    assert found.n_speakers + found.n_against == sums.n_speakers
