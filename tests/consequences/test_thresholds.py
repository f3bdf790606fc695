"""The curve of thresholds: every row by brute force, the band and p_any by simulation."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.consequences.thresholds.any_threshold import any_threshold
from biasbench.consequences.thresholds.band import excludes_zero, labelled_rates, simultaneous_level
from biasbench.consequences.thresholds.curve import threshold_curve
from biasbench.consequences.thresholds.cut_points import curve_places, distinct_thresholds, passes
from biasbench.consequences.thresholds.impact_ratio import impact_ratio
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import ordered_sums
from biasbench.tables.consequences import THRESHOLDS
from tests.evidence.tables import scores_table


def scores(people=(40, 60), means=(74.5, 77.5), seed=5, months=1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = {
        name: np.round(np.repeat(rng.normal(mean, 6, n), months) + rng.normal(0, 5, n * months))
        for name, n, mean in zip("gr", people, means, strict=True)
    }
    table = scores_table(values)
    number = table["speaker_id"].str.split("-").str[1].astype(int) // months
    return table.assign(speaker_id=table["accent"] + number.astype(str))


# ── One row ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("higher_passes", [True, False])
@pytest.mark.parametrize("unit", ["row", "person"])
def test_every_row_is_the_impact_ratio_at_its_threshold(unit, higher_passes):
    table = scores(months=6)
    curve = threshold_curve(
        table, by="accent", group="g", unit=unit, higher_passes=higher_passes, n_resamples=99
    )
    if unit == "person":
        table = table.groupby(["accent", "speaker_id"], as_index=False)["numerator"].mean()
    for row in curve.table.iloc[::7].itertuples():
        passed = (
            table["numerator"] >= row.threshold
            if higher_passes
            else table["numerator"] <= row.threshold
        )
        sides = []
        for name in ("g", "r"):
            of = table.assign(passed=passed)[table["accent"] == name].groupby("speaker_id")
            e = of["passed"].sum().to_numpy(dtype=float)
            w = of["passed"].size().to_numpy(dtype=float)
            sides.append(ordered_sums(e, w, n_utterances=int(w.sum())))
        found = impact_ratio(*sides)
        assert row.pass_rate == pytest.approx(found.passing.comparison.value)
        assert row.difference == pytest.approx(found.difference)
        for ours, theirs in (
            (row.pass_ratio_low, found.passing.comparison.ratio_low),
            (row.below_ratio_high, found.below.comparison.ratio_high),
            (row.difference_low, found.difference_low),
        ):
            assert ours == pytest.approx(theirs) if theirs is not None else np.isnan(ours)
        assert row.n_pass + row.n_below == len(table[table["accent"] == "g"])


def test_the_worked_figures_of_pay_steps_are_found():
    """Normal scores, SD 8, means 77.5 and 74.5: pass rates and ratios at five thresholds, from
    the report's table of pay steps (scipy.stats.norm.sf)."""
    grid = (np.arange(20000) + 0.5) / 20000
    table = scores_table({"g": stats.norm.ppf(grid, 74.5, 8), "r": stats.norm.ppf(grid, 77.5, 8)})
    curve = threshold_curve(
        table,
        by="accent",
        group="g",
        unit="person",
        thresholds=[60, 70, 80, 90],
        at=75,
        n_resamples=9,
    ).table
    published = {
        60: (98.6, 96.5, 0.98, 2.44),
        70: (82.6, 71.3, 0.86, 1.65),
        75: (62.3, 47.5, 0.76, 1.39),
        80: (37.7, 24.6, 0.65, 1.21),
        90: (5.9, 2.6, 0.45, 1.03),
    }
    for row in curve.itertuples():
        r_pass, g_pass, pass_ratio, below_ratio = published[row.threshold]
        assert 100 * row.against_pass_rate == pytest.approx(r_pass, abs=0.06)
        assert 100 * row.pass_rate == pytest.approx(g_pass, abs=0.06)
        assert row.pass_ratio == pytest.approx(pass_ratio, abs=0.006)
        assert row.below_ratio == pytest.approx(below_ratio, abs=0.01)
    assert curve["origin"].tolist() == ["asked", "asked", "contract", "asked", "asked"]


def test_a_curve_is_checked_and_pass_rates_fall_along_it():
    curve = threshold_curve(scores(), by="accent", group="g", unit="person", at=75, n_resamples=99)
    assert list(curve.table.columns) == list(THRESHOLDS.columns)
    assert curve.table["pass_rate"].is_monotonic_decreasing
    assert curve.at.passing.comparison.value == pytest.approx(
        curve.table.set_index("threshold").loc[75.0, "pass_rate"]
    )
    assert (curve.table["p_adjusted"] >= curve.table["p_value"]).all()
    assert curve.p_any == curve.table["p_adjusted"].min()


def test_the_band_is_never_inside_the_pointwise_interval():
    curve = threshold_curve(scores(), by="accent", group="g", unit="person", n_resamples=199)
    there = curve.table.dropna(subset=["difference_low", "difference_low_all"])
    assert curve.all_level > curve.level
    assert (there["difference_low_all"] <= there["difference_low"]).all()
    assert (there["difference_high_all"] >= there["difference_high"]).all()


def test_turning_scores_and_direction_over_changes_no_rate():
    table = scores()
    turned = table.assign(numerator=-table["numerator"])
    a = threshold_curve(table, by="accent", group="g", unit="person", n_resamples=99)
    b = threshold_curve(
        turned, by="accent", group="g", unit="person", higher_passes=False, n_resamples=99
    )
    assert (-b.table["threshold"]).tolist()[::-1] == a.table["threshold"].tolist()
    for column in ("pass_rate", "below_ratio_low", "difference_high", "p_value"):
        np.testing.assert_allclose(b.table[column].to_numpy()[::-1], a.table[column], rtol=1e-12)


def test_the_same_seed_gives_the_same_table_and_names_do_not_matter():
    table = scores(months=3)
    again = table.assign(speaker_id="x" + table["speaker_id"])
    one = threshold_curve(table, by="accent", group="g", unit="row", seed=3, n_resamples=99)
    two = threshold_curve(again, by="accent", group="g", unit="row", seed=3, n_resamples=99)
    pd.testing.assert_frame_equal(one.table, two.table)


# ── Thresholds ─────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.integers(0, 30), min_size=2, max_size=60), st.booleans())
def test_at_every_distinct_threshold_somebody_passes_and_somebody_does_not(values, higher):
    places, complete = distinct_thresholds(values, higher_passes=higher)
    assert complete
    assert len(places) == len(set(values)) - 1
    for place in places:
        n_pass = int(passes(values, place, higher_passes=higher).sum())
        assert 0 < n_pass < len(values)


def test_many_scores_are_reduced_to_their_hundredths_and_it_is_said():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, 5000)
    places, origins, chosen = curve_places(values, None, None, True)
    assert len(places) == 99
    assert np.isin(places, values).all()
    assert set(origins) == {"quantile"}
    assert chosen == "99 hundredths of 5000 distinct scores"


@pytest.mark.parametrize("wrong", [[], [float("nan")], [1.0, float("inf")]])
def test_thresholds_that_are_none_are_refused(wrong):
    with pytest.raises(OptionError, match="finite numbers"):
        threshold_curve(scores(), by="accent", group="g", unit="row", thresholds=wrong)


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(OptionError, match="unit='month' is none of 'row'"):
        threshold_curve(scores(), by="accent", group="g", unit="month")
    with pytest.raises(NotFoundError, match="no metric named 'mean_calm'"):
        threshold_curve(scores(), by="accent", group="g", unit="row", metric="mean_calm")
    with pytest.raises(InsufficientDataError, match="5 people with a score in 'g'.* at least 6"):
        threshold_curve(scores(people=(5, 30)), by="accent", group="g", unit="row")
    with pytest.raises(InsufficientDataError, match="everybody has the score 70"):
        threshold_curve(scores().assign(numerator=70.0), by="accent", group="g", unit="row")


def test_rows_without_a_score_are_counted_by_side():
    table = scores(months=2)
    table.loc[[0, 1, 90], ["numerator", "denominator"]] = np.nan
    table.loc[[2], ["numerator", "denominator"]] = 0.0
    curve = threshold_curve(table, by="accent", group="g", unit="row", n_resamples=9)
    assert curve.n_missing == (3, 1)
    assert curve.n_speakers == 39  # one person lost both months


# ── All thresholds at once ─────────────────────────────────────────────────────────────────────


def test_p_is_the_share_of_all_labellings():
    """Seven people, three in the group: all 35 labellings by hand against many random ones."""
    score = np.array([1.0, 2, 2, 3, 4, 5, 6])
    in_group = np.array([True, True, False, True, False, False, False])
    places, _ = distinct_thresholds(score)
    passed = (score[:, None] >= places).astype(float)
    size = []
    for chosen in itertools.combinations(range(7), 3):
        mask = np.isin(np.arange(7), chosen)
        size.append(np.abs(passed[mask].mean(axis=0) - passed[~mask].mean(axis=0)))
    size = np.round(size, 12)
    p = (size[None, :, :] >= size[:, None, :]).mean(axis=1)
    observed = next(
        i
        for i, chosen in enumerate(itertools.combinations(range(7), 3))
        if chosen == tuple(np.flatnonzero(in_group))
    )
    smallest, ours = p.min(axis=1), p[observed].min()
    found = any_threshold(
        passed, np.ones(7), in_group, rng=np.random.default_rng(0), n_resamples=20000
    )
    np.testing.assert_allclose(found.p_value, p[observed], atol=0.015)
    # Equal p at two thresholds differ by chance once p is estimated: p_any lies between the
    # shares with and without such ties.
    assert (smallest < ours - 1e-12).mean() - 0.015 <= found.p_any
    assert found.p_any <= (smallest <= ours + 1e-12).mean() + 0.015
    assert found.p_any > found.p_value.min()


def test_no_p_is_ever_zero():
    """Sides a world apart: the labelling observed counts among those as extreme as itself."""
    score = np.r_[np.arange(12.0), np.arange(100.0, 112.0)]
    places, _ = distinct_thresholds(score)
    found = any_threshold(
        (score[:, None] >= places).astype(float),
        np.ones(24),
        np.arange(24) < 12,
        rng=np.random.default_rng(0),
        n_resamples=99,
    )
    assert found.p_any == 0.01
    assert found.p_value.min() == 0.01


def test_the_level_of_the_band_is_the_lowest_that_will_do():
    """At it at most 5 % of the labellings leave 0 out somewhere; a little below it, more do."""
    rng = np.random.default_rng(2)
    score = rng.normal(size=40)
    places, _ = distinct_thresholds(score)
    events = (score[:, None] >= places).astype(float)[:, 19:]  # half or fewer pass
    masks = rng.permuted(np.tile(np.arange(40) < 18, (999, 1)), axis=1)
    ours, other = (labelled_rates(m, events, np.ones(40)) for m in (masks, ~masks))
    level = simultaneous_level([ours], [other], level=0.95)
    share = {
        at: excludes_zero(ours, other, level=at).any(axis=1).mean()
        for at in (level, 1 - (1 - level) * 1.001)
    }
    assert 0.95 < level < 0.9999
    assert share[level] <= 0.05 < share[1 - (1 - level) * 1.001]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_the_bands_intervals_are_those_of_the_engine(data):
    """`excludes_zero` on arrays says what cr3.compare's MOVER interval says."""
    n = data.draw(st.integers(6, 14))
    w = np.array(data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n)), dtype=float)
    e = np.array([data.draw(st.integers(0, int(most))) for most in w], dtype=float)
    level = data.draw(st.sampled_from([0.6, 0.9, 0.99]))
    mask = np.arange(n) < data.draw(st.integers(3, n - 3))
    found = cr3.compare(
        *[ordered_sums(e[side], w[side], n_utterances=n) for side in (mask, ~mask)], level=level
    )
    ours = labelled_rates(mask[None, :], e[:, None], w)
    other = labelled_rates(~mask[None, :], e[:, None], w)
    said = bool(excludes_zero(ours, other, level=level)[0, 0])
    if found.difference_low is None:
        assert not said
    elif min(abs(found.difference_low), abs(found.difference_high)) > 1e-9:
        assert said == (found.difference_low > 0 or found.difference_high < 0)


def simulated_curves(n_studies, people, units, seed, shift=0.0):
    """Shares of simulated curves: p_any ≤ 5 %, band holds all of the true curve, every pointwise
    interval holds its part of it."""
    rng = np.random.default_rng([seed, *people, units])
    places = np.arange(-1.6, 1.7, 0.4)
    truth = stats.norm.sf(places + shift) - stats.norm.sf(places)
    n = sum(people)
    in_group = np.arange(n) < people[0]
    alarms, band, pointwise = [], [], []
    for _ in range(n_studies):
        z = np.sqrt(0.5) * rng.normal(size=(n, 1)) + np.sqrt(0.5) * rng.normal(size=(n, units))
        z[in_group] -= shift
        passed = (z[:, :, None] >= places).sum(axis=1).astype(float)
        w = np.full(n, float(units))
        found = any_threshold(passed, w, in_group, rng=rng, n_resamples=199)
        alarms.append(found.p_any <= 0.05)
        held = {found.all_level: [], 0.95: []}
        for column, true in enumerate(truth):
            sides = [
                ordered_sums(passed[side, column], w[side], n_utterances=n)
                for side in (in_group, ~in_group)
            ]
            for level, answers in held.items():
                c = impact_ratio(*sides, level=level)
                if c.difference_low is not None:
                    answers.append(c.difference_low <= true <= c.difference_high)
        band.append(all(held[found.all_level]))
        pointwise.append(all(held[0.95]))
    return [100 * float(np.mean(values)) for values in (alarms, band, pointwise)]


@pytest.mark.parametrize(("people", "units"), [((12, 12), 1), ((30, 6), 12)])
def test_any_threshold_alarms_one_curve_in_twenty_and_the_band_holds_the_curve(people, units):
    """150 curves without a gap: 3 Monte-Carlo errors are 5.3. Reading every pointwise interval,
    the mistake to be shown, misses somewhere in far more than 5 %."""
    alarms, band, pointwise = simulated_curves(150, people, units, seed=11)
    assert alarms <= 5 + 5.3
    assert band >= 95 - 5.3
    assert pointwise < 90


@pytest.mark.slow
@pytest.mark.parametrize("people", [(12, 12), (30, 30), (30, 6), (40, 100)])
@pytest.mark.parametrize("units", [1, 12])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_the_band_holds_the_whole_curve_with_and_without_a_gap(people, units, shift):
    """400 curves; three Monte-Carlo errors are 3.3. With 12 people a side and a gap the band is
    a little short (91 to 92 %): it was set by shuffling, that is, without one."""
    alarms, band, pointwise = simulated_curves(400, people, units, seed=13, shift=shift)
    assert band >= (92 if shift and max(people) == 12 else 95) - 3.3
    assert band > pointwise
    assert shift > 0 or alarms <= 5 + 3.3
