"""Rates, variances and intervals on arrays: by hand, by brute force, and at the edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.evidence.correct import holm, sidak, sidak_level
from biasbench.evidence.estimate import effective_speakers, estimate, rate, variance_cr3
from biasbench.evidence.methods import bootstrap, cr3, permutation
from biasbench.evidence.planning.power import people_needed
from biasbench.evidence.sums import SpeakerSums, ordered_sums, speaker_sums


def sums(numerator, denominator, kind="rate") -> SpeakerSums:
    e, w = np.array(numerator, dtype=float), np.array(denominator, dtype=float)
    return ordered_sums(e, w, n_utterances=len(e), kind=kind)


@st.composite
def people(draw, fewest=3):
    n = draw(st.integers(fewest, 12))
    e = draw(st.lists(st.integers(0, 30), min_size=n, max_size=n))
    w = draw(st.lists(st.integers(1, 200), min_size=n, max_size=n))
    return sums(e, w)


@settings(max_examples=60)
@given(people())
def test_cr3_is_the_sum_over_speakers_left_out_one_by_one(group):
    """For a ratio of sums, leaving person i out moves it by −r_i / (W·(1 − h_i)): a jackknife."""
    e, w = group.numerator, group.denominator
    left_out = [rate(np.delete(e, i), np.delete(w, i)) - rate(e, w) for i in range(len(e))]
    assert variance_cr3(e, w) == pytest.approx(
        sum(move**2 for move in left_out), rel=1e-9, abs=1e-20
    )


def test_equal_people_have_the_variance_of_a_mean_inflated_by_k_over_k_minus_one():
    e = np.array([1.0, 4.0, 2.0, 7.0, 5.0])
    k = len(e)
    assert variance_cr3(e, np.full(k, 10.0)) == pytest.approx(
        np.var(e / 10, ddof=1) / k * k / (k - 1)
    )


def test_counts_add():
    both = speaker_sums(["x", "y", "x"], [1, 2, 3], [10, 10, 10])
    parts = speaker_sums(["x"], [4], [20]) + speaker_sums(["y"], [2], [10])
    assert both.numerator.tolist() == parts.numerator.tolist()
    assert both.denominator.tolist() == parts.denominator.tolist()


def test_a_rate_and_a_mean_are_not_pooled():
    with pytest.raises(ValueError, match="cannot pool the sums of a rate with those of a mean"):
        _ = sums([1, 2], [3, 4]) + sums([1, 2], [3, 4], kind="mean")


def test_a_missing_row_is_counted_and_not_added():
    found = speaker_sums(["x", "x", "y"], [1, np.nan, np.nan], [10, np.nan, np.nan])
    assert (found.n_speakers, found.n_utterances, found.n_missing) == (1, 1, 2)


def test_a_person_without_a_denominator_adds_errors_and_is_not_counted():
    found = sums([1, 2, 3, 4], [10, 10, 10, 0])
    assert found.n_speakers == 3
    assert estimate(found).value == pytest.approx(1 / 3)


def test_the_one_group_interval_is_t_on_the_log_rate():
    group = sums([2, 3, 5, 4], [20, 30, 30, 25])
    error = math.sqrt(variance_cr3(group.numerator, group.denominator)) / (14 / 105)
    reach = stats.t.ppf(0.975, 3) * error
    found = estimate(group)
    assert (found.low, found.high) == pytest.approx(
        (14 / 105 * math.exp(-reach), 14 / 105 * math.exp(reach))
    )


def test_a_mean_has_a_symmetric_interval_on_its_own_scale():
    found = estimate(sums([-2, 3, 5, -4], [1, 1, 1, 1], kind="mean"))
    assert found.value == 0.5
    assert found.value - found.low == pytest.approx(found.high - found.value)


@pytest.mark.parametrize(
    ("group", "note"),
    [
        (sums([1], [10]), "1 person: no interval below 3"),
        (sums([1, 2], [10, 10]), "2 people: no interval below 3"),
        (sums([1, 1, 1], [10, 10, 10]), "every person has the same value: no spread to make"),
        (sums([1.5, 3, 4.5], [0.1, 0.2, 0.3]), "every person has the same value: no spread"),
    ],
)
def test_no_interval_is_made_of_too_little(group, note):
    found = estimate(group)
    assert (found.low, found.high) == (None, None)
    assert found.note.startswith(note)


def test_effective_speakers_are_all_of_them_only_when_equally_talkative():
    assert effective_speakers(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_speakers(np.array([100.0, 1, 1, 1, 1, 1, 1])) < 1.2


# ── Two groups ─────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=60)
@given(people(), people(), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_comparison_asked_from_the_other_side_is_its_mirror_image(a, b, level):
    there, back = cr3.compare(a, b, level=level), cr3.compare(b, a, level=level).mirrored()
    for name in ("value", "difference", "difference_low", "difference_high", "ratio", "p", "dof"):
        one, other = getattr(there, name), getattr(back, name)
        assert one == pytest.approx(other, rel=1e-9) if one is not None else other is None


@settings(max_examples=60)
@given(people(), people())
def test_an_interval_holds_its_estimate_and_grows_with_the_level(a, b):
    narrow, wide = cr3.compare(a, b, level=0.9), cr3.compare(a, b, level=0.99)
    if narrow.difference_low is None:
        assert wide.difference_low is None
        return
    assert wide.difference_low <= narrow.difference_low <= narrow.difference
    assert narrow.difference <= narrow.difference_high <= wide.difference_high
    if narrow.ratio_low is not None:
        assert wide.ratio_low <= narrow.ratio_low <= narrow.ratio <= narrow.ratio_high


def test_an_end_beyond_all_sense_is_an_end_and_no_overflow():
    few, one_error = sums([0, 0, 0], [1, 1, 1]), sums([0, 1, 0], [1, 1, 73])
    for a, b in ((few, one_error), (one_error, few)):
        narrow, wide = cr3.compare(a, b, level=0.9), cr3.compare(a, b, level=0.99)
        ends = (wide.difference_low, narrow.difference_low, narrow.difference,
                narrow.difference_high, wide.difference_high)  # fmt: skip
        assert all(map(math.isfinite, ends))
        assert list(ends) == sorted(ends)


@settings(max_examples=60)
@given(people(), people())
def test_p_is_below_five_percent_exactly_where_the_ratio_interval_excludes_one(a, b):
    found = cr3.compare(a, b, level=0.95)
    if found.p is not None and abs(found.p - 0.05) > 1e-9:
        assert (found.p < 0.05) == (found.ratio_low > 1 or found.ratio_high < 1)


def test_means_are_compared_as_welch_would_with_equal_people():
    """With one value a person CR3 is Welch's t, its variances inflated by K/(K − 1)."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(3, 1, 15), rng.normal(2, 2, 9)
    found = cr3.compare(sums(x, np.ones(15), "mean"), sums(y, np.ones(9), "mean"))
    v_x, v_y = np.var(x, ddof=1) / 14, np.var(y, ddof=1) / 8
    assert found.t == pytest.approx((x.mean() - y.mean()) / math.sqrt(v_x + v_y))
    assert found.dof == pytest.approx((v_x + v_y) ** 2 / (v_x**2 / 14 + v_y**2 / 8))
    assert found.ratio is None


def test_a_mean_of_zero_on_the_other_side_still_has_no_ratio():
    found = cr3.compare(sums([1, 2, 3], [1, 1, 1], "mean"), sums([-1, 0, 1], [1, 1, 1], "mean"))
    assert (found.ratio, found.mirrored().ratio) == (None, None)


# ── Permutation and bootstrap, by brute force ──────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["rate", "mean"])
def test_a_permuted_statistic_is_the_t_of_that_labelling(kind):
    rng = np.random.default_rng(4)
    a = sums(rng.integers(1, 9, 5), rng.integers(10, 40, 5), kind)
    b = sums(rng.integers(1, 9, 4), rng.integers(10, 40, 4), kind)
    e = np.concatenate([a.numerator, b.numerator])
    w = np.concatenate([a.denominator, b.denominator])
    found = permutation.permuted_t(a, b, rng=np.random.default_rng(8), n_resamples=40)
    masks = np.random.default_rng(8).permuted(np.tile(np.arange(9) < 5, (40, 1)), axis=1)
    expected = [cr3.compare(sums(e[m], w[m], kind), sums(e[~m], w[~m], kind)).t for m in masks]
    assert found == pytest.approx(expected)


def test_the_permutation_p_counts_the_labelling_observed():
    a, b = sums([1, 2, 1, 2], [50] * 4), sums([30, 31, 32, 33], [50] * 4)
    found = permutation.compare(a, b, rng=np.random.default_rng(0), n_resamples=19)
    assert found.p >= 1 / 20
    assert found.ratio_low == cr3.compare(a, b).ratio_low


@pytest.mark.parametrize("method", [permutation, bootstrap])
def test_drawing_at_random_needs_a_generator(method):
    with pytest.raises(ValueError, match=r"needs rng=numpy\.random\.default_rng\(seed\)"):
        method.compare(sums([1, 2, 3], [9, 9, 9]), sums([1, 2, 4], [9, 9, 9]))


def test_chunks_do_not_change_what_is_drawn(monkeypatch):
    a, b = sums([1, 2, 5, 3], [20, 30, 25, 20]), sums([4, 6, 5, 9], [20, 30, 25, 20])
    whole = [
        permutation.permuted_t(a, b, rng=np.random.default_rng(1), n_resamples=50),
        bootstrap.resampled_rates(a, rng=np.random.default_rng(1), n_resamples=50),
    ]
    monkeypatch.setattr(permutation, "CHUNK_CELLS", 56)
    monkeypatch.setattr(bootstrap, "_CHUNK_CELLS", 28)
    parts = [
        permutation.permuted_t(a, b, rng=np.random.default_rng(1), n_resamples=50),
        bootstrap.resampled_rates(a, rng=np.random.default_rng(1), n_resamples=50),
    ]
    for one, other in zip(whole, parts, strict=True):
        assert one.tolist() == other.tolist()


def test_a_bootstrap_of_two_people_is_refused():
    found = bootstrap.compare(
        sums([1, 2], [9, 9]), sums([1, 2, 4], [9, 9, 9]), rng=np.random.default_rng(0)
    )
    assert found.difference_low is None
    assert found.note == "2 people: no interval below 3"


# ── Families and planning ──────────────────────────────────────────────────────────────────────


@given(st.floats(0, 1), st.integers(1, 40))
def test_sidaks_p_and_level_agree(p, m):
    assert sidak(p, m) == pytest.approx(1 - (1 - p) ** m, abs=1e-12)
    if abs(p - (1 - sidak_level(0.95, m))) > 1e-9:
        assert (sidak(p, m) < 0.05) == (p < 1 - sidak_level(0.95, m))


def test_holm_is_what_statsmodels_gives():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p_values = np.random.default_rng(6).uniform(0, 0.2, 12)
    expected = multitest.multipletests(p_values, method="holm")[1]
    assert holm(list(p_values)) == pytest.approx(list(expected))


def test_the_worked_figures_of_the_report_design():
    """docs/report.md §D: a spread of 10 points needs 63 people for δ = 5 and 174 for δ = 3."""
    assert people_needed(0.10, 0.05) == 63
    assert people_needed(0.10, 0.03) == 174


def test_unequal_spreads_are_averaged_in_square():
    even = people_needed(math.sqrt((0.2**2 + 0.1**2) / 2), 0.05)
    assert people_needed(0.2, 0.05, against_sd=0.1) == even
