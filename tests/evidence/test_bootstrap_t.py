"""The bootstrap-t: against the plain definition, its laws, its edges, and how often it is right."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.evidence import assess
from biasbench.evidence.estimate import rate, variance_cr3
from biasbench.evidence.methods import bootstrap, bootstrap_t, cr3
from biasbench.evidence.methods.bootstrap_t import critical_value, p_value, resampled
from biasbench.evidence.sums import SpeakerSums, ordered_sums
from tests.calibration.speech import speak
from tests.evidence.tables import measures_table

QUICK, FULL = 400, 4000
NULL, GAP = (0.12, 0.12), (0.20, 0.12)


def sums(numerator, denominator, kind="rate") -> SpeakerSums:
    e, w = np.array(numerator, dtype=float), np.array(denominator, dtype=float)
    return ordered_sums(e, w, n_utterances=len(e), kind=kind)


A = sums([9, 14, 12, 11, 20, 8, 17], [60, 71, 52, 60, 80, 60, 63])
B = sums([7, 6, 11, 5, 9, 8], [60, 44, 75, 60, 61, 60])


@st.composite
def people(draw, kind="rate"):
    n = draw(st.integers(3, 9))
    e = draw(st.lists(st.integers(1, 30), min_size=n, max_size=n))
    w = draw(st.lists(st.integers(1, 200), min_size=n, max_size=n))
    return sums(e, w, kind)


def compare(a: SpeakerSums, b: SpeakerSums, *, seed=0, **options):
    return bootstrap_t.compare(a, b, rng=np.random.default_rng(seed), **options)


# ── By brute force ─────────────────────────────────────────────────────────────────────────────


def test_a_resample_has_the_rate_and_cr3_variance_of_the_people_drawn():
    found = resampled(A, rng=np.random.default_rng(3), n_resamples=50)
    chosen = np.random.default_rng(3).integers(0, 7, size=(50, 7))
    for row, value, variance in zip(chosen, found.value, found.variance, strict=True):
        e, w = A.numerator[row], A.denominator[row]
        assert value == pytest.approx(rate(e, w), rel=1e-12)
        assert variance == pytest.approx(variance_cr3(e, w), rel=1e-9)


def test_it_draws_the_people_that_the_percentile_bootstrap_draws():
    """The published draws of tests/others/test_truth.py are these."""
    found = resampled(A, rng=np.random.default_rng(20200407), n_resamples=300)
    expected = bootstrap.resampled_rates(A, rng=np.random.default_rng(20200407), n_resamples=300)
    assert found.value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("kind", ["rate", "mean"])
def test_the_whole_is_the_definition_written_out(kind):
    """Loops and `variance_cr3`, nothing of the module under test."""
    first, second = sums(B.numerator, B.denominator, kind), sums(A.numerator, A.denominator, kind)
    rng = np.random.default_rng(11)
    draws = [
        [(s.numerator[row], s.denominator[row]) for row in rng.integers(0, n, size=(999, n))]
        for s, n in ((first, 6), (second, 7))
    ]

    def t(one, other, centre):
        r, r_other = rate(*one), rate(*other)
        v, v_other = variance_cr3(*one), variance_cr3(*other)
        if kind == "mean":
            return (r - r_other - centre) / math.sqrt(v + v_other), r - r_other
        relative = v / r**2 + v_other / r_other**2
        return (math.log(r / r_other) - centre) / math.sqrt(relative), math.log(r / r_other)

    observed = (first.numerator, first.denominator), (second.numerator, second.denominator)
    t_observed, centre = t(*observed, 0.0)
    drawn = np.array([abs(t(one, other, centre)[0]) for one, other in zip(*draws, strict=True)])
    found = compare(first, second, seed=11, n_resamples=999)
    assert found.p == pytest.approx((1 + (drawn >= abs(t_observed)).sum()) / 1000)
    assert found.t == pytest.approx(t_observed)
    reach = np.sort(drawn)[949] * abs(centre / t_observed)  # the 950th of 999: 0.95 · 1000
    if kind == "mean":
        ends = (found.difference_low, found.difference_high)
        assert ends == pytest.approx((centre - reach, centre + reach))
        assert (found.ratio, found.ratio_low) == (None, None)
    else:
        ends = (math.log(found.ratio_low), math.log(found.ratio_high))
        assert ends == pytest.approx((centre - reach, centre + reach))


def test_with_many_people_the_critical_value_is_that_of_students_t():
    rng = np.random.default_rng(8)
    one, other = (speak(rng, people=150, mean=0.12).by_speaker() for _ in range(2))
    ours, by_t = compare(one, other), cr3.compare(one, other)
    for end in ("ratio_low", "ratio_high"):
        assert getattr(ours, end) == pytest.approx(getattr(by_t, end), rel=0.01)
    assert ours.p == pytest.approx(by_t.p, abs=0.02)


def test_the_quantile_is_the_order_statistic_that_the_p_value_counts():
    t = np.random.default_rng(1).standard_t(5, 199)
    critical = critical_value(t, level=0.95)
    assert critical == np.sort(np.abs(t))[189]
    assert p_value(critical * 1.0001, t) == pytest.approx(0.05)
    assert p_value(critical, t) == pytest.approx(0.055)
    assert critical_value(t[:10], level=0.95) == math.inf  # p cannot be below 1/11


# ── Laws ───────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(people(), people())
def test_a_comparison_asked_from_the_other_side_is_its_mirror_image(a, b):
    there, back = compare(a, b, n_resamples=99), compare(b, a, n_resamples=99).mirrored()
    for name in ("difference_low", "difference_high", "ratio_low", "ratio_high", "t", "p"):
        one, other = getattr(there, name), getattr(back, name)
        assert one == pytest.approx(other, rel=1e-12) if one is not None else other is None


@settings(max_examples=40, deadline=None)
@given(people(), people(), st.sampled_from([0.9, 0.95]))
def test_p_is_at_most_alpha_exactly_where_the_ratio_interval_excludes_one(a, b, level):
    found = compare(a, b, level=level, n_resamples=199)
    if found.ratio_low is not None and abs(found.p - (1 - level)) > 1e-9:
        assert (found.p < 1 - level) == (found.ratio_low > 1 or found.ratio_high < 1)


@settings(max_examples=40, deadline=None)
@given(people(), people())
def test_the_interval_grows_with_the_level_and_holds_its_estimate(a, b):
    narrow, wide = (compare(a, b, level=level, n_resamples=199) for level in (0.8, 0.95))
    if narrow.ratio_low is None:
        assert wide.ratio_low is None
    elif wide.ratio_low is not None:
        assert wide.ratio_low <= narrow.ratio_low <= narrow.ratio <= narrow.ratio_high
        assert narrow.ratio_high <= wide.ratio_high
        assert wide.difference_low <= narrow.difference_low <= narrow.difference


def test_words_counted_in_thousands_change_neither_ratio_nor_p():
    one, other = (sums(s.numerator, s.denominator / 1000) for s in (A, B))
    found, scaled = compare(A, B), compare(one, other)
    assert (scaled.ratio_low, scaled.p) == pytest.approx((found.ratio_low, found.p))
    assert scaled.difference_low == pytest.approx(1000 * found.difference_low)


def test_renaming_and_reordering_speakers_changes_nothing_to_the_last_bit():
    table = measures_table({"us": (8, 0.10), "uk": (9, 0.16)}, seed=5)
    people = sorted(table["speaker_id"].unique())
    new = dict(zip(people, np.random.default_rng(1).permutation(len(people)), strict=True))
    shuffled = table.assign(speaker_id=[f"s{new[p]}" for p in table["speaker_id"]])
    shuffled = shuffled.sample(frac=1, random_state=4).reset_index(drop=True)
    one, other = (
        assess(t, by="accent", method="bootstrap_t", n_resamples=199).findings
        for t in (table, shuffled)
    )
    assert one.equals(other)
    assert one["method"].str.startswith("symmetric bootstrap-t of speakers (199)").all()


def test_chunks_do_not_change_what_is_drawn(monkeypatch):
    whole = resampled(A, rng=np.random.default_rng(1), n_resamples=50)
    monkeypatch.setattr(bootstrap_t, "_CHUNK_CELLS", 21)
    parts = resampled(A, rng=np.random.default_rng(1), n_resamples=50)
    assert whole.value.tolist() == parts.value.tolist()
    assert whole.variance.tolist() == parts.variance.tolist()


def test_the_same_seed_gives_the_same_figures_and_another_seed_others():
    assert compare(A, B, seed=1) == compare(A, B, seed=1)
    assert compare(A, B, seed=1).ratio_low != compare(A, B, seed=2).ratio_low


# ── Edges ──────────────────────────────────────────────────────────────────────────────────────


def test_drawing_at_random_needs_a_generator():
    with pytest.raises(ValueError, match=r"needs rng=numpy\.random\.default_rng\(seed\)"):
        bootstrap_t.compare(A, B)


def test_two_people_are_described_only():
    found = compare(sums([1, 2], [9, 9]), B)
    assert (found.difference_low, found.ratio_low, found.p) == (None, None, None)
    assert (found.method, found.note) == ("described only", "2 people: no interval below 3")


def test_a_side_without_an_event_keeps_the_difference_of_cr3_and_says_so():
    none = sums([0, 0, 0, 0], [50, 50, 50, 50])
    found = compare(none, B)
    assert found == cr3.compare(none, B)
    assert found.difference_high < 0.6
    assert (found.ratio_low, found.p) == (None, None)
    assert found.note.startswith("no event among 4 people")
    assert found.method.startswith("CR3 t")


def test_resamples_without_an_event_only_widen_and_are_counted_in_the_note():
    """One of six people has events: (5/6)⁶ = 33 % of resamples have none, and no finite t."""
    one_only = sums([0, 0, 0, 0, 0, 12], [50] * 6)
    found = compare(one_only, B, n_resamples=999)
    assert (found.ratio_low, found.difference_low) == (None, None)
    n_without = int(found.note.split(" of ")[0])
    assert n_without / 999 == pytest.approx((5 / 6) ** 6, abs=0.06)
    assert found.note.endswith("too few people with events for an interval")
    assert found.p >= n_without / 1000


def test_one_person_drawn_as_the_whole_denominator_has_no_variance():
    """Only the first has words; drawn once, they are all of the resample's words."""
    side = SpeakerSums(np.array([3.0, 1, 2]), np.array([49.0, 0, 0]), 3)
    found = resampled(side, rng=np.random.default_rng(2), n_resamples=200)
    times_drawn = (np.random.default_rng(2).integers(0, 3, size=(200, 3)) == 0).sum(axis=1)
    assert np.isnan(found.variance).tolist() == (times_drawn <= 1).tolist()
    assert np.isfinite(found.variance[times_drawn > 1]).all()


# ── How often it is right ──────────────────────────────────────────────────────────────────────

# People a group, means, coverage of the ratio in an independent simulation of 4,000 studies.
PUBLISHED = [
    ((6, 6), NULL, 95.3),
    ((12, 12), NULL, 94.5),
    ((30, 30), NULL, 94.2),
    ((6, 6), GAP, 95.3),
    ((12, 12), GAP, 94.8),
    ((30, 30), GAP, 94.2),
    ((30, 6), NULL, 94.1),
]


def monte_carlo_error(percent: float, n_studies: int) -> float:
    """Standard error of a percentage counted in that many studies."""
    return math.sqrt(percent * (100 - percent) / n_studies)


def studies(n_studies: int, people: tuple[int, int], means: tuple[float, float]):
    """Pairs of groups whose people differ by a relative SD of 0.4."""
    rng = np.random.default_rng([20240607, *people])
    for _ in range(n_studies):
        yield tuple(
            speak(rng, people=n, mean=mean, between=0.4).by_speaker()
            for n, mean in zip(people, means, strict=True)
        )


def percentage(marks) -> float:
    return 100 * float(np.mean(list(marks)))


def ratio_coverage(found, truth: float) -> float:
    return percentage(c.ratio_low <= truth <= c.ratio_high for c in found)


def difference_coverage(found, truth: float) -> float:
    return percentage(c.difference_low <= truth <= c.difference_high for c in found)


def covered(n_studies, people, means, n_resamples):
    rng = np.random.default_rng(6)
    found = [
        bootstrap_t.compare(one, other, rng=rng, n_resamples=n_resamples)
        for one, other in studies(n_studies, people, means)
    ]
    return found, ratio_coverage(found, means[0] / means[1])


@pytest.mark.parametrize(("people", "means", "published"), PUBLISHED)
def test_the_interval_holds_the_truth_as_often_as_published(people, means, published):
    found, coverage = covered(QUICK, people, means, 399)
    assert coverage == pytest.approx(published, abs=3 * monte_carlo_error(95, QUICK))
    truth = means[0] - means[1]
    least = published - 3 * monte_carlo_error(95, QUICK)
    assert difference_coverage(found, truth) >= least


@pytest.mark.slow
@pytest.mark.parametrize(("people", "means", "published"), PUBLISHED)
def test_the_interval_holds_the_truth_within_the_acceptance_band(people, means, published):
    found, coverage = covered(FULL, people, means, 999)
    assert coverage == pytest.approx(published, abs=3 * math.sqrt(2) * monte_carlo_error(95, FULL))
    for one in (coverage, difference_coverage(found, means[0] - means[1])):
        assert 93.5 <= one <= 98.0


def test_the_percentile_interval_of_the_same_draws_covers_less():
    """The control: not dividing by each resample's own error."""
    rng = np.random.default_rng(6)
    ours, theirs = [], []
    for one, other in studies(QUICK, (6, 6), NULL):
        ours.append(bootstrap_t.compare(one, other, rng=rng, n_resamples=399))
        theirs.append(bootstrap.compare(one, other, rng=rng, n_resamples=399))
    assert ratio_coverage(theirs, 1.0) < 92 < ratio_coverage(ours, 1.0)


@pytest.mark.parametrize("people", [(6, 6), (30, 6)])
def test_chance_raises_five_alarms_in_a_hundred(people):
    found, _ = covered(QUICK, people, NULL, 199)
    assert percentage(c.p <= 0.05 for c in found) == pytest.approx(
        5, abs=3 * monte_carlo_error(5, QUICK)
    )
