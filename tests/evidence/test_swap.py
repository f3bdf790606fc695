"""A model swap: the paired change in a gap, its bounds, its laws, its wrongful passes."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.methods import bootstrap_t, cr3
from biasbench.evidence.planning.power import power_of_noninferiority
from biasbench.evidence.swaps.assessment import assess_swap
from biasbench.evidence.swaps.change import change_in_gap, changes
from biasbench.evidence.swaps.pairing import Heard
from tests.evidence.tables import measures_table, scores_table

QUICK, FULL = 400, 2000
MARGIN = 0.03
MOST_FALSE_PASSES = 6.5


def heard(
    rng: np.random.Generator, *, people: int, mean: float, added: float, between_changes: float
) -> tuple[Heard, Heard]:
    """The same people on the same words, before and after a swap that adds `added` to the rate.

    Person i's own rate is gamma (relative SD 0.4) and is multiplied, by the swap, by a gamma of
    mean 1 and relative SD `between_changes`: models do not change alike for everybody. Errors of
    an utterance are negative binomial, drawn anew for each model.
    """
    own = mean * rng.gamma(1 / 0.16, 0.16, people)
    later = own * rng.gamma(1 / between_changes**2, between_changes**2, people) + added
    person = np.repeat(np.arange(people), rng.integers(10, 71, people))
    words = rng.integers(1, 25, len(person)).astype(float)
    w = np.bincount(person, weights=words, minlength=people)
    found = []
    for rates in (own, later):
        expected = rates[person] * words * rng.gamma(1 / 0.64, 0.64, len(person))
        errors = rng.poisson(expected).astype(float)
        found.append(Heard(np.bincount(person, weights=errors, minlength=people), w))
    return found[0], found[1]


def swapped(rng, people, *, added, between_changes=0.45):
    """The group, made worse by `added`, and the other side, which is not."""
    return (
        *heard(rng, people=people, mean=0.15, added=added, between_changes=between_changes),
        *heard(rng, people=people, mean=0.105, added=0.0, between_changes=between_changes),
    )


WORDS = np.array([210.0, 190, 250, 170, 205, 330, 160, 220])
BEFORE = Heard(np.array([30.0, 22, 41, 18, 27, 35, 24, 29]), WORDS)
AFTER = Heard(np.array([29.0, 24, 40, 19, 25, 38, 22, 30]), WORDS)
REST = Heard(np.array([20.0, 12, 25, 16, 22, 19]), WORDS[:6])
REST_AFTER = Heard(np.array([19.0, 13, 24, 17, 20, 21]), WORDS[:6])


# ── By definition ──────────────────────────────────────────────────────────────────────────────


def test_the_change_is_the_gap_after_minus_the_gap_before():
    found = change_in_gap(BEFORE, AFTER, REST, REST_AFTER)
    rates = [h.numerator.sum() / h.denominator.sum() for h in (BEFORE, AFTER, REST, REST_AFTER)]
    assert found.gap_before == pytest.approx(rates[0] - rates[2])
    assert found.gap_after == pytest.approx(rates[1] - rates[3])
    assert found.change == pytest.approx(found.gap_after - found.gap_before)
    assert found.group_change - found.against_change == pytest.approx(found.change)


def test_with_equal_words_the_bound_is_that_of_welch_on_the_changes_of_people():
    """One value a person, equal weights: CR3 is Welch's t with variances inflated by K/(K − 1).

    The interval at 90 % of scipy's Welch test has the same centre and degrees of freedom.
    """
    rng = np.random.default_rng(3)
    d, d_rest = rng.normal(0.01, 0.05, 9), rng.normal(0, 0.03, 7)
    flat = [Heard(np.full(n, 20.0), np.full(n, 100.0)) for n in (9, 7)]
    later = [Heard(20 + 100 * x, np.full(len(x), 100.0)) for x in (d, d_rest)]
    found = change_in_gap(flat[0], later[0], flat[1], later[1], margin=0.05)
    v, v_rest = np.var(d, ddof=1) / 8, np.var(d_rest, ddof=1) / 6
    dof = (v + v_rest) ** 2 / (v**2 / 8 + v_rest**2 / 6)
    error = math.sqrt(v + v_rest)
    change = d.mean() - d_rest.mean()
    assert found.upper == pytest.approx(change + stats.t.ppf(0.95, dof) * error)
    assert found.lower == pytest.approx(change - stats.t.ppf(0.95, dof) * error)
    assert found.p_noninferior == pytest.approx(stats.t.cdf((change - 0.05) / error, dof))
    assert (found.dof, found.standard_error) == pytest.approx((dof, error))


def test_the_bounds_are_the_two_sided_interval_at_twice_alpha():
    one, other = changes(BEFORE, AFTER), changes(REST, REST_AFTER)
    for alpha in (0.01, 0.05, 0.1):
        found = change_in_gap(BEFORE, AFTER, REST, REST_AFTER, alpha=alpha)
        interval = cr3.compare(one, other, level=1 - 2 * alpha)
        ends = (interval.difference_low, interval.difference_high)
        assert (found.lower, found.upper) == pytest.approx(ends)


def test_the_bootstrap_bound_is_that_of_the_symmetric_bootstrap_t():
    found = change_in_gap(
        BEFORE,
        AFTER,
        REST,
        REST_AFTER,
        method="bootstrap_t",
        rng=np.random.default_rng(7),
        n_resamples=999,
    )
    interval = bootstrap_t.compare(
        changes(BEFORE, AFTER),
        changes(REST, REST_AFTER),
        level=0.90,
        rng=np.random.default_rng(7),
        n_resamples=999,
    )
    ends = (interval.difference_low, interval.difference_high)
    assert (found.lower, found.upper) == pytest.approx(ends)
    assert found.dof is None


# ── Laws ───────────────────────────────────────────────────────────────────────────────────────


@st.composite
def sides(draw):
    n = draw(st.integers(6, 10))
    words = np.array(draw(st.lists(st.integers(20, 300), min_size=n, max_size=n)), dtype=float)
    errors = st.lists(st.integers(0, 60), min_size=n, max_size=n)
    return (
        Heard(np.array(draw(errors), dtype=float), words),
        Heard(np.array(draw(errors), dtype=float), words),
    )


METHODS = [("cr3", 0), ("bootstrap_t", 199)]


def asked(group, against, *, method, n_resamples, **options):
    return change_in_gap(
        *group,
        *against,
        method=method,
        rng=np.random.default_rng(1),
        n_resamples=n_resamples,
        **options,
    )


@pytest.mark.parametrize(("method", "n"), METHODS)
@settings(max_examples=30, deadline=None)
@given(group=sides(), against=sides())
def test_the_other_side_asks_for_the_mirror_image(method, n, group, against):
    there = asked(group, against, method=method, n_resamples=n)
    back = asked(against, group, method=method, n_resamples=n)
    assert back.change == pytest.approx(-there.change)
    if there.upper is None:
        assert back.lower is None
    else:
        assert back.lower == pytest.approx(-there.upper)


@pytest.mark.parametrize(("method", "n"), METHODS)
@settings(max_examples=30, deadline=None)
@given(group=sides(), against=sides())
def test_swapping_back_undoes_the_change(method, n, group, against):
    there = asked(group, against, method=method, n_resamples=n)
    back = asked(group[::-1], against[::-1], method=method, n_resamples=n)
    assert back.change == pytest.approx(-there.change)
    assert back.gap_before == pytest.approx(there.gap_after)


@pytest.mark.parametrize(("method", "n"), METHODS)
@settings(max_examples=40, deadline=None)
@given(
    group=sides(), against=sides(), margin=st.floats(0.005, 0.4), alpha=st.sampled_from([0.05, 0.1])
)
def test_p_is_below_alpha_exactly_where_the_harmful_bound_is_within_the_margin(
    method, n, group, against, margin, alpha
):
    for direction in ("higher is worse", "higher is better", "neither"):
        found = asked(
            group,
            against,
            method=method,
            n_resamples=n,
            margin=margin,
            alpha=alpha,
            direction=direction,
        )
        if found.worsening is None:
            assert found.p_noninferior is None
        elif abs(found.p_noninferior - alpha) > 1e-9:
            assert (found.p_noninferior < alpha) == (found.worsening < margin)


def test_the_order_of_people_does_not_matter_as_long_as_it_is_the_same():
    order = np.array([3, 0, 7, 1, 6, 2, 5, 4])
    shuffled = [Heard(h.numerator[order], h.denominator[order]) for h in (BEFORE, AFTER)]
    for method, n in METHODS:
        one = asked((BEFORE, AFTER), (REST, REST_AFTER), method=method, n_resamples=n)
        other = asked(tuple(shuffled), (REST, REST_AFTER), method=method, n_resamples=n)
        assert (other.lower, other.upper) == pytest.approx((one.lower, one.upper), rel=1e-9)


def test_breaking_the_pairs_widens_the_bound():
    """People differ more than their changes do: the pairing is what makes 8 people enough."""
    mixed = Heard(np.sort(AFTER.numerator)[::-1].copy(), WORDS)
    apart = change_in_gap(BEFORE, mixed, REST, REST_AFTER)
    together = change_in_gap(BEFORE, AFTER, REST, REST_AFTER)
    assert apart.change == pytest.approx(together.change)
    assert apart.standard_error > 3 * together.standard_error


def test_for_a_metric_that_is_better_high_the_lower_bound_is_the_harmful_one():
    found = change_in_gap(
        BEFORE, AFTER, REST, REST_AFTER, margin=0.02, direction="higher is better"
    )
    assert found.worsening == -found.lower
    t = (-found.change - 0.02) / found.standard_error
    assert found.p_noninferior == pytest.approx(stats.t.cdf(t, found.dof))


# ── Edges ──────────────────────────────────────────────────────────────────────────────────────


def test_models_that_wrote_the_same_for_everybody_have_no_change_and_no_bound():
    found = change_in_gap(BEFORE, BEFORE, REST, REST, margin=0.01)
    assert (found.change, found.n_changed) == (0.0, 0)
    assert (found.lower, found.upper, found.p_noninferior) == (None, None, None)
    assert found.method == "described only"
    assert found.note.startswith("every person has the same value: no spread")


def test_fewer_than_six_people_are_refused_with_the_number_needed():
    few = [Heard(h.numerator[:5], h.denominator[:5]) for h in (REST, REST_AFTER)]
    with pytest.raises(
        InsufficientDataError,
        match=r"the other side has 5 people heard by both models; at least 6 on each side",
    ):
        change_in_gap(BEFORE, AFTER, *few)


def test_other_words_after_than_before_are_refused():
    other = Heard(AFTER.numerator, np.where(WORDS == 170, 171.0, WORDS))
    with pytest.raises(
        TableError,
        match=r"the group: a person's denominator is 170 before and 171 after; a swap is measured",
    ):
        change_in_gap(BEFORE, other, REST, REST_AFTER)


def test_sums_of_other_numbers_of_people_are_refused():
    with pytest.raises(OptionError, match="the group: the sums before and after are of 8 and 6"):
        change_in_gap(BEFORE, REST_AFTER, REST, REST_AFTER)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": 0.0}, "margin=0 is not above 0; it is by how much the gap may grow"),
        ({"alpha": 0.95}, r"alpha=0.95 is not between 0 and 0.5; 0.05 is usual"),
        ({"direction": "up"}, "direction='up' is none of 'higher is worse'"),
        ({"method": "cr4"}, "method='cr4' is none of 'cr3', 'bootstrap_t'"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(OptionError, match=message):
        change_in_gap(BEFORE, AFTER, REST, REST_AFTER, **options)


def test_drawing_at_random_needs_a_generator():
    with pytest.raises(ValueError, match=r"needs rng=numpy\.random\.default_rng\(seed\)"):
        change_in_gap(BEFORE, AFTER, REST, REST_AFTER, method="bootstrap_t")


# ── Tables ─────────────────────────────────────────────────────────────────────────────────────


def two_models(seed=1):
    old = measures_table({"us": (9, 0.10), "uk": (8, 0.16)}, seed=seed)
    drawn = np.random.default_rng(seed).binomial(2, 0.2, len(old))
    return old, old.assign(system="asr:new", numerator=old["numerator"] + drawn)


def test_tables_are_paired_by_unit_whatever_their_order():
    old, new = two_models()
    found = assess_swap(old, new, by="accent", group="uk", margin=0.02)
    again = assess_swap(
        old, new.sample(frac=1, random_state=2).reset_index(drop=True), by="accent", group="uk",
        margin=0.02,
    )  # fmt: skip
    assert again == found
    assert found.n_utterances == (64, 72)
    assert (found.change.n_speakers, found.change.n_against) == (8, 9)
    assert (found.system_before, found.system_after) == ("asr:scripted", "asr:new")


def test_the_sums_under_it_are_those_of_each_person():
    old, new = two_models()
    found = assess_swap(old, new, by="accent", group="uk")

    def people(table, accent):
        of = table[table["accent"] == accent].groupby("speaker_id")[["numerator", "denominator"]]
        sums = of.sum()
        return Heard(sums["numerator"].to_numpy(), sums["denominator"].to_numpy())

    sums = [people(table, accent) for accent in ("uk", "us") for table in (old, new)]
    expected = change_in_gap(*sums)
    assert found.change.upper == pytest.approx(expected.upper)
    assert found.change.gap_after == pytest.approx(expected.gap_after)


def test_one_table_with_both_systems_will_do_and_says_which_is_which():
    both = pd.concat(two_models(), ignore_index=True)
    found = assess_swap(
        both, both, by="accent", group="uk", system_before="asr:scripted", system_after="asr:new"
    )
    assert found.change == assess_swap(*two_models(), by="accent", group="uk").change
    with pytest.raises(OptionError, match="has 2 systems; pass system_before= one of asr:scripted"):
        assess_swap(both, both, by="accent", group="uk")


def test_rows_that_one_model_failed_on_are_in_neither_gap_and_are_counted():
    old, new = two_models()
    new.loc[new.index[:3], ["numerator", "denominator"]] = np.nan
    found = assess_swap(old, new.iloc[:-2], by="accent", group="uk")
    assert found.n_unpaired == (2, 3)
    assert found.n_utterances == (62, 69)
    kept = old.index[3:-2]
    whole = assess_swap(old.loc[kept], new.loc[kept], by="accent", group="uk")
    assert whole.change == found.change


def test_a_side_heard_by_one_model_only_in_a_third_of_its_rows_is_refused():
    old, new = two_models()
    with pytest.raises(
        InsufficientDataError,
        match=r"% of the rows of 'uk' have a value from one model only, more than 20 %",
    ):
        assess_swap(old, new.iloc[:-22], by="accent", group="uk")


def test_another_person_or_another_denominator_of_a_unit_is_refused_by_name():
    old, new = two_models()
    other = new.assign(speaker_id=new["speaker_id"].replace("us-3", "us-4"))
    with pytest.raises(TableError, match=r"unit 'u\d+': speaker_id is 'us-3' before and 'us-4'"):
        assess_swap(old, other, by="accent", group="uk")
    longer = new.assign(denominator=np.where(new["unit_id"] == "u7", 51.0, 50.0))
    with pytest.raises(TableError, match="unit 'u7': denominator is 50 before and 51 after"):
        assess_swap(old, longer, by="accent", group="uk")


def test_a_misspelt_group_or_metric_is_answered_with_the_nearest():
    old, new = two_models()
    with pytest.raises(NotFoundError, match="no group of accent named 'ku'"):
        assess_swap(old, new, by="accent", group="ku")
    with pytest.raises(NotFoundError, match="no metric named 'wre'. Did you mean 'wer'"):
        assess_swap(old, new, by="accent", group="uk", metric="wre")
    with pytest.raises(OptionError, match="group and against are both 'uk'"):
        assess_swap(old, new, by="accent", group="uk", against="uk")


def test_a_table_without_speakers_is_refused():
    old, new = two_models()
    with pytest.raises(InsufficientDataError, match="no speaker labels before the swap"):
        assess_swap(old.drop(columns="speaker_id"), new, by="accent", group="uk")


def test_the_direction_is_the_tables_and_must_be_known():
    rng = np.random.default_rng(2)
    values = {"uk": list(rng.normal(3, 1, 8)), "us": list(rng.normal(4, 1, 8))}
    old = scores_table(values)
    new = old.assign(system="tone:new", numerator=old["numerator"] + rng.normal(0, 0.2, 16))
    found = assess_swap(old, new, by="accent", group="uk", margin=0.5).change
    assert found.direction == "higher is better"
    assert found.worsening == -found.lower
    with pytest.raises(OptionError, match="mean_score:calm is 'higher is better'; leave direction"):
        assess_swap(old, new, by="accent", group="uk", direction="higher is worse")
    plain = [table.drop(columns="direction") for table in (old, new)]
    with pytest.raises(OptionError, match="which way of mean_score:calm is worse is not known"):
        assess_swap(*plain, by="accent", group="uk")


def test_the_same_seed_gives_the_same_bound_and_another_seed_another():
    old, new = two_models()
    options = {"by": "accent", "group": "uk", "method": "bootstrap_t", "n_resamples": 199}
    one, two, other = (assess_swap(old, new, **options, seed=seed) for seed in (0, 0, 1))
    assert one == two
    assert one.change.upper != other.change.upper


# ── How often it passes wrongly ────────────────────────────────────────────────────────────────


def passes(n_studies: int, people: int, *, method: str = "cr3", added: float = MARGIN) -> float:
    """Percentage of swaps that pass the margin."""
    rng = np.random.default_rng([5, people])
    found = [
        change_in_gap(
            *swapped(rng, people, added=added), margin=MARGIN, method=method, rng=rng,
            n_resamples=399,
        ).p_noninferior
        for _ in range(n_studies)
    ]  # fmt: skip
    return 100 * float(np.mean(np.array(found) <= 0.05))


def passes_when_not_significant(n_studies: int, people: int) -> float:
    """The control: 'the change is not shown to differ from 0' read as a pass."""
    rng = np.random.default_rng([5, people])
    found = []
    for _ in range(n_studies):
        group_before, group_after, before, after = swapped(rng, people, added=MARGIN)
        found.append(cr3.compare(changes(group_before, group_after), changes(before, after)).p)
    return 100 * float(np.mean(np.array(found) >= 0.05))


def monte_carlo_error(percent: float, n_studies: int) -> float:
    return math.sqrt(percent * (100 - percent) / n_studies)


PEOPLE = [6, 12, 30]


@pytest.mark.parametrize("method", ["cr3", "bootstrap_t"])
@pytest.mark.parametrize("people", PEOPLE)
def test_a_model_that_worsens_the_gap_by_the_margin_seldom_passes(people, method):
    most = MOST_FALSE_PASSES + 2 * monte_carlo_error(5, QUICK)
    assert passes(QUICK, people, method=method) <= most


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cr3", "bootstrap_t"])
@pytest.mark.parametrize("people", PEOPLE)
def test_false_passes_at_the_margin_are_within_the_acceptance_number(people, method):
    assert passes(FULL, people, method=method) <= MOST_FALSE_PASSES


@pytest.mark.parametrize(("people", "published"), [(6, 95), (12, 89), (30, 71)])
def test_reading_not_significant_as_a_pass_passes_most_models_at_the_margin(people, published):
    found = passes_when_not_significant(QUICK, people)
    assert found == pytest.approx(published, abs=3 + 3 * monte_carlo_error(published, QUICK))
    assert found > 60


def test_an_unchanged_model_passes_more_often_the_more_people_there_are_and_as_planned():
    """Changes of people have an SD of about 8 points here; the plan is told nothing else."""
    rng = np.random.default_rng(9)
    many = swapped(rng, 4000, added=0.0)
    found = change_in_gap(*many)
    sd = [
        math.sqrt(4000) * change_in_gap(*pair, *pair[::-1]).standard_error / math.sqrt(2)
        for pair in (many[:2], many[2:])
    ]
    assert found.standard_error == pytest.approx(math.hypot(*sd) / math.sqrt(4000), rel=0.01)
    for people in (12, 30):
        planned = 100 * power_of_noninferiority(MARGIN, sd=sd[0], against_sd=sd[1], people=people)
        allowed = 3 + 2 * monte_carlo_error(planned, QUICK)
        assert passes(QUICK, people, added=0.0) == pytest.approx(planned, abs=allowed)
