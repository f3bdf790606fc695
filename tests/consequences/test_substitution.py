"""The human transcript in place of the automatic one: the change, the share, who crosses."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.consequences.substitution.assessment import assess_substitution
from biasbench.consequences.substitution.calls import Calls
from biasbench.consequences.substitution.crossings import Crossed, crossings
from biasbench.consequences.substitution.printed import crossings_printed
from biasbench.consequences.substitution.redraws import Redrawn, redrawn
from biasbench.consequences.substitution.share import gap_share
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.assessment import assess
from biasbench.evidence.jackknife import jackknife
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import ordered_sums
from biasbench.evidence.swaps.change import changes
from biasbench.evidence.swaps.pairing import Heard
from biasbench.tables.substitutions import CROSSINGS

QUICK, FULL = 400, 2000
COVERED = 93.0
#: Points lost by word error rate 1: a recogniser that errs on one word in ten costs 6 points.
SLOPE = 60.0


def scored_twice(
    rng: np.random.Generator,
    people: int,
    *,
    errors: float,
    mean: float,
    scatter: float = 0.0,
    drift: float = 0.0,
) -> pd.DataFrame:
    """Calls of people, scored on what was said and on what was written; one row a call.

    A call's human score is the person's (SD 4) plus the call's (SD 8). The automatic one loses
    SLOPE × the call's error rate, gamma around the person's own (relative SD 0.4). `scatter` and
    `drift` are what a scoring that answers differently when asked twice adds by call, by person.
    """
    n_calls = rng.integers(5, 41, people)
    person = np.repeat(np.arange(people), n_calls)
    human = mean + rng.normal(0, 4, people)[person] + rng.normal(0, 8, len(person))
    rate = (errors * rng.gamma(1 / 0.16, 0.16, people))[person] * rng.gamma(2, 0.5, len(person))
    again = drift * rng.normal(size=people)[person] + scatter * rng.normal(size=len(person))
    return pd.DataFrame(
        {"person": person, "human": human, "automatic": human - SLOPE * rate + again}
    )


def heard(calls: pd.DataFrame) -> tuple[Heard, Heard]:
    person = calls["person"].to_numpy()
    w = np.bincount(person).astype(float)
    sums = [np.bincount(person, weights=calls[name]) for name in ("automatic", "human")]
    return Heard(sums[0], w), Heard(sums[1], w)


def measures_of(sides: dict[str, pd.DataFrame], **columns) -> pd.DataFrame:
    """Both scorings in one table; `sides` is accent → calls."""
    parts = []
    for accent, calls in sides.items():
        for system in ("automatic", "human"):
            parts.append(
                pd.DataFrame(
                    {
                        "system": system,
                        "unit_id": [f"{accent}{number}" for number in range(len(calls))],
                        "metric": "mean_score:quality",
                        "speaker_id": accent + calls["person"].astype(str),
                        "numerator": calls[system],
                        "denominator": 1.0,
                        "direction": "higher is better",
                        "accent": accent,
                        **{name: calls[name] for name in columns.values()},
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def a_study(seed=1, people=16, gap=0.1) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return {
        "b": scored_twice(rng, people, errors=0.1 + gap, mean=75),
        "a": scored_twice(rng, people, errors=0.1, mean=75),
    }


def ask(table, other=None, **options):
    asked = {"by": "accent", "group": "b", "margin": 1.0, "n_resamples": 199} | options
    names = {} if other is not None else {"automatic": "automatic", "human": "human"}
    return assess_substitution(table, other, **(names | asked))


# ── The change ─────────────────────────────────────────────────────────────────────────────────


def test_the_change_is_the_two_sided_paired_interval_of_the_engine():
    sides = a_study()
    found = ask(measures_of(sides), level=0.9)
    one, other = (changes(*heard(calls)) for calls in sides.values())
    engine = cr3.compare(one, other, level=0.9)
    assert found.change == pytest.approx(engine.difference)
    ends = (engine.difference_low, engine.difference_high)
    assert (found.change_low, found.change_high) == pytest.approx(ends)
    assert found.gap_human - found.gap_automatic == pytest.approx(found.change)
    assert found.automatic_gap.difference == pytest.approx(found.gap_automatic)
    assert found.human_gap.difference == pytest.approx(found.gap_human)
    assert found.refused == ()


def test_two_tables_and_one_give_the_same():
    table = measures_of(a_study())
    parts = [table[table["system"] == name] for name in ("automatic", "human")]
    assert ask(parts[0], parts[1], threshold=70) == ask(table, threshold=70)


def test_the_verdict_is_assesss_on_the_automatic_scoring_alone():
    table = measures_of(a_study())
    found = ask(table)
    alone = assess(table[table["system"] == "automatic"], by="accent", margin=1.0, n_resamples=199)
    assert found.gap_finding == alone.to_findings()[1]
    assert found.gap_verdict == found.gap_finding.verdict == "V-D2"


def test_the_order_of_rows_and_names_change_nothing():
    table = measures_of(a_study())
    shuffled = table.sample(frac=1, random_state=3)
    shuffled["speaker_id"] = "x" + shuffled["speaker_id"].str[::-1]
    one, other = (ask(t, threshold=70).crossings for t in (table, shuffled))
    assert one == other


def test_swapping_the_sides_turns_gap_and_change_and_leaves_the_share():
    table = measures_of(a_study())
    one, other = ask(table, against="a"), ask(table, group="a", against="b")
    assert one.change_low == pytest.approx(-other.change_high)
    assert one.gap_automatic == pytest.approx(-other.gap_automatic)
    assert one.share.low == pytest.approx(other.share.low)
    assert (one.gap_verdict[:3], other.gap_verdict[:3]) == ("V-D", "V-A")
    assert one.mechanism == other.mechanism == "narrows"


def test_a_transcript_that_makes_the_gap_is_said_to_widen_it():
    sides = a_study()
    turned = {
        accent: calls.rename(columns={"automatic": "human", "human": "automatic"})
        for accent, calls in sides.items()
    }
    for calls in turned.values():
        calls["automatic"] = calls["automatic"] - 8.0 * (calls is turned["b"])
        calls["human"] = calls["human"] - 8.0 * (calls is turned["b"])
    found = ask(measures_of(turned))
    assert found.mechanism == "widens"
    assert found.share.high < 0


def test_a_scoring_that_ignores_the_words_is_said_to():
    sides = a_study()
    for calls in sides.values():
        calls["human"] = calls["automatic"]
    found = ask(measures_of(sides), threshold=70)
    assert "does not depend on the words" in found.note
    assert (found.change, found.n_changed) == (0.0, 0)
    assert found.mechanism is found.share is found.change_low is None
    assert found.crossings.group.changed == 0
    assert found.refused[0].startswith("N-ERR-FLAT")


# ── Pairing ────────────────────────────────────────────────────────────────────────────────────


def test_calls_scored_on_one_transcript_only_are_counted_by_side():
    table = measures_of(a_study())
    gone = (table["system"] == "human") & table["unit_id"].isin(["b0", "b1", "a5"])
    found = ask(table[~gone], threshold=70)
    assert found.n_unpaired == (2, 1)
    missing = table.assign(numerator=table["numerator"].mask(gone), denominator=1.0)
    missing["denominator"] = missing["denominator"].mask(gone)
    again = ask(missing, threshold=70)
    assert again.n_unpaired == (2, 1)
    assert again.change == found.change
    assert again.crossings == found.crossings


def test_more_than_a_fifth_unpaired_is_refused():
    table = measures_of(a_study())
    of_b = [f"b{number}" for number in range(200)]
    few = table[(table["system"] == "automatic") | ~table["unit_id"].isin(of_b)]
    with pytest.raises(InsufficientDataError, match=r"of 'b' have a value from one .* than 20 %"):
        ask(few)


def test_unequal_denominators_and_strangers_are_refused():
    table = measures_of(a_study())
    at = table.index[(table["system"] == "human") & (table["unit_id"] == "b3")]
    longer = table.copy()
    longer.loc[at, "denominator"] = 2.0
    with pytest.raises(TableError, match="unit 'b3': denominator is 1 before and 2 after"):
        ask(longer)
    stranger = table.copy()
    stranger.loc[at, "speaker_id"] = "b1" if stranger.loc[at[0], "speaker_id"] != "b1" else "b2"
    with pytest.raises(TableError, match="unit 'b3': speaker_id"):
        ask(stranger)


def test_five_people_are_too_few_and_nine_get_no_public_verdict():
    with pytest.raises(InsufficientDataError, match="5 people .* at least 6 on each side"):
        ask(measures_of(a_study(people=5)))
    found = ask(measures_of(a_study(people=9)), threshold=70)
    assert found.gap_verdict == "V-N"
    assert found.crossings_code == "PAY-NO"
    assert [gate[:6] for gate in found.refused] == ["N-SIZE", "N-SIZE"]
    restricted = ask(measures_of(a_study(people=9, gap=0.2)), threshold=70, audience="restricted")
    assert restricted.gap_verdict.startswith("V-D")
    assert restricted.crossings is not None


def test_options_that_cannot_be_are_refused():
    table = measures_of(a_study())
    with pytest.raises(OptionError, match="with one table, name its two systems"):
        assess_substitution(table, by="accent", group="b", margin=1.0, automatic="automatic")
    with pytest.raises(OptionError, match="with one table, name its two systems"):
        ask(table, human="automatic")
    with pytest.raises(NotFoundError, match="Did you mean 'human'"):
        ask(table, human="humen")
    with pytest.raises(OptionError, match="period='month' counts crossings"):
        ask(table, period="month")
    with pytest.raises(NotFoundError, match="column named 'month'"):
        ask(table, threshold=70, period="month")
    with pytest.raises(OptionError, match="margin is 0"):
        ask(table, margin=0)
    with pytest.raises(OptionError, match="threshold=nan"):
        ask(table, threshold=math.nan)


# ── Crossings are a simulation, and only of an established gap ─────────────────────────────────


def test_no_established_gap_no_simulation():
    table = measures_of(a_study(gap=0.0))
    found = ask(table, threshold=70)
    assert found.gap_verdict in ("V-I", "V-E")
    assert (found.crossings, found.crossings_code) == (None, "PAY-NO")
    assert found.crossings_note.startswith("gap not established: V-")
    unasked = ask(measures_of(a_study()))
    assert (unasked.crossings, unasked.crossings_code) == (None, None)
    undirected = ask(table.drop(columns="direction"), threshold=70)
    assert (undirected.gap_verdict, undirected.crossings_code) == (None, "PAY-NO")


def test_the_equivalent_gap_is_not_simulated_either():
    found = ask(measures_of(a_study(gap=0.0, people=40)), threshold=70, margin=20.0)
    assert (found.gap_verdict, found.crossings_code) == ("V-E", "PAY-NO")


def test_a_person_crosses_if_their_mean_over_all_their_calls_does():
    sides = a_study(seed=2)
    found = ask(measures_of(sides), threshold=68.0).crossings
    for side, calls in ((found.group, sides["b"]), (found.against, sides["a"])):
        means = calls.groupby("person")[["automatic", "human"]].mean()
        before, after = means["automatic"] >= 68, means["human"] >= 68
        assert side.up == int((after & ~before).sum()) > 0
        assert side.down == int((before & ~after).sum())
        assert (side.n, side.n_people) == (16, 16)
        assert side.n_pass_human - side.n_pass_automatic == side.up - side.down


def test_person_periods_are_counted_beside_people_and_not_as_people():
    sides = a_study(seed=2)
    for calls in sides.values():
        calls["month"] = [f"2024-0{1 + number % 3}" for number in range(len(calls))]
    sides["b"].loc[[0, 4], "month"] = None
    found = ask(measures_of(sides, period="month"), threshold=68.0, period="month").crossings
    known = sides["b"].dropna(subset="month")
    means = known.groupby(["person", "month"])[["automatic", "human"]].mean()
    before, after = means["automatic"] >= 68, means["human"] >= 68
    assert found.group_periods.n == len(means) > found.group.n == 16
    assert found.group_periods.n_people == 16
    assert found.group_periods.up == int((after & ~before).sum())
    assert found.n_without_period == 2
    without = ask(measures_of(sides), threshold=68.0).crossings
    assert without.group == found.group
    table = found.table()
    assert CROSSINGS.check(table).equals(table)
    assert table["unit"].tolist() == ["person", "person", "person-period", "person-period"]


def test_where_a_higher_score_is_worse_up_is_still_to_the_side_that_passes():
    sides = a_study(seed=2)
    turned = {a: c.assign(automatic=-c["automatic"], human=-c["human"]) for a, c in sides.items()}
    table = measures_of(turned).assign(direction="higher is worse")
    one = ask(measures_of(sides), threshold=68.0).crossings
    other = ask(table, threshold=-68.0).crossings
    assert not other.higher_passes
    assert (one.group.up, one.group.down) == (other.group.up, other.group.down)


def brute_force_redraw(scores, threshold) -> float:
    """The share of all ways to draw n − 1 of n scores that end on the other side."""
    n = len(scores)
    grids = np.stack(np.meshgrid(*[scores] * (n - 1), indexing="ij")).reshape(n - 1, -1)
    return float(((grids.mean(axis=0) >= threshold) != (np.mean(scores) >= threshold)).mean())


def test_expected_crossings_are_those_of_all_redraws():
    people = [np.array([66.0, 71, 73, 68, 70.5]), np.array([80.0, 69, 60, 72, 71.5])]
    exact = [brute_force_redraw(scores, 70.0) for scores in people]
    assert np.mean(people[0]) < 70 < np.mean(people[1])
    scores, code = np.concatenate(people), np.repeat([0, 1], 5)
    found = redrawn(
        scores, scores, np.ones(10), code, code, 70.0, rng=np.random.default_rng(0),
        n_resamples=20_000,
    )  # fmt: skip
    assert found.expected_up == pytest.approx(exact[0], abs=0.015)
    assert found.expected_down == pytest.approx(exact[1], abs=0.015)
    assert (found.changed_low, found.changed_high) == (0, 0)


def test_redrawing_has_the_variance_of_a_mean():
    """n − 1 of n: s²/n on average over samples, where n of n would be (n − 1)/n of it."""
    scores = np.array([61.0, 75, 70, 66])
    n = len(scores)
    grids = np.stack(np.meshgrid(*[scores] * (n - 1), indexing="ij")).reshape(n - 1, -1)
    assert grids.mean(axis=0).var() == pytest.approx(scores.var(ddof=1) / n)


def test_where_only_people_can_differ_the_range_is_binomial():
    """Every call of a person alike: 6 of 20 cross whatever is drawn, so people alone are drawn."""
    person = np.repeat(np.arange(20), 3)
    automatic = np.full(60, 65.0)
    human = np.where(person < 6, 75.0, 66.0)
    found = redrawn(
        automatic, human, np.ones(60), person, person, 70.0, rng=np.random.default_rng(0),
        n_resamples=20_000,
    )  # fmt: skip
    ends = stats.binom.ppf([0.025, 0.975], 20, 0.3)
    assert (found.changed_low, found.changed_high) == pytest.approx(ends)
    assert (found.expected_up, found.expected_down) == (0, 0)


def test_people_of_one_call_cannot_be_redrawn_and_are_counted():
    calls = Calls(
        np.array([69.0, 71, 60, 62]), np.array([71.0, 69, 60, 63]), np.ones(4),
        np.array([0, 1, 2, 3]), np.array([True, True, False, False]),
    )  # fmt: skip
    found = crossings(calls, 70.0, rng=np.random.default_rng(0), n_resamples=99)
    assert (found.group.up, found.group.down) == (1, 1)
    assert found.group.redrawn == Redrawn(None, None, None, None, 2)


def test_the_range_holds_the_count_and_widens_with_fewer_people():
    found = [
        ask(measures_of(a_study(seed=4, people=n)), threshold=68.0).crossings.group
        for n in (12, 60)
    ]
    widths = [(side.redrawn.changed_high - side.redrawn.changed_low) / side.n for side in found]
    for side in found:
        assert side.redrawn.changed_low <= side.changed <= side.redrawn.changed_high
    assert widths[0] > widths[1] > 0


# ── What may be printed ────────────────────────────────────────────────────────────────────────


def side_with(n: int, up: int, down: int, n_people: int | None = None) -> Crossed:
    nothing = Redrawn(None, None, None, None, 0)
    return Crossed(n, up, down, 0, 0, n_people=n_people or n, redrawn=nothing)


@given(st.integers(10, 400), st.data())
def test_printed_counts_are_rounded_below_20_and_add_up(n, drawn):
    up = drawn.draw(st.integers(0, n))
    down = drawn.draw(st.integers(0, n - up))
    found = crossings_printed(side_with(n, up, down), k=10)
    if up + down >= 0.9 * n:
        assert found.changed is found.up is None
        assert "each of them" in found.withheld
        return
    for exact, printed in ((up, found.up), (down, found.down)):
        assert printed == exact if exact >= 20 else printed % 5 == 0
        assert abs(printed - exact) <= 2
    assert found.changed == found.up + found.down
    assert found.is_rounded == (min(up, down) < 20)


def test_a_printed_count_never_tells_neighbours_apart():
    for exact in range(18):
        printed = crossings_printed(side_with(100, exact, 0), k=10).up
        alike = [
            e for e in range(20) if crossings_printed(side_with(100, e, 0), k=10).up == printed
        ]
        assert len(alike) >= 3


def test_few_people_are_not_written_about_and_person_periods_do_not_make_them_more():
    assert crossings_printed(side_with(9, 2, 0), k=10).withheld == "9 people: no counts below 10"
    months = side_with(108, 12, 3, n_people=9)
    assert crossings_printed(months, k=10).n is None
    assert crossings_printed(side_with(9, 2, 0), k=5).up == 0
    voices = crossings_printed(side_with(3, 2, 1), k=None)
    assert (voices.up, voices.down, voices.is_rounded) == (2, 1, False)
    with pytest.raises(OptionError, match="k=0 is below 1"):
        crossings_printed(side_with(9, 2, 0), k=0)


# ── The share ──────────────────────────────────────────────────────────────────────────────────


def sides_of(sides: dict[str, pd.DataFrame]) -> tuple[Heard, Heard, Heard, Heard]:
    return *heard(sides["b"]), *heard(sides["a"])


def gap_interval(share: float, four, level: float):
    """The engine's interval of G_h − (1 − share)·G_a."""
    sides = [
        ordered_sums(h.numerator - (1 - share) * a.numerator, a.denominator, n_utterances=1,
                     kind="mean")
        for a, h in (four[:2], four[2:])
    ]  # fmt: skip
    found = cr3.compare(*sides, level=level)
    return found.difference_low, found.difference_high


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.8, 0.95]))
def test_the_ends_of_the_share_are_where_the_engines_interval_just_holds_0(seed, level):
    four = sides_of(a_study(seed=seed, people=8))
    try:
        found = gap_share(*four, level=level)
    except InsufficientDataError:
        low, high = gap_interval(-1e9, four, level)  # so much of G_a that G_h does not count
        assert low <= 0 <= high
        return
    for end in (found.low, found.high):
        ends = gap_interval(end, four, level)
        assert min(map(abs, ends)) < 1e-6 * (ends[1] - ends[0])
    low, high = gap_interval(found.value, four, level)
    assert low < 0 < high


def test_share_change_and_human_gap_never_contradict_each_other():
    for seed in range(8):
        found = ask(measures_of(a_study(seed=seed, people=10, gap=0.08)))
        holds = [
            found.change_low <= 0 <= found.change_high,
            found.human_gap.difference_low <= 0 <= found.human_gap.difference_high,
        ]
        own = found.automatic_gap
        if own.difference_low <= 0 <= own.difference_high:
            assert found.share is found.mechanism is None
            assert "holds 0" in found.share_note
            continue
        share = found.share
        assert holds == [share.low <= 0 <= share.high, share.low <= 1 <= share.high]


def test_with_one_person_count_and_no_weights_it_is_fiellers_theorem():
    """Paired normal means against a constant other side, by the textbook quadratic.

    The other side's people all score alike on both transcripts up to a hair, so that ν is K − 1.
    """
    rng = np.random.default_rng(5)
    n = 12
    a, h = rng.normal(-5, 3, n), rng.normal(-2, 3, n)
    hair = rng.normal(0, 1e-7, n)
    ones = np.ones(n)
    found = gap_share(Heard(a, ones), Heard(h, ones), Heard(hair, ones), Heard(hair[::-1], ones))
    t = stats.t.ppf(0.975, n - 1) ** 2
    cov = np.cov(h, a) / (n - 1)  # CR3: s²/(n − 1)
    first = a.mean() ** 2 - t * cov[1, 1]
    second = h.mean() * a.mean() - t * cov[0, 1]
    third = h.mean() ** 2 - t * cov[0, 0]
    root = math.sqrt(second**2 - first * third)
    assert first > 0
    kept = ((second - root) / first, (second + root) / first)
    assert (1 - found.high, 1 - found.low) == pytest.approx(kept)


# ── Simulated ──────────────────────────────────────────────────────────────────────────────────


def quick_sides(rng, people, **options):
    """Both sides' sums; the other side errs on one word in ten."""
    group = scored_twice(rng, people, **({"errors": 0.2, "mean": 75.0} | options))
    rest = scored_twice(rng, people, **(options | {"errors": 0.1, "mean": 75.0}))
    return group, rest


def covered_by_change(n_studies: int, people: int, seed: int = 0) -> tuple[float, float]:
    """Coverage of the change, and of the interval that takes the two gaps for independent."""
    rng = np.random.default_rng(seed)
    paired = unpaired = 0
    truth = SLOPE * 0.1
    for _ in range(n_studies):
        sums = [heard(calls) for calls in quick_sides(rng, people)]
        found = cr3.compare(*(changes(*side) for side in sums))
        paired += found.difference_low <= truth <= found.difference_high
        apart = [cr3.compare(mean_of(sums[0][at]), mean_of(sums[1][at])) for at in (0, 1)]
        reach = math.hypot(*((c.difference_high - c.difference_low) / 2 for c in apart))
        unpaired += abs(apart[1].difference - apart[0].difference - truth) <= reach
    return 100 * paired / n_studies, 100 * unpaired / n_studies


def mean_of(one: Heard):
    return ordered_sums(one.numerator, one.denominator, n_utterances=1, kind="mean")


def false_attribution(n_studies: int, people: int, seed: int = 0) -> tuple[float, float]:
    """How often a scoring that answers at random when asked twice "narrows" its gap, with people
    as the unit and with calls; the gap itself is real, 6 points, and in the human score."""
    rng = np.random.default_rng(seed)
    by_people = by_calls = 0
    for _ in range(n_studies):
        sides = [
            scored_twice(rng, people, errors=0.0, mean=mean, scatter=3.0, drift=2.0)
            for mean in (69.0, 75.0)
        ]
        found = cr3.compare(*(changes(*heard(calls)) for calls in sides))
        by_people += found.difference_low > 0
        d = [(calls["human"] - calls["automatic"]).to_numpy() for calls in sides]
        by_calls += stats.ttest_ind(*d, equal_var=False).confidence_interval().low > 0
    return 100 * by_people / n_studies, 100 * by_calls / n_studies


@pytest.mark.parametrize("people", [8, 20])
def test_the_interval_of_the_change_covers(people):
    paired, unpaired = covered_by_change(QUICK, people)
    assert paired >= COVERED
    assert unpaired > 99.5  # far too wide: it pays for what people are like, which cancels


def test_a_scoring_that_ignores_the_transcript_is_seldom_said_to_narrow_its_gap():
    """One side of a two-sided 95 %: 2.5 %, and 2.3 for three Monte-Carlo errors."""
    by_people, by_calls = false_attribution(QUICK, 12)
    assert by_people <= 4.8
    assert by_calls > 15


def covered_by_share(n_studies: int, people: int, gap: float, in_speech: float, seed: int = 0):
    """Of the studies given a share: coverage of Fieller's and of the jackknife of the ratio, and
    how often Fieller's lies wholly above the truth; all in %."""
    rng = np.random.default_rng(seed)
    truth = SLOPE * gap / (SLOPE * gap + in_speech)
    counts, given_share = np.zeros(3), 0
    for _ in range(n_studies):
        group, rest = quick_sides(rng, people, errors=0.1 + gap, mean=75 - in_speech)
        four = (*heard(group), *heard(rest))
        try:
            found = gap_share(*four)
        except InsufficientDataError:
            continue
        given_share += 1
        ratio = jackknife(
            lambda g, a: (1 - (g[1] / g[2] - a[1] / a[2]) / (g[0] / g[2] - a[0] / a[2]))[..., None],
            (four[0].numerator, four[1].numerator, four[0].denominator),
            (four[2].numerator, four[3].numerator, four[2].denominator),
        )
        counts += [
            found.low <= truth <= found.high,
            ratio.low[0] <= truth <= ratio.high[0],
            truth < found.low,
        ]
    return 100 * counts / given_share, given_share


@pytest.mark.parametrize(("gap", "in_speech"), [(0.1, 2.0), (0.0, 6.0), (0.1, 0.0)])
def test_the_share_is_covered_where_there_is_a_gap_to_share_out(gap, in_speech):
    (fieller, _, above), given_share = covered_by_share(200, 20, gap, in_speech)
    assert given_share > 150
    assert fieller >= 91.5
    assert above <= 6.5


def test_of_gaps_too_small_to_find_the_share_is_never_overstated_and_the_jackknife_errs_most():
    (fieller, plain, above), given_share = covered_by_share(600, 12, 0.05, -1.0)
    assert 30 < given_share < 120
    assert above <= 2
    assert fieller > plain + 20


@pytest.mark.slow
@pytest.mark.parametrize("people", [6, 12, 30])
def test_coverage_and_false_attribution_in_full(people):
    paired, unpaired = covered_by_change(FULL, people)
    assert COVERED <= paired <= 98.5
    assert unpaired > 99.5
    by_people, by_calls = false_attribution(FULL, people)
    assert by_people <= 3.5
    assert by_calls > 10
