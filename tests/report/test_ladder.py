"""The ladder: five steps, each answered by what was computed and by nothing else."""

from dataclasses import replace

import pytest

from biasbench.evidence import assess
from biasbench.report.context import Context
from biasbench.report.ladder import REMAINING, Rung, ladder
from biasbench.tables.alternatives import EXPLANATIONS
from tests.report import simulated
from tests.report.planned import PLAN, context
from tests.report.sections_text import examined
from tests.report.test_pay import context_of, followed

WER = ("asr:planted", "wer", "a")


def answers(of):
    return {rung.step: rung.answer for rung in ladder(of)}


def counts(of):
    return {rung.step: (rung.n_shown, rung.n_tested) for rung in ladder(of)}


def with_alternatives(of, comparison, change):
    """The context with one table of alternatives changed."""
    found = of.case.alternatives[comparison]
    table = found.table.copy()
    change(table)
    held = {**of.case.alternatives, comparison: replace(found, table=table)}
    return replace(of, case=replace(of.case, alternatives=held))


def without_chains(of):
    return replace(of, case=replace(of.case, chains=()))


# ── 1 ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gap_is_measured_where_the_verdict_is_of_a_gap():
    evidence = simulated.evidence()
    verdicts = list(evidence.findings["verdict"])
    established = sum(code.startswith(("V-D", "V-A")) for code in verdicts)
    assert counts(Context(evidence, "en"))["gap"] == (established, len(verdicts))
    assert 0 < established < len(verdicts)


def test_no_gap_established_is_no_and_not_absent():
    alike = {"a": (20, 0.1), "b": (20, 0.1)}
    of = Context(simulated.evidence(alike, seed=3), "en")
    assert set(of.evidence.findings["verdict"]) <= {"V-E", "V-I"}
    assert answers(of)["gap"] == "no"


def test_a_withheld_comparison_is_not_tested():
    hidden = Context(simulated.evidence(simulated.SMALL), "en")
    shown = Context(simulated.evidence(simulated.SMALL, audience="restricted"), "en")
    withheld = [
        row for row in hidden.findings
        if hidden.privacy.withholds(row["group"], row["against"], row["n_against"],
                                    (row["system"], row["metric"]))
    ]  # fmt: skip
    assert withheld
    assert counts(hidden)["gap"][1] <= len(hidden.findings) - len(withheld)
    assert counts(shown)["gap"][1] > counts(hidden)["gap"][1]


def test_a_failed_data_gate_is_not_tested():
    evidence = simulated.evidence()
    failed = evidence.findings.assign(verdict=["V-N", *evidence.findings["verdict"][1:]])
    counted = [counts(Context(replace(evidence, findings=f), "en"))["gap"][1]
               for f in (evidence.findings, failed)]  # fmt: skip
    assert counted == [4, 3]
    all_failed = replace(evidence, findings=evidence.findings.assign(verdict="V-N"))
    assert answers(Context(all_failed, "en"))["gap"] == "not tested"


def test_secondary_comparisons_do_not_count():
    of = context("en")
    assert len(of.findings) == 4
    assert counts(of)["gap"] == (3, 3)


def test_without_a_case_only_the_gap_is_answered():
    found = answers(Context(simulated.evidence(), "en"))
    assert found.pop("gap") == "yes"
    assert set(found.values()) == {"not tested"}


# ── 2 ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gap_stands_where_every_interval_lies_on_its_side():
    """Prompts do not: without the second month the interval holds zero."""
    of = context("en")
    assert counts(of)["alternatives"] == (2, 3)
    table = of.case.alternatives[(of.findings[2]["system"], of.findings[2]["metric"], "a")].table
    month = table[table["of"] == "month: m2"].iloc[0]
    assert month["difference_low"] < 0 < month["difference_high"]


@pytest.mark.parametrize("explanation", ["one covariate", "without one person"])
def test_one_interval_across_zero_is_enough_to_fall(explanation):
    def across(table):
        table.loc[table["explanation"] == explanation, "difference_low"] = -0.01

    assert counts(with_alternatives(context("en"), WER, across))["alternatives"] == (1, 3)


def test_an_interval_on_the_other_side_is_not_survival():
    def turned(table):
        here = table["explanation"] == "one covariate"
        table.loc[here, ["difference_low", "difference_high"]] = [-0.2, -0.1]

    assert counts(with_alternatives(context("en"), WER, turned))["alternatives"] == (1, 3)


def test_alternatives_without_an_answer_and_no_grid_are_not_tested():
    def unanswered(table):
        table.loc[~table["explanation"].isin(["unadjusted", "without one person"]),
                  ["difference_low", "difference_high"]] = None  # fmt: skip

    of = with_alternatives(context("en"), WER, unanswered)
    of = replace(of, case=replace(of.case, robustness={}))
    assert counts(of)["alternatives"] == (1, 2)


def test_one_specification_with_another_verdict_is_enough_to_fall():
    of = context("en")
    grid = of.case.robustness[WER]
    table = grid.table.copy()
    table.loc[0, "verdict"] = "V-I"
    held = {**of.case.robustness, WER: replace(grid, table=table)}
    assert counts(replace(of, case=replace(of.case, robustness=held)))["alternatives"] == (1, 3)


def test_a_part_of_the_gap_is_not_a_gap_that_remains():
    assert set(REMAINING) < set(EXPLANATIONS)
    assert not {"composition", "not comparable", "rows kept", "unadjusted"} & set(REMAINING)


# ── 3 ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_script_is_identical_text():
    handed = simulated.chain(design="same-script")
    of = Context(simulated.evidence(provenance=handed), "en")
    assert counts(of)["identical text"] == counts(of)["gap"]


@pytest.mark.parametrize(
    ("ends", "shown"), [((0.05, 0.2), 1), ((-0.05, 0.2), 0), ((-0.2, -0.05), 0)]
)
def test_shared_sentences_decide_where_they_were_compared(ends, shown):
    def shared(table):
        here = table["explanation"] == "one covariate"
        table.loc[here, "explanation"] = "shared sentences"
        table.loc[here, ["difference_low", "difference_high"]] = list(ends)

    found = counts(with_alternatives(context("en"), WER, shared))
    assert found["identical text"] == (shown, 1)


def test_sentences_that_differ_are_not_identical_text():
    def other(table):
        table.loc[table["explanation"] == "one covariate", "explanation"] = "new sentences"

    assert answers(with_alternatives(context("en"), WER, other))["identical text"] == "not tested"


# ── 4 and 5 ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mechanism", "refused", "answer"),
    [
        ("narrows", (), "yes"),
        ("widens", (), "no"),
        ("undecided", (), "no"),
        (None, (), "not tested"),
        ("narrows", ("N-SIZE(n_min=10): few",), "not tested"),
    ],
)
def test_the_mechanism_is_shown_only_where_the_gap_narrows(mechanism, refused, answer):
    of = context("en")
    chain = of.chains[0]
    swap = replace(chain.substitution, mechanism=mechanism, refused=refused)
    changed = replace(chain, substitution=swap)
    of = replace(of, case=replace(of.case, chains=(changed,)))
    assert answers(of)["mechanism"] == answer


def only(chain, *links):
    """The chain with some of its links alone."""
    absent = dict.fromkeys({"curve", "denial", "paid"} - set(links))
    return replace(chain, **absent)


def test_a_threshold_that_fewer_of_the_group_pass_is_a_consequence():
    chain = followed()
    at = chain.curve.at
    assert at.difference_high < 0
    assert answers(context_of(only(chain, "curve")))["consequence"] == "yes"


def test_a_consequence_on_the_other_side_of_the_score_gap_does_not_count():
    chain = followed()
    at = chain.curve.at
    turned = replace(at, difference_low=-at.difference_high, difference_high=-at.difference_low)
    curve = replace(chain.curve, at=turned)
    of = context_of(replace(only(chain, "curve"), curve=curve))
    assert answers(of)["consequence"] == "no"


@pytest.mark.parametrize(
    ("verdict", "answer"),
    [("V-D2", "yes"), ("V-A1", "no"), ("V-I", "no"), ("V-E", "no"), ("V-N", "not tested")],
)
def test_denial_counts_by_its_verdict(verdict, answer):
    chain = only(followed(), "denial")
    finding = replace(chain.denial.finding, verdict=verdict)
    changed = replace(chain, denial=replace(chain.denial, finding=finding))
    assert answers(context_of(changed))["consequence"] == answer


@pytest.mark.parametrize(("ends", "answer"), [((-40.0, -5.0), "yes"), ((-40.0, 5.0), "no")])
def test_pay_counts_by_its_interval_where_it_has_no_margin(ends, answer):
    chain = only(followed(), "paid")
    low, high = ends
    finding = replace(chain.paid.finding, verdict=None, difference_low=low, difference_high=high)
    changed = replace(chain, paid=replace(chain.paid, finding=finding))
    assert chain.paid.finding.direction == "higher is better"
    assert answers(context_of(changed))["consequence"] == answer


def test_pay_of_fewer_than_ten_real_people_is_not_tested():
    chain = only(followed(), "paid")
    changed = replace(chain, paid=replace(chain.paid, n_people=(9, 48)))
    assert answers(context_of(changed, synthetic=False))["consequence"] == "not tested"


def test_a_simulation_shows_no_consequence():
    chain = only(followed())
    assert chain.bonus.simulated
    assert answers(context_of(chain))["consequence"] == "not tested"


# ── Symmetry ─────────────────────────────────────────────────────────────────────────────────────


def test_with_the_groups_exchanged_every_rung_is_the_same():
    mirrored = examined(PLAN.replace('compare = ["a"]', 'compare = ["b"]'))
    assert set(mirrored.evidence.findings["group"]) == {"b"}
    assert mirrored.findings[0]["verdict"].startswith("V-A")
    assert ladder(mirrored) == ladder(context("en"))


def test_the_consequence_of_an_advantage_is_one():
    of = {group: ladder(context_of(followed(group))) for group in ("a", "b")}
    assert of["a"] == of["b"]
    assert [rung.answer for rung in of["a"]][3:] == ["yes", "yes"]


def test_a_rung_never_says_yes_on_nothing():
    assert Rung(1, "gap", 0, 0).answer == "not tested"
    assert Rung(1, "gap", 1, 4).answer == "yes"


def test_a_higher_better_score_has_the_sign_turned():
    """The same verdict from a score as from errors: worse is worse."""
    table = simulated.measures({"a": (20, 0.3), "b": (20, 0.6)}, metric="mean_score:calm",
                               direction="higher is better")  # fmt: skip
    handed = simulated.Handed(table, simulated.chain(system="tone:own", design="same-script"))
    evidence = assess(handed, by="accent", margin=2, groups=["a"])
    assert evidence.findings["verdict"].iloc[0] == "V-D1"
    assert counts(Context(evidence, "en"))["identical text"] == (1, 1)
