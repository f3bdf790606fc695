"""How often a gate is wrong, in simulated swaps, and how often it can tell at all.

Every study goes through `gate` itself. The margin is the policy's limit; the control, which must
fail, passes whatever change is not shown to be above 0.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from biasbench.evidence.estimate import between_speaker_sd
from biasbench.evidence.planning.power import power_of_noninferiority
from biasbench.evidence.swaps.change import changes
from biasbench.gates import Policy, gate
from biasbench.gates.lines import sentence
from tests.evidence.test_swap import heard, swapped
from tests.gates.world import sides_of, sides_of_groups

R, QUICK = 2000, 400
PEOPLE = [6, 12, 30]
MOST_FALSE_PASSES = 0.065  # docs/statistics.md, "Acceptance numbers" 3


def policy(limit: float) -> Policy:
    return Policy(
        metrics=("wer",), by="accent", against="b", max_change={"wer": limit}, min_people=6
    )


def outcomes(studies, asked: Policy) -> tuple[Counter, float]:
    """How the change came out in each study, and the share that the control passes."""
    found: Counter = Counter()
    not_significant: list[bool] = []
    for study in studies:
        decided = gate(*sides_of(*study), asked)
        (check,) = [one for one in decided.checks if one.rule == "change"]
        found[check.outcome] += 1
        not_significant.append(check.low is None or check.low <= 0)
        assert (decided.exit_code == 0) == (check.outcome == "pass")
    return found, float(np.mean(not_significant))


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
def test_a_swap_at_the_limit_seldom_passes_and_the_control_passes_most(people):
    rng = np.random.default_rng(people)
    studies = (swapped(rng, people, added=0.03) for _ in range(R))
    found, control = outcomes(studies, policy(0.03))
    assert found["pass"] / R <= MOST_FALSE_PASSES
    assert control > 0.5
    assert found["fail"] / R <= MOST_FALSE_PASSES  # at the limit is not beyond it either


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
def test_a_second_way_to_pass_does_not_let_more_through(people):
    """The worst case for it: nobody worse off before, and worse off by the limit after."""
    rng = np.random.default_rng(100 + people)

    def study():
        one = heard(rng, people=people, mean=0.15, added=0.03, between_changes=0.1)
        other = heard(rng, people=people, mean=0.15, added=0.0, between_changes=0.1)
        return (*one, *other)

    found, _ = outcomes((study() for _ in range(R)), policy(0.03))
    assert found["pass"] / R <= MOST_FALSE_PASSES


@pytest.mark.slow
@pytest.mark.parametrize("people", PEOPLE)
def test_a_model_that_changes_nothing_passes_as_often_as_was_planned(people):
    rng = np.random.default_rng(people)
    studies = (swapped(rng, people, added=0.0, between_changes=0.15) for _ in range(R))
    found, _ = outcomes(studies, policy(0.02))
    many = swapped(np.random.default_rng(1), 20_000, added=0.0, between_changes=0.15)
    planned = power_of_noninferiority(
        0.02,
        sd=between_speaker_sd(changes(many[0], many[1])),
        against_sd=between_speaker_sd(changes(many[2], many[3])),
        people=people,
    )
    assert found["pass"] / R == pytest.approx(planned, abs=0.03)
    assert found["fail"] / R <= 0.02


@pytest.mark.slow
def test_a_gate_of_five_groups_at_their_limits_seldom_fails():
    """That it fails asserts one of many: here each of five is at its limit, and none beyond."""
    rng = np.random.default_rng(30)
    failed = 0
    for _ in range(QUICK):
        groups = {"b": heard(rng, people=30, mean=0.105, added=0.0, between_changes=0.45)} | {
            f"a{number}": heard(rng, people=30, mean=0.15, added=0.03, between_changes=0.45)
            for number in range(5)
        }
        failed += gate(*sides_of_groups(groups), policy(0.03)).outcome == "fail"
    assert failed / QUICK <= 0.06 + 2 * np.sqrt(0.06 * 0.94 / QUICK)


@pytest.mark.parametrize("rule", ["max_change", "max_gap"])
def test_a_limit_is_said_to_lie_where_it_lies(rule):
    """Inside the interval; or beyond that of one rule and inside the one that allows for all."""
    rng = np.random.default_rng(31)
    asked = replace(policy(0.03), **{"max_change": {}, "max_gap": {}} | {rule: {"wer": 0.03}})
    seen: Counter = Counter()
    for _ in range(60):
        groups = {"b": heard(rng, people=12, mean=0.105, added=0.0, between_changes=0.45)} | {
            f"a{number}": heard(
                rng, people=12, mean=0.13, added=0.02 * number, between_changes=0.45
            )
            for number in range(5)
        }
        decided = gate(*sides_of_groups(groups), asked)
        for check in decided.checks:
            if check.rule == "coverage":
                continue
            assert check.low_of_all <= check.low <= check.value <= check.high <= check.high_of_all
            where = {
                "within": check.high <= check.limit,
                "wide": check.low <= check.limit < check.high,
                "one-of-many": check.low_of_all <= check.limit < check.low,
                "beyond": check.limit < check.low_of_all,
            }
            assert where.get(check.reason, True), check
            said = sentence(check, decided)
            assert ("The limit lies inside the interval." in said) == (check.reason == "wide")
            assert f"{check.n_people} people, {check.n_against} on the other side" in said
            seen[check.reason] += 1
    assert min(seen[reason] for reason in ("within", "wide", "one-of-many", "beyond")) >= 5


def test_the_power_that_is_told_is_about_that_which_there_is():
    """A gate estimates its own power from the spread that it found."""
    rng = np.random.default_rng(2)
    told, passed = [], 0
    for _ in range(200):
        decided = gate(*sides_of(*swapped(rng, 30, added=0.0, between_changes=0.15)), policy(0.02))
        (check,) = [one for one in decided.checks if one.rule == "change"]
        told.append(check.power)
        passed += check.outcome == "pass"
    assert np.mean(told) == pytest.approx(passed / 200, abs=0.1)
