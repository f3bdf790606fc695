"""Who is picked, by group and within: the engine's numbers, refusals, and what each look sees."""

import numpy as np
import pandas as pd
import pytest

from biasbench.consequences.selection.selection import selection
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.estimate import estimate
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums
from tests.evidence.tables import scores_table


def picked(rates, *, people=(20, 30), calls=100, spread=0.0, seed=1) -> pd.DataFrame:
    """Person-months: calls listened to of all calls; people differ with correlation `spread`."""
    rng = np.random.default_rng(seed)
    values = {}
    for name, n, rate in zip("gr", people, rates, strict=True):
        k = (1 - spread) / spread if spread else None
        own = rng.beta(rate * k, (1 - rate) * k, n) if k else np.full(n, rate)
        values[name] = rng.binomial(calls, own).astype(float)
    table = scores_table(values, metric="listened")
    return table.drop(columns="direction").assign(denominator=float(calls), system="quality:own")


def ask(table, announced=0.05, **options):
    return selection(table, announced=announced, by="accent", group="g", n_resamples=199, **options)


def test_the_comparison_is_the_engines():
    table = picked((0.09, 0.05), spread=0.03)
    found = ask(table)
    sides = [
        speaker_sums(part["speaker_id"], part["numerator"], part["denominator"])
        for _, part in table.groupby("accent")
    ]
    assert found.comparison == cr3.compare(*sides)
    assert found.group == estimate(sides[0])
    assert found.refused == ()


def test_each_side_stands_somewhere_from_the_announced_rate():
    found = ask(picked((0.12, 0.05), people=(40, 40)))
    assert (found.group_standing, found.against_standing) == ("above", "undecided")
    lower = ask(picked((0.12, 0.05), people=(40, 40)), announced=0.5)
    assert (lower.group_standing, lower.against_standing) == ("below", "below")


def test_a_gap_between_groups_is_not_concentration_within_them():
    found = ask(picked((0.15, 0.03), people=(40, 40), calls=300, seed=4))
    within, other, both = found.concentrations
    assert found.comparison.ratio_low > 1
    assert within.against_observed.p_value > 0.05
    assert other.against_observed.p_value > 0.05
    assert both.against_observed.p_value == 1 / 200


def test_concentration_within_groups_is_no_gap_between_them():
    table = picked((0.08, 0.08), people=(40, 40), spread=0.08, seed=2)
    found = ask(table, announced=0.08)
    assert found.comparison.ratio_low < 1 < found.comparison.ratio_high
    assert [part.against_observed.p_value for part in found.concentrations] == [1 / 200] * 3
    assert found.concentrations[0].spread.rho_low > 0


def test_calls_and_months_of_a_person_give_the_same_answer():
    months = picked((0.1, 0.05), calls=20)
    calls = pd.concat(
        [
            pd.DataFrame({**row, "numerator": np.arange(20) < row["numerator"], "denominator": 1.0})
            for row in months.to_dict("records")
        ],
        ignore_index=True,
    )
    calls["unit_id"] = [f"c{number}" for number in range(len(calls))]
    calls["numerator"] = calls["numerator"].astype(float)
    one, two = ask(months), ask(calls)
    assert one.comparison == two.comparison
    for a, b in zip(one.concentrations, two.concentrations, strict=True):
        assert a.against_observed == b.against_observed
        pd.testing.assert_frame_equal(a.bins, b.bins)


def test_a_number_a_month_has_no_share_to_exceed():
    table = picked((0.1, 0.05)).assign(denominator=1.0)
    found = ask(table, announced=5.0, announced_as="number")
    assert found.group.value > 5
    assert found.concentrations[0].spread is None
    with pytest.raises(TableError, match="out of the calls in the denominator"):
        ask(table, announced=0.05)


def test_a_side_nobody_of_which_is_picked_is_said():
    table = picked((0.1, 0.05))
    table.loc[table["accent"] == "r", "numerator"] = 0.0
    found = ask(table)
    assert found.concentrations[1] is None
    assert found.notes == (
        "rest: 0 of 3000 were picked: concentration takes some picked and some not",
    )
    assert found.comparison.p is None
    assert found.refused[0].startswith("N-ERR(n_events=0)")


def test_what_cannot_be_asked_is_refused():
    with pytest.raises(InsufficientDataError, match="5 people with calls in 'g'.* at least 6"):
        ask(picked((0.1, 0.05), people=(5, 30)))
    with pytest.raises(OptionError, match="announced=5: a share lies between 0 and 1"):
        ask(picked((0.1, 0.05)), announced=5.0)
    with pytest.raises(OptionError, match="announced_as='numbers' is none of"):
        ask(picked((0.1, 0.05)), announced_as="numbers")
    with pytest.raises(NotFoundError, match="no metric named 'listend'. Did you mean 'listened'"):
        ask(picked((0.1, 0.05)), metric="listend")


def test_the_same_seed_gives_the_same_and_another_only_other_draws():
    table = picked((0.1, 0.05), spread=0.01)
    one, again, other = ask(table, seed=3), ask(table, seed=3), ask(table, seed=4)
    assert one.concentrations[2].against_observed == again.concentrations[2].against_observed
    assert one.comparison == other.comparison
